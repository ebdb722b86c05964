/// SplitMix64: the same numbers for the same seed, everywhere and for ever (G. Steele, D. Lea, C. Flood, "Fast Splittable
/// Pseudorandom Number Generators", OOPSLA 2014). Draws use whole numbers only, so that no floating point library has a say.
struct TraceRandom: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Evenly from a range; the slight preference for low numbers is of no account at these sizes.
    mutating func number(_ range: ClosedRange<Int>) -> Int {
        let count = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int(next() % count)
    }

    /// True in so many of a hundred cases.
    mutating func percent(_ chance: Int) -> Bool { number(1...100) <= chance }

    /// One of several ranges by weight, then evenly from it: few numbers are large.
    mutating func number(weighted ranges: [(weight: Int, range: ClosedRange<Int>)]) -> Int {
        var rest = number(1...max(1, ranges.reduce(0) { $0 + $1.weight }))
        for (weight, range) in ranges {
            rest -= weight
            if rest <= 0 { return number(range) }
        }
        return 0
    }

    /// A generator of its own for a part, so that a change in one part does not shift all others.
    mutating func split() -> TraceRandom { TraceRandom(seed: next()) }
}
