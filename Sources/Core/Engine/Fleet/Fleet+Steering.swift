extension Fleet {
    /// Gives a model another set of control vectors. Its engine takes them at its start only: it finishes what it has and is
    /// started anew; requests that come in the meantime wait. KV states belong to the set they were made under.
    /// - Parameters:
    ///   - vectors: none takes the set away.
    ///   - layers: the layers they work on; nil: all.
    /// - Throws: `APIError`.
    public func steer(_ model: String, vectors: [ModelEntry.Scaled], layers: ClosedRange<Int>?) throws(APIError) {
        guard let index = hosted.firstIndex(where: { $0.entry.isCalled(model) }) else { throw Self.unknown(model) }
        var entry = hosted[index].entry
        entry.controlVectors = vectors
        entry.controlLayers = layers
        do {
            try LaunchPlan.check(entry)
        } catch {
            throw APIError(status: 400, message: "'\(model)' cannot be steered so: \(error)", code: "steering_refused")
        }
        guard entry != hosted[index].entry else { return }
        hosted[index].entry = entry
        hosted[index].failure = nil
        hosted[index].notBefore = 0
        if hosted[index].phase == .ready || hosted[index].phase == .loading { hosted[index].isStale = true }
        reconsider()
    }

    /// The engine of a model if it runs; it may end at any time.
    func running(_ model: String) -> RunningEngine? {
        hosted.first { $0.entry.isCalled(model) && $0.phase == .ready }?.engine
    }

    /// Why a model cannot answer at the moment; nil when it can, or would be loaded for it.
    func problem(_ model: String) -> String? {
        guard let at = hosted.first(where: { $0.entry.isCalled(model) }), let failure = at.failure,
            at.phase == .unloaded, at.notBefore > SystemTime.monotonic()
        else { return nil }
        return "the model '\(at.entry.name)' cannot be loaded: \(failure)"
    }

    /// The models as they stand, in the order of the configuration.
    public func report() -> [ModelReport] {
        let now = SystemTime.monotonic()
        return hosted.indices.map { index in
            measure(index)
            let at = hosted[index]
            return ModelReport(
                name: at.entry.name, aliases: at.entry.aliases, state: Self.state(at, now), detail: at.failure,
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
        case .unloaded: at.failure != nil && at.notBefore > now ? .failed : .unloaded
        case .loading: .loading
        case .ready: at.isStale ? .draining : .ready
        case .stopping: .draining
        }
    }
}
