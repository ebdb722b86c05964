import Testing

@testable import LocalCodeCore

@Suite("Retention: what comes back")
struct ReturnRatesTests {
    private let turn = StateOrigin(kind: .turn, stage: .continued, client: "opencode-1", project: "/home/me/x")
    private let agent = StateOrigin(kind: .explore, stage: .continued, client: "opencode-1", project: "/home/me/x")

    private func rates(_ origin: StateOrigin, left: Int, returned: Int) -> ReturnRates {
        var rates = ReturnRates()
        for count in 0..<left {
            rates.leave(origin)
            if count < returned { rates.comeBack(origin) }
        }
        return rates
    }

    private func admits(_ origin: StateOrigin, _ rates: ReturnRates, prefill: Double = 10, save: Double = 0.5) -> Bool {
        Retention.admits(origin, prefill: prefill, restore: 0.5, save: save, rates: rates).isAdmitted
    }

    @Test("an origin is the same behind a file")
    func text() {
        let bare = StateOrigin(kind: .chat, stage: .opened)
        for origin in [turn, bare, StateOrigin(kind: .chat, stage: .calling, project: "/a//b/")] {
            #expect(StateOrigin(text: origin.text) == origin)
        }
        #expect(turn.text == "turn/continued/opencode-1//home/me/x")
        #expect(StateOrigin(kind: .chat, stage: .opened, client: "", project: "") == bare)
        for text in ["", "turn", "turn/opened/x", "lunch/opened//", "turn/lunch//"] {
            #expect(StateOrigin(text: text) == nil)
        }
    }

    @Test("nothing known: half of them come back, and all are kept")
    func nothingKnown() {
        for origin in [turn, agent] {
            #expect(ReturnRates().share(of: origin) == 0.5)
            #expect(ReturnRates().evidence(for: origin) == nil)
            #expect(admits(origin, ReturnRates()))
        }
    }

    @Test("what never came back is not kept any more, but not after the first few")
    func oneOffs() {
        #expect(admits(agent, rates(agent, left: 4, returned: 0)))
        let many = rates(agent, left: 24, returned: 0)
        #expect(!admits(agent, many))
        // Others are judged by what they did.
        #expect(admits(turn, many))
        // Of the same kind, in a project that nothing is known of.
        let elsewhere = StateOrigin(kind: .explore, stage: .continued, client: "opencode-1", project: "/other")
        #expect(!admits(elsewhere, many))
        // In the middle of its work it is another matter.
        #expect(admits(StateOrigin(kind: .explore, stage: .calling, client: "opencode-1", project: "/x"), many))
    }

    @Test("what comes back now and then is kept while that is worth it")
    func worth() {
        let some = rates(turn, left: 40, returned: 8)
        #expect(admits(turn, some))
        #expect(!admits(turn, some, save: 5))
        #expect(!admits(turn, some, prefill: 0.5))
        // However cheap: hardly ever is never.
        #expect(!admits(turn, rates(turn, left: 60, returned: 1), save: 0))
    }

    @Test("a project of its own ways is soon believed")
    func projects() {
        var rates = rates(agent, left: 40, returned: 0)
        let elsewhere = StateOrigin(kind: .explore, stage: .continued, client: "opencode-1", project: "/other")
        #expect(!admits(elsewhere, rates))
        for _ in 0..<3 {
            rates.leave(elsewhere)
            rates.comeBack(elsewhere)
        }
        #expect(admits(elsewhere, rates))
        #expect(!admits(agent, rates))
    }

    @Test("habits change: old counts fade")
    func fading() {
        var rates = rates(agent, left: 1_000, returned: 0)
        #expect((rates.evidence(for: agent)?.left ?? 0) < 65)
        for _ in 0..<10 {
            rates.leave(agent)
            rates.comeBack(agent)
        }
        #expect(rates.share(of: agent) > 0.1)
        #expect(admits(agent, rates))
    }

    @Test("a share is a share whatever the counts are")
    func odd() {
        let odd = ReturnRates(["turn/continued": .init(left: -5, returned: .infinity)])
        #expect(odd.share(of: turn) == 0.5)
        #expect(ReturnRates(["turn/continued": .init(left: 1, returned: 99)]).share(of: turn) < 1)
        // A wider group that knows less than the narrower one.
        #expect(ReturnRates([turn.text: .init(left: 8, returned: 8)]).share(of: turn) == 0.9)
        #expect(!admits(turn, ReturnRates(), prefill: .nan))
    }
}
