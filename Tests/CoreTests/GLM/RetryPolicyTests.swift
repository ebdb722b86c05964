import Support
import Synchronization
import Testing

@testable import LocalCodeCore

/// A clock on which sleeping takes no time and is written down.
private final class FakeClock: Clock, Sendable {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private let state = Mutex((now: Duration.zero, sleeps: [Duration]()))
    var now: Instant { Instant(offset: state.withLock { $0.now }) }
    var minimumResolution: Duration { .nanoseconds(1) }
    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.sleeps.append(deadline.offset - state.now)
            state.now = deadline.offset
        }
    }
}

struct RetryPolicyTests {
    private func failure(_ retry: UpstreamFailure.Retry) -> UpstreamFailure {
        UpstreamFailure(httpStatus: 500, type: "t", code: "c", message: "m", retry: retry)
    }

    @Test("the wait doubles up to its cap, and chance moves it between the base and that")
    func backOff() {
        let policy = RetryPolicy(attempts: 10, budget: .seconds(1000))
        let failure = failure(.after(base: .seconds(1), cap: .seconds(8)))
        func wait(_ attempt: Int, _ random: Double) -> Duration? {
            policy.next(attempt: attempt, failure: failure, elapsed: .zero, random: random)
        }
        #expect((1...5).map { wait($0, 0) } == Array(repeating: Duration.seconds(1), count: 5))
        #expect((1...4).map { wait($0, 0.5) } == [.seconds(1.5), .seconds(2.5), .seconds(4.5), .seconds(4.5)])
        #expect(wait(9, 0.5) != nil && wait(10, 0.5) == nil)
    }

    @Test("no is no, once is once")
    func kinds() {
        let policy = RetryPolicy()
        #expect(
            policy.next(attempt: 1, failure: failure(.no), retryAfter: .seconds(1), elapsed: .zero, random: 0) == nil)
        #expect(policy.next(attempt: 1, failure: failure(.once), elapsed: .zero, random: 0) == .seconds(1))
        #expect(policy.next(attempt: 2, failure: failure(.once), elapsed: .zero, random: 0) == nil)
    }

    @Test("an upstream's own time is the least, and the budget the most")
    func bounds() {
        let policy = RetryPolicy(attempts: 5, budget: .seconds(60))
        let soon = failure(.after(base: .seconds(1), cap: .seconds(8)))
        #expect(
            policy.next(attempt: 1, failure: soon, retryAfter: .seconds(20), elapsed: .zero, random: 0) == .seconds(20))
        #expect(
            policy.next(attempt: 1, failure: soon, retryAfter: .seconds(20), elapsed: .seconds(41), random: 0) == nil)
        #expect(policy.next(attempt: 1, failure: soon, elapsed: .seconds(59), random: 0) == .seconds(1))
    }

    @Test("an overloaded model is left alone for long; a quota is not asked again")
    func run() async throws {
        let gateway = FakeGLM.Session([.error(code: 1305), .error(code: 1302), .text(["hi"])])
        let clock = FakeClock()
        let body = try await RetryPolicy().run(clock: clock, random: { 0.5 }) { attempt in
            try send(to: gateway, attempt: attempt)
        }
        #expect(clock.sleeps == [.seconds(45), .seconds(1.25)])
        #expect(gateway.seen.count == 3)
        #expect(String(decoding: body, as: UTF8.self).contains("hi"))

        let empty = FakeGLM.Session([.error(code: 1308), .text(["hi"])])
        await #expect(throws: UpstreamFailure.self) {
            try await RetryPolicy().run(clock: clock) { try send(to: empty, attempt: $0) }
        }
        #expect(empty.seen.count == 1)
    }

    @Test("it gives up with the last failure")
    func givesUp() async {
        let gateway = FakeGLM.Session([.error(code: 1302)])
        let clock = FakeClock()
        do {
            _ = try await RetryPolicy(attempts: 3).run(clock: clock, random: { 0 }) {
                try send(to: gateway, attempt: $0)
            }
            Issue.record("it did not throw")
        } catch {
            #expect((error as? UpstreamFailure)?.upstreamCode == "1302")
        }
        #expect(gateway.seen.count == 3 && clock.sleeps.count == 2)
    }

    private func send(to gateway: FakeGLM.Session, attempt: Int) throws -> [UInt8] {
        let request: JSONValue = [
            "model": "glm-4.7", "messages": [["role": "user", "content": "u"]],
            "request_id": .string("req-123-\(attempt)"),
        ]
        let reply = gateway.reply(
            method: "POST", path: "/api/paas/v4/chat/completions", headers: ["authorization": "Bearer id.secret"],
            body: request.bytes)
        guard reply.status == 200 else {
            throw GLMError.classify(status: reply.status, body: reply.body, headers: reply.headers)
        }
        return reply.body
    }
}
