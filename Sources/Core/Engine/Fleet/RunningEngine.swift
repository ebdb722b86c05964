/// An engine that can take requests, and what owns its slots.
public struct RunningEngine: Sendable {
    /// How to talk to it.
    public let server: LlamaServer
    /// Its slots and their KV state; nil leaves them to the engine.
    public let slots: SlotPool?
    /// The process, where it is ours.
    let run: EngineRun?
    /// How it guesses ahead, where it is ours.
    let speculation: ModelEntry.Speculation

    /// An engine that somebody else started.
    public init(server: LlamaServer, slots: SlotPool?) {
        self.init(server: server, slots: slots, run: nil, speculation: .none)
    }

    init(server: LlamaServer, slots: SlotPool?, run: EngineRun?, speculation: ModelEntry.Speculation) {
        self.server = server
        self.slots = slots
        self.run = run
        self.speculation = speculation
    }

    /// Saves what the slots hold and ends the process.
    func finish() async {
        await slots?.saveAll()
        await end()
    }

    /// Ends the process and leaves its slots as they are.
    func end() async {
        await slots?.end()
        await run?.stop()
        await slots?.close()
    }
}

/// A request's hold on an engine: as long as it lasts, the engine is not stopped for another one.
public struct EngineUse: Sendable {
    public let engine: RunningEngine
    /// Which model of a fleet it is; nil: an engine that somebody else started.
    let model: String?
    /// Which run of it.
    let generation: Int
    /// The number of this use among those of the model; nil where others went on at the same moment.
    let ticket: Int?
    private let fleet: Fleet?

    /// A hold on an engine that is always there.
    public init(_ engine: RunningEngine) {
        self.init(engine, model: nil, generation: 0, ticket: nil, fleet: nil)
    }

    init(_ engine: RunningEngine, model: String?, generation: Int, ticket: Int?, fleet: Fleet?) {
        self.engine = engine
        self.model = model
        self.generation = generation
        self.ticket = ticket
        self.fleet = fleet
    }

    /// Lets go of it; each use once.
    /// - Parameters:
    ///   - usage: what its answer cost, if there was one.
    ///   - isAfterRestore: whether that began on a state from the disk.
    func release(_ usage: Usage = Usage(), isAfterRestore: Bool = false) async {
        await fleet?.release(self, usage, isAfterRestore: isAfterRestore)
    }

    /// Whether the process is gone, asked after it broke off: its end is then known to the fleet.
    func hasEnded() async -> Bool { await fleet?.hasEnded(self) ?? false }

    /// How the run ended that broke an answer off, in a sentence for the client; nil when it goes on, or is not ours.
    func ending() async -> String? {
        guard let fleet, let model, await fleet.hasEnded(self), let ending = await fleet.lastEnding(model) else {
            return nil
        }
        return "the engine of '\(model)' broke off: \(ending); ask again"
    }
}
