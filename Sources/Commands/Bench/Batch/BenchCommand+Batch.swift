import LocalCodeCore

extension Command {
    static let benchBatch = Command(
        name: "batch",
        summary: "Measure how a model serves several clients at once",
        details: """
            Starts the model with a slot for each client, and a second time behind 'localcode serve', and lets more and more \
            clients ask at once, in turns. It reports the tokens a second of all clients together and of each, the time to the \
            first token, and the gaps between tokens. Without MODEL, the first model of localcode.yaml or that of the set-up is \
            measured.
            """,
        operands: [BenchModel.operand(isRequired: false)],
        options: [
            Option(
                "clients", "c", value: "N", fallback: "1,2,4", help: "numbers of clients at once, with commas between"),
            Option(
                "prompt", value: "N", fallback: "256", kind: .integer(16...1_000_000), help: "tokens of a prompt, about"
            ),
            Option("answer", value: "N", fallback: "64", kind: .integer(8...100_000), help: "tokens of an answer"),
            Option(
                "rounds", "r", value: "N", fallback: "4", kind: .integer(1...100), help: "how often each gets its turn"),
            Option(
                "requests", value: "N", fallback: "2", kind: .integer(1...1_000),
                help: "how often each client asks in a turn"),
            Option("quick", "q", fallback: "false", help: "take a rough look: two rounds"),
            Option("proxy", fallback: "true", help: "measure the way through 'localcode serve' as well"),
            Option("localcode", value: "FILE", completion: .file, help: "LocalCode to measure; this one by default"),
        ] + ReportOptions.options + BenchModel.options,
        examples: [
            Example("localcode bench batch", "measure the model of the set-up with one, two and four clients"),
            Example("localcode bench batch coder -c 1,8,16 --no-proxy", "measure the engine alone"),
        ],
        run: runBenchBatch)
}

@Sendable private func runBenchBatch(_ invocation: Invocation) async throws {
    let output = try ReportOptions(invocation, bench: "batch")
    var plan = BatchPlan()
    plan.clients = try BatchPlan.clients(from: invocation["clients"] ?? "")
    plan.prompt = invocation.integer("prompt") ?? plan.prompt
    plan.answer = invocation.integer("answer") ?? plan.answer
    plan.rounds = invocation.integer("rounds") ?? plan.rounds
    plan.requests = invocation.integer("requests") ?? plan.requests
    if invocation.isOn("quick") { plan.rounds = min(2, plan.rounds) }
    let bench = BatchBench(
        plan: plan, model: try await BenchModel(invocation),
        localCode: invocation.isOn("proxy") ? try invocation.localCode() : nil, context: invocation.context)
    try output.write(try await bench.run(), to: invocation.context)
}
