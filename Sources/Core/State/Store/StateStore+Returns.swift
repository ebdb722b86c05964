import GRDB
import Synchronization

/// A conversation that lost its slot.
public struct Departure: Sendable, Equatable {
    public var origin: StateOrigin
    /// The boundaries of its last request.
    public var boundaries: [StateBoundary]

    public init(origin: StateOrigin, boundaries: [StateBoundary]) {
        self.origin = origin
        self.boundaries = boundaries
    }
}

extension StateStore {
    /// How often conversations came back that had lost their slots, as this store has seen it.
    public var returnRates: ReturnRates {
        if let known = knownRates.withLock({ $0 }) { return known }
        let rates = (try? read(Self.rates)) ?? ReturnRates()
        return knownRates.withLock { known in
            known = known ?? rates
            return known ?? rates
        }
    }

    /// Notes that a conversation lost its slot; once, however often it is said, until it comes back.
    public func noteDeparture(_ departure: Departure) throws(StateStoreError) {
        guard let conversation = Self.conversation(departure.boundaries), let last = departure.boundaries.last else {
            return
        }
        let isKnown = try read { try Self.departure(conversation, departure.boundaries, $0) != nil }
        guard !isKnown else { return }
        let now = surroundings.now()
        try change(departure.origin.groups) { database in
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO departure (conversation, depth, digest, origin, time) VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [
                    blob(conversation), departure.boundaries.count - 1, blob(last.digest), departure.origin.text, now,
                ])
            try database.execute(
                sql: """
                    DELETE FROM departure WHERE conversation IN (
                      SELECT conversation FROM departure ORDER BY time DESC LIMIT -1 OFFSET \(Self.departures))
                    """)
            return \.afterLeaving
        }
    }

    /// Notes that a request came: if it goes on with a conversation that had lost its slot, that one came back.
    public func noteReturn(of chain: [StateBoundary]) throws(StateStoreError) {
        guard let conversation = Self.conversation(chain) else { return }
        let found = try read { try Self.departure(conversation, chain, $0) }
        guard let found else { return }
        try change(found.groups) { database in
            try database.execute(sql: "DELETE FROM departure WHERE conversation = ?", arguments: [blob(conversation)])
            return \.afterComingBack
        }
    }

    /// Removes the state of a conversation that nobody is expected to come back to: nothing happens when it is gone, pinned,
    /// or not the beginning of what has these boundaries.
    public func forsake(_ id: Int64, endingWith boundaries: [StateBoundary]) throws(StateStoreError) {
        let gone = try write { database -> StateRow? in
            guard let row = try StateRow.fetch(database, id: id, states: states), row.entry.kind == .conversation,
                !row.entry.isPinned, row.entry.boundaries.count <= boundaries.count,
                zip(row.entry.boundaries, boundaries).allSatisfy({ $0.digest == $1.digest })
            else { return nil }
            try discard(row, database)
            return row
        }
        if let gone { emptyTrash(of: [gone]) }
    }

    /// The first boundary behind the base: the same for all turns of a conversation.
    private static func conversation(_ boundaries: [StateBoundary]) -> Digest? {
        boundaries.isEmpty ? nil : boundaries[min(1, boundaries.count - 1)].digest
    }

    private static func departure(
        _ conversation: Digest, _ chain: [StateBoundary], _ database: StateDatabase
    ) throws -> StateOrigin? {
        let statement = try database.cachedStatement(
            sql: "SELECT depth, digest, origin FROM departure WHERE conversation = ?")
        guard let row = try Row.fetchOne(statement, arguments: [blob(conversation)]) else { return nil }
        let depth = try row.integer(0)
        guard chain.indices.contains(depth), try chain[depth].digest == row.digest(1) else { return nil }
        return StateOrigin(text: try row.text(2))
    }

    /// Changes the counts of groups in the same transaction as what they count.
    private func change(
        _ groups: [String], _ work: (StateDatabase) throws -> (ReturnRates.Count) -> ReturnRates.Count
    ) throws(StateStoreError) {
        // Others may have counted meanwhile: what is in the index is what is changed.
        let known = returnRates
        let changed = try write { database -> [(String, ReturnRates.Count)] in
            let change = try work(database)
            let changed = try groups.map { ($0, change(try Self.count($0, database) ?? ReturnRates.Count())) }
            for (name, count) in changed {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO return_rate (name, gone, returned, time) VALUES (?, ?, ?, ?)",
                    arguments: [name, count.left, count.returned, surroundings.now()])
            }
            try database.execute(
                sql: """
                    DELETE FROM return_rate WHERE name IN (
                      SELECT name FROM return_rate ORDER BY time DESC LIMIT -1 OFFSET \(Self.rateGroups))
                    """)
            return changed
        }
        knownRates.withLock { rates in
            var counts = (rates ?? known).counts
            for (name, count) in changed { counts[name] = count }
            // What has gone from the index goes here as well, some time.
            rates = counts.count > 2 * Self.rateGroups ? nil : ReturnRates(counts)
        }
    }

    private static func count(_ name: String, _ database: StateDatabase) throws -> ReturnRates.Count? {
        try Row.fetchOne(
            database, sql: "SELECT gone, returned FROM return_rate WHERE name = ?", arguments: [name]
        ).map { ReturnRates.Count(left: try $0.real(0), returned: try $0.real(1)) }
    }

    private static func rates(_ database: StateDatabase) throws -> ReturnRates {
        var counts: [String: ReturnRates.Count] = [:]
        let rows = try Row.fetchCursor(database, sql: "SELECT name, gone, returned FROM return_rate")
        while let row = try rows.next() {
            counts[try row.text(0)] = ReturnRates.Count(left: try row.real(1), returned: try row.real(2))
        }
        return ReturnRates(counts)
    }

    private static let departures = 4096
    private static let rateGroups = 1024
}
