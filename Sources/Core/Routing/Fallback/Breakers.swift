import Synchronization

/// A circuit breaker for each upstream, by its name.
public final class Breakers: Sendable {
    /// Those of upstreams that failed last; who is not among them may be asked.
    private let breakers = Mutex<[String: CircuitBreaker]>([:])
    private let clock: @Sendable () -> Double

    private static let limit = 100

    /// - Parameter clock: tells seconds, and only goes forward.
    public init(clock: @escaping @Sendable () -> Double = { SystemTime.monotonic() }) { self.clock = clock }

    /// Whether an upstream may be asked. Nothing changes by that.
    public func allows(_ upstream: String) -> Bool {
        let now = clock()
        return breakers.withLock { $0[upstream]?.allows(at: now) ?? true }
    }

    /// An upstream is asked: when it was left alone until now, by nobody else for a while.
    /// - Returns: whether this is the probe.
    @discardableResult public func begin(_ upstream: String) -> Bool {
        let now = clock()
        return breakers.withLock { $0[upstream]?.begin(at: now) ?? false }
    }

    /// A probe has told nothing: nobody has waited for its answer.
    public func giveBack(_ upstream: String) {
        let now = clock()
        breakers.withLock { $0[upstream]?.giveBack(at: now) }
    }

    /// An upstream has answered, or failed. A failure that is the request's own changes nothing.
    /// - Parameter isProbe: what `begin` said.
    public func note(_ upstream: String, failure: APIError?, isProbe: Bool = false) {
        let now = clock()
        breakers.withLock { breakers in
            guard let failure else { return breakers[upstream] = nil }
            guard CircuitBreaker.isOfUpstream(failure) else {
                if isProbe { breakers[upstream]?.giveBack(at: now) }
                return
            }
            guard CircuitBreaker.counts(failure) else { breakers[upstream]?.answer(); return }
            guard breakers[upstream] != nil || breakers.count < Self.limit else {
                return
            }
            breakers[upstream, default: CircuitBreaker()].fail(at: now)
        }
    }
}
