/// Makes the parameters of a tool into ones that llama-server takes. One part of one tool that it does not take makes it refuse
/// the whole request, so a part is replaced or taken out, with a note; the rest keeps its bytes.
public enum SchemaCleaning {
    /// The parameters as the engine takes them. What needs nothing comes back as it is, without notes.
    /// - Parameter parameters: `tools[].function.parameters`, a JSON Schema.
    /// - Returns: the parameters, and for each change a short note: `#/properties/a: 'type' removed: 'any' is no type`.
    public static func clean(_ parameters: JSONValue) -> (JSONValue, notes: [String]) {
        // The engine takes `null` for no parameters.
        if parameters.isNull { return (parameters, []) }
        guard parameters.kind == .object else {
            let note = "#: replaced by an empty object's schema: a schema is an object, found \(parameters.kindInWords)"
            return (["type": "object", "properties": [:]], [note])
        }
        var removed: [String] = []
        let remarked = withoutNullRemarks(parameters, "#", &removed)
        var walk = EngineSchema(remarked)
        walk.walk()
        let notes =
            removed.map { "\($0) removed: null" }
            + walk.faults.map { "\($0.path): '\($0.keyword)' \($0.remedy): \($0.problem)" }
        return notes.isEmpty ? (parameters, []) : (walk.root, notes)
    }

    /// Chat templates make text of descriptions; `null` is none, and the engine answers 500.
    private static func withoutNullRemarks(_ schema: JSONValue, _ path: String, _ removed: inout [String]) -> JSONValue
    {
        guard case .object(let object) = schema else { return schema }
        var result = object
        for (key, value) in object {
            let place = SchemaPointer.appending(key, to: path)
            switch key {
            case "description", "title":
                guard value.isNull else { continue }
                result[key] = nil
                removed.append(place)
            case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas":
                guard case .object(var members) = value else { continue }
                for (name, member) in members {
                    members[name] = withoutNullRemarks(member, SchemaPointer.appending(name, to: place), &removed)
                }
                result[key] = .object(members)
            case "anyOf", "oneOf", "allOf", "prefixItems", "items":
                guard case .array(let elements) = value else { fallthrough }
                result[key] = .array(
                    elements.enumerated().map { withoutNullRemarks($1, "\(place)/\($0)", &removed) })
            case "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames":
                result[key] = withoutNullRemarks(value, place, &removed)
            default: break
            }
        }
        return .object(result)
    }
}
