/// Which stored states go first when there is no room for all.
public enum EvictionPolicy: String, Sendable, CaseIterable {
    /// The one that was used longest ago.
    case lru
    /// The one whose bytes are expected to save the least time: see ``Retention/worth(of:now:)``.
    case adaptive
}

/// What retention knows of one stored state.
public struct RetentionItem: Sendable, Equatable {
    /// Names it in the result; of two items that are worth the same, the one with the lower id goes first.
    public var id: Int64
    /// Bytes on disk.
    public var bytes: Int
    /// Seconds since 1970.
    public var created: Double
    /// When it was last restored, or else created; seconds since 1970.
    public var used: Double
    /// How often it was restored.
    public var hits: Int
    /// How long the engine took, or would take, to evaluate its tokens.
    public var prefillSeconds: Double
    /// Stays, whatever the limits say.
    public var isPinned: Bool
    /// Until then others go first, in seconds since 1970; nil: it takes its turn.
    public var pinnedUntil: Double?

    /// Values that no state has (negative sizes and counts, times that are no numbers) count as nought.
    public init(
        id: Int64, bytes: Int, created: Double, used: Double, hits: Int, prefillSeconds: Double, isPinned: Bool = false,
        pinnedUntil: Double? = nil
    ) {
        self.id = id
        self.bytes = max(0, bytes)
        self.created = created.isFinite ? created : 0
        self.used = used.isFinite ? used : 0
        self.hits = max(0, hits)
        self.prefillSeconds = prefillSeconds.isFinite ? max(0, prefillSeconds) : 0
        self.isPinned = isPinned
        self.pinnedUntil = pinnedUntil
    }
}

/// How much may be kept.
public struct RetentionLimits: Sendable, Equatable {
    /// Bytes of all states together, pinned ones included.
    public var bytes: Int
    /// Number of states, pinned ones included.
    public var entries: Int
    /// Seconds after its last use that a state may stay; nil: for ever.
    public var timeToLive: Double?

    public init(bytes: Int, entries: Int, timeToLive: Double? = nil) {
        self.bytes = bytes
        self.entries = entries
        self.timeToLive = timeToLive
    }
}
