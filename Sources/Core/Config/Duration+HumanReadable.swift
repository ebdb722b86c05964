extension Duration {
    /// Reads a time as people write it: `30s`, `5m`, `250ms`, `1h`, `2d`, `1h30m`, or a bare number of seconds. Fractions are
    /// rounded to a nanosecond.
    public init?(humanReadable text: String) {
        var rest = Substring(text)
        var total = Duration.zero
        var smallest = Double.infinity
        repeat {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            // A bare number counts seconds, but only alone: "1h30" could mean minutes.
            let isBare = unit.isEmpty && digits.count == text.count
            guard let number = decimal(digits), let factor = isBare ? 1e9 : Self.nanoseconds[unit.lowercased()] else {
                return nil
            }
            let nanoseconds = (number * factor).rounded()
            guard factor < smallest, nanoseconds < Self.longest else { return nil }
            smallest = factor
            total += .nanoseconds(Int64(nanoseconds))
        } while !rest.isEmpty
        self = total
    }

    private static let nanoseconds: [String: Double] = [
        "ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "min": 60e9, "h": 3600e9, "d": 86400e9,
    ]

    /// A hundred years: far above what anybody means, far below what overflows.
    private static let longest = 100 * 365 * 86400e9
}
