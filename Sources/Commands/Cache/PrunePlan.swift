import LocalCodeCore

/// Which states go, and why.
struct PrunePlan: Sendable {
    enum Reason: String, Sendable {
        /// It was asked for.
        case selected
        /// Nobody used it for the time to live.
        case timeToLive = "time-to-live"
        /// There are too many, or they take too much.
        case limit
    }

    /// In the order of their removal.
    private(set) var removed: [(entry: StateEntry, reason: Reason)] = []
    /// Pinned ones that would have gone.
    private(set) var kept: [StateEntry] = []

    var bytes: Int { removed.reduce(0) { $0 + $1.entry.fileBytes } }

    /// What fits the filter, whatever it says.
    init(removing entries: [StateEntry], fitting filter: EntryFilter, now: Double) {
        for entry in entries where filter.accepts(entry, now: now) {
            if entry.isPinned { kept.append(entry) } else { removed.append((entry, .selected)) }
        }
    }

    /// Of what fits the filter as much as is beyond the limits; pinned states count, and stay.
    init(
        bringing entries: [StateEntry], fitting filter: EntryFilter, within limits: RetentionLimits,
        policy: EvictionPolicy, now: Double
    ) {
        let pool = entries.filter { filter.accepts($0, now: now) }
        let byID = Dictionary(pool.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let items = pool.map { entry in
            RetentionItem(
                id: entry.id, bytes: entry.fileBytes, created: entry.created, used: entry.used, hits: entry.hits,
                prefillSeconds: entry.prefillSeconds, isPinned: entry.isPinned)
        }
        for id in Retention.victims(items, limits: limits, policy: policy, now: now) {
            guard let entry = byID[id] else { continue }
            let isPast = limits.timeToLive.map { now - entry.used > $0 } ?? false
            removed.append((entry, isPast ? .timeToLive : .limit))
        }
    }
}
