extension Retention {
    /// Until when a base goes last: so long after a conversation began with it as its project counts as active. One
    /// conversation does not make a project.
    /// - Parameter starts: When conversations began with it, in seconds since 1970, ascending.
    public static func pinnedUntil(starts: [Double]) -> Double? {
        starts.count < 2 ? nil : starts.last.map { $0 + activity }
    }

    /// Seconds after the start of a conversation that its project is active: long enough for a meeting or a meal, too short
    /// for a night.
    static let activity = 4 * 3_600.0
    /// Bases that are pinned for a time take no more than this part of the room, or conversations would have none.
    static let pinnedPart = 8

    /// The items that go last, the latest pinned first, as far as they take no more than so many bytes.
    static func pinned(_ items: [RetentionItem], limit: Int, now: Double) -> Set<Int64> {
        var left = limit
        var pinned: Set<Int64> = []
        let active = items.filter { ($0.pinnedUntil ?? 0) > now }
        for item in active.sorted(by: { ($1.pinnedUntil ?? 0, $0.id) < ($0.pinnedUntil ?? 0, $1.id) }) {
            guard item.bytes <= left else { break }
            left -= item.bytes
            pinned.insert(item.id)
        }
        return pinned
    }
}
