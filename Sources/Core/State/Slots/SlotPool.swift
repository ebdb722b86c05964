/// Owns the slots of one engine: one request at a time in each, placed where its KV state is, with what is there saved
/// before it is overwritten.
///
/// Where the engine cannot save states it is left to choose slots by itself.
public actor SlotPool {
    /// How the pool works.
    public struct Settings: Sendable {
        /// A slot's content is saved when it was idle for this long.
        public var saveIdle: Duration
        /// Requests that may wait.
        public var queueLimit: Int
        /// Whether notes may quote what a conversation is about.
        public var quotesTitles = true
        /// How slots are shared out.
        public var lanes: LaneShares
        /// Whether the base that the next new conversation probably begins with is restored before it comes.
        public var restoresAhead: Bool

        public init(
            saveIdle: Duration = .seconds(30), queueLimit: Int = 256, lanes: LaneShares = LaneShares(),
            restoresAhead: Bool = false
        ) {
            self.saveIdle = saveIdle
            self.queueLimit = queueLimit
            self.lanes = lanes
            self.restoresAhead = restoresAhead
        }
    }

    /// The engine has ended or is about to: whoever waited for a slot has to go to its successor.
    public struct Ended: Error, Sendable {}

    /// Something a person may want to know.
    public struct Note: Sendable {
        public let text: String
        /// Whether it takes something away.
        public let isWarning: Bool
    }

    /// A slot, as far as we know.
    struct Slot {
        let id: Int
        let context: Int
        var content: SlotContent?
        /// What it is used for at the moment; nil when it is free for us.
        var use: Use?
        var isForeignBusy = false
        /// What it holds was made under other adapters, which llama-server does not mind.
        var isTainted = false
        /// Somebody else used it, and may come back until then.
        var foreignUntil = 0.0
        /// Tokens that it held when its content was not known; nil: to be seen at the next look.
        var seen: Int?
        /// Changes with every use.
        var version = 0
    }

    enum Use {
        /// A request of a lane runs: its boundaries, with the answer still to come.
        case request(PrefixChain, RequestLane)
        /// We save or restore.
        case upkeep
    }

    struct Waiting {
        let request: SlotRequest
        let continuation: CheckedContinuation<SlotLease, any Error>
    }

    /// What is known of the engine.
    struct Engine {
        var identity: EngineIdentity
        var record: EngineRecord
        /// Whether it was started with a directory for states.
        var canSave: Bool
        /// Whether it empties idle slots when a request starts, as it does unless told otherwise.
        var clearsIdleSlots = false
    }

    nonisolated let server: LlamaServer
    nonisolated let store: StateStore
    nonisolated let exchange: StateExchange
    nonisolated let source: EngineIdentity.Source
    nonisolated let settings: Settings
    nonisolated let note: @Sendable (Note) -> Void
    nonisolated let work = BlockingWork(label: "state")
    /// Writing a state down takes as long as the disk needs; nothing else should wait for that.
    nonisolated let commitWork = BlockingWork(label: "state.commit")

    var engine: Engine?
    var opening: Task<Engine, any Error>?
    /// Why the engine could not be asked, and how long that is taken for granted.
    var refusal: (error: LlamaServer.Refusal, until: Double)?
    var slots: [Slot] = []
    var costs = EngineCosts()
    /// States on their way to the store.
    var commits: [Int: Task<StateEntry?, Never>] = [:]
    var commitCount = 0
    var queue: RequestQueue
    /// The slot of those who fill gaps, and until when it is theirs.
    var infillLane: (slot: Int, until: Double)?
    var laneTimer: Task<Void, Never>?
    var waiting: [Int: Waiting] = [:]
    var nextID = 0
    var watch: Task<Void, Never>?
    var isEnded = false
    /// Changes when what is being found out about the engine holds no more.
    var epoch = 0
    var idleTasks: [Int: Task<Void, Never>] = [:]

    /// - Parameters:
    ///   - source: who started the engine.
    ///   - exchange: where the engine writes states and reads them.
    ///   - note: called with what happens to states. Must not wait.
    public init(
        server: LlamaServer, source: EngineIdentity.Source, store: StateStore, exchange: StateExchange,
        settings: Settings = Settings(), note: @escaping @Sendable (Note) -> Void
    ) {
        self.server = server
        self.source = source
        self.store = store
        self.exchange = exchange
        self.settings = settings
        self.note = note
        queue = RequestQueue(limit: settings.queueLimit)
    }

    /// What the engine is; asked once, and again when it turns out to be another one.
    /// - Throws: `LlamaServer.Refusal`. It is not asked again for a while then: requests go to it as they come, and learn
    ///   from its own answer what is wrong.
    @discardableResult func open() async throws -> Engine {
        guard !isEnded else { throw Ended() }
        if let engine { return engine }
        if let refusal, SystemTime.monotonic() < refusal.until { throw refusal.error }
        let task: Task<Engine, any Error>
        if let opening {
            task = opening
        } else {
            task = Task { try await self.readEngine() }
            opening = task
        }
        defer { opening = nil }
        do {
            return try await task.value
        } catch let error as LlamaServer.Refusal {
            if refusal?.error != error {
                note(
                    .init(
                        text: "KV states are left to the engine, which tells nothing about itself: \(error)",
                        isWarning: true))
            }
            refusal = (error, SystemTime.monotonic() + (error.status == 0 || error.status == 503 ? 1 : 60))
            throw error
        }
    }

    /// Somebody gave the adapters other scales. A state that was made under the old ones is none of this engine any more, and
    /// llama-server would go on with what its slots hold.
    public func adaptersChanged() {
        epoch += 1
        forget()
        for index in slots.indices {
            slots[index].content = nil
            slots[index].isTainted = true
        }
    }

    /// Empties a slot whose content must not be used.
    func cleanse(_ slot: Int) async {
        guard slots.contains(where: { $0.id == slot && $0.isTainted }) else { return }
        // A client that leaves meanwhile does not stop this.
        let isErased = await Task { [server] in (try? await server.erase(slot: slot)) != nil }.value
        if isErased { noteClean(slot) }
    }

    /// The slot holds nothing of before.
    func noteClean(_ slot: Int) {
        guard let index = slots.firstIndex(where: { $0.id == slot }) else { return }
        slots[index].isTainted = false
    }

    /// Forgets the engine: it is another one now, or another run of it.
    func forget() {
        engine = nil
        for index in slots.indices where slots[index].use == nil { slots[index].content = nil }
    }
}
