import LocalCodeCore

extension Command {
    static let benchEviction = Command(
        name: "eviction",
        summary: "Compare the ways to choose which stored states go",
        details: """
            Plays a trace of requests through a simulated engine with slots and a store of KV states, and says what each \
            policy saves under several limits, with an eye on what comes back and without it, what the best choice would \
            have saved if the future had been known, and what no choice can exceed. Without TRACE it makes one like those \
            of people who work with OpenCode, and of scripts that ask once.

            The costs are those of a model of 30 billion parameters on a graphics card; the options change them.
            """,
        operands: [Operand("TRACE", "a trace of requests as JSON lines", completion: .file)],
        options: [
            Option(
                "generate", "g", value: "FILE", completion: .file, help: "write the generated trace to FILE as well"),
            Option(
                "seed", value: "N", fallback: "1", kind: .integer(0...Int.max), help: "which trace is generated"),
            Option(
                "sessions", "n", value: "N", fallback: "60", kind: .integer(1...2_000),
                help: "sessions in the generated trace"),
            Option(
                "one-offs", value: "N", fallback: "40", kind: .integer(0...1_000),
                help: "requests a day that nothing follows, in the generated trace"),
            Option(
                "budget", "b", value: "SIZE", repeats: true, kind: .size,
                help: "how much may be stored; 5, 10, 20 and 40 GB by default"),
            Option(
                "token-size", value: "SIZE", fallback: "96KiB", kind: .size,
                help: "size of a state for each of its tokens"),
            Option(
                "prefill-rate", value: "N", fallback: "800", kind: .number(1...1_000_000),
                help: "tokens a second that the engine reads at the start of a prompt"),
            Option("slots", value: "N", fallback: "2", kind: .integer(1...64), help: "slots of the engine"),
            Option("json", fallback: "false", help: "print the report as JSON"),
        ],
        examples: [
            Example("localcode bench eviction", "compare the policies on a generated trace"),
            Example(
                "localcode bench eviction trace.jsonl -b 20G -b 50G", "compare them on your own trace and limits"),
        ],
        run: runBenchEviction)
}

@Sendable private func runBenchEviction(_ invocation: Invocation) async throws {
    let bench = try EvictionBench(invocation)
    let trace = try bench.trace()
    let report = try await onOwnThread { try bench.report(trace) }
    try invocation.context.output.write(report.text(asJSON: invocation.isOn("json")))
}

extension BenchReport {
    /// For standard output.
    func text(asJSON isJSON: Bool) -> String {
        isJSON ? String(decoding: json.bytes, as: UTF8.self) + "\n" : table
    }
}
