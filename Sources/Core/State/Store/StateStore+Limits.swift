import GRDB

extension StateStore {
    /// Removes what is beyond the limits.
    /// - Returns: the numbers of the states that are gone.
    @discardableResult public func enforceLimits() throws(StateStoreError) -> [Int64] {
        var gone = try makeRoom(root: "", on: states, for: 0)
        if try isBeyondLimits() { gone += try evict(root: nil, bytes: limits.bytes) }
        return gone
    }

    /// Asked without the lock that other processes may hold.
    private func isBeyondLimits() throws(StateStoreError) -> Bool {
        let expiry = limits.timeToLive.map { surroundings.now() - $0 }
        return try read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT COUNT(*), COALESCE(SUM(file_bytes), 0), COALESCE(SUM(used < ? AND NOT is_pinned), 0)
                    FROM state WHERE NOT is_in_ring
                    """, arguments: [expiry])
            guard let row else { return false }
            return try row.integer(0) > limits.entries || row.integer(1) > limits.bytes || row.integer(2) > 0
        }
    }

    /// Makes room for a file.
    /// - Parameters:
    ///   - root: where it will be.
    ///   - path: a directory on the same disk.
    ///   - bytes: about its size.
    /// - Throws: `.diskFull` if the disk has no room for it even so.
    func reserve(_ bytes: Int, root: String, on path: String) throws(StateStoreError) {
        let pinned = try read {
            try Int.fetchOne(
                $0, sql: "SELECT COALESCE(SUM(file_bytes), 0) FROM state WHERE is_pinned AND NOT is_in_ring")
        }
        guard bytes <= limits.bytes - (pinned ?? 0) else {
            throw StateStoreError(
                .diskFull, states,
                "a state of \(bytes) bytes does not fit into \(limits.bytes) bytes, \(pinned ?? 0) of them pinned")
        }
        try makeRoom(root: root, on: path, for: bytes)
        guard let free = surroundings.freeBytes(path), free - bytes < limits.freeDisk else { return }
        throw StateStoreError(
            .diskFull, path, "\(free) bytes are free, \(limits.freeDisk) must stay free, and the state needs \(bytes)")
    }

    /// Removes states of a root until so many bytes can be written and the floor is kept; none where all would not be enough.
    @discardableResult private func makeRoom(
        root: String, on path: String, for bytes: Int
    ) throws(StateStoreError) -> [Int64] {
        guard let free = surroundings.freeBytes(path), free - bytes < limits.freeDisk else { return [] }
        let (missing, overflow) = limits.freeDisk.subtractingReportingOverflow(free - bytes)
        return try evict(root: root, missing: overflow ? .max : missing)
    }

    private func evict(root: String?, bytes: Int? = nil, missing: Int = 0) throws(StateStoreError) -> [Int64] {
        let now = surroundings.now()
        let gone = try write { database -> [StateRow] in
            let condition = root == nil ? "WHERE NOT is_in_ring" : "WHERE NOT is_in_ring AND root = ?"
            var items = try retentionItems(database, condition, root.map { [$0] } ?? [])
            let total = items.reduce(0) { $0 + $1.item.bytes }
            guard items.reduce(0, { $0 + ($1.item.isPinned ? 0 : $1.item.bytes) }) >= missing else { return [] }
            let allowed = bytes ?? max(0, total - missing)
            // What is in quarantine is kept for its reason only.
            var victims: [Int64] = []
            var left = total
            for item in items.filter(\.isInQuarantine).sorted(by: { $0.item.used < $1.item.used })
            where left > allowed || items.count - victims.count > limits.entries {
                guard !item.item.isPinned else { continue }
                victims.append(item.item.id)
                left -= item.item.bytes
            }
            items.removeAll { victims.contains($0.item.id) }
            victims += Retention.victims(
                items.map(\.item),
                limits: RetentionLimits(bytes: allowed, entries: limits.entries, timeToLive: limits.timeToLive),
                policy: limits.policy, now: now)
            return try victims.compactMap { id in
                guard let row = try StateRow.fetch(database, id: id, states: states) else { return nil as StateRow? }
                try discard(row, database)
                return row
            }
        }
        emptyTrash(of: gone)
        return gone.map(\.entry.id)
    }
}

extension StateStore {
    /// What retention asks of the rows.
    func retentionItems(
        _ database: StateDatabase, _ condition: String, _ arguments: StatementArguments = StatementArguments()
    ) throws -> [(item: RetentionItem, isInQuarantine: Bool)] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT id, file_bytes, created, used, hits, prefill_seconds, is_pinned, quarantine IS NOT NULL,
                  CASE kind WHEN 'base' THEN key END
                FROM state \(condition)
                """, arguments: arguments)
        var items: [(item: RetentionItem, isInQuarantine: Bool)] = []
        while let row = try rows.next() {
            let base = try row.bytesIfAny(8)
            let item = RetentionItem(
                id: try row.identifier(0), bytes: try row.integer(1), created: try row.real(2), used: try row.real(3),
                hits: try row.integer(4), prefillSeconds: try row.real(5), isPinned: try row.truth(6),
                pinnedUntil: try base.flatMap { Retention.pinnedUntil(starts: try starts(of: $0, database)) })
            items.append((item, try row.truth(7)))
        }
        return items
    }
}
