extension SchemaGrammarBuilder {
    /// Beyond this, a bound does not count: no number in a grammar has so many digits.
    private static let boundLimit = 1e17

    /// The numbers of a goal; nil if there are none.
    mutating func numberText(_ nodes: [Int], isInteger: Bool) -> String? {
        var isInteger = isInteger
        for place in nodes {
            guard let divisor = tree.nodes[place].multipleOf else { continue }
            if divisor.int == 1 { isInteger = true } else { note(place, "multipleOf", "is not expressed") }
        }
        let low = bound(nodes, \.minimum, isInteger: isInteger, isLower: true)
        let high = bound(nodes, \.maximum, isInteger: isInteger, isLower: false)
        if low == nil, high == nil { return rules.common(isInteger ? "integer" : "number") }
        guard isInteger else { return GrammarNumbers.decimals(low, high) }
        return GrammarNumbers.integers(
            low.map { $0.isExclusive ? $0.value + 1 : $0.value }, high.map { $0.isExclusive ? $0.value - 1 : $0.value })
    }

    /// The bound that counts, as an integer.
    private mutating func bound(
        _ nodes: [Int], _ list: KeyPath<SchemaNode, [SchemaNode.Bound]>, isInteger: Bool, isLower: Bool
    ) -> (value: Int, isExclusive: Bool)? {
        var best: (value: Int, isExclusive: Bool)?
        for place in nodes {
            for bound in tree.nodes[place][keyPath: list] {
                guard let double = bound.value.double, abs(double) < Self.boundLimit else { continue }
                let rounded = isLower ? double.rounded(.up) : double.rounded(.down)
                var candidate = (value: Int(rounded), isExclusive: bound.isExclusive)
                if rounded != double {
                    guard isInteger else {
                        let keyword = "\(bound.isExclusive ? "exclusiveM" : "m")\(isLower ? "inimum" : "aximum")"
                        note(place, keyword, "is not expressed: a bound of numbers with fractions must be an integer")
                        continue
                    }
                    candidate.isExclusive = false
                }
                guard let known = best else {
                    best = candidate
                    continue
                }
                let isNarrower = isLower ? candidate.value > known.value : candidate.value < known.value
                if isNarrower || (candidate.value == known.value && candidate.isExclusive) { best = candidate }
            }
        }
        return best
    }
}
