import GRDB

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The index's connection, to those who need not know which library it is.
typealias StateDatabase = Database

extension StateStore {
    /// States that begin as this prompt does: the deepest shared boundary first, and of equal ones that which ends
    /// soonest after it. Without those in quarantine.
    public func matches(_ chain: PrefixChain, limit: Int) throws(StateStoreError) -> [StateMatch] {
        try matches(chain.boundaries.map(\.digest), limit: limit)
    }

    func matches(_ chain: [Digest], limit: Int) throws(StateStoreError) -> [StateMatch] {
        try read { database in
            try BoundarySearch(database, chain, limit: limit).run().compactMap { place in
                guard let row = try StateRow.fetch(database, id: place.state, states: states),
                    place.boundary < row.entry.boundaries.count,
                    row.entry.boundaries[place.boundary].digest == chain[place.boundary]
                else { return nil }
                return StateMatch(
                    entry: row.entry, boundary: place.boundary, tokens: row.entry.boundaries[place.boundary].tokens)
            }
        }
    }

    /// All states, the last used first.
    public func entries() throws(StateStoreError) -> [StateEntry] {
        try read { try StateRow.fetch($0, "ORDER BY used DESC, id DESC", states: states).map(\.entry) }
    }

    /// The state of this number; nil if it is gone.
    public func entry(_ id: Int64) throws(StateStoreError) -> StateEntry? {
        try read { try StateRow.fetch($0, id: id, states: states)?.entry }
    }

    /// The state saved under a name for this fingerprint; nil if there is none.
    public func entry(named name: String, fingerprint: Digest) throws(StateStoreError) -> StateEntry? {
        try entries(named: name).first { $0.fingerprint == fingerprint }
    }

    /// The states saved under a name, one for each fingerprint that has one.
    public func entries(named name: String) throws(StateStoreError) -> [StateEntry] {
        try read { try StateRow.fetch($0, "WHERE name = ? ORDER BY used DESC", [name], states: states).map(\.entry) }
    }

    /// The state with this key, one in quarantine as well, a named one only where there is no other; nil if there is none.
    public func entry(key: Digest) throws(StateStoreError) -> StateEntry? {
        try read {
            try StateRow.fetch(
                $0, "WHERE key = ? ORDER BY name IS NOT NULL, used DESC LIMIT 1", [blob(key)], states: states
            ).first?.entry
        }
    }

    /// Removes states, pinned ones too.
    /// - Returns: bytes freed.
    @discardableResult public func remove(_ ids: [Int64]) throws(StateStoreError) -> Int {
        let gone = try write { database in
            try ids.compactMap { id in
                guard let row = try StateRow.fetch(database, id: id, states: states) else { return nil as StateRow? }
                try discard(row, database)
                return row
            }
        }
        emptyTrash(of: gone)
        return gone.reduce(0) { $0 + ($1.entry.isInRing ? 0 : $1.entry.fileBytes) }
    }

    /// Removes a conversation's earlier state when a later one begins with all of it; what the earlier one was good for counts
    /// for the later. Nothing happens when either is gone, the earlier one is pinned or has another purpose, or they part.
    public func supersede(_ earlier: Int64, by later: Int64) throws(StateStoreError) {
        let gone = try write { database -> StateRow? in
            guard earlier != later, let old = try StateRow.fetch(database, id: earlier, states: states),
                let new = try StateRow.fetch(database, id: later, states: states), old.entry.kind == .conversation,
                !old.entry.isPinned, old.entry.boundaries.count < new.entry.boundaries.count,
                zip(old.entry.boundaries, new.entry.boundaries).allSatisfy({ $0.digest == $1.digest })
            else { return nil }
            try database.execute(
                sql: "UPDATE state SET hits = hits + ?, seconds_saved = seconds_saved + ? WHERE id = ?",
                arguments: [old.entry.hits, old.entry.secondsSaved, later])
            try discard(old, database)
            return old
        }
        if let gone { emptyTrash(of: [gone]) }
    }

    /// Pins a state, or lets it go. Nothing happens when it is gone.
    public func pin(_ id: Int64, _ isPinned: Bool = true) throws(StateStoreError) {
        try write {
            try $0.execute(sql: "UPDATE state SET is_pinned = ? WHERE id = ?", arguments: [isPinned, id])
        }
    }

    /// Takes a state out of use.
    public func quarantine(_ id: Int64, reason: String) throws(StateStoreError) {
        try write { try quarantine(id, reason, $0) }
    }

    /// Notes that a state was restored and used.
    public func recordUse(_ id: Int64, secondsSaved: Double) throws(StateStoreError) {
        try write {
            try $0.execute(
                sql: """
                    UPDATE state SET used = ?, hits = hits + 1, misses = 0, seconds_saved = seconds_saved + ? WHERE id = ?
                    """,
                arguments: [surroundings.now(), secondsSaved.isFinite ? max(0, secondsSaved) : 0, id])
        }
    }

    /// Notes that a state was restored and not used. The second time in a row it goes into quarantine.
    /// - Returns: whether it is in quarantine now.
    @discardableResult public func recordMiss(_ id: Int64, reason: String) throws(StateStoreError) -> Bool {
        try write { database in
            let misses = try Int.fetchOne(
                database, sql: "UPDATE state SET misses = misses + 1, used = ? WHERE id = ? RETURNING misses",
                arguments: [surroundings.now(), id])
            guard let misses, misses >= 2 else { return false }
            try quarantine(id, reason, database)
            return true
        }
    }

    private func quarantine(_ id: Int64, _ reason: String, _ database: StateDatabase) throws {
        guard let row = try StateRow.fetch(database, id: id, states: states) else { return }
        try StateRow.removeBoundaries(of: row.entry, database)
        try database.execute(
            sql: "UPDATE state SET quarantine = ? WHERE id = ?", arguments: [String(reason.prefix(1000)), id])
    }

    /// Takes a state out of the index and its file out of the way, where it stays until `emptyTrash`.
    func discard(_ row: StateRow, _ database: StateDatabase) throws {
        try row.delete(database)
        guard !row.entry.isInRing else { return }
        try putInTrash(row.entry.path, root: row.root)
    }

    func putInTrash(_ path: String, root: String) throws(StateStoreError) {
        let trash = "\(self.path(ofRoot: root))/\(Self.trashName)"
        // Only this one directory: the root may be on a disk that is not there now.
        _ = mkdir(trash, 0o700)
        do throws(StateStoreError) {
            try Files.rename(path, to: "\(trash)/\(String(UInt64.random(in: .min ... .max), radix: 36))")
        } catch {
            guard error.code == .missing else { throw error }
        }
    }

    func emptyTrash(of rows: [StateRow]) {
        for root in Set(rows.filter { !$0.entry.isInRing }.map(\.root)) { emptyTrash(root: root) }
    }

    func emptyTrash(root: String) {
        let trash = "\(path(ofRoot: root))/\(Self.trashName)"
        for name in Files.names(in: trash) { Files.remove("\(trash)/\(name)") }
    }
}

/// Finds the states that share the most boundaries with a chain.
///
/// Digests are chained: whoever has one of them has all before it. The states that have a boundary therefore only become
/// more towards the beginning, and the deepest one that anybody has is found by halving.
struct BoundarySearch {
    /// A state, and the deepest boundary of the chain that it has.
    struct Place: Equatable {
        let state: Int64
        let boundary: Int
    }

    private let statement: Statement
    private let chain: [Digest]
    private let limit: Int

    init(_ database: StateDatabase, _ chain: [Digest], limit: Int) throws {
        statement = try database.cachedStatement(
            sql: "SELECT state FROM boundary WHERE digest = ? ORDER BY tail LIMIT ?")
        self.chain = chain
        self.limit = limit
    }

    func run() throws -> [Place] {
        var places: [Place] = []
        var above = chain.count
        while places.count < limit, above > 0 {
            // The deepest boundary below `above` that more states have than were found.
            var low = 0
            var high = above
            while low < high {
                let middle = (low + high) / 2
                if try states(at: middle, places.count + 1).count > places.count {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            guard low > 0 else { break }
            above = low - 1
            // Those that were found before have it too, and may be anywhere among them.
            for state in try states(at: above, limit + places.count) where places.count < limit {
                if !places.contains(where: { $0.state == state }) {
                    places.append(Place(state: state, boundary: above))
                }
            }
        }
        return places
    }

    private func states(at boundary: Int, _ limit: Int) throws -> [Int64] {
        try Int64.fetchAll(statement, arguments: [blob(chain[boundary]), limit])
    }
}
