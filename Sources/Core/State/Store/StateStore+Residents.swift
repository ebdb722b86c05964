import GRDB

/// What a slot of a running engine held when it was used last.
public struct ResidentRecord: Sendable, Equatable {
    /// Tells the run of the engine from others.
    public var run: String
    /// The slot's number.
    public var slot: Int
    /// Tokens in the slot.
    public var tokens: Int
    /// The boundaries inside.
    public var boundaries: [StateBoundary]
    /// How many of them are those of the last request; the rest is its answer.
    public var requestCount: Int
    /// The client's name for the conversation.
    public var session: String?
    public var model: String
    public var title: String
}

extension StateStore {
    /// Keeps what a slot holds now, in the place of what it held before.
    public func note(_ resident: ResidentRecord) throws(StateStoreError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO resident
                      (run, slot, time, tokens, request_count, session, model, title, boundaries)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    resident.run, resident.slot, surroundings.now(), resident.tokens, resident.requestCount,
                    resident.session, resident.model, resident.title, blob(BoundaryCode.encode(resident.boundaries)),
                ])
            try database.execute(
                sql: """
                    DELETE FROM resident WHERE (run, slot) IN (
                      SELECT run, slot FROM resident ORDER BY time DESC LIMIT -1 OFFSET \(Self.residentLimit))
                    """)
        }
    }

    /// What the slots of this run held.
    public func residents(run: String) throws(StateStoreError) -> [ResidentRecord] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT slot, tokens, request_count, session, model, title, boundaries FROM resident WHERE run = ?
                    """, arguments: [run]
            ).map { row in
                ResidentRecord(
                    run: run, slot: try row.integer(0), tokens: try row.integer(1), boundaries: try row.boundaries(6),
                    requestCount: try row.integer(2), session: try row.textIfAny(3), model: try row.text(4),
                    title: try row.text(5))
            }
        }
    }

    private static let residentLimit = 256
}
