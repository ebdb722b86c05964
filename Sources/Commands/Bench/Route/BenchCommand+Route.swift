import LocalCodeCore

extension Command {
    static let benchRoute = Command(
        name: "route",
        summary: "Measure how long it takes to see what a request is",
        details: """
            Requests of a coding agent, of several sizes, are classified, their content is looked at, and twenty rules are \
            asked about them; so are bodies that somebody might send to keep a server busy. Each figure is the best of \
            several runs; nothing but this process takes part.
            """,
        options: [
            Option(
                "runs", "n", value: "N", fallback: "15", kind: .integer(1...1000), help: "how often each is measured"),
            Option("json", fallback: "false", help: "print the report as JSON"),
        ],
        examples: [Example("localcode bench route", "measure it; takes a few seconds")],
        run: runBenchRoute)
}

@Sendable private func runBenchRoute(_ invocation: Invocation) async throws {
    let bench = RouteBench(runs: invocation.integer("runs") ?? 15, context: invocation.context)
    let report = try await onOwnThread { try bench.report() }
    try invocation.context.output.write(report.text(asJSON: invocation.isOn("json")))
}
