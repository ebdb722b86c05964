/// Makes a tree of source files that says nothing: so many lines of functions with names and comments in ordinary words, in
/// directories with ignore files.
struct SourceTreeMaker {
    /// Lines in all.
    let lines: Int

    private static let linesOfFile = 100
    private static let filesOfDirectory = 20

    /// Writes the tree.
    /// - Parameter directory: that is there, and empty.
    func make(in directory: String) throws {
        let files = max(1, lines / Self.linesOfFile)
        try FileText.write("*.o\n/build/\n.DS_Store\nnode_modules/\n*.log\n!keep.log\n", to: "\(directory)/.gitignore")
        for number in 0..<files {
            let folder = "\(directory)/Sources/module\(number / Self.filesOfDirectory)"
            if number.isMultiple(of: Self.filesOfDirectory) {
                try FileText.makeDirectory(folder)
                try FileText.write("/generated/\n*.tmp\n", to: "\(folder)/.gitignore")
            }
            try FileText.write(Self.text(number), to: "\(folder)/file\(number).swift")
        }
    }

    private static func text(_ number: Int) -> String {
        let words = BenchText().text("file \(number)", tokens: 900).split(whereSeparator: \.isWhitespace)
            .map { $0.filter(\.isLetter) }
        var next = 0
        func word() -> String {
            next = (next + 1) % words.count
            return words[next]
        }
        func sentence(_ count: Int) -> String { (0..<count).map { _ in String(word()) }.joined(separator: " ") }
        func name() -> String { "\(word())\(word().prefix(1).uppercased())\(word().dropFirst())\(number)" }
        var lines: [String] = ["/// The \(sentence(8)).", "struct Type\(number) {"]
        while lines.count < linesOfFile - 10 {
            let (function, value) = (name(), name())
            lines += [
                "    /// Makes \(sentence(9)).", "    func \(function)(_ \(value): Int) -> Int {",
                "        let \(word())\(number) = \(value) * \(number % 7) // \(sentence(5))",
                "        guard \(value) > 0 else { return \(word())(\(value)) }",
                "        return \(value) + \(word())_\(word())(\(number))", "    }", "",
            ]
        }
        while lines.count < linesOfFile - 1 { lines.append("    // \(sentence(7))") }
        return (lines + ["}"]).map { $0 + "\n" }.joined()
    }
}
