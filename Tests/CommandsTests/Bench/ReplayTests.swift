import LocalCodeCore
import Testing

@testable import Commands

@Suite("Bench: replay")
struct ReplayTests {
    private let system = TraceSegment(.system, "system", 100)

    private func request(_ time: Double, _ turns: Int, session: String = "a", kind: TraceKind = .main)
        -> RequestTrace.Event
    {
        let messages = (1...turns).flatMap {
            [TraceSegment(.user, "\(session).u\($0)", 10), TraceSegment(.assistant, "\(session).a\($0)", 50)]
        }
        return .request(
            TraceRequest(
                time: time, session: session, parent: kind == .subagent ? "the parent\r\nX: y" : nil, project: "p",
                kind: kind, prompt: [system] + messages.dropLast(), answer: messages[messages.count - 1]))
    }

    @Test("a trace is cut at its restarts, and what comes at one time goes out together")
    func phases() {
        let plan = ReplayPlan(
            RequestTrace(events: [
                request(0, 1), request(0, 1, session: "b"), request(5, 2), .restart(time: 6), .restart(time: 7),
                request(8, 3),
            ]))
        #expect(plan.phases.map(\.name) == ["before the restart", "after the restart"])
        #expect(plan.phases.map { $0.instants.map(\.count) } == [[2, 1], [1]])
        #expect(plan.longest == 100 + 3 * 10 + 3 * 50)
    }

    @Test("a trace without a restart gets one in its middle; a single request cannot have one")
    func middle() {
        let plan = ReplayPlan(RequestTrace(events: (1...4).map { request(Double($0), $0) }))
        #expect(plan.phases.map(\.requests) == [2, 2])
        #expect(ReplayPlan(RequestTrace(events: [request(0, 1)])).phases.map(\.name) == ["the whole trace"])
        #expect(ReplayPlan(RequestTrace(events: [])).phases.isEmpty)
    }

    @Test("counts what comes for the first time")
    func newTokens() {
        let plan = ReplayPlan(
            RequestTrace(events: [
                request(0, 1), request(1, 2), request(2, 1, session: "b"), .restart(time: 3), request(4, 3),
            ]))
        // The system text once, a user's message each turn; answers are there when they come back.
        #expect(plan.newTokens(answerTokens: 16) == [100 + 10 + 10 + 10, 10])
        #expect(plan.phases[0].tokens(answerTokens: 16) == 110 + (110 + 16 + 10) + 110)
    }

    private func lane() -> ReplayLane {
        ReplayLane(
            name: "bare", client: EngineClient(endpoint: Endpoint(port: 1)), text: BenchText(), answerTokens: 16)
    }

    private func body(_ event: RequestTrace.Event) throws -> JSONView {
        guard case .request(let request) = event else { throw Failure("not a request") }
        return try JSONView(validating: lane().body(request))
    }

    @Test("a later request begins with the texts of an earlier one")
    func texts() throws {
        let first = Array(try #require(body(request(0, 1))["messages"]).elements).map { $0["content"]?.string }
        let second = Array(try #require(body(request(0, 2))["messages"]).elements).map { $0["content"]?.string }
        #expect(first.count == 2 && second.count == 4)
        #expect(Array(second.prefix(2)) == first)
        #expect(try body(request(0, 1))["max_tokens"]?.int == 16)
    }

    @Test("a title request looks like one")
    func title() throws {
        let view = try body(request(0, 1, kind: .title))
        let first = try #require(view["messages"]?.elements.first { _ in true })
        #expect(first["role"]?.string == "system")
        #expect(first["content"]?.string?.hasPrefix("You are a title generator") == true)
    }

    private func cost(evaluated: Int, prompt: Int = 1_000, seconds: Double = 1) -> ReplayLane.Cost {
        var cost = ReplayLane.Cost()
        cost.promptTokens = prompt
        cost.evaluated = evaluated
        cost.seconds = seconds
        cost.evaluatedByKind = [.main: evaluated]
        return cost
    }

    @Test("judges each phase by the bare engine and the whole by a fifth of it")
    func goals() throws {
        let results = ReplayBench.Results(
            phases: ["before the restart", "after the restart"],
            costs: [
                [cost(evaluated: 500), cost(evaluated: 400)], [cost(evaluated: 900), cost(evaluated: 1_000)],
            ], new: [300, 100], traceTokens: [1_000, 500])
        let report = BenchReport(results, lanes: ["bare", "localcode"], notes: [])
        let evaluated = try #require(report.sections.first { $0.title == "Evaluated of them" }).rows
        #expect(evaluated.map { report.isMet($0) } == [true, false, nil])
        #expect(evaluated.last?.values == [1_400, 1_400])
        let fewer = try #require(report.sections.first { $0.title == "Fewer tokens evaluated" }).rows
        #expect(fewer.map(\.values) == [[nil, 1.25], [nil, 0.9], [nil, 1]])
        #expect(fewer.map { report.isMet($0) } == [nil, nil, false])
        let again = try #require(report.sections.first { $0.title.hasPrefix("Evaluated although") }).rows
        #expect(again.map(\.values) == [[200, 100], [700, 800]])
        let kinds = try #require(report.sections.first { $0.title.hasPrefix("Evaluated, by kind") }).rows
        #expect(kinds.map(\.name) == ["main"])
        _ = try JSONView(validating: report.json.bytes)
    }

    @Test("costs add up from the engine's counts")
    func costs() {
        guard case .request(let main) = request(0, 1) else { return }
        var answer = EngineAnswer()
        answer.promptTokens = 100
        answer.evaluated = 30
        answer.cached = 70
        answer.firstToken = 5_000_000
        answer.headers = ["x-localcode-cache": "resident; expected=70"]
        var cost = ReplayLane.Cost()
        cost.add(main, answer)
        answer.promptTokens = nil
        cost.add(main, answer)
        #expect(cost.promptTokens == 200)
        #expect(cost.evaluated == 60)
        #expect(cost.firstTokens == [5, 5])
        #expect(cost.sources == ["resident": 2])
        #expect(cost.evaluatedByKind == [.main: 60])
    }

    @Test(
        "refuses what makes no sense", arguments: [["--scale", "0"], ["--sessions", "0"], ["--answer-tokens", "0"]])
    func usage(arguments: [String]) async {
        let world = TestContext(environment: ["HOME": "/nowhere"])
        let program = Command(name: "localcode", summary: "", subcommands: [.bench])
        #expect(await Program.run(["bench", "replay"] + arguments, context: world.context, program: program) == 2)
    }

    @Test("names a missing trace and a missing engine")
    func missing() async {
        let program = Command(name: "localcode", summary: "", subcommands: [.bench])
        let world = TestContext(environment: ["HOME": "/nowhere"])
        #expect(await Program.run(["bench", "replay", "t.jsonl"], context: world.context, program: program) == 1)
        #expect(world.error.contains("there is no file t.jsonl"))
        #expect(await Program.run(["bench", "replay"], context: world.context, program: program) == 1)
        #expect(world.error.contains("there is no engine in"))
    }
}
