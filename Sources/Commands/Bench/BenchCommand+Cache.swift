import LocalCodeCore

extension Command {
    static let benchCache = Command(
        name: "cache",
        summary: "Measure what saved KV states save, on a real engine",
        details: """
            Starts a llama-server as it comes and another one with LocalCode in front of it, and talks to both in turns: \
            conversations that are new, that are in their slot, that gave way to others, and that come back after the \
            engine was started again. It reports the time to the first token, the tokens that were evaluated, the size of \
            the states and the speed of the disk.

            The Python package stillwarm, which does a part of the same, is measured with them where --stillwarm names a \
            Python that has it.
            """,
        options: [
            Option(
                "sizes", value: "TOKENS", fallback: "1k,4k,16k", help: "lengths of the prompts, with commas between"),
            Option(
                "rounds", "r", value: "N", fallback: "3", kind: .integer(1...100),
                help: "how often each conversation comes back"),
            Option(
                "pairs", value: "N", fallback: "40", kind: .integer(1...10_000),
                help: "how often the request of 60 KB is asked"),
            Option("quick", "q", fallback: "false", help: "take a rough look: 1k and 4k tokens, two rounds"),
            Option(
                "stillwarm", value: "PYTHON", completion: .file, help: "compare with stillwarm, which this Python has"),
            Option("json", fallback: "false", help: "print the report as JSON"),
        ] + BenchEngine.options,
        examples: [
            Example("localcode bench cache", "measure the set-up's engine and model; takes about fifteen minutes"),
            Example(
                "localcode bench cache --engine-model qwen.gguf --sizes 4k,32k", "measure another model"),
        ],
        run: runBenchCache)
}

@Sendable private func runBenchCache(_ invocation: Invocation) async throws {
    var plan = CachePlan()
    plan.sizes = try CachePlan.sizes(from: invocation["sizes"] ?? "")
    plan.rounds = invocation.integer("rounds") ?? plan.rounds
    plan.pairs = invocation.integer("pairs") ?? plan.pairs
    if invocation.isOn("quick") {
        plan.sizes = plan.sizes.filter { $0 <= 4_096 }
        plan.rounds = min(2, plan.rounds)
        if plan.sizes.isEmpty { plan.sizes = [1_024] }
    }
    plan.seed = monotonicNanoseconds()
    let engine = try BenchEngine(invocation, contextSize: plan.contextSize)
    let bench = CacheBench(
        plan: plan, engine: engine, localCode: try invocation.localCode(),
        stillwarm: try await invocation.stillwarmPython(), context: invocation.context)
    let report = try await bench.run()
    try invocation.context.output.write(report.text(asJSON: invocation.isOn("json")))
}

extension Invocation {
    /// The LocalCode to measure.
    func localCode() throws -> String {
        let named = self["localcode"].map { findProgram($0, environment: context.environment) }
        guard let file = named ?? ownProgram() else {
            throw Failure("there is no program \(self["localcode"] ?? "localcode")")
        }
        return file
    }

    /// The Python that was named for stillwarm, or the one on the PATH if it has it; nil leaves stillwarm out.
    fileprivate func stillwarmPython() async throws -> String? {
        let name = self["stillwarm"]
        if name == "none" { return nil }
        let python = findProgram(name ?? "python3", environment: context.environment)
        guard let python else {
            guard let name else { return nil }
            throw Failure("there is no program \(name)")
        }
        if await StillwarmProgram.version(python: python) != nil { return python }
        guard let name else { return nil }
        throw Failure("\(name) does not have the package stillwarm", hint: "pip install stillwarm")
    }
}
