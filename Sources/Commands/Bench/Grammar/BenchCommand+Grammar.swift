import LocalCodeCore

extension Command {
    static let benchGrammar = Command(
        name: "grammar",
        summary: "Measure how fast grammars are read, checked and matched",
        details: """
            Parses and checks a grammar of 1,000 rules, matches JSON documents against the grammar of JSON, and checks \
            hostile grammars of 10 MB. Each figure is the best of several runs; nothing but this process takes part.
            """,
        options: [
            Option(
                "runs", "n", value: "N", fallback: "7", kind: .integer(1...1000), help: "how often each is measured"),
            Option("json", fallback: "false", help: "print the report as JSON"),
        ],
        examples: [Example("localcode bench grammar", "measure it; takes a few seconds")],
        run: runBenchGrammar)
}

@Sendable private func runBenchGrammar(_ invocation: Invocation) async throws {
    let bench = GrammarBench(runs: invocation.integer("runs") ?? 7, context: invocation.context)
    let report = try await onOwnThread { try bench.report() }
    try invocation.context.output.write(report.text(asJSON: invocation.isOn("json")))
}
