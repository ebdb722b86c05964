import LocalCodeCore

extension ConfigCommand {
    /// What a file says about routing, one key a row, and one rule.
    static func routingRows(_ file: ConfigurationFile) -> [(name: String, value: String, source: String)] {
        guard case .mapping(let members) = routing(in: file)?.value else { return [] }
        return members.flatMap { member -> [(name: String, value: String, source: String)] in
            let name = "\(RoutingConfiguration.key).\(member.key)"
            func row(_ name: String, _ value: JSONValue, _ line: Int) -> (name: String, value: String, source: String) {
                (name, shown(value), "\(file.path):\(line)")
            }
            switch member.value {
            case .null: return []
            case .mapping(let inner): return inner.map { row("\(name).\($0.key)", $0.json, $0.line) }
            case .nested(let elements):
                return zip(elements, member.json.array ?? []).enumerated().map { index, element in
                    row("\(name).\(element.1["name"]?.string ?? "\(index + 1)")", element.1, element.0.line)
                }
            case .scalar, .list: return [row(name, member.json, member.line)]
            }
        }
    }

    /// The routing as one JSON setting; nil where the file has none.
    static func routingJSON(_ file: ConfigurationFile) -> JSONValue? {
        guard let entry = routing(in: file) else { return nil }
        return ["value": entry.json, "source": "file", "file": .string(file.path), "line": .number(entry.line)]
    }

    private static func routing(in file: ConfigurationFile) -> ConfigurationFile.Entry? {
        file.entries.first { $0.key == RoutingConfiguration.key && $0.value != .null }
    }

    private static func shown(_ value: JSONValue) -> String {
        switch value {
        case .scalar: return value.string ?? value.description
        case .array(let elements) where elements.allSatisfy { $0.array == nil && $0.object == nil }:
            return elements.map(shown).joined(separator: ", ")
        case .array: return value.description
        case .object(var object):
            // The rule's name stands in front of it.
            object["name"] = nil
            return JSONValue.object(object).description
        }
    }
}
