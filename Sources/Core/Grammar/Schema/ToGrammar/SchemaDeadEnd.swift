/// Why no value fits a schema, where one keyword or two tell: what is said of it to whoever wrote the schema.
enum SchemaDeadEnd {
    /// The first contradiction in a schema, or in what each of its values must have in it; nil if none is plain.
    static func find(_ tree: SchemaTree) -> SchemaError? {
        var met: Set<Int> = []
        var open = [0]
        while let place = open.popLast() {
            guard met.insert(place).inserted else { continue }
            let nodes = SchemaGoal.inPlace(place, tree).map { tree.nodes[$0] }
            let types = SchemaGoal.types(nodes)
            let required = nodes.flatMap(\.required)
            for node in nodes {
                guard let reason = contradiction(in: node, types, required: required, tree) else { continue }
                return SchemaError(path: node.path, reason: "no value fits the schema: \(reason)")
            }
            for node in nodes where types == .object {
                open += required.compactMap { node.propertyPlaces[$0].map { node.properties[$0].schema } }
            }
            for node in nodes where types == .array && node.minItems ?? 0 > 0 {
                open += (node.prefixItems.first ?? node.items).map { [$0] } ?? []
            }
        }
        return nil
    }

    private static func contradiction(
        in node: SchemaNode, _ types: SchemaTypes, required: [String], _ tree: SchemaTree
    ) -> String? {
        if node.isNever { return "it is 'false'" }
        if node.enumeration?.isEmpty == true { return "'enum' is empty" }
        switch types {
        case .object:
            if let reason = order("minProperties", node.minProperties, "maxProperties", node.maxProperties) {
                return reason
            }
            guard let others = node.additionalProperties, tree.nodes[others].isNever, node.patternProperties.isEmpty,
                let name = required.first(where: { node.propertyPlaces[$0] == nil })
            else { return nil }
            return "'required' names '\(name)', which is not in 'properties', and 'additionalProperties' is false"
        case .array: return order("minItems", node.minItems, "maxItems", node.maxItems)
        case .string: return order("minLength", node.minLength, "maxLength", node.maxLength)
        case .number, .integer: return bounds(node)
        default: return nil
        }
    }

    private static func order(_ lowName: String, _ low: Int?, _ highName: String, _ high: Int?) -> String? {
        guard let low, let high, low > high else { return nil }
        return "'\(lowName)' is \(low), and '\(highName)' is \(high)"
    }

    private static func bounds(_ node: SchemaNode) -> String? {
        for low in node.minimum {
            for high in node.maximum {
                guard let least = low.value.double, let most = high.value.double else { continue }
                guard least > most || least == most && (low.isExclusive || high.isExclusive) else { continue }
                return "the minimum is \(low.value), and the maximum is \(high.value)"
            }
        }
        return nil
    }
}
