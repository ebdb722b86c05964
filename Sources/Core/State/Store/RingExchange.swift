import GRDB
import Synchronization

/// A bounded ring of names in a directory that only the engine sees: what is saved under a name overwrites what was saved
/// under it before, so that the engine's disk holds no more than `size` states. Nothing can be checked here but what the
/// engine answers.
///
/// Several processes may be attached to one engine and share its ring. Each name is leased in the index, by a token that
/// tells whether the process still lives.
final class RingExchange: ExchangeWay {
    private let store: StateStore
    private let engine: String
    private let size: Int
    private let lock: OwnerLock

    init(_ store: StateStore, size: Int, engine: Digest) throws(StateStoreError) {
        self.store = store
        self.engine = engine.hex
        self.size = max(1, size)
        lock = try OwnerLock(in: store.exchangePath, prefix: "")
    }

    var directory: String? { nil }

    func beginSave(expecting expected: Int) throws(StateStoreError) -> StateExchange.SaveTicket {
        let name = try store.write { database in
            try removeDeadLeases(database)
            let leased = Set(
                try String.fetchAll(database, sql: "SELECT file FROM lease WHERE root = ?", arguments: [engine]))
            let rows = try StateRow.fetch(
                database, "WHERE root = ? AND is_in_ring", [engine], states: store.states)
            let used = Set(rows.map(\.file))
            let names = (0..<size).map { fileName($0) }
            if let free = names.first(where: { !used.contains($0) && !leased.contains($0) }) {
                try lease(free, isSave: true, database)
                return free
            }
            guard let victim = victim(among: rows.filter { !leased.contains($0.file) }) else {
                throw StateStoreError(
                    .diskFull, fileName(0),
                    "all \(size) names of the engine's ring are in use, or their states are pinned")
            }
            try victim.delete(database)
            try lease(victim.file, isSave: true, database)
            return victim.file
        }
        return StateExchange.SaveTicket(name: name)
    }

    func commit(
        _ ticket: StateExchange.SaveTicket, _ description: StateDescription, key: Digest, tokens: Int, written: Int
    ) throws(StateStoreError) -> StateEntry {
        defer { abandon(ticket) }
        guard tokens > 0, written > 0 else {
            throw StateStoreError(.damaged, ticket.name, "the engine saved \(tokens) tokens and \(written) bytes")
        }
        let now = store.surroundings.now()
        var entry = StateEntry(
            id: 0, fingerprint: description.fingerprint.digest, key: key, boundaries: description.boundaries,
            kind: description.kind, name: description.name, model: description.model, title: description.title,
            tokens: tokens, stateBytes: written, fileBytes: written, checksum: [], checkpoints: [],
            prefillSeconds: description.prefillSeconds, created: now, used: now, hits: 0, misses: 0, secondsSaved: 0,
            isPinned: description.kind == .named, quarantine: nil, path: ticket.name, isInRing: true,
            origin: description.origin)
        entry.id = try store.write { database in
            guard try hasLease(ticket.name, isSave: true, database) else {
                throw StateStoreError(.missing, ticket.name, "it is not being saved")
            }
            // An older state with the same key stays in the engine's directory until its name comes round.
            let older = try StateRow.fetch(
                database, "WHERE root = ? AND is_in_ring AND fingerprint = ? AND key = ? AND name IS ?",
                [engine, blob(entry.fingerprint), blob(key), entry.name], states: store.states)
            for row in older { try row.delete(database) }
            return try StateRow(root: engine, file: ticket.name, entry: entry).store(database)
        }
        return entry
    }

    func abandon(_ ticket: StateExchange.SaveTicket) { giveBack(ticket.name, isSave: true) }

    func beginRestore(_ entry: StateEntry) throws(StateStoreError) -> StateExchange.RestoreTicket {
        let row = try store.write { database -> StateRow in
            guard let row = try StateRow.fetch(database, id: entry.id, states: store.states), row.entry.isInRing,
                row.root == engine
            else { throw StateStoreError(.missing, entry.path, "it is not in this engine's ring any more") }
            try lease(row.file, isSave: false, database)
            return row
        }
        return StateExchange.RestoreTicket(name: row.file, entry: row.entry)
    }

    func endRestore(_ ticket: StateExchange.RestoreTicket) { giveBack(ticket.name, isSave: false) }

    func close() {
        try? store.write { database in
            try database.execute(sql: "DELETE FROM lease WHERE token = ?", arguments: [lock.token])
        }
        lock.release()
    }

    private func fileName(_ number: Int) -> String { "localcode-ring-\(engine.prefix(8))-\(number).kv" }

    /// The state whose name comes round: one in quarantine, else the one that is worth least.
    private func victim(among rows: [StateRow]) -> StateRow? {
        if let row = rows.first(where: { $0.entry.quarantine != nil && !$0.entry.isPinned }) { return row }
        let items = rows.map(\.entry).map { entry in
            RetentionItem(
                id: entry.id, bytes: entry.fileBytes, created: entry.created, used: entry.used, hits: entry.hits,
                prefillSeconds: entry.prefillSeconds, isPinned: entry.isPinned)
        }
        let id = Retention.victims(
            items, limits: RetentionLimits(bytes: .max, entries: max(0, rows.count - 1)), policy: store.limits.policy,
            now: store.surroundings.now()
        ).first
        return rows.first { $0.entry.id == id }
    }

    // MARK: Leases

    private func lease(_ name: String, isSave: Bool, _ database: StateDatabase) throws {
        try database.execute(
            sql: "INSERT INTO lease (root, file, token, is_save) VALUES (?, ?, ?, ?)",
            arguments: [engine, name, lock.token, isSave])
    }

    private func hasLease(_ name: String, isSave: Bool, _ database: StateDatabase) throws -> Bool {
        try Int.fetchOne(
            database, sql: "SELECT 1 FROM lease WHERE root = ? AND file = ? AND token = ? AND is_save = ?",
            arguments: [engine, name, lock.token, isSave]) != nil
    }

    private func giveBack(_ name: String, isSave: Bool) {
        try? store.write { database in
            try database.execute(
                sql: """
                    DELETE FROM lease WHERE rowid = (
                      SELECT rowid FROM lease WHERE root = ? AND file = ? AND token = ? AND is_save = ? LIMIT 1)
                    """, arguments: [engine, name, lock.token, isSave])
        }
    }

    private func removeDeadLeases(_ database: StateDatabase) throws {
        let tokens = try String.fetchAll(
            database, sql: "SELECT DISTINCT token FROM lease WHERE root = ?", arguments: [engine])
        for token in tokens where !OwnerLock.isAlive(token, in: store.exchangePath, prefix: "") {
            try database.execute(sql: "DELETE FROM lease WHERE token = ?", arguments: [token])
        }
    }
}
