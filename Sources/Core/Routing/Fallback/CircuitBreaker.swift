/// Whether an upstream is worth asking: after several failures in a row it is left alone for a while, then asked once, and
/// left alone for twice as long if that fails too. Times are seconds of a clock that only goes forward.
public struct CircuitBreaker: Sendable, Equatable {
    private enum State: Sendable, Equatable {
        /// It is asked; so many failures came last.
        case closed(failures: Int)
        /// It is left alone.
        case open(until: Double, pause: Double)
        /// It was asked once; the others stay away until the answer is there, or nobody can wait for it any more.
        case probing(until: Double, pause: Double)
    }

    private var state = State.closed(failures: 0)

    /// Failures in a row after which it is left alone.
    public static let failureLimit = 3
    /// Seconds that it is left alone at first, and at most.
    public static let pauses = 30.0...600.0

    public init() {}

    /// Whether it may be asked. Nothing changes by that.
    public func allows(at now: Double) -> Bool {
        switch state {
        case .closed: true
        case .open(let until, _), .probing(let until, _): now >= until
        }
    }

    /// It is asked. The first one after a pause is the probe, which keeps the others away for as long as the pause was: who
    /// is never heard of again leaves the place to another then.
    /// - Returns: whether this is the probe.
    @discardableResult public mutating func begin(at now: Double) -> Bool {
        guard allows(at: now) else { return false }
        switch state {
        case .closed: return false
        case .open(_, let pause), .probing(_, let pause):
            state = .probing(until: now + pause, pause: pause)
            return true
        }
    }

    /// It has answered.
    public mutating func succeed() { state = .closed(failures: 0) }

    /// It has answered, with a word about the request itself: a probe has told what it was to tell.
    public mutating func answer() { if case .probing = state { succeed() } }

    /// Nobody has waited for the answer, or it was not asked in the end: another one may be the probe.
    public mutating func giveBack(at now: Double) {
        if case .probing(_, let pause) = state { state = .open(until: now, pause: pause) }
    }

    /// It has failed. What was asked before it was left alone, and fails while it is, tells nothing new.
    public mutating func fail(at now: Double) {
        switch state {
        case .closed(let failures) where failures + 1 < Self.failureLimit: state = .closed(failures: failures + 1)
        case .closed: open(for: Self.pauses.lowerBound, at: now)
        case .open(let until, _) where now < until: break
        case .open(_, let pause), .probing(_, let pause): open(for: min(2 * pause, Self.pauses.upperBound), at: now)
        }
    }

    private mutating func open(for pause: Double, at now: Double) { state = .open(until: now + pause, pause: pause) }

    /// Whether an error tells that the upstream is down rather than that a request is wrong: it cannot be reached, is silent,
    /// breaks off, is overloaded, or takes nothing from us at the moment, as with rate limits, quotas and keys.
    ///
    /// llama-server's 500 is a request that it cannot handle, a full queue is our own, and a plan that lacks one model has
    /// others.
    public static func counts(_ error: APIError) -> Bool {
        guard isOfUpstream(error) else { return false }
        if error.code == "server_error" { return true }
        return switch error.status {
        case 401, 403, 429: error.headers["x-localcode-upstream-code"] != "1311"
        case 502, 503, 504, 529: true
        default: false
        }
    }

    /// Whether an error is the upstream's word: otherwise it is ours, and tells nothing of it.
    static func isOfUpstream(_ error: APIError) -> Bool {
        switch error.code {
        case "queue_full", "stopping", "no_engine", "patience_exceeded", "local_only": false
        default: true
        }
    }
}
