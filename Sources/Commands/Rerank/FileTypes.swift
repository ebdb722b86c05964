/// Which files are wanted, by the endings of their names.
struct FileTypes: Sendable, Equatable {
    /// Endings and whole names; none: every file is wanted.
    private let endings: Set<Substring>

    /// - Parameter names: languages, or endings with or without their dot.
    init(_ names: [String]) {
        endings = Set(
            names.flatMap { name -> [Substring] in
                let name = name.lowercased()
                return Self.languages[name]?.split(separator: " ") ?? [name.drop { $0 == "." }]
            })
    }

    func contain(_ path: String) -> Bool {
        guard !endings.isEmpty else { return true }
        let name = path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...].lowercased()[...]
        let ending = name.lastIndex(of: ".").map { name[name.index(after: $0)...] } ?? name
        return endings.contains(ending) || endings.contains(name)
    }

    private static let languages: [String: String] = [
        "c": "c h", "cpp": "cpp cc cxx c++ hpp hh hxx h inl", "c++": "cpp cc cxx c++ hpp hh hxx h inl", "csharp": "cs",
        "css": "css scss sass less", "docs": "md markdown mdx rst adoc txt", "elixir": "ex exs", "erlang": "erl hrl",
        "go": "go", "haskell": "hs lhs", "html": "html htm xhtml", "java": "java", "javascript": "js mjs cjs jsx",
        "js": "js mjs cjs jsx", "json": "json jsonl", "julia": "jl", "kotlin": "kt kts", "lua": "lua",
        "make": "mk makefile gnumakefile", "markdown": "md markdown mdx", "ocaml": "ml mli", "perl": "pl pm",
        "php": "php", "py": "py pyi", "python": "py pyi", "r": "r", "ruby": "rb rake gemfile rakefile", "rust": "rs",
        "scala": "scala sc", "sh": "sh bash zsh fish", "shell": "sh bash zsh fish", "sql": "sql",
        "swift": "swift swiftinterface", "toml": "toml", "ts": "ts mts cts tsx", "typescript": "ts mts cts tsx",
        "yaml": "yaml yml", "zig": "zig",
    ]
}
