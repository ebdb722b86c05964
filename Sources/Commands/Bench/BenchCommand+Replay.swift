import LocalCodeCore

extension Command {
    static let benchReplay = Command(
        name: "replay",
        summary: "Play a trace of requests with and without LocalCode",
        details: """
            Sends the requests of a trace to a llama-server as it comes and to another one behind LocalCode, and counts the \
            prompt tokens that each evaluates. Both engines start again where the trace says so, or in its middle. Texts are \
            made from the trace's ids, with about as many tokens as it says; pauses are left out.

            Without TRACE it plays a generated one like those of people who work with OpenCode.
            """,
        operands: [Operand("TRACE", "a trace of requests as JSON lines", completion: .file)],
        options: [
            Option(
                "seed", value: "N", fallback: "1", kind: .integer(0...Int.max), help: "which trace is generated"),
            Option(
                "sessions", "n", value: "N", fallback: "6", kind: .integer(1...500),
                help: "sessions in the generated trace"),
            Option(
                "scale", value: "N", fallback: "0.25", kind: .number(0.01...10),
                help: "multiplies the sizes of the generated trace"),
            Option(
                "answer-tokens", value: "N", fallback: "16", kind: .integer(1...4_096), help: "longest answer"),
            Option("json", fallback: "false", help: "print the report as JSON"),
        ] + BenchEngine.options,
        examples: [
            Example("localcode bench replay", "play a generated trace"),
            Example("localcode bench replay trace.jsonl", "play one that 'bench eviction -g' wrote"),
        ],
        run: runBenchReplay)
}

@Sendable private func runBenchReplay(_ invocation: Invocation) async throws {
    let plan = try ReplayPlan(replayTrace(invocation))
    let answerTokens = invocation.integer("answer-tokens") ?? 16
    // The longest prompt twice, with room for texts that come out longer than the trace says.
    let contextSize = max(16_384, (plan.longest * 5 / 2 + 4_095) / 4_096 * 4_096)
    let bench = ReplayBench(
        plan: plan, engine: try BenchEngine(invocation, contextSize: contextSize),
        localCode: try invocation.localCode(),
        answerTokens: answerTokens, context: invocation.context)
    let report = try await bench.run()
    try invocation.context.output.write(report.text(asJSON: invocation.isOn("json")))
}

private func replayTrace(_ invocation: Invocation) throws -> RequestTrace {
    if let name = invocation.operands.first {
        let path = name.hasPrefix("/") ? name : invocation.context.workingDirectory + "/" + name
        return try EvictionBench.read(path, named: name)
    }
    var generator = TraceGenerator(
        seed: UInt64(invocation.integer("seed") ?? 1), sessions: invocation.integer("sessions") ?? 6)
    generator.scale = invocation.number("scale") ?? generator.scale
    generator.projects = 2
    generator.restarts = false
    return generator.trace()
}
