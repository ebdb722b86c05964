extension SchemaGrammarBuilder {
    /// The arrays of a goal; nil if there are none.
    mutating func arrayText(_ places: [Int], _ name: String) throws(SchemaError) -> String? {
        let nodes = places.map { tree.nodes[$0] }
        var least = nodes.compactMap(\.minItems).max() ?? 0
        var most = nodes.compactMap(\.maxItems).min()
        for (place, node) in zip(places, nodes) {
            if node.uniqueItems, most ?? 2 > 1 { note(place, "uniqueItems", "is not expressed") }
            if node.contains != nil { note(place, "contains", "is not expressed") }
            if node.unevaluatedItems != nil { note(place, "unevaluatedItems", "is not expressed") }
        }
        var elements: [String] = []
        for index in 0..<(nodes.map(\.prefixItems.count).max() ?? 0) where most.map({ index < $0 }) ?? true {
            let schemas = nodes.compactMap { index < $0.prefixItems.count ? $0.prefixItems[index] : $0.items }
            guard let rule = try rule(schemas, "\(name)-\(index)") else {
                most = min(most ?? index, index)
                break
            }
            elements.append(rule)
        }
        let isTuple = isClosed && !elements.isEmpty && nodes.allSatisfy { $0.items == nil }
        var rest: String?
        if isTuple {
            least = max(least, elements.count)
        } else if most.map({ $0 > elements.count }) ?? true {
            rest = try rule(nodes.compactMap(\.items), "\(name)-item")
        }
        if rest == nil { most = min(most ?? elements.count, elements.count) }
        if let most, most < least { return nil }
        let ws = rules.common("ws")
        if elements.isEmpty, rest == "value", least == 0, most == nil { return rules.common("array") }
        let body = arrayBody(elements, rest, least, most, places)
        guard !body.isEmpty else { return "\"[\" \(ws) \"]\"" }
        return least == 0 ? "\"[\" \(ws) (\(body) \(ws))? \"]\"" : "\"[\" \(ws) \(body) \(ws) \"]\""
    }

    /// The elements of an array that has at least one, from the last to the first: behind each, those that follow.
    private mutating func arrayBody(
        _ elements: [String], _ rest: String?, _ least: Int, _ most: Int?, _ places: [Int]
    ) -> String {
        let ws = rules.common("ws")
        var text = ""
        if let rest {
            let known = max(1, elements.count)
            let counts = limited(
                max(0, least - known), most.map { $0 - known }, ("minItems", "maxItems"), places)
            let more = counts.max == 0 ? "" : GrammarPiece.repeated("(\",\" \(ws) \(rest))", counts.min, counts.max)
            text =
                elements.isEmpty ? (most == 0 ? "" : [rest, more].filter { !$0.isEmpty }.joined(separator: " ")) : more
        }
        for (index, element) in elements.enumerated().reversed() {
            let own = index == 0 ? element : "\",\" \(ws) \(element)"
            text = text.isEmpty ? own : "\(own) \(text)"
            if index > 0, index >= least { text = "(\(text))?" }
        }
        return text
    }
}
