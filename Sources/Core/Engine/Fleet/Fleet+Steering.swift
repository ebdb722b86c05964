extension Fleet {
    /// Gives a model another set of control vectors. Its engine takes them at its start only: it finishes what it has and is
    /// started anew; requests that come in the meantime wait. KV states belong to the set they were made under.
    /// - Parameters:
    ///   - vectors: none takes the set away.
    ///   - layers: the layers they work on; nil: all.
    /// - Throws: `APIError`.
    public func steer(_ model: String, vectors: [ModelEntry.Scaled], layers: ClosedRange<Int>?) async throws(APIError) {
        guard let index = hosted.firstIndex(where: { $0.entry.isCalled(model) }) else { throw Self.unknown(model) }
        let before = hosted[index].entry
        var entry = before
        entry.controlVectors = vectors
        entry.controlLayers = layers
        switch await launcher.examine(entry) {
        case .inOrder: break
        case .unusable(let problem), .unknown(let problem):
            throw APIError(
                status: 400, message: "'\(model)' cannot be steered so: \(problem)", code: "steering_refused")
        }
        guard hosted[index].entry == before else {
            throw APIError(
                status: 409, message: "'\(model)' is being steered by somebody else", code: "steering_refused")
        }
        guard entry != before else { return }
        hosted[index].entry = entry
        hosted[index].failure = nil
        hosted[index].notBefore = 0
        if hosted[index].phase == .ready || hosted[index].phase == .loading { hosted[index].isStale = true }
        if hosted[index].phase == .unloaded { examine(index) }
        reconsider()
    }

    /// Remembers the scales that a model's adapters were given, for its next run.
    func noteAdapterScales(_ body: [UInt8], of model: String?) {
        guard let index = index(of: model) else { return }
        hosted[index].adapterScales = body
    }

    /// How the last run of a model's engine ended.
    func lastEnding(_ model: String?) -> String? { index(of: model).flatMap { hosted[$0].lastEnding } }

    /// The engine of a model if it runs; it may end at any time.
    func running(_ model: String) -> RunningEngine? {
        hosted.first { $0.entry.isCalled(model) && $0.phase == .ready && !$0.isStale }?.engine
    }

    /// Why a model cannot answer at the moment; nil when it can, or would be loaded for it.
    func problem(_ model: String) -> String? {
        guard let at = hosted.first(where: { $0.entry.isCalled(model) }), at.phase == .unloaded else { return nil }
        // Whoever asks for nothing but this would never learn that the files are in order by now.
        if at.problem != nil, let index = index(of: at.entry.name) { examine(index) }
        if let problem = at.problem { return Self.unusable(at.entry.name, problem).message }
        guard let failure = at.failure, at.notBefore > SystemTime.monotonic() else { return nil }
        return Self.unavailable(at.entry.name, failure, until: at.notBefore).message
    }

    /// What a request for a model would wait for: seconds until it is loaded, and requests in front of it that wait for it; and
    /// whether no other model has to give way for it.
    func outlook(_ model: String) -> (swapSeconds: Double, waiting: Int, hasRoom: Bool) {
        guard let at = hosted.first(where: { $0.entry.isCalled(model) }) else { return (0, 0, false) }
        // What was never started is taken to start in the time that a small model needs on an ordinary disk.
        let usual = at.loadSeconds > 0 ? at.loadSeconds : 5
        let now = SystemTime.monotonic()
        let swap =
            switch at.phase {
            case .ready: at.isStale ? usual : 0
            case .loading: max(0.1, usual - (now - at.since))
            case .unloaded, .stopping: usual + max(0, at.notBefore - now)
            }
        return (swap, at.waiters.count, schedule(now).hasRoom(for: at.entry.name))
    }

    /// The models as they stand, in the order of the configuration.
    public func report() -> [ModelReport] {
        let now = SystemTime.monotonic()
        return hosted.indices.map { index in
            measure(index)
            let at = hosted[index]
            return ModelReport(
                name: at.entry.name, aliases: at.entry.aliases, state: Self.state(at, now),
                detail: at.problem ?? at.failure,
                memory: at.phase == .ready ? at.engine?.run?.memory : nil, estimate: at.entry.memory ?? at.estimate,
                active: at.active, waiting: at.waiters.count, loads: at.loads, restarts: at.restarts,
                isPinned: at.entry.isPinned,
                idleSeconds: at.phase == .ready && at.active == 0 ? now - at.idleSince : nil,
                steering: at.entry.controlVectors,
                speculation: (at.engine?.speculation ?? at.entry.speculation).simplified.kinds, unloads: at.unloads,
                loadSeconds: at.loadSecondsInAll)
        }
    }

    private static func state(_ at: Hosted, _ now: Double) -> ModelReport.State {
        switch at.phase {
        case .unloaded: at.problem != nil || (at.failure != nil && at.notBefore > now) ? .failed : .unloaded
        case .loading: .loading
        case .ready: at.isStale ? .draining : .ready
        case .stopping: .draining
        }
    }
}
