import GRDB

extension StateStore {
    /// What is known about an engine; nil if nothing is.
    public func engine(_ fingerprint: Digest) throws(StateStoreError) -> EngineRecord? {
        try read { database in
            try String.fetchOne(
                database, sql: "SELECT record FROM engine WHERE fingerprint = ?", arguments: [blob(fingerprint)]
            ).flatMap { EngineRecord(fingerprint: fingerprint, text: $0) }
        }
    }

    /// All engines something is known about, the last updated first.
    public func engines() throws(StateStoreError) -> [EngineRecord] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT fingerprint, record FROM engine ORDER BY updated DESC").compactMap {
                EngineRecord(fingerprint: try $0.digest(0), text: try $0.text(1))
            }
        }
    }

    /// Keeps what is known about an engine, in the place of what was.
    public func update(_ engine: EngineRecord) throws(StateStoreError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO engine (fingerprint, updated, record) VALUES (?, ?, ?)",
                arguments: [blob(engine.fingerprint), surroundings.now(), engine.json.description])
            try database.execute(
                sql: """
                    DELETE FROM engine WHERE fingerprint IN (
                      SELECT fingerprint FROM engine ORDER BY updated DESC LIMIT -1 OFFSET \(Self.engineLimit))
                    """)
        }
    }

    /// Notes that a conversation began with this base.
    /// - Parameter conversation: the first boundary behind the base.
    /// - Returns: in how many conversations the base was seen, counted up to 16.
    public func seenBase(_ base: Digest, conversation: Digest) throws(StateStoreError) -> Int {
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO base_sighting (base, conversation, time) VALUES (?, ?, ?)",
                arguments: [blob(base), blob(conversation), surroundings.now()])
            try database.execute(
                sql: """
                    DELETE FROM base_sighting WHERE base = ?1 AND conversation IN (
                      SELECT conversation FROM base_sighting WHERE base = ?1 ORDER BY time DESC
                      LIMIT -1 OFFSET \(Self.sightingsOfOneBase))
                    """, arguments: [blob(base)])
            let count = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM base_sighting") ?? 0
            if count > Self.sightings {
                try database.execute(
                    sql: """
                        DELETE FROM base_sighting WHERE (base, conversation) IN (
                          SELECT base, conversation FROM base_sighting ORDER BY time LIMIT ?)
                        """, arguments: [count - Self.sightings])
            }
            return try Int.fetchOne(
                database, sql: "SELECT COUNT(*) FROM base_sighting WHERE base = ?", arguments: [blob(base)]) ?? 0
        }
    }

    /// When the last conversations began that begin with a base, ascending.
    func starts(of base: [UInt8], _ database: StateDatabase) throws -> [Double] {
        let statement = try database.cachedStatement(
            sql: "SELECT time FROM base_sighting WHERE base = ? ORDER BY time")
        return try Double.fetchAll(statement, arguments: [blob(base)])
    }

    private static let engineLimit = 256
    private static let sightings = 4096
    private static let sightingsOfOneBase = 16
}

extension StateStore {
    /// Appends to the journal, whose oldest records go when it is full. The body of a record that is larger than the whole
    /// journal is left out.
    public func append(_ record: RequestRecord) throws(StateStoreError) {
        guard limits.journalEntries > 0 else { return }
        let body = record.body.count <= limits.journalBytes ? record.body : []
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO request (time, fingerprint, conversation, session, model, key, placement, expected, actual,
                      prompt, restore_ms, saved_seconds, body_bytes, boundaries, body)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    record.time, blob(record.fingerprint), blob(record.conversation), record.session, record.model,
                    blob(record.key), record.placement, record.expectedTokens, record.actualTokens, record.promptTokens,
                    record.restoreMilliseconds, record.savedSeconds.isFinite ? record.savedSeconds : 0, body.count,
                    blob(BoundaryCode.encode(record.boundaries)), blob(body),
                ])
            try removeOldest(database)
        }
    }

    /// The newest records, the newest first.
    public func requests(limit: Int) throws(StateStoreError) -> [RequestRecord] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT id, time, fingerprint, conversation, session, model, key, placement, expected, actual, prompt,
                      restore_ms, saved_seconds, boundaries, body
                    FROM request ORDER BY id DESC LIMIT ?
                    """, arguments: [max(0, limit)]
            ).map { row in
                var record = RequestRecord(
                    time: try row.real(1), fingerprint: try row.digest(2), conversation: try row.digest(3),
                    session: try row.textIfAny(4), model: try row.text(5), key: try row.digest(6),
                    boundaries: try row.boundaries(13), placement: try row.text(7), expectedTokens: try row.integer(8),
                    actualTokens: try row.integerIfAny(9), promptTokens: try row.integerIfAny(10),
                    restoreMilliseconds: try row.realIfAny(11), savedSeconds: try row.real(12), body: try row.bytes(14))
                record.id = try row.identifier(0)
                return record
            }
        }
    }

    private func removeOldest(_ database: StateDatabase) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT id, body_bytes FROM request ORDER BY id DESC")
        var (entries, bytes, first) = (0, 0, nil as Int64?)
        while let row = try rows.next() {
            entries += 1
            bytes += try row.integer(1)
            guard entries > limits.journalEntries || bytes > limits.journalBytes else { continue }
            first = try row.identifier(0)
            break
        }
        if let first { try database.execute(sql: "DELETE FROM request WHERE id <= ?", arguments: [first]) }
    }
}

extension EngineRecord {
    /// The record as the index keeps it.
    var json: JSONValue {
        var json: JSONValue = ["model": .string(model)]
        if let components { json["components"] = components.json }
        if let ability { json["ability"] = .string(ability.rawValue) }
        if let reason { json["reason"] = .string(reason) }
        let numbers = [
            ("probed", probed), ("prefill_tokens_per_second", prefillTokensPerSecond),
            ("save_bytes_per_second", saveBytesPerSecond), ("restore_bytes_per_second", restoreBytesPerSecond),
            ("bytes_per_token", bytesPerToken),
        ]
        for (name, value) in numbers { if let value, value.isFinite { json[name] = .number(value) } }
        return json
    }

    /// Nil for a text that is no record; what is not known in it is left out.
    init?(fingerprint: Digest, text: String) {
        guard let json = try? JSONValue(parsing: Array(text.utf8)), let model = json["model"]?.string else {
            return nil
        }
        self.init(
            fingerprint: fingerprint, model: model, components: json["components"].flatMap(Fingerprint.init(json:)))
        ability = json["ability"]?.string.flatMap(Ability.init(rawValue:))
        reason = json["reason"]?.string
        probed = json["probed"]?.double
        prefillTokensPerSecond = json["prefill_tokens_per_second"]?.double
        saveBytesPerSecond = json["save_bytes_per_second"]?.double
        restoreBytesPerSecond = json["restore_bytes_per_second"]?.double
        bytesPerToken = json["bytes_per_token"]?.double
    }
}
