import LocalCodeCore

extension Command {
    static let benchSwap = Command(
        name: "swap",
        summary: "Compare swapping models with doing it by hand",
        details: """
            Puts the model under two names, of which only one fits into the memory at a time, and lets two conversations come \
            back in turns: through 'localcode serve', which saves and restores their KV state, and by ending one llama-server \
            and starting the other, which has to read its conversation again. It also measures the way from nothing to the \
            first token. Without MODEL, the first model of localcode.yaml or that of the set-up is measured.
            """,
        operands: [BenchModel.operand(isRequired: false)],
        options: [
            Option(
                "prompt", value: "N", fallback: "1024", kind: .integer(64...1_000_000),
                help: "tokens of each conversation, about"),
            Option(
                "rounds", "r", value: "N", fallback: "5", kind: .integer(1...100), help: "how often each comes back"),
            Option("quick", "q", fallback: "false", help: "take a rough look: two rounds"),
            Option("localcode", value: "FILE", completion: .file, help: "LocalCode to measure; this one by default"),
        ] + ReportOptions.options + BenchModel.options,
        examples: [Example("localcode bench swap", "measure the model of the set-up")],
        run: runBenchSwap)
}

@Sendable private func runBenchSwap(_ invocation: Invocation) async throws {
    let output = try ReportOptions(invocation, bench: "swap")
    var plan = SwapPlan()
    plan.prompt = invocation.integer("prompt") ?? plan.prompt
    plan.rounds = invocation.integer("rounds") ?? plan.rounds
    if invocation.isOn("quick") { plan.rounds = min(2, plan.rounds) }
    let bench = SwapBench(
        plan: plan, model: try await BenchModel(invocation), localCode: try invocation.localCode(),
        context: invocation.context)
    try output.write(try await bench.run(), to: invocation.context)
}
