extension RoutingConditions {
    /// Whether they hold wherever the others do, as far as that can be told from what is written.
    func cover(_ others: RoutingConditions) -> Bool {
        Self.cover(clients, others.clients, ==)
            && Self.cover(kinds, others.kinds, ==)
            && Self.cover(models, others.models) { Wildcard($0).matches($1) }
            && Self.cover(Array(demands), Array(others.demands)) { $0.key == $1.key && $0.value <= $1.value }
            && Self.cover(tokens, others.tokens)
            && Self.cover(load, others.load)
            && (time == nil && days.isEmpty
                || time?.from == others.time?.from && time?.to == others.time?.to && Self.cover(days, others.days, ==))
            && headers.allSatisfy { name, pattern in
                others.headers.contains {
                    $0.name.lowercased() == name.lowercased() && Wildcard(pattern).matches($0.pattern)
                }
            }
            && Self.cover(projects, others.projects) { ProjectPath.lies($1, in: $0) }
    }

    /// Of a list one element must hold; an empty one asks nothing.
    private static func cover<Element>(
        _ elements: [Element], _ others: [Element], _ covers: (Element, Element) -> Bool
    ) -> Bool {
        elements.isEmpty
            || !others.isEmpty && others.allSatisfy { other in elements.contains { covers($0, other) } }
    }

    private static func cover<Bound>(_ range: ClosedRange<Bound>?, _ other: ClosedRange<Bound>?) -> Bool {
        guard let range else { return true }
        return other.map { range.lowerBound <= $0.lowerBound && $0.upperBound <= range.upperBound } ?? false
    }
}
