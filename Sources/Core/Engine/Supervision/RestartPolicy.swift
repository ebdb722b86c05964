/// When an engine that ended by itself is started again: after a pause that doubles with every failure, and no more when there
/// were too many in a short time.
public struct RestartPolicy: Sendable, Equatable {
    /// Seconds to wait after the first failure; doubled with each further one.
    public var firstDelay = 0.5
    public var longestDelay = 30.0
    /// So many failures within `window` seconds are too many.
    public var mostFailures = 5
    public var window = 300.0
    /// After so many seconds without a failure those before it do not count.
    public var memory = 600.0

    public init() {}

    /// How long to wait before the next start.
    /// - Parameters:
    ///   - failures: when it ended by itself or did not start, in seconds and in order.
    ///   - now: by the same clock.
    /// - Returns: seconds from now; nil: it failed too often.
    public func delay(failures: [Double], now: Double) -> Double? {
        let counted = self.counted(failures, now: now)
        guard let last = counted.last else { return 0 }
        guard counted.count(where: { now - $0 < window }) < mostFailures else { return nil }
        let doublings = min(counted.count - 1, 30)
        return max(0, last + min(longestDelay, firstDelay * Double(1 << doublings)) - now)
    }

    /// The failures that still count.
    func counted(_ failures: [Double], now: Double) -> ArraySlice<Double> {
        guard let last = failures.last, now - last < memory else { return [] }
        var first = failures.endIndex - 1
        while first > failures.startIndex, failures[first] - failures[first - 1] < memory { first -= 1 }
        return failures[first...]
    }
}
