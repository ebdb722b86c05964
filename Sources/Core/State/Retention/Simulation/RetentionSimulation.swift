/// What keeping states under a limit came to.
public struct RetentionOutcome: Sendable, Equatable {
    /// Requests that stored states could have helped, and those that one did help.
    public var lookups = 0
    public var hits = 0
    /// Prefill that was saved, less restoring.
    public var secondsSaved = 0.0
    public var tokensRestored = 0
    public var bytesWritten = 0
    public var peakBytes = 0

    public init() {}

    /// Hits of lookups, from 0 to 1; nil without lookups.
    public var hitRate: Double? { lookups == 0 ? nil : Double(hits) / Double(lookups) }
}

extension RetentionWorkload {
    /// Plays a policy over the workload.
    /// - Parameter budget: Bytes that may be kept.
    public func outcome(of policy: EvictionPolicy, budget: Int) -> RetentionOutcome {
        var outcome = RetentionOutcome()
        var kept: [Int: RetentionItem] = [:]
        var bytes = 0
        func remove(_ state: Int) {
            if let item = kept.removeValue(forKey: state) { bytes -= item.bytes }
        }
        for event in events {
            switch event.action {
            case .lookup(let uses):
                outcome.lookups += 1
                guard let use = Self.best(of: uses, where: { kept[$0] != nil }) else { continue }
                outcome.record(use)
                kept[use.state]?.hits += 1
                kept[use.state]?.used = event.time
            case .drop(let states): states.forEach(remove)
            case .offer(let state, let replaces):
                let size = states[state].bytes
                guard kept[state] == nil, size <= budget else { continue }
                let inherited = replaces.compactMap { kept[$0]?.hits }.max() ?? 0
                replaces.forEach(remove)
                let limits = RetentionLimits(bytes: budget - size, entries: .max)
                for base in kept.keys where !states[base].starts.isEmpty {
                    let starts = states[base].starts.filter { $0 <= event.time }
                    kept[base]?.pinnedUntil = Retention.pinnedUntil(starts: starts)
                }
                Retention.victims(Array(kept.values), limits: limits, policy: policy, now: event.time)
                    .forEach { remove(Int($0)) }
                kept[state] = RetentionItem(
                    id: Int64(state), bytes: size, created: event.time, used: event.time, hits: inherited,
                    prefillSeconds: states[state].prefillSeconds)
                bytes += size
                outcome.bytesWritten += size
                outcome.peakBytes = max(outcome.peakBytes, bytes)
            }
        }
        return outcome
    }

    /// With room for all: no policy saves more.
    public var endless: RetentionOutcome { outcome(of: .lru, budget: .max) }

    /// The state that saves most, the first of those that save as much.
    static func best(of uses: [Use], where isKept: (Int) -> Bool) -> Use? {
        var best: Use?
        for use in uses where isKept(use.state) && use.seconds > (best?.seconds ?? 0) { best = use }
        return best
    }
}

extension RetentionOutcome {
    mutating func record(_ use: RetentionWorkload.Use) {
        hits += 1
        secondsSaved += use.seconds
        tokensRestored += use.tokens
    }
}
