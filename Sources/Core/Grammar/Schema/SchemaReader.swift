/// Reads a schema document: every schema becomes a node once, and references become places. Understood are draft 2020-12 and the
/// spellings of draft-07 and 2019-09 (`definitions`, `dependencies`, `items` with an array, `additionalItems`).
struct SchemaReader {
    var tree = SchemaTree()
    private let root: JSONValue
    /// Up to draft-07, `$ref` hides everything beside it.
    private let referenceHidesSiblings: Bool
    private var places: [String: Int] = [:]
    /// References whose targets are still to be read: they are followed one by one, so that a long chain of them needs no
    /// deep call stack.
    private var pending: [(node: Int, reference: String)] = []
    /// Schemas by `#anchor` and by `$id`; found when first needed.
    private var names: [String: (value: JSONValue, path: String)]?

    /// How many schemas may look at the same value one inside the other.
    static let depthLimit = 64

    static func read(_ schema: JSONValue) throws(SchemaError) -> SchemaTree {
        var reader = SchemaReader(schema)
        _ = try reader.node(schema, "#")
        while let (node, reference) = reader.pending.popLast() {
            let target = try reader.target(of: reference, at: reader.tree.nodes[node].path)
            reader.tree.nodes[node].reference = try reader.node(target.value, target.path)
        }
        try SchemaCycles.check(reader.tree.nodes)
        return reader.tree
    }

    private init(_ root: JSONValue) {
        self.root = root
        let draft = root["$schema"]?.string ?? ""
        referenceHidesSiblings = ["draft-03", "draft-04", "draft-06", "draft-07"].contains { draft.contains($0) }
    }

    /// The place of the schema at a path.
    mutating func node(_ value: JSONValue, _ path: String) throws(SchemaError) -> Int {
        if let known = places[path] { return known }
        let place = tree.nodes.count
        places[path] = place
        tree.nodes.append(SchemaNode(path: path))
        if let bool = value.bool {
            tree.nodes[place].isNever = !bool
            return place
        }
        guard let object = value.object else {
            throw SchemaError(path: path, reason: "a schema is an object or a boolean, found \(value.kindInWords)")
        }
        for name in ["$dynamicRef", "$recursiveRef"] where object[name] != nil {
            throw SchemaError(path: path, reason: "'\(name)' is not supported")
        }
        if let reference = object["$ref"] {
            guard let text = reference.string else { throw SchemaError(path: path, reason: "'$ref' must be a string") }
            pending.append((place, text))
            if referenceHidesSiblings { return place }
        }
        var node = SchemaNode(path: path)
        try read(object, into: &node)
        tree.nodes[place] = node
        return place
    }

    // MARK: - References

    private mutating func target(
        of reference: String, at path: String
    ) throws(SchemaError) -> (value: JSONValue, path: String) {
        if reference == "#" || reference == root["$id"]?.string { return (root, "#") }
        if reference.hasPrefix("#/"), let found = SchemaPointer.resolve(reference, in: root) { return found }
        let names = self.names ?? SchemaPointer.names(in: root)
        self.names = names
        if let found = names[reference] { return found }
        guard reference.hasPrefix("#") else {
            throw SchemaError(
                path: path, reason: "'$ref' to '\(reference)' leaves the document, which is not supported")
        }
        throw SchemaError(path: path, reason: "'$ref' to '\(reference)' leads to nothing in the document")
    }
}

extension JSONValue {
    /// What the value is, in words: `a string`.
    var kindInWords: String {
        switch kind {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
