import Yams

/// Makes entries of what the YAML parser found. An alias (`*name`) stands for a whole tree, so a small file can mean an endless
/// one: there is a limit for both directions.
struct ConfigurationNodeReader {
    private let path: String
    private var budget = 50_000
    private static let depth = 32

    init(path: String) { self.path = path }

    mutating func entries(of mapping: Node.Mapping, depth: Int = 0) throws(ConfigurationProblem)
        -> [ConfigurationFile.Entry]
    {
        var entries: [ConfigurationFile.Entry] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                throw ConfigurationProblem(path: path, line: key.mark?.line, message: "a key must be a plain word")
            }
            let (value, json) = try read(value, depth: depth)
            entries.append(.init(key: scalar.string, line: key.mark?.line ?? 1, value: value, json: json))
        }
        return entries
    }

    private mutating func read(_ node: Node, depth: Int) throws(ConfigurationProblem) -> (
        ConfigurationFile.Value, JSONValue
    ) {
        budget -= 1
        guard budget > 0, depth < Self.depth else {
            throw ConfigurationProblem(path: path, line: node.mark?.line, message: "nested too deeply, or too large")
        }
        switch node {
        case .scalar(let scalar):
            return node.isNull ? (.null, .null) : (.scalar(scalar.string), scalar.json)
        case .sequence(let sequence):
            return try read(sequence, depth: depth)
        case .mapping(let mapping):
            let entries = try entries(of: mapping, depth: depth + 1)
            var object = JSONObject()
            for entry in entries { object[entry.key] = entry.json }
            return (.mapping(entries), .object(object))
        case .alias:
            return (.nested([]), .null)
        }
    }

    private mutating func read(_ sequence: Node.Sequence, depth: Int) throws(ConfigurationProblem) -> (
        ConfigurationFile.Value, JSONValue
    ) {
        var items: [ConfigurationFile.Element] = []
        var elements: [JSONValue] = []
        for element in sequence {
            let (value, json) = try read(element, depth: depth + 1)
            elements.append(json)
            items.append(.init(line: element.mark?.line ?? 1, value: value))
        }
        let texts = items.compactMap { item -> ConfigurationFile.Item? in
            if case .scalar(let text) = item.value { .init(text: text, line: item.line) } else { nil }
        }
        return (texts.count == items.count ? .list(texts) : .nested(items), .array(elements))
    }
}

extension Node {
    /// YAML's null, as the core schema spells it; in quotes it is a text.
    var isNull: Bool {
        guard case .scalar(let scalar) = self, scalar.isPlain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}

extension Node.Scalar {
    fileprivate var isPlain: Bool { style == .any || style == .plain }

    /// Numbers and booleans by the core schema, as far as JSON has them; everything else is a text.
    fileprivate var json: JSONValue {
        guard isPlain else { return .string(string) }
        switch string {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: break
        }
        guard let value = try? JSONValue(parsing: Array(string.utf8)), value.kind == .number else {
            return .string(string)
        }
        return value
    }
}
