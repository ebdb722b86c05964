/// Owns the engines of the configured models: starts them when they are asked for, keeps them alive, and lets them give way
/// to each other where memory does not suffice for all. What to do next is `FleetSchedule`'s decision.
public actor Fleet {
    /// How the fleet works.
    public struct Settings: Sendable {
        /// Bytes for all engines together; nil: no limit.
        public var budget: Int?
        /// How long a request waits before a busy engine has to give way.
        public var patience: Duration
        /// An engine is stopped when it was idle for so long; nil: never. An entry's own value counts more.
        public var timeToLive: Duration?
        /// Requests that may wait for one model.
        public var queueLimit: Int

        public init(
            budget: Int? = nil, patience: Duration = .seconds(30), timeToLive: Duration? = nil, queueLimit: Int = 256
        ) {
            self.budget = budget
            self.patience = patience
            self.timeToLive = timeToLive
            self.queueLimit = queueLimit
        }
    }

    /// Something a person may want to know.
    public struct Note: Sendable {
        public let text: String
        /// Whether it takes something away.
        public let isWarning: Bool
    }

    nonisolated let launcher: EngineLauncher
    nonisolated let settings: Settings
    nonisolated let note: @Sendable (Note) -> Void
    /// In the order of the configuration.
    var hosted: [Hosted]
    private var nextID = 0
    private var timer: Task<Void, Never>?
    private(set) var isClosed = false

    /// - Parameter note: called with what happens to engines. Must not wait.
    public init(
        _ entries: [ModelEntry], launcher: EngineLauncher, settings: Settings = Settings(),
        note: @escaping @Sendable (Note) -> Void
    ) {
        self.launcher = launcher
        self.settings = settings
        self.note = note
        hosted = entries.map { Hosted(entry: $0) }
    }

    /// Looks at all models, says which of them are of no use, and loads what is pinned.
    public func start() {
        for index in hosted.indices { examine(index) }
    }

    // MARK: Requests

    /// Waits until a model's engine can take a request. What is given must be released.
    /// - Throws: `APIError` when there is no such model, it cannot be loaded, or too many wait; `CancellationError`.
    public func use(_ model: String) async throws -> EngineUse {
        nextID += 1
        let id = nextID
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enter(model, Waiter(id: id, since: SystemTime.monotonic(), continuation: continuation))
            }
        } onCancel: {
            Task { await self.leave(id) }
        }
    }

    private func enter(_ model: String, _ waiter: Waiter) {
        do {
            guard !isClosed else { throw Self.closing }
            guard let index = hosted.firstIndex(where: { $0.entry.isCalled(model) }) else { throw Self.unknown(model) }
            let at = hosted[index]
            if let failure = at.failure, at.phase == .unloaded, at.notBefore > SystemTime.monotonic() {
                throw Self.unavailable(at.entry.name, failure, until: at.notBefore)
            }
            guard at.waiters.count < settings.queueLimit else { throw Self.full(at.entry.name, settings.queueLimit) }
            noteArrival(index)
            hosted[index].waiters.append(waiter)
            // Its files may have changed since; one that runs anew after its end has just been there, and what was found for
            // whoever waits already holds for this one.
            let isFirst = at.waiters.isEmpty && !at.wantsRestart
            if at.phase == .unloaded, at.examination != .passed || isFirst { examine(index) }
            reconsider()
        } catch {
            waiter.continuation.resume(throwing: error)
        }
    }

    /// Measures how long after the last request this one comes, where nothing went on in between.
    private func noteArrival(_ index: Int) {
        let at = hosted[index]
        guard at.lastEnd > 0, at.active == 0, at.waiters.isEmpty else { return }
        let gap = min(SystemTime.monotonic() - at.lastEnd, Self.longestGap)
        hosted[index].usualGap = at.usualGap.map { ($0 + gap) / 2 } ?? gap
    }

    /// A night in between must not count for as many requests as it takes to average it out.
    private static let longestGap = 120.0

    private func leave(_ id: Int) {
        for index in hosted.indices {
            guard let place = hosted[index].waiters.firstIndex(where: { $0.id == id }) else { continue }
            hosted[index].waiters.remove(at: place).continuation.resume(throwing: CancellationError())
            reconsider()
        }
    }

    func release(_ use: EngineUse, _ usage: Usage, isAfterRestore: Bool) {
        guard let index = index(of: use.model), hosted[index].generation == use.generation else { return }
        govern(index, use, usage, isAfterRestore: isAfterRestore)
        hosted[index].active = max(0, hosted[index].active - 1)
        hosted[index].idleSince = SystemTime.monotonic()
        hosted[index].lastEnd = hosted[index].idleSince
        measure(index)
        reconsider()
    }

    /// Whether the run that a use is of is over. Waits a moment for the word of it: a connection breaks before a process is
    /// reaped.
    func hasEnded(_ use: EngineUse) async -> Bool {
        for _ in 0..<100 {
            guard let index = index(of: use.model) else { return true }
            if hosted[index].generation != use.generation { return true }
            try? await Task.sleep(for: .milliseconds(10))
            if Task.isCancelled { return false }
        }
        return false
    }

    func index(of model: String?) -> Int? {
        model.flatMap { name in hosted.firstIndex { $0.entry.name == name } }
    }

    // MARK: Deciding

    /// Does what the schedule says now, and looks again when time may change it.
    func reconsider() {
        timer?.cancel()
        timer = nil
        guard !isClosed else { return }
        let now = SystemTime.monotonic()
        let decision = schedule(now).decide()
        for name in decision.grants { grant(name) }
        for name in decision.refusals { refuse(name) }
        for name in decision.unloads { beginUnload(name) }
        for name in decision.loads { beginLoad(name) }
        guard let next = decision.nextLook else { return }
        timer = Task {
            do { try await Task.sleep(for: .seconds(max(0.001, next - now))) } catch { return }
            self.reconsider()
        }
    }

    func schedule(_ now: Double) -> FleetSchedule {
        FleetSchedule(
            models: hosted.map { at in
                FleetSchedule.Model(
                    name: at.entry.name, phase: at.phase, need: need(at),
                    leastNeed: leastNeed(at), mayLoad: at.examination == .passed,
                    active: at.active, waitingSince: at.waiters.first?.since, idleSince: at.idleSince,
                    usualGap: at.usualGap,
                    loadSeconds: at.loadSeconds,
                    timeToLive: (at.entry.timeToLive ?? settings.timeToLive).flatMap { $0 > .zero ? $0.seconds : nil },
                    isPinned: at.entry.isPinned, wantsRestart: at.wantsRestart, isFresh: at.isFresh,
                    isStale: at.isStale, notBefore: at.notBefore)
            },
            budget: settings.budget, patience: settings.patience.seconds, now: now)
    }

    /// Bytes that a model is counted with.
    func need(_ at: Hosted) -> Int {
        at.entry.memory ?? Self.need(estimate: at.estimate, measured: at.measured)
    }

    /// Bytes that a model takes at least. Of one whose files nobody can see here, what it was seen to use, if it is there for
    /// ever.
    func leastNeed(_ at: Hosted) -> Int {
        if let known = at.entry.memory ?? at.estimate { return known }
        guard at.entry.isPinned, let measured = at.measured else { return 0 }
        return min(measured, settings.budget ?? .max)
    }

    /// What a process was seen to use counts more than the estimate, unless it is less than half of it: the rest is then
    /// where the system does not count it, on a graphics card.
    static func need(estimate: Int?, measured: Int?) -> Int {
        guard let measured else { return estimate ?? 0 }
        guard let estimate else { return measured }
        return measured >= estimate / 2 ? measured : estimate
    }

    private func grant(_ name: String) {
        guard let index = index(of: name), let engine = hosted[index].engine else { return }
        let waiters = hosted[index].waiters
        let isAlone = hosted[index].active == 0 && waiters.count == 1
        hosted[index].waiters = []
        hosted[index].active += waiters.count
        hosted[index].grants += waiters.count
        hosted[index].isFresh = false
        for waiter in waiters {
            waiter.continuation.resume(
                returning: EngineUse(
                    engine, model: name, generation: hosted[index].generation,
                    ticket: isAlone ? hosted[index].grants : nil, fleet: self))
        }
    }

    private func refuse(_ name: String) {
        guard let index = index(of: name) else { return }
        fail(index, tooLarge(hosted[index]))
    }

    /// Tells everybody who waits for a model.
    func fail(_ index: Int, _ error: APIError) {
        let waiters = hosted[index].waiters
        hosted[index].waiters = []
        for waiter in waiters { waiter.continuation.resume(throwing: error) }
    }

    /// Takes note of what a process really uses.
    func measure(_ index: Int) {
        guard let used = hosted[index].engine?.run?.memory else { return }
        hosted[index].measured = max(hosted[index].measured ?? 0, used)
    }

    // MARK: The end

    /// Ends waiting and loading; requests that run go on.
    public func close() async {
        isClosed = true
        timer?.cancel()
        var tasks: [Task<Void, Never>] = []
        for index in hosted.indices {
            fail(index, Self.closing)
            if hosted[index].phase == .loading { hosted[index].task?.cancel() }
            hosted[index].look?.cancel()
            if let look = hosted[index].look { tasks.append(look) }
            if let task = hosted[index].task { tasks.append(task) }
        }
        for task in tasks {
            await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                task.cancel()
            }
        }
        await launcher.book?.save()
    }

    /// Saves what the slots of all engines hold.
    public func saveAll() async {
        await withTaskGroup { tasks in
            for engine in hosted.compactMap(\.engine) { tasks.addTask { await engine.slots?.saveAll() } }
        }
    }

    /// Ends all engines; behind `close`.
    public func stop() async {
        await withTaskGroup { tasks in
            for index in hosted.indices {
                guard let engine = hosted[index].engine else { continue }
                hosted[index].engine = nil
                hosted[index].generation += 1
                tasks.addTask { await engine.end() }
            }
        }
    }
}
