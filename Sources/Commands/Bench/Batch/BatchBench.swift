import LocalCodeCore

/// `localcode bench batch`: how many tokens several clients get at once, from the engine itself and through LocalCode.
struct BatchBench: Sendable {
    var plan: BatchPlan
    var model: BenchModel
    /// The LocalCode to measure; nil leaves it out.
    var localCode: String?
    var context: Context

    func run() async throws -> FigureReport {
        let interruption = try Interruption.arm()
        defer { interruption.disarm() }
        let progress = ProgressLine(context.error, steps: 1 + BatchRun.steps(plan))
        defer { progress.end() }
        progress.step("the engines start")
        let before = MachineLoad.nowWithChildren()
        let client: HTTPClient
        do {
            client = try HTTPClient()
        } catch {
            throw Failure(error.message)
        }
        let (samples, lanes) = try await withTemporaryDirectory(context.environment) { root in
            try await progress.ticking {
                try await withLanes(root, client) { lanes, text in
                    let run = BatchRun(plan: plan, lanes: lanes, text: text) { progress.step($0) }
                    return (try await untilInterrupted { try await run.measure() }, lanes.map(\.name))
                }
            }
        }
        return FigureReport(
            samples, clients: plan.clients, lanes: lanes, notes: notes + ProxyBench.disturbances(since: before))
    }

    private var notes: [String] {
        [
            ProxyBench.machine(), model.note,
            "prompts of about \(grouped(plan.prompt)) tokens, answers of \(grouped(plan.answer)); "
                + "\(HumanText.count(plan.slots, "slot")); \(HumanText.count(plan.rounds, "round")), all ways in turns",
        ]
    }

    /// Runs an engine, and another one behind LocalCode, as long as `body` runs.
    private func withLanes<Value: Sendable>(
        _ root: String, _ client: HTTPClient, _ body: @Sendable ([BatchRun.Lane], BenchText) async throws -> Value
    ) async throws -> Value {
        try await engine(MeasuredPrograms.bare, in: root, slots: nil).run { endpoint, _ in
            let text = try await onOwnThread { try BenchText(measuring: EngineClient(endpoint: endpoint)) }
            let bare = lane(MeasuredPrograms.bare, endpoint, client)
            guard let localCode else { return try await body([bare], text) }
            let directory = "\(root)/localcode"
            try makeDirectory(directory)
            try makeDirectory(directory + "/slots")
            return try await engine("behind", in: root, slots: directory + "/slots").run { endpoint, _ in
                var program = BenchProgram.localCode(
                    name: BenchReport.judged, executable: localCode, upstream: endpoint, logFormat: "pretty",
                    directory: directory, environment: context.environment)
                program.arguments += ["--slot-dir", directory + "/slots", "--engine-id", "bench"]
                return try await program.run { serve, _ in
                    try await body([bare, lane(BenchReport.judged, serve, client)], text)
                }
            }
        }
    }

    private func lane(_ name: String, _ endpoint: Endpoint, _ client: HTTPClient) -> BatchRun.Lane {
        BatchRun.Lane(name: name) { body in
            try await StreamProbe.ask(endpoint.url) {
                try await client.send(
                    HTTPRequest(
                        method: "POST", url: endpoint.url + "/v1/chat/completions",
                        headers: ["Content-Type": "application/json"], body: body.bytes))
            }
        }
    }

    /// An engine with the flags that LocalCode gives it, but on a port, where a LocalCode can be attached to it.
    private func engine(_ name: String, in root: String, slots: String?) throws -> BenchProgram {
        var entry = model.entry
        entry.slots = plan.slots
        entry.context = max(entry.context ?? 0, plan.context)
        let directory = "\(root)/engine-\(name)"
        try makeDirectory(directory)
        return try BenchProgram.engine(
            "the engine (\(name))", try model.plan(entry, slotDirectory: slots), directory: directory,
            environment: context.environment)
    }
}
