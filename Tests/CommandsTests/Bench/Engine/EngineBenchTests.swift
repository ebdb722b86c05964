import LocalCodeCore
import Testing

@testable import Commands

@Suite("Bench: batch, flash and chat")
struct EngineBenchTests {
    private func tally(_ tokens: Int, seconds: Double) -> StreamTally {
        var tally = StreamTally()
        (tally.requests, tally.tokens, tally.seconds, tally.speeds) = (1, tokens, seconds, [Double(tokens) / seconds])
        tally.firstTokens.record(nanoseconds: 5_000_000)
        return tally
    }

    private func batch(_ factor: Double) -> FigureReport {
        let samples = [1, 4].flatMap { clients in
            [1, 2, 3].flatMap { round in
                [
                    BatchRun.Sample(
                        clients: clients, lane: "bare", round: round,
                        tally: tally(100 * clients, seconds: Double(round))),
                    BatchRun.Sample(
                        clients: clients, lane: "localcode", round: round,
                        tally: tally(100 * clients, seconds: Double(round) / factor)),
                ]
            }
        }
        return FigureReport(samples.shuffled(), clients: [1, 4], lanes: ["bare", "localcode"], notes: [])
    }

    @Test("batch compares round by round, and judges four clients")
    func batchReport() throws {
        let report = batch(0.98)
        #expect(report.groups == ["1 client", "4 clients"])
        #expect(report.rows(of: "4 clients") == ["bare", "localcode"])
        let gain = try #require(report.estimate("4 clients", "localcode", .gain))
        #expect(abs(gain.value - 0.98) < 1e-9)
        #expect(try #require(gain.margin) < 1e-9, "the rounds' own speeds are no uncertainty")
        #expect(
            report.conclusion == [
                "4 clients get 0.98 times the bare engine's tokens through LocalCode; goal: ≥ 0.97 met"
            ])
        #expect(batch(0.9).conclusion.first?.hasSuffix("MISSED") == true)
        #expect(report.estimate("1 client", "bare", .firstTokenMedian) != nil)
    }

    @Test("clients", arguments: ["", "0", "x", "257"])
    func clients(text: String) {
        #expect(throws: UsageError.self) { try BatchPlan.clients(from: text) }
        #expect((try? BatchPlan.clients(from: "8,1,8")) == [1, 8])
    }

    @Test("the engine has a slot and a context for each client")
    func context() {
        var plan = BatchPlan()
        plan.clients = [1, 8]
        #expect(plan.slots == 8)
        #expect(plan.context >= 8 * (plan.prompt + plan.answer))
    }

    private func flash(_ types: [String]) -> FlashBench {
        var entry = ModelEntry(name: "m", source: .file("/m.gguf"))
        entry.speculation = .init(kinds: ["ngram-mod"])
        let model = BenchModel(
            entry: entry, executable: "/llama-server", capabilities: EngineCapabilities(version: "", flags: [:]),
            isConfigured: false)
        return FlashBench(
            model: model, types: types, sizes: [512, 4_096], rounds: 1, tokens: 64, context: TestContext().context)
    }

    @Test("flash attention is off once, with the type that can do without it")
    func flashVariants() {
        let variants = flash(["f16", "q8_0"]).variants
        #expect(variants.map(\.name) == ["on, f16", "off, f16", "on, q8_0"])
        #expect(variants.map(\.entry.flashAttention) == [.on, .off, .on])
        #expect(variants.map(\.entry.valueType) == ["f16", "f16", "q8_0"])
        #expect(variants.allSatisfy { $0.entry.speculation.kinds == ["none"] && $0.entry.context ?? 0 > 5_000 })
        #expect(flash(["q8_0", "q4_0"]).variants.map(\.name) == ["on, q8_0", "on, q4_0"])
    }

    @Test("types are those of the engine")
    func types() throws {
        #expect(try FlashBench.types(from: "f16,q8_0,f16", offered: []) == ["f16", "q8_0"])
        let error = #expect(throws: UsageError.self) { try FlashBench.types(from: "q8", offered: ["f16", "q8_0"]) }
        #expect(error?.message.contains("'q8'") == true)
        #expect(throws: UsageError.self) { try FlashBench.types(from: "", offered: []) }
    }

    @Test("no two requests of bench chat are alike, in this run and the next")
    func chatBodies() throws {
        var plan = ChatLoadPlan(prompt: 20, answer: 7, model: "m", seed: 1)
        #expect(plan.body(1) != plan.body(2))
        #expect(plan.body(1) == plan.body(1))
        let before = plan.body(1)
        plan.seed = 2
        #expect(plan.body(1) != before)
        let plain = try JSONView(validating: before)
        #expect(plain["max_tokens"]?.int == 7)
        #expect(plain["stream"]?.bool == true)
        #expect(plain["ignore_eos"] == nil, "others than llama-server refuse what they do not know")
        plan.ignoresEnd = true
        #expect(try JSONView(validating: plan.body(1))["ignore_eos"]?.bool == true)
    }

    @Test("bench chat says how many requests failed, and why the first did")
    func chatReport() {
        var failing = tally(50, seconds: 2)
        failing.add(failure: "status 429")
        let report = ChatLoadBench.report(
            [(1, tally(100, seconds: 2)), (2, failing)], ChatLoadPlan(), base: "http://x/v1")
        #expect(report.estimate("1 client", "(its own)", .total)?.value == 50)
        #expect(report.estimate("2 clients", "(its own)", .requests)?.value == 0.5)
        #expect(report.conclusion == ["1 of 2 requests of 2 clients failed: status 429"])
        let bars = report.text(width: .max, hasColor: false).split(separator: "\n").map { line in
            line.count { "█▏▎▍▌▋▊▉".contains($0) }
        }
        #expect(bars.suffix(3).prefix(2) == [20, 10], "with one row a group, bars compare the groups")
    }
}
