import LocalCodeCore

/// `localcode bench fim`: how much longer a keystroke takes with LocalCode in front of the engine.
struct FIMBench: Sendable {
    /// Letters that are typed.
    var requests: Int
    /// What stands before the cursor, in bytes.
    var prefix: Int
    var engine: BenchEngine
    var localCode: String
    var context: Context

    /// The first requests read the text and open what is opened once.
    private static let warmUp = 10
    /// What LocalCode may add at the median, in microseconds.
    private static let goal = 1_000.0

    func run() async throws -> BenchReport {
        let interruption = try Interruption.arm()
        defer { interruption.disarm() }
        let progress = ProgressLine(context.error, steps: 2)
        defer { progress.end() }
        progress.step("the engines start")
        var engine = engine
        // Both alike: what the engine itself keeps of idle slots is not what is measured.
        engine.arguments += ["--no-cache-idle-slots", "--cache-ram", "0"]
        return try await withTemporaryDirectory(context.environment) { [engine] root in
            let programs = MeasuredPrograms(
                engine: engine, localCode: localCode, root: root, environment: context.environment)
            return try await programs.withBoth { bare, localCode in
                progress.step("typing")
                let clients = [bare, localCode].map { EngineClient(endpoint: $0.endpoint) }
                let before = MachineLoad.nowWithChildren()
                let samples = try await progress.ticking { try await onOwnThread { try measure(clients) } }
                return Self.report(
                    samples,
                    notes: [ProxyBench.machine()] + engine.notes + [
                        "\(grouped(requests)) requests each way, in turns; one token each, "
                            + "\(ByteCount(bytes: prefix)) before the cursor, a new connection each"
                    ] + ProxyBench.disturbances(since: before))
            }
        }
    }

    private func measure(_ clients: [EngineClient]) throws -> [LatencySamples] {
        var samples = clients.map { _ in LatencySamples() }
        for number in 0..<requests + Self.warmUp {
            let body = Self.body(typed: number, prefix: prefix)
            // Who comes first takes turns, too.
            for index in number.isMultiple(of: 2) ? [0, 1] : [1, 0] {
                let answer = try clients[index].post("/infill", body)
                guard answer.status == 200 else {
                    throw Failure(
                        "\(clients[index].endpoint.url) answered with status \(answer.status): "
                            + String(decoding: answer.body.prefix(400), as: UTF8.self),
                        hint: "does the model have tokens for filling in the middle?")
                }
                if number >= Self.warmUp { samples[index].record(nanoseconds: answer.total) }
            }
        }
        return samples
    }

    /// A file in which somebody types a line.
    static func body(typed letters: Int, prefix: Int) -> JSONValue {
        let line = "    total += compute(values[index], scale);\n"
        let text = String(repeating: line, count: max(1, prefix / line.utf8.count))
        let typed = String("anotherTotalOfAllTheValuesThatWereGivenSoFar".prefix(letters % 40))
        return [
            "input_prefix": .string(text + typed), "input_suffix": "\n    return total;\n}\n", "n_predict": 1,
            "temperature": 0, "cache_prompt": true,
        ]
    }

    static func report(_ samples: [LatencySamples], notes: [String]) -> BenchReport {
        let rows = [(50.0, "p50"), (90.0, "p90"), (99.0, "p99")].map { percent, name in
            let values = samples.map { $0.percentile(percent) }
            let direct = values.first ?? nil
            let added = values.dropFirst().map { value in value.flatMap { value in direct.map { value - $0 } } }
            return BenchReport.Row(
                name: name, values: [direct] + added, isAdded: true, goal: percent == 50 ? .atMost(goal) : nil)
        }
        return BenchReport(
            targets: [MeasuredPrograms.bare, BenchReport.judged], notes: notes,
            sections: [.init(title: "Time added to a filled gap", unit: .microseconds, rows: rows)])
    }
}
