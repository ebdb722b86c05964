import Synchronization
import Testing

@testable import LocalCodeCore

struct CircuitBreakerTests {
    private func opened(at now: Double) -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<3 { breaker.fail(at: now) }
        return breaker
    }

    @Test("three failures in a row open it, and an answer in between does not let them add up")
    func opens() {
        var breaker = CircuitBreaker()
        breaker.fail(at: 0)
        breaker.fail(at: 0)
        breaker.succeed()
        breaker.fail(at: 0)
        breaker.fail(at: 0)
        #expect(breaker.allows(at: 0))
        breaker.fail(at: 0)
        #expect(!breaker.allows(at: 0) && !breaker.allows(at: 29.9) && breaker.allows(at: 30))
    }

    @Test("behind the pause one is let through, and the others when nobody can wait for him any more")
    func probes() {
        var breaker = opened(at: 0)
        breaker.begin(at: 31)
        #expect(!breaker.allows(at: 32))
        breaker.begin(at: 32)
        #expect(breaker.allows(at: 61))
        breaker.succeed()
        #expect(breaker.allows(at: 31) && breaker == CircuitBreaker())
    }

    @Test("a probe that is told it is wrong has found somebody there; otherwise such a word changes nothing")
    func answers() {
        var breaker = CircuitBreaker()
        for _ in 0..<CircuitBreaker.failureLimit { breaker.fail(at: 0) }
        breaker.answer()
        #expect(!breaker.allows(at: 1))
        breaker.begin(at: 31)
        #expect(!breaker.allows(at: 32))
        breaker.answer()
        #expect(breaker.allows(at: 32))
    }

    @Test("every failed probe doubles the pause, up to ten minutes")
    func doubles() {
        var breaker = opened(at: 0)
        var now = 30.0
        for pause in [60.0, 120, 240, 480, 600, 600] {
            breaker.begin(at: now)
            breaker.fail(at: now)
            #expect(!breaker.allows(at: now + pause - 0.1) && breaker.allows(at: now + pause))
            now += pause
        }
    }

    @Test("what was asked before and fails while it is left alone tells nothing new")
    func stragglers() {
        var breaker = opened(at: 0)
        for _ in 0..<10 { breaker.fail(at: 1) }
        #expect(breaker.allows(at: 30))
    }

    @Test(
        "what counts as a failure",
        arguments: [
            (503, "upstream_unreachable", true), (504, "upstream_timeout", true), (502, "upstream_broken", true),
            (503, "overloaded", true), (500, "server_error", true), (503, "model_unavailable", true),
            (429, "rate_limit_exceeded", true), (429, "insufficient_quota", true), (401, "invalid_api_key", true),
            (500, nil, false), (501, "no_engine", false), (503, "queue_full", false), (503, "stopping", false),
            (400, "context_length_exceeded", false), (400, "invalid_request", false), (400, "content_filter", false),
            (404, "model_not_found", false), (400, "local_only", false), (413, nil, false),
        ] as [(Int, String?, Bool)])
    func counted(status: Int, code: String?, isCounted: Bool) {
        #expect(CircuitBreaker.counts(APIError(status: status, message: "m", code: code)) == isCounted)
    }

    @Test("a plan that lacks a model has others")
    func missingModel() {
        for (code, isCounted) in [("1311", false), ("1308", true), ("1309", true), ("1113", true)] {
            let body = #"{"error":{"code":"\#(code)","message":"m"}}"#
            let error = APIError(GLMError.classify(status: 429, body: Array(body.utf8)))
            #expect(CircuitBreaker.counts(error) == isCounted, "\(code)")
        }
    }
}

struct BreakersTests {
    @Test("each upstream has its own, and asking whether it may be asked changes nothing")
    func separate() {
        let now = Mutex(100.0)
        let breakers = Breakers { now.withLock { $0 } }
        let down = APIError(status: 503, message: "m", code: "upstream_unreachable")
        for _ in 0..<3 { breakers.note("a", failure: down) }
        breakers.note("b", failure: down)
        #expect(!breakers.allows("a") && breakers.allows("b") && breakers.allows("c"))
        now.withLock { $0 = 131 }
        #expect(breakers.allows("a") && breakers.allows("a"))
        breakers.begin("a")
        #expect(!breakers.allows("a"))
        breakers.note("a", failure: nil)
        #expect(breakers.allows("a"))
    }

    @Test(
        "a word of our own leaves the probe to the next one",
        arguments: ["queue_full", "patience_exceeded", "stopping", "local_only"])
    func ownWords(code: String) {
        let now = Mutex(0.0)
        let breakers = Breakers { now.withLock { $0 } }
        let down = APIError(status: 503, message: "m", code: "upstream_unreachable")
        for _ in 0..<3 { breakers.note("a", failure: down) }
        now.withLock { $0 = 31 }
        #expect(breakers.begin("a") && !breakers.begin("a"))
        #expect(!breakers.allows("a"))
        let own = APIError(status: 503, message: "m", code: code)
        breakers.note("a", failure: own)
        #expect(!breakers.allows("a"), "somebody else is the probe")
        breakers.note("a", failure: own, isProbe: true)
        #expect(breakers.allows("a"))
        breakers.begin("a")
        breakers.giveBack("a")
        #expect(breakers.allows("a"))
        breakers.begin("a")
        breakers.note("a", failure: down)
        #expect(!breakers.allows("a"), "it was not closed")
    }

    @Test("a wrong request says nothing of its upstream")
    func ownFailures() {
        let breakers = Breakers { 0 }
        let wrong = APIError(status: 400, message: "m")
        let down = APIError(status: 502, message: "m", code: "upstream_broken")
        for error in [down, down, wrong, down] { breakers.note("a", failure: error) }
        #expect(!breakers.allows("a"))
    }
}
