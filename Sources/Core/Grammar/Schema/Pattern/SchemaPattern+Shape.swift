extension SchemaPattern {
    /// One way through a pattern: what it is between its beginning and its end, and whether it is tied to those of the text.
    struct Branch {
        let parts: [Node]
        let isAnchoredAtStart: Bool
        let isAnchoredAtEnd: Bool
    }

    /// The branches of the pattern; nil if one has an anchor or a word border in its middle.
    var branches: [Branch]? {
        var branches: [Branch] = []
        var open = [node]
        while let next = open.popLast() {
            switch next {
            case .choice(let choices): open += choices.reversed()
            case .sequence(let parts) where parts.count == 1: open.append(parts[0])
            default:
                var parts: [Node] = if case .sequence(let parts) = next { parts } else { [next] }
                var isAnchored = (start: false, end: false)
                while parts.first == .start {
                    parts.removeFirst()
                    isAnchored.start = true
                }
                while parts.last == .end {
                    parts.removeLast()
                    isAnchored.end = true
                }
                guard parts.allSatisfy({ !$0.hasAssertion }) else { return nil }
                branches.append(
                    Branch(parts: parts, isAnchoredAtStart: isAnchored.start, isAnchoredAtEnd: isAnchored.end))
            }
        }
        return branches
    }

    /// How many characters a text that fits has; the upper end is nil if there is no limit.
    var lengths: (min: Int, max: Int?) {
        guard let branches, !branches.isEmpty else { return (0, nil) }
        let lengths = branches.map { branch in
            let inner = Node.sequence(branch.parts).lengths
            return (min: inner.min, max: branch.isAnchoredAtStart && branch.isAnchoredAtEnd ? inner.max : nil)
        }
        let most = lengths.compactMap(\.max)
        return (lengths.map(\.min).min() ?? 0, most.count == lengths.count ? most.max() : nil)
    }

    /// The pattern with its only repetition cut so that a text that fits has a length within these limits; nil if it is not of the
    /// kind that has one repetition of single characters between parts of fixed length, or if nothing is left.
    func limited(min: Int, max: Int?) -> [Node]? {
        guard let branches, branches.count == 1, branches[0].isAnchoredAtStart, branches[0].isAnchoredAtEnd else {
            return nil
        }
        var parts = branches[0].parts
        var fixed = 0
        var place: Int?
        for (index, part) in parts.enumerated() {
            let lengths = part.lengths
            if lengths.min == lengths.max {
                fixed += lengths.min
            } else if case .repeated(.set, _, _) = part, place == nil {
                place = index
            } else {
                return nil
            }
        }
        guard let place, case .repeated(let set, let least, let most) = parts[place] else { return nil }
        let newLeast = Swift.max(least, min - fixed)
        let newMost = [most, max.map { $0 - fixed }].compactMap { $0 }.min()
        if let newMost, newMost < newLeast { return nil }
        parts[place] = .repeated(set, min: newLeast, max: newMost)
        return parts
    }
}

extension SchemaPattern.Node {
    fileprivate var hasAssertion: Bool {
        switch self {
        case .set: false
        case .start, .end, .border: true
        case .sequence(let parts), .choice(let parts): parts.contains { $0.hasAssertion }
        case .repeated(let node, _, _): node.hasAssertion
        }
    }

    var lengths: (min: Int, max: Int?) {
        switch self {
        case .set: return (1, 1)
        case .start, .end, .border: return (0, 0)
        case .sequence(let parts):
            return parts.map(\.lengths).reduce((0, 0)) { sum, part in
                (Self.sum(sum.0, part.min), sum.1.flatMap { a in part.max.map { Self.sum(a, $0) } })
            }
        case .choice(let parts):
            let all = parts.map(\.lengths)
            let most = all.compactMap(\.max)
            return (all.map(\.min).min() ?? 0, most.count == all.count ? most.max() : nil)
        case .repeated(let node, let min, let max):
            let one = node.lengths
            if one.max == 0 { return (0, 0) }
            return (Self.product(one.min, min), max.flatMap { a in one.max.map { Self.product($0, a) } })
        }
    }

    /// Sums and products that stop at a size that no text has.
    private static func sum(_ a: Int, _ b: Int) -> Int { min(a &+ b, 1 << 40) }
    private static func product(_ a: Int, _ b: Int) -> Int { a == 0 || b == 0 ? 0 : a > 1 << 40 / b ? 1 << 40 : a * b }

    /// What of it is not empty; nil if nothing is. A repetition without end of what may be empty is one of this.
    var nonEmpty: SchemaPattern.Node? {
        switch self {
        case .start, .end, .border: return nil
        case .set: return self
        case .choice(let parts):
            let kept = parts.compactMap(\.nonEmpty)
            return kept.isEmpty ? nil : .choice(kept)
        case .repeated(let node, let min, let max):
            if max == 0 { return nil }
            if node.lengths.min > 0 { return .repeated(node, min: Swift.max(1, min), max: max) }
            return node.nonEmpty.map { .repeated($0, min: 1, max: max) }
        case .sequence(let parts):
            if lengths.min > 0 { return self }
            let ways = parts.indices.compactMap { index in
                parts[index].nonEmpty.map { Self.sequence([$0] + parts[(index + 1)...]) }
            }
            return ways.isEmpty ? nil : .choice(ways)
        }
    }
}
