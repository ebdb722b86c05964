/// Questions to sets of schemas that all hold for one value.
enum SchemaGoal {
    /// Whether a schema says nothing, besides what its references and `allOf` say and the choices that have been made.
    static func isVacuous(_ node: SchemaNode, _ item: SchemaGrammarBuilder.Item) -> Bool {
        saysOnlyType(node, item) && node.types == nil
    }

    /// Whether nothing but the type counts.
    static func saysOnlyType(_ node: SchemaNode, _ item: SchemaGrammarBuilder.Item? = nil) -> Bool {
        let isChoiceFree =
            (node.anyOf.isEmpty || item?.isAnyOfChosen == true) && (node.oneOf.isEmpty || item?.isOneOfChosen == true)
        let isOpen = item != nil || (node.reference == nil && node.allOf.isEmpty)
        return isChoiceFree && isOpen && node.enumeration == nil && node.constant == nil && node.not == nil
            && node.condition == nil && node.dependentSchemas.isEmpty && node.minimum.isEmpty && node.maximum.isEmpty
            && node.multipleOf == nil && node.minLength == nil && node.maxLength == nil && node.pattern == nil
            && node.format == nil && node.prefixItems.isEmpty && node.items == nil && node.contains == nil
            && node.minItems == nil && node.maxItems == nil && !node.uniqueItems && node.unevaluatedItems == nil
            && node.properties.isEmpty && node.required.isEmpty && node.patternProperties.isEmpty
            && node.additionalProperties == nil && node.propertyNames == nil && node.minProperties == nil
            && node.maxProperties == nil && node.dependentRequired.isEmpty && node.unevaluatedProperties == nil
    }

    /// The values that fit, where a schema lists them; nil where none does.
    static func values(_ nodes: [Int], _ tree: SchemaTree) -> [JSONValue]? {
        let listing = nodes.lazy.map { tree.nodes[$0] }.first { $0.constant != nil || $0.enumeration != nil }
        guard let listing else { return nil }
        let values = listing.constant.map { [$0] } ?? listing.enumeration ?? []
        return values.filter { value in
            nodes.allSatisfy { node in
                var check = SchemaCheck(tree, limit: 1)
                _ = check.check(node, value)
                return check.problems.isEmpty
            }
        }
    }

    /// The types of a schema that says only these.
    static func onlyTypes(_ place: Int, _ tree: SchemaTree) -> SchemaTypes? {
        let node = tree.nodes[place]
        return saysOnlyType(node) ? node.types ?? .all : nil
    }

    /// Whether no value fits two of these schemas, as far as that shows: by types, by listed values, or by a required member whose
    /// values are listed.
    static func areDisjoint(_ places: [Int], _ tree: SchemaTree) -> Bool {
        guard places.count <= 50 else { return false }
        let goals = places.map { inPlace($0, tree) }
        for (index, left) in goals.enumerated() {
            for right in goals[..<index] where !areDisjoint(left, right, tree, depth: 0) { return false }
        }
        return true
    }

    private static func areDisjoint(_ left: [Int], _ right: [Int], _ tree: SchemaTree, depth: Int) -> Bool {
        let (a, b) = (left.map { tree.nodes[$0] }, right.map { tree.nodes[$0] })
        if a.contains(where: \.isNever) || b.contains(where: \.isNever) { return true }
        if types(a).isDisjoint(with: types(b)) { return true }
        if let values = values(left, tree) { return values.allSatisfy { !fits($0, right, tree) } }
        if let values = values(right, tree) { return values.allSatisfy { !fits($0, left, tree) } }
        guard depth < 3, types(a).intersection(types(b)) == .object else { return false }
        let shared = Set(a.flatMap(\.required)).intersection(b.flatMap(\.required))
        return shared.contains { name in
            let (x, y) = (member(name, a, tree), member(name, b, tree))
            return !x.isEmpty && !y.isEmpty && areDisjoint(x, y, tree, depth: depth + 1)
        }
    }

    static func types(_ nodes: [SchemaNode]) -> SchemaTypes {
        nodes.reduce(.all) { $0.intersection($1.types ?? .all) }
    }

    private static func fits(_ value: JSONValue, _ nodes: [Int], _ tree: SchemaTree) -> Bool {
        nodes.allSatisfy { node in
            var check = SchemaCheck(tree, limit: 1)
            _ = check.check(node, value)
            return check.problems.isEmpty
        }
    }

    private static func member(_ name: String, _ nodes: [SchemaNode], _ tree: SchemaTree) -> [Int] {
        nodes.flatMap { node in
            node.propertyPlaces[name].map { inPlace(node.properties[$0].schema, tree) } ?? []
        }
    }

    /// A schema, and those behind its references and in its `allOf`.
    static func inPlace(_ place: Int, _ tree: SchemaTree) -> [Int] {
        var found: [Int] = []
        var open = [place]
        while let next = open.popLast() {
            guard !found.contains(next) else { continue }
            found.append(next)
            open += tree.nodes[next].allOf + (tree.nodes[next].reference.map { [$0] } ?? [])
        }
        return found
    }
}
