/// The formats of strings that are checked. In JSON Schema a format is a remark unless somebody makes it a rule; these are
/// rules here, since llama-server makes its own (`uuid`, `date`, `time`, `date-time`) rules as well.
enum SchemaFormat {
    private static let patterns: [String: String] = {
        let leapYear = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
        let day =
            "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])"
        let date = "([0-9]{4}-(\(day))|\(leapYear)-02-29)"
        let zone = "(Z|z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
        let time = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?\(zone)"
        let byte = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
        let uuid = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
        var patterns = [
            "date": date, "time": time, "date-time": "\(date)[Tt]\(time)", "uuid": uuid,
            "ipv4": "(\(byte)\\.){3}\(byte)", "email": "[^@\\s]+@[^@\\s]+",
        ]
        for version in 1...5 { patterns["uuid\(version)"] = uuid }
        return patterns
    }()

    private static let compiled: [String: SchemaPattern] = patterns.compactMapValues {
        try? SchemaPattern.parse("^(?:\($0))$").get()
    }

    /// Whether the format is one of those that are checked.
    static func isKnown(_ format: String) -> Bool { patterns[format] != nil || format == "ipv6" }

    /// Whether a string is of a format; nil for a format that is not known.
    static func accepts(_ string: String, as format: String) -> Bool? {
        if format == "ipv6" { return isIPv6(string) }
        return compiled[format]?.matches(string)
    }

    /// The pattern of a format; nil for one that is not known or has none.
    static func pattern(of format: String) -> SchemaPattern? { compiled[format] }

    private static func isIPv6(_ string: String) -> Bool {
        var groups = string.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard groups.count >= 3, groups.count <= 9, string.utf8.count <= 45 else { return false }
        // A pair of colons at an end leaves two empty groups there, of which one is the gap.
        if groups[0].isEmpty, groups[1].isEmpty { groups.removeFirst() }
        if groups[groups.count - 1].isEmpty, groups[groups.count - 2].isEmpty { groups.removeLast() }
        var length = groups.count
        if let last = groups.last, last.contains(".") {
            guard accepts(last, as: "ipv4") == true else { return false }
            groups.removeLast()
            length += 1
        }
        let gaps = groups.count { $0.isEmpty }
        let isHexadecimal = groups.allSatisfy { $0.utf8.count <= 4 && $0.utf8.allSatisfy { hexValue($0) != nil } }
        return isHexadecimal && (gaps == 0 ? length == 8 : gaps == 1 && length <= 8)
    }
}
