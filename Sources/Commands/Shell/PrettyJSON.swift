import LocalCodeCore

/// JSON for people: one member a line, arrays of scalars on one.
enum PrettyJSON {
    /// The text with a line break at its end.
    static func text(_ value: JSONValue) -> String { TerminalText.escapedJSON(text(value, indent: "")) + "\n" }

    private static func text(_ value: JSONValue, indent: String) -> String {
        let deeper = indent + "  "
        switch value {
        case .scalar:
            return value.description
        case .array(let elements):
            let isFlat = elements.allSatisfy { $0.array == nil && $0.object == nil }
            let parts = elements.map { text($0, indent: deeper) }
            return isFlat ? "[\(parts.joined(separator: ", "))]" : wrapped(parts, "[", "]", indent)
        case .object(let object):
            let parts = object.map { key, value in "\(JSONValue.string(key)): \(text(value, indent: deeper))" }
            return parts.isEmpty ? "{}" : wrapped(parts, "{", "}", indent)
        }
    }

    private static func wrapped(_ parts: [String], _ open: String, _ close: String, _ indent: String) -> String {
        "\(open)\n" + parts.map { "\(indent)  \($0)" }.joined(separator: ",\n") + "\n\(indent)\(close)"
    }
}
