import GRDB

/// Why a state is kept, and for how long.
public struct StateReason: Sendable, Equatable {
    /// Where it stands among those that go when room is needed, from 1; nil: it never goes by itself.
    public var turn: Int?
    /// When it goes if nobody uses it, seconds since 1970; nil: never.
    public var expires: Double?
    /// Others go first until then, seconds since 1970, since its project is active; nil: it takes its turn.
    public var pinnedUntil: Double?
    /// Conversations that began with it lately, of a base.
    public var starts = 0
    /// The part of conversations like it that come back, from 0 to 1; nil: nobody knows what it is like.
    public var share: Double?
    /// What is known of conversations like it.
    public var evidence: ReturnRates.Count?

    /// Nothing is known.
    public init() {}
}

extension StateStore {
    /// Why each state is kept, by number.
    /// - Parameter limits: of whoever removes states, which a store that is only looked at may not have.
    public func reasons(under limits: Limits) throws(StateStoreError) -> [Int64: StateReason] {
        let now = surroundings.now()
        let rates = returnRates
        let (entries, items) = try read { database in
            (
                try StateRow.fetch(database, "", states: states).map(\.entry),
                try retentionItems(database, "WHERE NOT is_in_ring")
            )
        }
        // What is in quarantine goes before all others.
        let quarantined = items.filter { $0.isInQuarantine && !$0.item.isPinned }.map(\.item)
            .sorted { $0.used < $1.used }.map(\.id)
        let used = items.filter { !$0.isInQuarantine }.map(\.item)
        let order =
            quarantined
            + Retention.order(
                used, limits: RetentionLimits(bytes: limits.bytes, entries: limits.entries), policy: limits.policy,
                now: now
            ).map(\.id)
        let turns = Dictionary(order.enumerated().map { ($1, $0 + 1) }, uniquingKeysWith: { first, _ in first })
        let pins = Dictionary(used.map { ($0.id, $0.pinnedUntil) }, uniquingKeysWith: { first, _ in first })
        var reasons: [Int64: StateReason] = [:]
        for entry in entries {
            var reason = StateReason()
            reason.turn = turns[entry.id]
            if !entry.isPinned { reason.expires = limits.timeToLive.map { entry.used + $0 } }
            reason.pinnedUntil = pins[entry.id].flatMap { $0 }.flatMap { $0 > now ? $0 : nil }
            if entry.kind == .base { reason.starts = try read { try starts(of: entry.key.bytes, $0).count } }
            if entry.kind == .conversation, let origin = entry.origin {
                reason.share = rates.share(of: origin)
                reason.evidence = rates.evidence(for: origin)
            }
            reasons[entry.id] = reason
        }
        return reasons
    }

    /// The bases that an engine can read, with the conversations that began with them.
    public func bases(of fingerprint: Digest) throws(StateStoreError) -> [BaseUse] {
        try read { database in
            let rows = try StateRow.fetch(
                database, "WHERE kind = 'base' AND quarantine IS NULL AND fingerprint = ?", [blob(fingerprint)],
                states: states)
            return try rows.map {
                BaseUse(
                    id: $0.entry.id, project: $0.entry.origin?.project,
                    starts: try starts(of: $0.entry.key.bytes, database))
            }
        }
    }
}
