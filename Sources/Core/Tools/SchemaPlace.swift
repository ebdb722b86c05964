/// A part of a tool's schema: what it says of one value.
struct SchemaPlace: Sendable {
    private let root: JSONValue
    let schema: JSONValue

    /// The outermost schema of a document.
    init(root: JSONValue) { self.init(root: root, schema: root) }

    private init(root: JSONValue, schema: JSONValue) {
        self.root = root
        var schema = schema
        // References may lead to each other in a circle.
        for _ in 0..<8 {
            guard let reference = schema["$ref"]?.string, reference.hasPrefix("#/"),
                let target = SchemaPointer.resolve(reference, in: root)
            else { break }
            schema = target.value
        }
        self.schema = schema
    }

    /// The schema of a part of the value; nil where nothing is said of it.
    func step(_ step: SchemaProblem.Step) -> SchemaPlace? {
        let found: JSONValue? =
            switch step {
            case .key(let key): schema["properties"]?[key] ?? schema["additionalProperties"]
            case .index(let index): schema["prefixItems"]?[index] ?? schema["items"]
            }
        guard let found, found.kind == .object else { return nil }
        return SchemaPlace(root: root, schema: found)
    }

    func at(_ steps: [SchemaProblem.Step]) -> SchemaPlace? {
        steps.reduce(SchemaPlace?.some(self)) { place, step in place?.step(step) }
    }

    /// The types that the value may have, in JSON Schema's words; empty where any may be.
    var types: Set<String> {
        var types: Set<String> = []
        if let type = schema["type"]?.string { types.insert(type) }
        for type in schema["type"]?.array ?? [] { if let type = type.string { types.insert(type) } }
        if types.isEmpty {
            let values = (schema["enum"]?.array ?? []) + [schema["const"]].compactMap { $0 }
            for value in values { types.insert(Self.type(of: value)) }
        }
        for choice in (schema["anyOf"]?.array ?? []) + (schema["oneOf"]?.array ?? []) where choice.kind == .object {
            types.formUnion(SchemaPlace(root: root, schema: choice).ownTypes)
        }
        return types
    }

    /// As `types`, without those of alternatives.
    private var ownTypes: Set<String> {
        Set(([schema["type"]?.string].compactMap { $0 }) + (schema["type"]?.array ?? []).compactMap(\.string))
    }

    /// The names of an object's members.
    var properties: [String] { schema["properties"]?.object?.keys ?? [] }
    /// Those that must be there.
    var required: [String] { (schema["required"]?.array ?? []).compactMap(\.string) }
    /// The values that are allowed, where they are listed.
    var values: [JSONValue] { schema["enum"]?.array ?? [] }

    private static func type(of value: JSONValue) -> String {
        switch value.kind {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
