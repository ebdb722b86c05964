/// Reads what llama-server prints for `--help` and `--version`: an option starts a line with its spellings and the name of its
/// value; behind two spaces or on indented lines below stands what it does.
enum EngineHelp {
    /// One option of the help.
    struct Option: Equatable {
        var spellings: [String]
        /// The name of its value; empty for a switch.
        var value: String
        /// What it does, its lines joined.
        var text: String
    }

    /// The options in the order of the text.
    static func options(in help: String) -> [Option] {
        var options: [Option] = []
        for line in help.split(whereSeparator: \.isNewline) {
            if let option = option(startedBy: line) {
                options.append(option)
            } else if line.first == " ", !options.isEmpty {
                let words = trimmed(line)
                options[options.count - 1].text += options[options.count - 1].text.isEmpty ? words : " " + words
            }
        }
        return options
    }

    /// `-m,    --model FNAME    what it does`
    private static func option(startedBy line: Substring) -> Option? {
        guard isFlag(line) else { return nil }
        var spellings: [String] = []
        var rest = line
        while isFlag(rest) {
            let spelling = rest.prefix { $0 != " " && $0 != "," }
            spellings.append(String(spelling))
            rest = rest.dropFirst(spelling.count)
            guard rest.first == "," else { break }
            rest = rest.dropFirst().drop { $0 == " " }
        }
        let gap = rest.firstRange(of: "  ")?.lowerBound ?? rest.endIndex
        return Option(spellings: spellings, value: trimmed(rest[..<gap]), text: trimmed(rest[gap...]))
    }

    /// Whether the text starts with a flag: dashes and a letter, which neither a rule of dashes nor a number has.
    static func isFlag(_ text: some StringProtocol) -> Bool {
        text.first == "-" && text.drop { $0 == "-" }.first?.isLetter == true
    }

    /// What stands behind a label in the text of an option, up to a parenthesis: `allowed values: f16, q8_0 (default: f16)`.
    static func list(behind label: String, in text: String) -> [String] {
        guard let start = text.firstRange(of: label)?.upperBound else { return [] }
        return names(text[start...].prefix { $0 != "(" })
    }

    /// Names with commas between them.
    static func names(_ text: some StringProtocol) -> [String] {
        text.split(separator: ",").map { trimmed($0) }.filter { !$0.isEmpty }
    }

    static func trimmed(_ text: some StringProtocol) -> String {
        var text = Substring(text).drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}

extension EngineCapabilities {
    /// Reads what an engine printed.
    /// - Parameters:
    ///   - help: for `--help`.
    ///   - version: for `--version`, on either stream.
    public init(help: String, version: String) {
        self.init(version: Self.versionLine(version), flags: [:])
        for option in EngineHelp.options(in: help) {
            let isRemoved = option.text.contains("has been removed")
            for spelling in option.spellings {
                if isRemoved {
                    removed[spelling] = EngineHelp.trimmed(option.text.prefix { $0 != "(" })
                } else {
                    flags[spelling] = option.value
                }
            }
            if option.spellings.contains("--spec-type"), option.value.contains(",") {
                speculation = EngineHelp.names(option.value)
            }
            if option.spellings.contains("--cache-type-k") {
                kvTypes = EngineHelp.list(behind: "allowed values:", in: option.text)
            }
        }
    }

    /// `version: 11549 (0a1b2c3)`: the line that says it, among those that tell about devices.
    private static func versionLine(_ text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline)
        let line = lines.first { $0.hasPrefix("version:") } ?? lines.first ?? ""
        return EngineHelp.trimmed(line.hasPrefix("version:") ? line.dropFirst("version:".count) : line)
    }
}
