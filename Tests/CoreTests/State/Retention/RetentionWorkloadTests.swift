import Testing

@testable import LocalCodeCore

@Suite("Retention: what a trace asks of the store")
struct RetentionWorkloadTests {
    private let system = TraceSegment(.system, "system", 1_000)

    /// One second for ten tokens, one byte a token, restoring for nothing.
    private func costs(slots: Int = 1, idleSave: Double? = nil) -> SimulationCosts {
        var costs = SimulationCosts()
        costs.prefillRate = 10
        costs.prefillDepth = .infinity
        costs.bytesPerToken = 1
        costs.bytesPerState = 0
        costs.readRate = .infinity
        costs.slots = slots
        costs.idleSave = idleSave
        return costs
    }

    private func request(_ time: Double, _ session: String, _ messages: [TraceSegment]) -> RequestTrace.Event {
        let turn = messages.filter { $0.role == .user }.count
        return .request(
            TraceRequest(
                time: time, session: session, project: "p", kind: .main, prompt: [system] + messages,
                answer: TraceSegment(.assistant, "\(session).a\(turn)", 10)))
    }

    private func turns(_ session: String, _ count: Int) -> [TraceSegment] {
        (1...count).flatMap {
            [TraceSegment(.user, "\(session).u\($0)", 100), TraceSegment(.assistant, "\(session).a\($0)", 10)]
        }.dropLast()
    }

    private func workload(_ events: [RequestTrace.Event], _ costs: SimulationCosts) -> RetentionWorkload {
        RetentionWorkload(RequestTrace(events: events), costs: costs)
    }

    @Test("a conversation that stays in its slot asks nothing")
    func resident() {
        let workload = workload([request(0, "a", turns("a", 1)), request(1, "a", turns("a", 2))], costs())
        #expect(workload.events.isEmpty)
        // 1,100 and 1,210 tokens, of which 1,110 were there.
        #expect(workload.totals.promptTokens == 2_310)
        #expect(workload.totals.residentTokens == 1_110)
        #expect(workload.totals.prefillSeconds == 120)
    }

    @Test("one slot and two conversations: saved, restored, and the common start kept by itself")
    func swap() {
        let workload = workload(
            [request(0, "a", turns("a", 1)), request(1, "b", turns("b", 1)), request(2, "a", turns("a", 2))], costs())
        // a (1,110) is saved for b, then what both begin with (1,000); then a comes back, and b is saved for it.
        #expect(workload.states.map(\.tokens) == [1_110, 1_000, 1_110])
        #expect(workload.states.map(\.prefillSeconds) == [111, 100, 111])
        #expect(
            workload.events.map(\.action) == [
                .offer(state: 0, replaces: []), .offer(state: 1, replaces: []),
                .lookup([.init(state: 0, tokens: 110, seconds: 11)]), .offer(state: 2, replaces: []),
                .offer(state: 1, replaces: []),
            ])
        #expect(workload.totals.residentTokens == 2_000)
    }

    @Test("a slot is saved when it has idled, and a later state takes the earlier one's place")
    func idle() {
        let workload = workload(
            [
                request(0, "a", turns("a", 1)), request(100, "a", turns("a", 2)), .restart(time: 200),
                request(300, "a", turns("a", 3)),
            ], costs(idleSave: 30))
        #expect(
            workload.events == [
                .init(time: 30, .offer(state: 0, replaces: [])), .init(time: 130, .offer(state: 1, replaces: [0])),
                .init(time: 300, .lookup([.init(state: 1, tokens: 1_220, seconds: 122)])),
            ])
        #expect(workload.states[1].tokens == 1_220)
    }

    @Test("an engine that starts again has lost what was not saved")
    func restart() {
        let events = [request(0, "a", turns("a", 1)), .restart(time: 10), request(20, "a", turns("a", 2))]
        #expect(workload(events, costs(idleSave: 30)).events.isEmpty)
        #expect(workload(events, costs(idleSave: 30)).totals.residentTokens == 0)
        #expect(workload(events, costs(idleSave: 5)).events.count == 2)
    }

    @Test("a request of the same instant takes another slot")
    func instant() {
        let title = RequestTrace.Event.request(
            TraceRequest(
                time: 0, session: "a", project: "p", kind: .title,
                prompt: [TraceSegment(.system, "title", 500), TraceSegment(.user, "a.u1", 100)],
                answer: TraceSegment(.assistant, "a.title", 10)))
        let workload = workload(
            [request(0, "a", turns("a", 1)), title, request(60, "a", turns("a", 2))], costs(slots: 2))
        #expect(workload.events.isEmpty)
        #expect(workload.totals.residentTokens == 1_110)
    }

    @Test("a new conversation with the same beginning takes a free slot, not the first one's")
    func freeSlot() {
        let workload = workload(
            [request(0, "a", turns("a", 1)), request(1, "b", turns("b", 1)), request(2, "a", turns("a", 2))],
            costs(slots: 2))
        #expect(workload.totals.residentTokens == 1_110)
        // What both begin with is kept, and nobody needed it.
        #expect(workload.events.map(\.action) == [.offer(state: 0, replaces: [])])
        #expect(workload.states.map(\.tokens) == [1_000])
    }

    @Test("a title is not offered")
    func title() {
        let title = RequestTrace.Event.request(
            TraceRequest(
                time: 0, session: "a", project: "p", kind: .title,
                prompt: [TraceSegment(.system, "title", 500), TraceSegment(.user, "a.u1", 100)],
                answer: TraceSegment(.assistant, "a.title", 10)))
        let workload = workload([title, request(100, "a", turns("a", 1))], costs(idleSave: 30))
        #expect(workload.events.isEmpty)
    }

    /// Questions that nothing follows, in one slot, and then a conversation between two of them.
    private func oneOffs(_ count: Int) -> [RequestTrace.Event] {
        var time = 0.0
        func next(_ id: String, _ messages: [TraceSegment], _ kind: TraceKind = .chat) -> RequestTrace.Event {
            time += 1
            return .request(
                TraceRequest(
                    time: time, session: id, project: "p", kind: kind, prompt: [system] + messages,
                    answer: TraceSegment(.assistant, "\(id).a\((messages.count + 1) / 2)", 10)))
        }
        var events = (0..<count).map { next("q\($0)", [TraceSegment(.user, "q\($0).u1", 100)]) }
        events += [next("a", turns("a", 1), .main), next("q", [TraceSegment(.user, "q.u1", 100)])]
        return events + [next("a", turns("a", 2), .main)]
    }

    @Test("what never comes back is not offered for long; what comes back is")
    func selective() {
        let events = oneOffs(60)
        func offered(_ workload: RetentionWorkload) -> Int {
            workload.events.count {
                if case .offer(let state, _) = $0.action { workload.states[state].tokens != 1_000 } else { false }
            }
        }
        let all = RetentionWorkload(RequestTrace(events: events), costs: costs())
        let some = RetentionWorkload(RequestTrace(events: events), costs: costs(), isSelective: true)
        #expect(offered(all) == 62)
        // Where saving is free, it takes some twenty of them to tell that hardly any comes back.
        #expect((18...24).contains(offered(some)))
        for workload in [all, some] {
            let lookups = workload.events.compactMap { if case .lookup(let uses) = $0.action { uses } else { nil } }
            #expect(lookups.last?.last?.tokens == 110)
        }
        #expect(all.states.allSatisfy { $0.starts.isEmpty })
        let base = some.states.first { $0.tokens == 1_000 }
        #expect(base?.starts.count == 62)
        #expect(base?.starts.first == 1)
    }

    @Test("what was kept of a conversation goes when it ends and is not kept")
    func dropped() {
        // Agents that are saved in the middle of their work, come back, and end.
        func step(_ time: Double, _ agent: Int, _ turn: Int) -> RequestTrace.Event {
            .request(
                TraceRequest(
                    time: time, session: "s", parent: "s", project: "p", kind: .subagent,
                    prompt: [system] + turns("a\(agent)", turn),
                    answer: TraceSegment(.assistant, "a\(agent).a\(turn)", 10),
                    callsTools: turn == 1))
        }
        let events = (0..<80).flatMap { [step(Double($0), $0, 1), step(Double($0) + 0.5, $0 - 1, 2)] }
        let workload = RetentionWorkload(RequestTrace(events: events), costs: costs(), isSelective: true)
        let actions = workload.events.map(\.action)
        #expect(actions.contains { if case .drop = $0 { true } else { false } })
        // In the middle they are kept to the last.
        let last = actions.suffix(6).contains { action in
            if case .offer(let state, _) = action { workload.states[state].tokens == 1_110 } else { false }
        }
        #expect(last)
        let outcome = workload.outcome(of: .lru, budget: .max)
        #expect(outcome.hits == outcome.lookups)
        let all = RetentionWorkload(RequestTrace(events: events), costs: costs())
        #expect(outcome.bytesWritten < all.endless.bytesWritten)
        #expect(outcome.secondsSaved == all.endless.secondsSaved)
    }

    @Test("a restore that takes longer than the prefill is no use")
    func slowDisk() {
        var costs = costs()
        costs.readRate = 1
        let workload = workload(
            [request(0, "a", turns("a", 1)), request(1, "b", turns("b", 1)), request(2, "a", turns("a", 2))], costs)
        #expect(!workload.events.contains { if case .lookup = $0.action { true } else { false } })
    }

    @Test("small states are not offered")
    func small() {
        var costs = costs()
        costs.leastTokens = 1_050
        let workload = workload([request(0, "a", turns("a", 1)), request(1, "b", turns("b", 1))], costs)
        #expect(workload.states.map(\.tokens) == [1_110])
    }

    @Test("prefill grows with the depth")
    func depth() {
        var costs = SimulationCosts()
        costs.prefillRate = 100
        costs.prefillDepth = 1_000
        // The token at a depth of 1,000 takes twice as long: 1,000 tokens take half as long again.
        #expect(costs.prefillSeconds(0..<1_000) == 15)
        #expect(costs.prefillSeconds(1_000..<2_000) == 25)
    }
}
