import LocalCodeCore

extension Command {
    static let benchFlash = Command(
        name: "flash",
        summary: "Compare flash attention and types of K/V values",
        details: """
            Starts the model with flash attention on and off, and with several types of K and V values, and lets each read \
            prompts of several lengths and write an answer of a fixed length. It reports decode and prefill speed, the time to \
            the first token, and memory. Without MODEL, the first model of localcode.yaml or that of the set-up is measured.
            """,
        operands: [BenchModel.operand(isRequired: false)],
        options: [
            Option(
                "types", value: "NAMES", fallback: "f16,q8_0,q4_0", help: "types of K/V values, with commas between"),
            Option(
                "sizes", value: "TOKENS", fallback: "512,4k", help: "lengths of the prompts, with commas between"),
            Option("tokens", "n", value: "N", fallback: "64", kind: .integer(8...8_192), help: "length of an answer"),
            Option(
                "rounds", "r", value: "N", fallback: "3", kind: .integer(1...100), help: "how often everything is asked"
            ),
            Option("quick", "q", fallback: "false", help: "take a rough look: two rounds, the shortest prompt"),
        ] + ReportOptions.options + BenchModel.options,
        examples: [
            Example("localcode bench flash", "measure the model of the set-up"),
            Example("localcode bench flash coder --sizes 1k,16k --types f16,q8_0", "measure long prompts"),
        ],
        run: runBenchFlash)
}

@Sendable private func runBenchFlash(_ invocation: Invocation) async throws {
    let output = try ReportOptions(invocation, bench: "flash")
    let isQuick = invocation.isOn("quick")
    var sizes = try CachePlan.sizes(from: invocation["sizes"] ?? "")
    if isQuick { sizes = [sizes.min() ?? 512] }
    let model = try await BenchModel(invocation)
    let rounds = invocation.integer("rounds") ?? 3
    let bench = FlashBench(
        model: model, types: try FlashBench.types(from: invocation["types"] ?? "", offered: model.capabilities.kvTypes),
        sizes: sizes, rounds: isQuick ? min(2, rounds) : rounds, tokens: invocation.integer("tokens") ?? 64,
        context: invocation.context)
    try output.write(try await bench.run(), to: invocation.context)
}
