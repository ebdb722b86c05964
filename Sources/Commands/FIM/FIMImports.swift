/// Which files a text imports, by simple rules for common languages: a guess at paths that the file system then decides on.
struct FIMImports: Sendable, Equatable {
    enum Language: Sendable, Equatable {
        case c, python, script, rust, java, ruby, lua, zig

        /// The language of a file, by its ending; nil for one without rules.
        init?(path: String) {
            switch FIMImports.ending(of: path) {
            case "c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx", "m", "mm", "cu", "cuh", "inc": self = .c
            case "py", "pyi": self = .python
            case "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte": self = .script
            case "rs": self = .rust
            case "java", "kt", "kts", "scala", "groovy": self = .java
            case "rb": self = .ruby
            case "lua": self = .lua
            case "zig": self = .zig
            default: return nil
            }
        }
    }

    /// Paths without a directory in front, in the order of the text; one of each group at most is there.
    let candidates: [[String]]

    /// - Parameter path: the file that the text is of.
    init(_ text: String, path: String) {
        guard let language = Language(path: path) else {
            candidates = []
            return
        }
        var all: [[String]] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.drop(while: \.isWhitespace)
            let found = Self.candidates(line, language, ending: Self.ending(of: path))
            if !found.isEmpty, !all.contains(found) { all.append(found) }
        }
        candidates = all
    }

    /// What stands behind the last dot of a file's name, in lower case; empty where there is none.
    static func ending(of path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }

    private static func candidates(_ line: Substring, _ language: Language, ending: String) -> [String] {
        switch language {
        case .c:
            guard line.hasPrefix("#"), line.dropFirst().drop(while: \.isWhitespace).hasPrefix("include") else {
                return []
            }
            return quoted(line).map { ["\($0)", "include/\($0)", "src/\($0)"] } ?? []
        case .python: return python(line)
        case .script: return script(line)
        case .rust: return rust(line)
        case .java:
            guard let name = behind("import", line)?.prefix(while: { !$0.isWhitespace && $0 != ";" }) else { return [] }
            let file = path(name) + "." + ending
            return ["src/main/\(ending == "kt" ? "kotlin" : "java")/\(file)", "src/\(file)", file]
        case .ruby: return behind("require_relative", line).flatMap(quoted).map { ["\($0).rb", $0] } ?? []
        case .lua:
            guard let start = line.firstRange(of: "require"), let name = quoted(line[start.upperBound...]) else {
                return []
            }
            let file = path(name[...])
            return ["\(file).lua", "\(file)/init.lua", "lua/\(file).lua", "lua/\(file)/init.lua"]
        case .zig:
            guard let start = line.firstRange(of: "@import("), let name = quoted(line[start.upperBound...]),
                name.hasSuffix(".zig")
            else { return [] }
            return [name]
        }
    }

    private static func python(_ line: Substring) -> [String] {
        if let rest = behind("from", line) {
            let name = rest.prefix { !$0.isWhitespace }
            let dots = name.prefix { $0 == "." }.count
            // Each dot but the first is a directory up.
            let up = String(repeating: "../", count: max(0, dots - 1))
            var file = path(name.dropFirst(dots))
            if file.isEmpty, let imported = rest.firstRange(of: "import ") {
                file = String(rest[imported.upperBound...].prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            }
            return file.isEmpty ? [] : ["\(up)\(file).py", "\(up)\(file)/__init__.py", "src/\(file).py"]
        }
        guard let name = behind("import", line)?.prefix(while: { !$0.isWhitespace && $0 != "," }) else { return [] }
        let file = path(name)
        return ["\(file).py", "\(file)/__init__.py", "src/\(file).py"]
    }

    private static func script(_ line: Substring) -> [String] {
        let marks = ["from ", "import ", "require(", "import("]
        for mark in marks {
            guard let start = line.firstRange(of: mark), let name = quoted(line[start.upperBound...]),
                name.hasPrefix(".")
            else { continue }
            let endings = [".ts", ".tsx", ".js", ".jsx", ".mjs", ".vue", "/index.ts", "/index.tsx", "/index.js"]
            // TypeScript writes the name that the file will have when it is compiled.
            let compiled = name.hasSuffix(".js") ? ["\(name.dropLast(3)).ts", "\(name.dropLast(3)).tsx"] : []
            return [name] + compiled + endings.map { name + $0 }
        }
        return []
    }

    private static func rust(_ line: Substring) -> [String] {
        let line = line.hasPrefix("pub ") ? line.dropFirst(4) : line
        if let name = behind("mod", line)?.prefix(while: { $0.isLetter || $0.isNumber || $0 == "_" }),
            line.contains(";"), !name.isEmpty
        {
            return ["\(name).rs", "\(name)/mod.rs"]
        }
        guard let name = behind("use", line), name.hasPrefix("crate::") else { return [] }
        let parts = name.dropFirst("crate::".count).prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" }
            .split(separator: ":")
        // The last parts may be things in a file.
        return (1...max(1, parts.count)).reversed().flatMap { count -> [String] in
            let file = parts.prefix(count).joined(separator: "/")
            return file.isEmpty ? [] : ["src/\(file).rs", "src/\(file)/mod.rs"]
        }
    }

    /// What follows a word and blanks.
    private static func behind(_ word: String, _ line: Substring) -> Substring? {
        guard line.hasPrefix(word), let next = line.dropFirst(word.count).first, next.isWhitespace else { return nil }
        return line.dropFirst(word.count).drop(while: \.isWhitespace)
    }

    /// The first text in quotes.
    private static func quoted(_ line: Substring) -> String? {
        guard let open = line.firstIndex(where: { $0 == "\"" || $0 == "'" }) else { return nil }
        let rest = line[line.index(after: open)...]
        guard let close = rest.firstIndex(of: line[open]), close > rest.startIndex else { return nil }
        return String(rest[..<close])
    }

    /// `a.b.c` as `a/b/c`.
    private static func path(_ name: Substring) -> String { name.split(separator: ".").joined(separator: "/") }
}
