/// When to send a failed request again. Only for requests of which the client has seen nothing yet.
public struct RetryPolicy: Sendable, Equatable {
    /// The most times to send one request.
    public var attempts: Int
    /// The most time to spend from the first sending to the last. Clients wait about five minutes for a first byte.
    public var budget: Duration

    public init(attempts: Int = 5, budget: Duration = .seconds(240)) {
        self.attempts = attempts
        self.budget = budget
    }

    /// Where somebody else can be asked: once more where that may help at once, so that an overloaded model, which stays so for
    /// half a minute, is left at the first word.
    public static let beforeFallback = RetryPolicy(attempts: 2, budget: .seconds(5))

    /// How long to wait before sending again; nil to give up.
    ///
    /// The wait is drawn from the failure's base up to a bound that doubles with each attempt, so that requests which failed
    /// together do not come back together. What the upstream asks for is the least.
    /// - Parameters:
    ///   - attempt: how many times the request was sent, this time included.
    ///   - failure: what came of it.
    ///   - retryAfter: how long the upstream asks to wait.
    ///   - elapsed: time since the first sending.
    ///   - random: a number in 0..<1.
    public func next(
        attempt: Int, failure: UpstreamFailure, retryAfter: Duration? = nil, elapsed: Duration, random: Double
    ) -> Duration? {
        let base: Duration
        let bound: Duration
        switch failure.retry {
        case .no:
            return nil
        case .once:
            guard attempt <= 1 else { return nil }
            (base, bound) = (.seconds(1), .seconds(3))
        case .after(let least, let cap):
            guard attempt < attempts else { return nil }
            (base, bound) = (least, min(cap, least * (1 << min(attempt, 16))))
        }
        let wait = max(base + (bound - base) * random, retryAfter ?? .zero)
        return elapsed + wait <= budget ? wait : nil
    }
}

extension RetryPolicy {
    /// Sends until there is an answer, a failure that stands, or no time left.
    /// - Parameters:
    ///   - clock: measures and waits.
    ///   - random: draws a number in 0..<1.
    ///   - send: sends once; the attempt counts from 1. Only an `UpstreamFailure` is tried again.
    public func run<Answer: Sendable, C: Clock>(
        clock: C, random: @Sendable () -> Double = { .random(in: 0..<1) },
        send: @Sendable (_ attempt: Int) async throws -> Answer
    ) async throws -> Answer where C.Duration == Duration {
        let start = clock.now
        var attempt = 1
        while true {
            do {
                return try await send(attempt)
            } catch let failure as UpstreamFailure {
                let elapsed = start.duration(to: clock.now)
                let wait = next(
                    attempt: attempt, failure: failure, retryAfter: failure.retryAfter, elapsed: elapsed,
                    random: random())
                guard let wait else { throw failure }
                try await clock.sleep(until: clock.now.advanced(by: wait), tolerance: nil)
                attempt += 1
            }
        }
    }
}
