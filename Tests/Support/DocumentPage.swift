/// A page of the documentation as something to run: blocks that name a file make it, blocks of `console` are commands with
/// what they print.
public struct DocumentPage: Sendable {
    /// What a page asks for, from top to bottom.
    public enum Step: Sendable, Equatable {
        /// A file that is made.
        case file(name: String, text: String)
        /// A command for a shell, and what is shown below it.
        case command(Command)
    }

    /// A line behind `$ `, with those that continue it.
    public struct Command: Sendable, Equatable {
        /// As it is typed.
        public var text: String
        /// What it prints, line by line. A line `…` stands for any number of lines, `…` inside of one for any text.
        public var shown: [String]
        /// Its line in the page.
        public var line: Int

        public init(text: String, shown: [String], line: Int) {
            self.text = text
            self.shown = shown
            self.line = line
        }
    }

    public let steps: [Step]

    /// - Parameter text: Markdown.
    public init(_ text: String) {
        var steps: [Step] = []
        var fence: (language: Substring, name: Substring)?
        var lines: [String] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard let open = fence else {
                if line.hasPrefix("```") {
                    let words = line.dropFirst(3).split(separator: " ")
                    fence = (words.first ?? "", words.dropFirst().first ?? "")
                    lines = []
                }
                continue
            }
            if line == "```" {
                if !open.name.isEmpty {
                    steps.append(.file(name: String(open.name), text: lines.map { $0 + "\n" }.joined()))
                } else if open.language == "console" {
                    steps += Self.commands(lines, from: index - lines.count + 1).map(Step.command)
                }
                fence = nil
            } else {
                lines.append(String(line))
            }
        }
        self.steps = steps
    }

    private static func commands(_ lines: [String], from first: Int) -> [Command] {
        var commands: [Command] = []
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("$ ") {
                commands.append(Command(text: String(line.dropFirst(2)), shown: [], line: first + index))
            } else if let last = commands.last, last.shown.isEmpty, last.text.hasSuffix("\\") {
                commands[commands.count - 1].text += "\n" + line.drop { $0 == ">" || $0 == " " }
            } else if !commands.isEmpty {
                commands[commands.count - 1].shown.append(line)
            }
        }
        return commands
    }

    /// Whether what was printed is what is shown.
    public static func matches(_ printed: [String], _ shown: [String]) -> Bool { matches(printed[...], shown[...]) }

    private static func matches(_ printed: ArraySlice<String>, _ shown: ArraySlice<String>) -> Bool {
        guard let first = shown.first else { return printed.isEmpty }
        let rest = shown.dropFirst()
        if first == "…" {
            var left = printed
            while true {
                if matches(left, rest) { return true }
                guard !left.isEmpty else { return false }
                left = left.dropFirst()
            }
        }
        guard let line = printed.first, matches(line: line[...], first[...]) else { return false }
        return matches(printed.dropFirst(), rest)
    }

    private static func matches(line: Substring, _ pattern: Substring) -> Bool {
        let parts = pattern.split(separator: "…", omittingEmptySubsequences: false)
        guard parts.count > 1 else { return line == pattern }
        guard line.hasPrefix(parts[0]), line.count >= parts[0].count + parts[parts.count - 1].count,
            line.hasSuffix(parts[parts.count - 1])
        else { return false }
        var rest = line.dropFirst(parts[0].count).dropLast(parts[parts.count - 1].count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }
}
