import LocalCodeCore

/// Starts the engines of a benchmark, one after the other, as LocalCode starts its own.
struct BenchRuns: Sendable {
    let model: BenchModel
    /// A temporary directory.
    let directory: String
    private let client: HTTPClient

    init(_ model: BenchModel, directory: String) throws {
        self.model = model
        self.directory = directory
        do {
            client = try HTTPClient()
        } catch {
            throw Failure(error.message)
        }
    }

    /// Starts a set-up and returns when it has written something.
    func start(_ entry: ModelEntry) async throws -> EngineRun {
        do {
            try LaunchPlan.check(entry)
        } catch {
            throw Failure(error.message, hint: error.hint)
        }
        let places = EngineRun.Places(log: "\(directory)/engine.log", runtime: "/tmp", pids: directory)
        return try await EngineRun.start(try model.plan(entry), places: places, client: client)
    }

    /// The same for a `VariantRun`.
    func measured(_ variant: Variant) async throws -> MeasuredEngine {
        let run = try await start(variant.entry)
        return MeasuredEngine(
            ask: { body in
                try await StreamProbe.ask(run.server.address.name) {
                    try await run.server.send("POST", "/v1/chat/completions", body: body.bytes)
                }
            },
            memory: { run.memory }, stop: { await run.stop() })
    }
}
