#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A value from several measurements, with the interval that holds the true one in 95 of 100 cases.
struct Estimate: Sendable, Equatable {
    var value: Double
    /// nil: a single measurement tells nothing of how far it is off.
    var interval: ClosedRange<Double>?
    /// How many measurements there were.
    var count: Int

    init(_ value: Double, interval: ClosedRange<Double>? = nil, count: Int = 1) {
        self.value = value
        self.interval = interval
        self.count = count
    }

    /// The mean, with Student's interval; nil without samples.
    init?(meanOf samples: [Double]) {
        guard !samples.isEmpty else { return nil }
        let mean = samples.reduce(0, +) / Double(samples.count)
        self.init(mean, interval: Self.margin(samples, mean).map { mean - $0...mean + $0 }, count: samples.count)
    }

    /// How many times as much the second of each pair is as the first. The pairs are averaged as ratios (their logarithms), so
    /// that what disturbed both of a pair alike is not taken for uncertainty. Pairs without a ratio are passed over.
    init?(ratiosOf pairs: [(Double, Double)]) {
        let logarithms = pairs.filter { $0 > 0 && $1 > 0 }.map { log($1 / $0) }
        self.init(meanOfLogarithms: logarithms)
    }

    /// The geometric mean of what these are the logarithms of.
    init?(meanOfLogarithms logarithms: [Double]) {
        guard let mean = Estimate(meanOf: logarithms) else { return nil }
        self.init(
            exp(mean.value), interval: mean.interval.map { exp($0.lowerBound)...exp($0.upperBound) }, count: mean.count)
    }

    /// Half the width of the interval.
    var margin: Double? { interval.map { ($0.upperBound - $0.lowerBound) / 2 } }

    /// Whether the two differ for certain: their intervals do not touch. nil where one of them has none.
    func isApart(from other: Estimate) -> Bool? {
        guard let interval, let others = other.interval else { return nil }
        return !interval.overlaps(others)
    }

    private static func margin(_ samples: [Double], _ mean: Double) -> Double? {
        guard samples.count > 1 else { return nil }
        let squares = samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(samples.count - 1)).squareRoot()
        return studentQuantile(samples.count - 1) * deviation / Double(samples.count).squareRoot()
    }

    /// The 97.5 % quantile of Student's t distribution.
    static func studentQuantile(_ freedom: Int) -> Double {
        let table = [
            12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
            2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
        ]
        if table.indices.contains(freedom - 1) { return table[freedom - 1] }
        // The first terms of its expansion around the normal distribution.
        return 1.960 + 2.372 / Double(max(1, freedom))
    }
}
