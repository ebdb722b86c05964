import LocalCodeCore

extension Command {
    static let benchFIM = Command(
        name: "fim",
        summary: "Measure what LocalCode adds to a request that fills a gap",
        details: """
            Starts a llama-server as it is and another one with LocalCode in front of it, and asks both in turns, as an editor \
            does: each request has one letter more, and one token is written. It reports how much longer a request takes \
            through LocalCode.

            The model must have tokens for filling in the middle; that of the set-up has none, so name one with --engine-model.
            """,
        options: [
            Option(
                "requests", "r", value: "N", fallback: "400", kind: .integer(20...100_000),
                help: "how many letters are typed"),
            Option(
                "prefix", value: "SIZE", fallback: "1KiB", kind: .size, help: "how much stands before the cursor",
                details: "More than three quarters of the engine's batch is cut, and then read anew each time."),
            Option("json", fallback: "false", help: "print the report as JSON"),
        ] + BenchEngine.options,
        examples: [
            Example("localcode bench fim --engine-model qwen2.5-coder-0.5b.gguf", "measure with a small model")
        ],
        run: runBenchFIM)
}

@Sendable private func runBenchFIM(_ invocation: Invocation) async throws {
    let bench = FIMBench(
        requests: invocation.integer("requests") ?? 400, prefix: invocation.bytes("prefix") ?? 1 << 10,
        engine: try BenchEngine(invocation, contextSize: 16_384), localCode: try invocation.localCode(),
        context: invocation.context)
    let report = try await bench.run()
    try invocation.context.output.write(report.text(asJSON: invocation.isOn("json")))
}
