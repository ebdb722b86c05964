/// A set of code points that a model can write: no NUL, no surrogates, none behind U+10FFFF.
struct CodePoints: Hashable, Sendable {
    /// In order, apart from each other, not empty.
    private(set) var ranges: [ClosedRange<UInt32>]

    static let all = CodePoints(ranges: [0x1...0xD7FF, 0xE000...0x10FFFF])

    private init(ranges: [ClosedRange<UInt32>]) { self.ranges = ranges }

    init(_ parts: [(low: UInt32, high: UInt32)], negated: Bool) {
        var merged: [ClosedRange<UInt32>] = []
        for part in parts.filter({ $0.low <= $0.high }).sorted(by: { $0.low < $1.low }) {
            if let last = merged.last, part.low <= last.upperBound || part.low == last.upperBound + 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, part.high)
            } else {
                merged.append(part.low...part.high)
            }
        }
        ranges = []
        if negated { merged = Self.gaps(merged) }
        for range in merged {
            for part in Self.all.ranges where range.overlaps(part) { ranges.append(range.clamped(to: part)) }
        }
    }

    private static func gaps(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
            guard range.upperBound < UInt32.max else { return result }
            next = range.upperBound + 1
        }
        result.append(next...UInt32.max)
        return result
    }

    var isEmpty: Bool { ranges.isEmpty }

    func contains(_ value: UInt32) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].lowerBound <= value
    }

    /// Whether a model can write the character.
    static func isWritable(_ value: UInt32) -> Bool { all.contains(value) }
}
