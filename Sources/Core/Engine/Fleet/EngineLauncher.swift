/// Starts the engine of a model entry, with the store of states that its slots work with.
public struct EngineLauncher: Sendable {
    /// A llama-server, or something that takes its options.
    public var executable: String
    public var limits: EngineRun.Limits
    /// Where logs and pid files go.
    public var stateDirectory: String
    /// Below this the engines' sockets are made.
    public var runtimeDirectory: String
    /// Where it is kept what a llama-server can do.
    public var cacheDirectory: String
    /// Nil keeps no states.
    public var store: StateStore?
    public var slots: SlotPool.Settings
    /// What was measured of speculation; nil where nobody wants to know.
    public var book: SpeculationBook?
    public let client: HTTPClient
    /// Called with what happens to states.
    public let note: @Sendable (SlotPool.Note) -> Void
    /// Called with each line that an engine prints; nil where nobody wants to see them.
    public let echo: (@Sendable (String) -> Void)?

    public init(
        executable: String, limits: EngineRun.Limits = .init(), stateDirectory: String, runtimeDirectory: String,
        cacheDirectory: String, store: StateStore?, slots: SlotPool.Settings = .init(),
        book: SpeculationBook? = nil, client: HTTPClient,
        note: @escaping @Sendable (SlotPool.Note) -> Void, echo: (@Sendable (String) -> Void)? = nil
    ) {
        self.executable = executable
        self.limits = limits
        self.stateDirectory = stateDirectory
        self.runtimeDirectory = runtimeDirectory
        self.cacheDirectory = cacheDirectory
        self.store = store
        self.slots = slots
        self.book = book
        self.client = client
        self.note = note
        self.echo = echo
    }

    /// Returns when the engine has generated something.
    /// - Throws: `LaunchProblem`, `EngineFailure`, `DirectoryFailure`, `CancellationError`.
    /// - Parameter adapterScales: given to /lora-adapters before anybody uses it.
    func start(_ entry: ModelEntry, adapterScales: [UInt8]? = nil) async throws -> RunningEngine {
        try LaunchPlan.check(entry)
        try Directories.make(stateDirectory + "/engines")
        let exchange = entry.mode == .chat ? exchange(entry) : nil
        do {
            let capabilities = try await capabilities()
            var entry = entry
            if let book { entry.speculation = book.choose(for: entry, offered: capabilities.speculation) }
            let plan = try LaunchPlan.make(
                entry, executable: executable, capabilities: capabilities, slotDirectory: exchange?.directory)
            let run = try await EngineRun.start(
                plan, places: places(entry), limits: limits, client: client, echo: echo(of: entry.name))
            if let adapterScales {
                _ = try? await run.server.send("POST", "/lora-adapters", body: adapterScales).body.collect(
                    upTo: 1 << 20)
            }
            guard let store, let exchange else {
                return RunningEngine(server: run.server, slots: nil, run: run, speculation: entry.speculation)
            }
            let pool = SlotPool(
                server: run.server, source: source(plan), store: store, exchange: exchange, settings: slots, note: note)
            if slots.restoresAhead { Task { await pool.restoreAhead() } }
            return RunningEngine(server: run.server, slots: pool, run: run, speculation: entry.speculation)
        } catch {
            exchange?.close()
            throw error
        }
    }

    /// Called with each line that a model's engine prints.
    private func echo(of model: String) -> (@Sendable (String) -> Void)? {
        guard let echo else { return nil }
        return { line in echo("\(model): \(line)") }
    }

    /// Where the engine hands states over; nil where none are kept.
    private func exchange(_ entry: ModelEntry) -> StateExchange? {
        do { return try store?.exchange() } catch {
            note(.init(text: "\(entry.name) keeps no KV states: \(error)", isWarning: true))
            return nil
        }
    }

    /// What a look at a model finds.
    enum Finding: Sendable {
        /// It could be started, and takes so many bytes, where its files tell.
        case inOrder(bytes: Int?)
        /// Its files, or the engine's abilities, do not allow it.
        case unusable(String)
        /// The engine could not be asked what it can do.
        case unknown(String)
    }

    /// Whether a model could be started, as far as its files and the engine's abilities tell.
    func examine(_ entry: ModelEntry) async -> Finding {
        let capabilities: EngineCapabilities
        do { try LaunchPlan.check(entry) } catch { return .unusable("\(error)") }
        do { capabilities = try await self.capabilities() } catch { return .unknown("\(error)") }
        do {
            _ = try LaunchPlan.make(entry, executable: executable, capabilities: capabilities, slotDirectory: nil)
            return .inOrder(bytes: estimate(entry))
        } catch {
            return .unusable("\(error)")
        }
    }

    /// What the llama-server can do.
    public func capabilities() async throws -> EngineCapabilities {
        try await EngineCapabilities.read(executable: executable, cacheDirectory: cacheDirectory)
    }

    /// Bytes that a model takes; nil where its files do not tell.
    private func estimate(_ entry: ModelEntry) -> Int? {
        (try? MemoryEstimate.of(entry, executable: executable))?.necessary
    }

    /// Ends engines that a LocalCode which was killed has left behind.
    public func sweep() async { _ = await EngineRun.sweep(places(nil)) }

    private func places(_ entry: ModelEntry?) -> EngineRun.Places {
        EngineRun.Places(
            log: logFile(entry?.name ?? ""), runtime: runtimeDirectory,
            pids: stateDirectory + "/engines")
    }

    /// What a model's engine printed.
    func logFile(_ model: String) -> String { "\(stateDirectory)/engines/\(Self.fileName(model)).log" }

    /// A name for a file: what a model is called can hold slashes.
    private static func fileName(_ name: String) -> String {
        String(name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" })
    }

    /// What its states depend on, besides what the engine tells.
    private func source(_ plan: LaunchPlan) -> EngineIdentity.Source {
        let files = plan.stateFiles.map { file in
            "\(file.component)=\((try? GGUFIdentity.digest(path: file.path))?.hex ?? file.path)"
        }
        return .managed(
            executable: ExecutableIdentity.digest(executable)?.hex ?? executable,
            arguments: plan.stateArguments + files)
    }
}
