extension SchemaReader {
    /// Reads the keywords of one schema, and the schemas below it.
    mutating func read(_ object: JSONObject, into node: inout SchemaNode) throws(SchemaError) {
        try readTypes(object, into: &node)
        try readCombinations(object, into: &node)
        try readNumbers(object, into: &node)
        try readStrings(object, into: &node)
        try readArrays(object, into: &node)
        try readObjects(object, into: &node)
    }

    private mutating func readTypes(_ object: JSONObject, into node: inout SchemaNode) throws(SchemaError) {
        if let type = object["type"] {
            let names = type.array ?? [type]
            var types: SchemaTypes = []
            for name in names {
                guard let name = name.string else {
                    throw SchemaError(path: node.path, reason: "'type' must be a string or an array of strings")
                }
                guard let known = SchemaTypes(name: name) else {
                    throw SchemaError(path: node.path, reason: "'type' is '\(name)', which is none of JSON Schema's")
                }
                types.formUnion(known)
            }
            node.types = types
        }
        if let values = object["enum"] {
            guard let values = values.array else {
                throw SchemaError(path: node.path, reason: "'enum' must be an array")
            }
            node.enumeration = values
        }
        node.constant = object["const"]
    }

    private mutating func readCombinations(_ object: JSONObject, into node: inout SchemaNode) throws(SchemaError) {
        node.allOf = try list("allOf", object, node.path)
        node.anyOf = try list("anyOf", object, node.path)
        node.oneOf = try list("oneOf", object, node.path)
        node.not = try schema("not", object, node.path)
        node.condition = try schema("if", object, node.path)
        node.consequence = try schema("then", object, node.path)
        node.alternative = try schema("else", object, node.path)
        if node.condition == nil { (node.consequence, node.alternative) = (nil, nil) }
    }

    private func readNumbers(_ object: JSONObject, into node: inout SchemaNode) throws(SchemaError) {
        for (name, exclusiveName, list) in [
            ("minimum", "exclusiveMinimum", \SchemaNode.minimum), ("maximum", "exclusiveMaximum", \SchemaNode.maximum),
        ] {
            let exclusive = object[exclusiveName]
            if let bound = try number(name, object, node.path) {
                // In draft-04 the exclusive keyword is a boolean beside the bound.
                node[keyPath: list].append(SchemaNode.Bound(value: bound, isExclusive: exclusive?.bool == true))
            }
            if exclusive?.bool == nil, let bound = try number(exclusiveName, object, node.path) {
                node[keyPath: list].append(SchemaNode.Bound(value: bound, isExclusive: true))
            }
        }
        node.multipleOf = try number("multipleOf", object, node.path)
        if let divisor = node.multipleOf?.double, divisor <= 0 {
            throw SchemaError(path: node.path, reason: "'multipleOf' must be greater than 0")
        }
    }

    private mutating func readStrings(_ object: JSONObject, into node: inout SchemaNode) throws(SchemaError) {
        node.minLength = try count("minLength", object, node.path)
        node.maxLength = try count("maxLength", object, node.path)
        if let pattern = object["pattern"] {
            guard let source = pattern.string else {
                throw SchemaError(path: node.path, reason: "'pattern' must be a string")
            }
            node.pattern = try self.pattern(source, "pattern", node.path)
        }
        node.format = object["format"]?.string
    }

    private mutating func readArrays(_ object: JSONObject, into node: inout SchemaNode) throws(SchemaError) {
        if object["items"]?.kind == .array {
            node.prefixItems = try list("items", object, node.path)
            node.items = try schema("additionalItems", object, node.path)
        } else {
            node.prefixItems = try list("prefixItems", object, node.path)
            node.items = try schema("items", object, node.path)
        }
        node.contains = try schema("contains", object, node.path)
        node.minContains = try count("minContains", object, node.path)
        node.maxContains = try count("maxContains", object, node.path)
        node.minItems = try count("minItems", object, node.path)
        node.maxItems = try count("maxItems", object, node.path)
        node.uniqueItems = object["uniqueItems"]?.bool ?? false
        node.unevaluatedItems = try schema("unevaluatedItems", object, node.path)
        if node.unevaluatedItems != nil { tree.asksForUnevaluated = true }
    }

    private mutating func readObjects(_ object: JSONObject, into node: inout SchemaNode) throws(SchemaError) {
        node.properties = try members("properties", object, node.path)
        for (index, property) in node.properties.enumerated() { node.propertyPlaces[property.key] = index }
        node.required = try names("required", object["required"], node.path)
        for (source, schema) in try members("patternProperties", object, node.path) {
            node.patternProperties.append((try pattern(source, "patternProperties", node.path), schema))
        }
        node.additionalProperties = try schema("additionalProperties", object, node.path)
        node.propertyNames = try schema("propertyNames", object, node.path)
        node.minProperties = try count("minProperties", object, node.path)
        node.maxProperties = try count("maxProperties", object, node.path)
        for (key, value) in try self.object("dependentRequired", object, node.path) {
            node.dependentRequired.append((key, try names("dependentRequired", value, node.path)))
        }
        node.dependentSchemas = try members("dependentSchemas", object, node.path)
        for (key, value) in try self.object("dependencies", object, node.path) {
            if value.kind == .array {
                node.dependentRequired.append((key, try names("dependencies", value, node.path)))
            } else {
                let path = SchemaPointer.appending(key, to: node.path + "/dependencies")
                node.dependentSchemas.append((key, try self.node(value, path)))
            }
        }
        node.unevaluatedProperties = try schema("unevaluatedProperties", object, node.path)
        if node.unevaluatedProperties != nil { tree.asksForUnevaluated = true }
    }

    // MARK: - Kinds of values

    private mutating func schema(_ name: String, _ object: JSONObject, _ path: String) throws(SchemaError) -> Int? {
        guard let value = object[name] else { return nil }
        return try node(value, "\(path)/\(name)")
    }

    private mutating func list(_ name: String, _ object: JSONObject, _ path: String) throws(SchemaError) -> [Int] {
        guard let value = object[name] else { return [] }
        guard let elements = value.array else {
            throw SchemaError(path: path, reason: "'\(name)' must be an array of schemas")
        }
        if elements.isEmpty, name.hasSuffix("Of") {
            throw SchemaError(path: path, reason: "'\(name)' must not be empty")
        }
        var places: [Int] = []
        for (index, element) in elements.enumerated() { places.append(try node(element, "\(path)/\(name)/\(index)")) }
        return places
    }

    private func object(_ name: String, _ object: JSONObject, _ path: String) throws(SchemaError) -> JSONObject {
        guard let value = object[name] else { return [:] }
        guard let members = value.object else {
            throw SchemaError(path: path, reason: "'\(name)' must be an object")
        }
        return members
    }

    private mutating func members(
        _ name: String, _ object: JSONObject, _ path: String
    ) throws(SchemaError) -> [(key: String, schema: Int)] {
        var places: [(key: String, schema: Int)] = []
        for (key, value) in try self.object(name, object, path) {
            places.append((key, try node(value, SchemaPointer.appending(key, to: "\(path)/\(name)"))))
        }
        return places
    }

    private func names(_ name: String, _ value: JSONValue?, _ path: String) throws(SchemaError) -> [String] {
        // Up to draft-03, `required` is a boolean of the property's own schema; so some tools still write it.
        guard let value, value.kind != .bool else { return [] }
        let names = value.array?.compactMap(\.string) ?? []
        guard names.count == value.array?.count else {
            throw SchemaError(path: path, reason: "'\(name)' must be an array of strings")
        }
        return names
    }

    private func count(_ name: String, _ object: JSONObject, _ path: String) throws(SchemaError) -> Int? {
        guard let value = object[name] else { return nil }
        guard let count = value.int, count >= 0 else {
            throw SchemaError(path: path, reason: "'\(name)' must be an integer that is not negative")
        }
        return count
    }

    private func number(_ name: String, _ object: JSONObject, _ path: String) throws(SchemaError) -> JSONValue? {
        guard let value = object[name] else { return nil }
        guard value.kind == .number else { throw SchemaError(path: path, reason: "'\(name)' must be a number") }
        return value
    }

    /// A pattern. One that is valid but beyond us is noted and has no effect.
    private mutating func pattern(
        _ source: String, _ keyword: String, _ path: String
    ) throws(SchemaError) -> SchemaNode.NamedPattern {
        switch SchemaPattern.parse(source) {
        case .success(let pattern):
            return SchemaNode.NamedPattern(source: source, pattern: pattern)
        case .failure(let problem) where problem.isUnsupported:
            let reason = "'\(source)' is not looked at: \(problem.reason)"
            tree.notes.append(SchemaNote(path: path, keyword: keyword, reason: reason))
            return SchemaNode.NamedPattern(source: source, pattern: nil)
        case .failure(let problem):
            throw SchemaError(
                path: path, reason: "'\(keyword)' '\(source)' is no regular expression: \(problem.reason)")
        }
    }
}
