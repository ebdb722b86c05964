import LocalCodeCore

/// States named by the beginning of their key, as one types it.
enum KeyPrefix {
    /// So many digits at least: fewer are more likely a slip than a name.
    static let least = 4
    /// So many are shown.
    static let shown = 12

    /// The digits of a beginning, in lower case.
    /// - Throws: `UsageError` for what is none.
    static func checked(_ text: String, what: String = "key") throws -> String {
        let digits = text.lowercased()
        guard digits.utf8.count >= least, digits.utf8.count <= 64, digits.allSatisfy(isDigit) else {
            throw UsageError(
                "'\(TerminalText.neutralized(text))' is no \(what): write at least \(least) of its hexadecimal digits",
                hint: "'localcode cache ls' shows them")
        }
        return digits
    }

    /// The states of the one key that begins so: what was saved by itself, and what was saved under names.
    static func find(_ text: String, in entries: [StateEntry]) throws -> [StateEntry] {
        let digits = try checked(text)
        let found = entries.filter { $0.key.hex.hasPrefix(digits) }
        guard !found.isEmpty else {
            throw Failure("there is no state with the key \(digits)", hint: "'localcode cache ls' shows the keys")
        }
        guard Set(found.map(\.key)).count == 1 else { throw ambiguous(digits, found) }
        return found
    }

    /// The states of several beginnings, each once; all of them without any.
    static func find(_ texts: [String], in entries: [StateEntry]) throws -> [StateEntry] {
        guard !texts.isEmpty else { return entries }
        var seen: Set<Int64> = []
        return try texts.flatMap { try find($0, in: entries) }.filter { seen.insert($0.id).inserted }
    }

    private static func ambiguous(_ digits: String, _ found: [StateEntry]) -> Failure {
        // Enough digits to tell them apart, and never fewer than usual.
        let keys = found.map(\.key.hex)
        let length = max(
            shown, (digits.count..<64).first { length in Set(keys.map { $0.prefix(length) }).count == keys.count } ?? 64
        )
        let named = found.prefix(8).map { entry in
            let title = TextTable.cut(TerminalText.neutralized(entry.title).replacing("\n", with: " "), to: 40)
            return "\(entry.key.hex.prefix(length)) (\(title.isEmpty ? entry.model : title))"
        }
        let rest = found.count > named.count ? ", and \(found.count - named.count) more" : ""
        return Failure(
            "\(found.count) keys begin with \(digits)",
            hint: "write more digits: \(named.joined(separator: ", "))\(rest)")
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isHexDigit }
}
