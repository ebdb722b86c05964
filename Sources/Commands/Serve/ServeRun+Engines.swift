import LocalCodeCore

/// The engines that a `serve` has.
struct ServeEngines: Sendable {
    /// A llama-server that somebody else started.
    var attached: RunningEngine?
    /// Those that LocalCode starts.
    var fleet: Fleet?
    /// The models of the fleet.
    var models: [ModelEntry] = []
    /// The model that answers to every name.
    var anyModel: String?

    var isAny: Bool { attached != nil || fleet != nil }
}

extension ServeRun {
    /// The engine that was named, the models that are configured; without both the engine that is running, or the one of
    /// the set-up.
    func findEngines(_ client: HTTPClient, _ store: StateStore?, _ log: RequestLog) async throws -> ServeEngines {
        var engines = ServeEngines()
        let key = invocation["engine-key"]
        if let url = invocation["engine"] {
            let server = LlamaServer(.init(url: url, apiKey: key), client: client)
            if let problem = await server.problem() {
                try say("warning: \(problem); requests will fail until that changes")
            }
            engines.attached = try attach(server, store, log)
        }
        if !invocation.models.isEmpty {
            engines.models = invocation.models
            engines.fleet = try await fleet(invocation.models, client, store, log)
        } else if engines.attached == nil, invocation.isOn("auto-engine") {
            let local = LlamaServer(.init(url: "http://127.0.0.1:8080", apiKey: key), client: client)
            if await local.isLlamaServer() {
                try say("using the llama-server at \(local.address.name)")
                engines.attached = try attach(local, store, log)
            } else if let entry = ModelEntry.ofSetUp(directories), invocation.engineExecutable != nil {
                engines.models = [entry]
                engines.anyModel = entry.name
                engines.fleet = try await fleet([entry], client, store, log)
            }
        }
        return engines
    }

    private func attach(_ server: LlamaServer, _ store: StateStore?, _ log: RequestLog) throws -> RunningEngine {
        guard let store, let exchange = try exchange(store, for: server) else {
            return RunningEngine(server: server, slots: nil)
        }
        let pool = SlotPool(
            server: server, source: .attached(id: invocation["engine-id"]), store: store, exchange: exchange,
            settings: slotSettings
        ) { note in log.note(note) }
        if slotSettings.restoresAhead { Task { await pool.restoreAhead() } }
        return RunningEngine(server: server, slots: pool)
    }

    private func fleet(
        _ models: [ModelEntry], _ client: HTTPClient, _ store: StateStore?, _ log: RequestLog
    ) async throws -> Fleet {
        guard let executable = invocation.engineExecutable else {
            throw Failure(
                "there is no llama-server to start models with: \(invocation["llama-server"] ?? invocation.setUpEngine)",
                hint: NextStep.engine)
        }
        var limits = EngineRun.Limits()
        limits.answer = invocation.duration("engine-timeout") ?? limits.answer
        limits.ready = invocation.duration("load-timeout") ?? limits.ready
        let isVerbose = invocation.isOn("verbose")
        try Directories.make(directories.state)
        let book = SpeculationBook(path: directories.state + "/speculation.json")
        let launcher = EngineLauncher(
            executable: executable, limits: limits, stateDirectory: directories.state, runtimeDirectory: "/tmp",
            cacheDirectory: invocation.cacheDirectory, store: store, slots: slotSettings, book: book, client: client,
            note: { (note: SlotPool.Note) in log.note(note) }, echo: isVerbose ? { @Sendable in log.say($0) } : nil)
        await launcher.sweep()
        let settings = Fleet.Settings(
            budget: invocation.memoryBudget, patience: invocation.duration("swap-patience") ?? .seconds(30),
            timeToLive: invocation.duration("model-ttl"))
        return Fleet(models, launcher: launcher, settings: settings) { (note: Fleet.Note) in log.note(note) }
    }
}
