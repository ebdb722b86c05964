import Histogram

/// Latencies of one kind against one target: percentiles to three digits, without keeping the samples.
struct LatencySamples: Sendable {
    private var histogram = Histogram<UInt32>(
        highestTrackableValue: Self.highest, numberOfSignificantValueDigits: .three)
    private static let highest: UInt64 = 3_600_000_000_000

    var count: Int { Int(histogram.totalCount) }

    /// A latency above an hour counts as an hour.
    mutating func record(nanoseconds: UInt64) { histogram.record(min(nanoseconds, Self.highest)) }

    mutating func add(_ other: LatencySamples) { histogram.add(other.histogram) }

    /// In microseconds; nil without samples.
    func percentile(_ percent: Double) -> Double? {
        count == 0 ? nil : Double(histogram.valueAtPercentile(percent)) / 1_000
    }
}
