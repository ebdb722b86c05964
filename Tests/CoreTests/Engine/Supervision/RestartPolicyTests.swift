import Testing

@testable import LocalCodeCore

@Suite struct RestartPolicyTests {
    private let policy = RestartPolicy()

    @Test func pausesDouble() {
        #expect(policy.delay(failures: [], now: 0) == 0)
        #expect(policy.delay(failures: [100], now: 100) == 0.5)
        #expect(policy.delay(failures: [100, 101], now: 101) == 1)
        #expect(policy.delay(failures: [100, 101, 102], now: 102) == 2)
        #expect(policy.delay(failures: [100, 101, 102, 103], now: 103) == 4)
    }

    @Test func thereIsALongestPause() {
        let failures = (0..<100).map { Double($0) * 200 }
        #expect(policy.delay(failures: failures, now: 99 * 200) == 30)
    }

    @Test func aPauseCountsFromTheFailure() {
        #expect(policy.delay(failures: [100, 101, 102], now: 103.5) == 0.5)
        #expect(policy.delay(failures: [100, 101, 102], now: 200) == 0)
    }

    @Test func tooManyInAShortTimeAreTheEnd() {
        let failures = [0.0, 70, 140, 210, 280]
        #expect(policy.delay(failures: failures, now: 280) == nil)
        #expect(policy.delay(failures: Array(failures.dropLast()), now: 280) != nil)
        // The first one is five minutes ago by then.
        #expect(policy.delay(failures: failures, now: 300) == 0)
    }

    @Test func healthForgets() {
        #expect(policy.delay(failures: [0, 1, 2, 3, 604], now: 604) == 0.5)
        #expect(policy.delay(failures: [0, 1, 2, 3, 602.9], now: 602.9) == 8)
        #expect(policy.delay(failures: [0, 1, 2, 3], now: 603) == 0)
    }
}
