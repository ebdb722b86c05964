extension LaunchPlan {
    /// The command line, a flag a line with its comment, as a shell takes it: a comment inside of backquotes is nothing to it.
    /// Where the engine listens and its key are LocalCode's to choose, and not in it.
    public var text: String {
        let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.quoted($0.value))" }
        let start = (variables + [Self.quoted(executable)]).joined(separator: " \\\n")
        let rows = flags.map { flag in
            (([flag.name] + flag.values).map(Self.quoted).joined(separator: " "), flag.comment)
        }
        let width = min(rows.map(\.0.count).max() ?? 0, Self.column)
        return start
            + rows.map { words, comment in
                let gap = String(repeating: " ", count: max(0, width - words.count))
                return " \\\n  \(words)\(gap) `# \(Self.harmless(comment))`"
            }.joined() + "\n"
    }

    /// Comments stand below each other where what is in front of them is no longer than this.
    private static let column = 44

    /// A word for a shell; in quotes where it has to be.
    static func quoted(_ word: String) -> String {
        let isPlain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:,=+@%".contains($0)) }
        return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }

    /// A comment without what ends one, or starts something else inside of it.
    private static func harmless(_ comment: String) -> String {
        String(comment.map { "`\\$'\"\n\r".contains($0) ? " " : $0 })
    }
}
