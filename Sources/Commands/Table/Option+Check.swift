import LocalCodeCore

/// Why a value does not fit its option.
struct ValueProblem: Error, Equatable {
    /// Behind a colon: `'abc' is not a whole number from 0 to 65535`.
    var message: String
    var hint: String?
}

extension Option {
    /// The value as a command gets it: a secret without the white space around it, a switch as "true" or "false", all others
    /// as they are.
    func checked(_ text: String) throws(ValueProblem) -> String {
        if isSwitch { return try checkedSwitch(text) }
        if isSecret { return text.trimmingWhiteSpace }
        if !choices.isEmpty, !choices.contains(text) {
            throw ValueProblem(
                message: "'\(text)' is not one of \(choices.joined(separator: ", "))",
                hint: Spelling.nearest(to: text, among: choices).map { "did you mean '\($0)'?" })
        }
        guard let wanted = kind.mismatch(text) else { return text }
        throw ValueProblem(message: "'\(text)' is not \(wanted)", hint: nil)
    }

    private func checkedSwitch(_ text: String) throws(ValueProblem) -> String {
        switch text.lowercased() {
        case "true", "yes", "on", "1": return "true"
        case "false", "no", "off", "0": return "false"
        default: throw ValueProblem(message: "'\(text)' is neither true nor false", hint: nil)
        }
    }
}

extension Option.Kind {
    /// What the value should be, where it is something else: `a whole number from 0 to 65535`.
    func mismatch(_ text: String) -> String? {
        switch self {
        case .text:
            return nil
        case .integer(let range):
            return Int(text).map(range.contains) == true
                ? nil : "a whole number\(Self.bounds(range, least: .min, most: .max))"
        case .number(let range):
            let number = Double(text).flatMap { $0.isFinite ? $0 : nil }
            let most = Double.greatestFiniteMagnitude
            return number.map(range.contains) == true ? nil : "a number\(Self.bounds(range, least: -most, most: most))"
        case .duration:
            return Duration(humanReadable: text) == nil ? "a time such as 250ms, 30s, 5m or 1h" : nil
        case .size:
            return ByteCount(humanReadable: text) == nil ? "a size such as 4096, 64MiB or 2G" : nil
        case .url:
            return Self.isWebURL(text) ? nil : "a URL such as http://127.0.0.1:8080"
        }
    }

    private static func bounds<Number>(_ range: ClosedRange<Number>, least: Number, most: Number) -> String {
        switch (range.lowerBound > least, range.upperBound < most) {
        case (true, true): " from \(range.lowerBound) to \(range.upperBound)"
        case (true, false): " of at least \(range.lowerBound)"
        case (false, true): " of at most \(range.upperBound)"
        case (false, false): ""
        }
    }

    /// Whether the text has a scheme of ours, a host, and a port that is a number; libcurl judges the rest.
    private static func isWebURL(_ text: String) -> Bool {
        let lower = text.lowercased()
        guard let scheme = ["http://", "https://"].first(where: lower.hasPrefix),
            !text.unicodeScalars.contains(where: { $0.value <= 32 || $0.value == 127 })
        else { return false }
        let authority = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let place = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
        let isBracketed = place.hasPrefix("[")
        let host = isBracketed ? place.prefix { $0 != "]" }.dropFirst() : place.prefix { $0 != ":" }
        let behind = place.dropFirst(host.count + (isBracketed ? 2 : 0))
        guard !host.isEmpty, !isBracketed || place.contains("]") else { return false }
        return behind.isEmpty || behind == ":" || behind.hasPrefix(":") && UInt16(behind.dropFirst()) != nil
    }
}

extension String {
    /// The text without white space at either end.
    var trimmingWhiteSpace: String {
        let start = drop(while: \.isWhitespace)
        return String(start[..<(start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex)])
    }
}
