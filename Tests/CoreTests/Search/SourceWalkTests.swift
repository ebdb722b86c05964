import LocalCodeCore
import Support
import Testing

/// The walk held against git itself.
@Suite("Search: the walk", .timeLimit(.minutes(2)))
struct SourceWalkTests {
    private let directory: TestDirectory
    private let home: TestDirectory

    init() throws {
        directory = try TestDirectory()
        home = try TestDirectory()
    }

    private var environment: [String: String] {
        [
            "HOME": home.path, "PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_SYSTEM": "/dev/null",
        ]
    }

    private func walk(_ path: String = "") throws -> [String] {
        try SourceWalk(root: directory.path + path, environment: environment).files().map(\.path)
    }

    private func git(_ arguments: String..., in path: String = "") async throws -> [String] {
        let process = try ChildProcess(
            "/usr/bin/env", ["git"] + arguments, environment: environment, directory: directory.path + path)
        let (status, output, errors) = await process.collect()
        guard status == .exited(0) else { throw TestKitError("git \(arguments): \(errors)") }
        return output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    private func write(_ text: String = "x", to path: String) throws {
        if let slash = path.lastIndex(of: "/") { try directory.makeDirectory(String(path[..<slash])) }
        try directory.write(text, to: path)
    }

    @Test("finds what git finds in trees with rules by chance", arguments: 0..<30)
    func random(seed: Int) async throws {
        var generator = TreeGenerator(seed: UInt64(seed))
        _ = try await git("init", "-q")
        for (path, text) in generator.files() { try write(text, to: path) }
        try directory.write(generator.rules(4), to: ".git/info/exclude")
        try home.makeDirectory(".config/git")
        try home.write(generator.rules(2), to: ".config/git/ignore")
        let all = try await git("ls-files", "-o", "-z", "--exclude-standard").sorted()
        #expect(try walk() == all)
        // From below the top, with the rules of what is above.
        try directory.makeDirectory("a")
        let below = try await git("ls-files", "-o", "-z", "--exclude-standard", in: "/a").sorted()
        if !below.isEmpty { #expect(try walk("/a") == below) }
    }

    @Test("a nested repository has its own rules, and links are not followed")
    func nested() async throws {
        _ = try await git("init", "-q")
        try write("*.log\n", to: ".gitignore")
        for path in ["a.log", "a.txt", "sub/b.log", "sub/b.tmp", "sub/deep/.ignore", "sub/deep/c.txt"] {
            try write(to: path)
        }
        try write("c.txt\n", to: "sub/deep/.ignore")
        _ = try await git("init", "-q", "sub")
        try write("*.tmp\n", to: "sub/.git/info/exclude")
        try directory.link("loop", to: directory.path)
        #expect(try walk() == [".gitignore", "a.txt", "sub/b.log", "sub/deep/.ignore"])
    }

    @Test("who names an ignored directory gets it")
    func named() async throws {
        _ = try await git("init", "-q")
        try write("build/\n", to: ".gitignore")
        try write(to: "build/out/x.c")
        #expect(try walk() == [".gitignore"])
        #expect(try walk("/build/out") == ["x.c"])
    }

    @Test("the user's own rules come from where git's settings say")
    func excludesFile() async throws {
        _ = try await git("init", "-q")
        try home.write("[core]\n\texcludesFile = ~/mine\n", to: ".gitconfig")
        try home.write("*.bak\n", to: "mine")
        for path in ["a", "a.bak"] { try write(to: path) }
        #expect(try walk() == ["a"])
    }

    @Test("without a repository the ignore files count all the same, and a missing root is an error")
    func plain() throws {
        try write("*.o\n", to: ".gitignore")
        for path in ["a.o", "a.c", ".github/ci.yml"] { try write(to: path) }
        #expect(try walk() == [".github/ci.yml", ".gitignore", "a.c"])
        #expect(throws: SearchError.self) { try walk("/nowhere") }
    }
}

/// Makes trees with ignore files.
private struct TreeGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    private mutating func below(_ limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 33) % limit
    }

    private mutating func one(of texts: [String]) -> String { texts[below(texts.count)] }

    private mutating func name() -> String {
        one(of: ["a", "b", "lib", "src", "x", "build"]) + one(of: ["", "", ".c", ".o", ".log", "1"])
    }

    mutating func files() -> [(path: String, text: String)] {
        var files: [String: String] = ["a/keep": "x"]
        // A name is a directory or a file, everywhere the same.
        for _ in 0..<60 {
            let depth = below(4)
            let directories = (0..<depth).map { _ in one(of: ["a", "b", "lib", "src", "build"]) }
            let directory = directories.map { "\($0)/" }.joined()
            files[directory + one(of: ["f", "g"]) + name()] = "x"
            if below(6) == 0 { files[directory + ".gitignore"] = rules(1 + below(5)) }
        }
        return files.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    mutating func rules(_ count: Int) -> String { (0..<count).map { _ in rule() + "\n" }.joined() }

    private mutating func rule() -> String {
        var pattern = ""
        for index in 0..<(1 + below(3)) {
            if index > 0 { pattern += one(of: ["/", "/", "/**/"]) }
            pattern += one(of: [
                "*", "a", "b", "lib", "src", "build", "f*", "*.c", "*.o", "g?*", "[a-f]*", "[!l]*", "**", "fa.log",
            ])
        }
        return one(of: ["", "", "", "!", "/", "**/"]) + pattern + one(of: ["", "", "", "/", "/**", " "])
    }
}
