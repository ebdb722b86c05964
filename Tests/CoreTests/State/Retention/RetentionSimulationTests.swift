import Testing

@testable import LocalCodeCore

@Suite("Retention: simulation")
struct RetentionSimulationTests {
    private func workload(_ sizes: [Int], seconds: [Double]? = nil, _ actions: [RetentionWorkload.Action])
        -> RetentionWorkload
    {
        RetentionWorkload(
            states: sizes.enumerated().map {
                .init(tokens: $1, bytes: $1, prefillSeconds: seconds?[$0] ?? Double($1))
            },
            events: actions.enumerated().map { .init(time: Double($0) * 100, $1) })
    }

    private func offer(_ state: Int, replaces: [Int] = []) -> RetentionWorkload.Action {
        .offer(state: state, replaces: replaces)
    }

    private func lookup(_ uses: (state: Int, seconds: Double)...) -> RetentionWorkload.Action {
        .lookup(uses.map { .init(state: $0.state, tokens: Int($0.seconds), seconds: $0.seconds) })
    }

    @Test("lru by hand")
    func lru() {
        // Room for two. 0 is used, so 1 goes for 2, and 0 for 3.
        let workload = workload(
            [10, 10, 10, 10],
            [offer(0), offer(1), lookup((0, 5)), offer(2), lookup((1, 7)), offer(3), lookup((2, 9)), lookup((0, 5))])
        let outcome = workload.outcome(of: .lru, budget: 20)
        #expect(outcome.lookups == 4)
        #expect(outcome.hits == 2)
        #expect(outcome.secondsSaved == 14)
        #expect(outcome.tokensRestored == 14)
        #expect(outcome.bytesWritten == 40)
        #expect(outcome.peakBytes == 20)
        #expect(workload.endless.secondsSaved == 26)
        // With the future in sight 0 makes room for 2: 5 + 7 + 9.
        let offline = workload.offlineOptimum(budget: 20)
        #expect(offline.feasible.secondsSaved == 21)
        #expect(exhaustive(workload, budget: 20) == 21)
        #expect((21...26).contains(offline.bound))
    }

    @Test("a request is served by the state that saves most; a replaced state is gone")
    func best() {
        let workload = workload(
            [10, 20, 30], [offer(0), offer(1), lookup((0, 3), (1, 8)), offer(2, replaces: [1]), lookup((0, 3), (2, 9))])
        let outcome = workload.outcome(of: .lru, budget: 100)
        #expect(outcome.secondsSaved == 17)
        #expect(outcome.peakBytes == 40)
        #expect(outcome.hitRate == 1)
    }

    @Test("what is larger than the budget is not kept")
    func tooLarge() {
        let workload = workload([10, 50], [offer(0), offer(1), lookup((0, 5)), lookup((1, 50))])
        for policy in EvictionPolicy.allCases {
            #expect(workload.outcome(of: policy, budget: 20).secondsSaved == 5)
        }
        #expect(workload.offlineOptimum(budget: 20).feasible.secondsSaved == 5)
        #expect(workload.offlineOptimum(budget: 20).bound == 5)
        #expect(workload.offlineOptimum(budget: 0).bound == 0)
        #expect(
            workload.outcome(of: .lru, budget: 0)
                == {
                    var none = RetentionOutcome()
                    none.lookups = 2
                    return none
                }())
    }

    @Test("adaptive is better where large states that are never used again push out small ones that are dear")
    func madeForAdaptive() {
        // State 0: 10 bytes that save 100 s each third time. The others: 90 bytes that save 1 s once, at once.
        var actions = [offer(0)]
        for state in 1...9 {
            actions += [offer(state), lookup((state, 1))]
            if state.isMultiple(of: 3) { actions += [lookup((0, 100)), offer(0)] }
        }
        let workload = workload(
            [10] + Array(repeating: 90, count: 9), seconds: [100] + Array(repeating: 1, count: 9), actions)
        let lru = workload.outcome(of: .lru, budget: 200)
        let adaptive = workload.outcome(of: .adaptive, budget: 200)
        #expect(lru.secondsSaved == 9)
        #expect(adaptive.secondsSaved == 309)
        #expect(adaptive.secondsSaved > lru.secondsSaved)
        #expect(workload.offlineOptimum(budget: 200).feasible.secondsSaved >= adaptive.secondsSaved)
    }

    @Test("adaptive keeps what was used more often")
    func reuse() {
        // Alike but for the uses: 0 twice, 1 once, and later.
        let workload = workload(
            [10, 10, 10], seconds: [10, 10, 10],
            [
                offer(0), offer(1), lookup((0, 5)), lookup((0, 5)), lookup((1, 5)), offer(2), lookup((0, 100)),
            ])
        #expect(workload.outcome(of: .adaptive, budget: 20).secondsSaved == 15)
        #expect(workload.outcome(of: .lru, budget: 20).secondsSaved == 15)
        let often = workload.events.dropLast(2).prefix(4)
        let more = RetentionWorkload(
            states: workload.states,
            events: Array(often) + Array(repeating: often[3], count: 8) + workload.events.suffix(3))
        #expect(more.outcome(of: .adaptive, budget: 20).secondsSaved == 155)
        #expect(more.outcome(of: .lru, budget: 20).secondsSaved == 55)
    }

    @Test("the bound by hand")
    func bound() {
        // One state that is used three times: room for one over three steps holds it throughout.
        let one = workload([10], [offer(0), lookup((0, 5)), lookup((0, 6)), lookup((0, 7))])
        #expect(RetentionWorkload.bound(one.holds, budget: 10, events: 4) == 18)
        // Two states of the same size, room for one, three steps: the dear one for its two steps, half of the other.
        let two = workload([10, 10], [offer(0), offer(1), lookup((0, 90)), lookup((1, 4))])
        #expect(RetentionWorkload.bound(two.holds, budget: 10, events: 4) == 92)
        // Two ways to help one request: only the better one counts in full.
        let choice = workload([1, 1], [offer(0), offer(1), lookup((0, 3), (1, 8))])
        #expect(RetentionWorkload.bound(choice.holds, budget: 100, events: 3) == 8)
    }

    @Test("the enclosure holds the optimum, and no policy exceeds it")
    func enclosure() {
        var random = TraceRandom(seed: 7)
        for _ in 0..<300 {
            let count = random.number(2...5)
            var actions = [offer(0)]
            var offered = [0]
            for _ in 0..<9 {
                if random.percent(50) {
                    let state = random.number(0...(count - 1))
                    actions.append(offer(state))
                    if !offered.contains(state) { offered.append(state) }
                } else {
                    let states = offered.filter { _ in random.percent(60) }
                    let uses = states.map {
                        RetentionWorkload.Use(state: $0, tokens: 1, seconds: Double(random.number(1...9)))
                    }
                    if !uses.isEmpty { actions.append(.lookup(uses)) }
                }
            }
            let workload = workload((0..<count).map { _ in random.number(1...6) }, actions)
            let budget = random.number(0...15)
            let exact = exhaustive(workload, budget: budget)
            let offline = workload.offlineOptimum(budget: budget)
            #expect(offline.feasible.secondsSaved <= exact + 1e-9)
            let bound = RetentionWorkload.bound(workload.holds, budget: budget, events: workload.events.count)
            #expect(bound >= exact - 1e-9)
            #expect(offline.bound >= exact)
            #expect(offline.feasible.peakBytes <= budget)
            for policy in EvictionPolicy.allCases {
                let outcome = workload.outcome(of: policy, budget: budget)
                #expect(outcome.secondsSaved <= offline.feasible.secondsSaved)
                #expect(outcome.peakBytes <= budget)
            }
            let all = workload.endless.secondsSaved
            #expect(offline.bound <= all + 1e-9)
            #expect(workload.offlineOptimum(budget: 1_000).feasible.secondsSaved == all)
        }
    }

    /// The most that any choice saves, by trying all.
    private func exhaustive(_ workload: RetentionWorkload, budget: Int) -> Double {
        func most(from index: Int, kept: Set<Int>) -> Double {
            guard index < workload.events.count else { return 0 }
            switch workload.events[index].action {
            // Whoever knows the future need not heed it.
            case .drop: return most(from: index + 1, kept: kept)
            case .lookup(let uses):
                let saved = RetentionWorkload.best(of: uses, where: kept.contains)?.seconds ?? 0
                return saved + most(from: index + 1, kept: kept)
            case .offer(let state, let replaces):
                let all = Array(kept.subtracting(replaces).union([state]))
                var best = 0.0
                for choice in 0..<(1 << all.count) {
                    let next = Set(all.indices.filter { choice & (1 << $0) != 0 }.map { all[$0] })
                    guard next.reduce(0, { $0 + workload.states[$1].bytes }) <= budget else { continue }
                    best = max(best, most(from: index + 1, kept: next))
                }
                return best
            }
        }
        return most(from: 0, kept: [])
    }

    @Test("a base that is in use outlives larger states, one that is not does not")
    func bases() {
        func outcome(_ starts: [Double]) -> RetentionOutcome {
            var workload = workload(
                [10] + Array(repeating: 90, count: 9),
                [offer(0)] + (1...8).map { offer($0) } + [lookup((0, 9))])
            workload.states[0].starts = starts
            return workload.outcome(of: .lru, budget: 200)
        }
        #expect(outcome([]).secondsSaved == 0)
        #expect(outcome([0]).secondsSaved == 0)
        #expect(outcome([0, 100]).secondsSaved == 9)
        // Those that begin later are not known yet.
        #expect(outcome([0, 900]).secondsSaved == 0)
    }

    @Test("what is dropped is gone")
    func drop() {
        let workload = workload([10, 10], [offer(0), offer(1), .drop([0]), lookup((0, 5)), lookup((1, 7))])
        #expect(workload.outcome(of: .lru, budget: 20).secondsSaved == 7)
        #expect(workload.offlineOptimum(budget: 20).feasible.secondsSaved == 12)
    }

    private func add(_ outcome: RetentionOutcome, to sum: inout RetentionOutcome) {
        sum.secondsSaved += outcome.secondsSaved
        sum.bytesWritten += outcome.bytesWritten
    }

    @Test("with an eye on what comes back more is saved and less is written", arguments: EvictionPolicy.allCases)
    func selective(policy: EvictionPolicy) {
        var (all, some) = (RetentionOutcome(), RetentionOutcome())
        for seed in 1...2 as ClosedRange<UInt64> {
            var generator = TraceGenerator(seed: seed, sessions: 36)
            generator.oneOffsPerDay = 40
            let trace = generator.trace()
            let workloads = (all: RetentionWorkload(trace), some: RetentionWorkload(trace, isSelective: true))
            for budget in [5_000_000_000, 10_000_000_000] {
                add(workloads.all.outcome(of: policy, budget: budget), to: &all)
                add(workloads.some.outcome(of: policy, budget: budget), to: &some)
            }
        }
        #expect(some.secondsSaved > 1.02 * all.secondsSaved)
        #expect(Double(some.bytesWritten) < 0.9 * Double(all.bytesWritten))
    }

    @Test("on generated traces nothing exceeds the optimum, which is under its bound")
    func generated() {
        for seed in 1...3 as ClosedRange<UInt64> {
            let workload = RetentionWorkload(TraceGenerator(seed: seed, sessions: 12).trace())
            let endless = workload.endless
            #expect(endless.lookups > 0 && endless.hits == endless.lookups)
            for share in [10, 4, 2] {
                let budget = endless.peakBytes / share
                let offline = workload.offlineOptimum(budget: budget)
                #expect(offline.feasible.secondsSaved <= offline.bound)
                #expect(offline.bound <= endless.secondsSaved * (1 + 1e-9))
                for policy in EvictionPolicy.allCases {
                    #expect(
                        workload.outcome(of: policy, budget: budget).secondsSaved <= offline.feasible.secondsSaved)
                }
            }
        }
    }
}
