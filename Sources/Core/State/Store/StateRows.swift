import GRDB

/// A state as a row of the index.
struct StateRow {
    /// The columns of `init(_:)`, in its order.
    static let columns = """
        id, root, file, is_in_ring, fingerprint, key, kind, name, model, title, tokens, state_bytes, file_bytes, checksum, \
        checkpoints, prefill_seconds, created, used, hits, misses, seconds_saved, is_pinned, quarantine, boundaries, \
        origin
        """

    /// A directory; empty for the store's own. In a ring, the engine.
    var root: String
    /// The file's place below it.
    var file: String
    var entry: StateEntry

    /// - Parameters:
    ///   - states: the store's own directory.
    ///   - row: with `columns`.
    init(_ row: Row, states: String) throws {
        root = try row.text(1)
        file = try row.text(2)
        let isInRing = try row.truth(3)
        guard let kind = StateKind(rawValue: try row.text(6)) else {
            throw StateStoreError(.indexDamaged, "", "a kind in it is not known")
        }
        entry = StateEntry(
            id: try row.identifier(0), fingerprint: try row.digest(4), key: try row.digest(5),
            boundaries: try row.boundaries(23), kind: kind, name: try row.textIfAny(7), model: try row.text(8),
            title: try row.text(9), tokens: try row.integer(10), stateBytes: try row.integer(11),
            fileBytes: try row.integer(12), checksum: try row.bytes(13),
            checkpoints: BoundaryCode.numbers(try row.bytes(14)), prefillSeconds: try row.real(15),
            created: try row.real(16), used: try row.real(17), hits: try row.integer(18), misses: try row.integer(19),
            secondsSaved: try row.real(20), isPinned: try row.truth(21), quarantine: try row.textIfAny(22),
            path: isInRing ? file : "\(root.isEmpty ? states : root)/\(file)", isInRing: isInRing,
            origin: try row.textIfAny(24).flatMap(StateOrigin.init(text:)))
    }

    init(root: String, file: String, entry: StateEntry) {
        self.root = root
        self.file = file
        self.entry = entry
    }

    /// Writes the row. One that is at the same place is replaced: what it was used for stays, with its number.
    /// - Returns: the row's number.
    func store(_ database: Database) throws -> Int64 {
        if let old = try Self.fetch(database, root: root, file: file, states: "") {
            try Self.removeBoundaries(of: old.entry, database)
        }
        let id = try Int64.fetchOne(
            database,
            sql: """
                INSERT INTO state (root, file, is_in_ring, fingerprint, key, kind, name, model, title, tokens, state_bytes,
                  file_bytes, checksum, checkpoints, prefill_seconds, created, used, is_pinned, boundaries, origin)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (root, file) DO UPDATE SET fingerprint = excluded.fingerprint, key = excluded.key,
                  kind = CASE kind WHEN 'base' THEN kind ELSE excluded.kind END, name = excluded.name,
                  model = excluded.model, title = excluded.title, tokens = excluded.tokens,
                  state_bytes = excluded.state_bytes, file_bytes = excluded.file_bytes, checksum = excluded.checksum,
                  checkpoints = excluded.checkpoints, prefill_seconds = excluded.prefill_seconds, used = excluded.used,
                  is_pinned = is_pinned OR excluded.is_pinned, misses = 0, quarantine = NULL,
                  boundaries = excluded.boundaries, origin = COALESCE(excluded.origin, origin)
                RETURNING id
                """,
            arguments: [
                root, file, entry.isInRing, blob(entry.fingerprint), blob(entry.key), entry.kind.rawValue,
                entry.name, entry.model, entry.title, entry.tokens, entry.stateBytes, entry.fileBytes,
                blob(entry.checksum), blob(BoundaryCode.encode(entry.checkpoints)), entry.prefillSeconds, entry.created,
                entry.used, entry.isPinned, blob(BoundaryCode.encode(entry.boundaries)), entry.origin?.text,
            ])
        guard let id else { throw StateStoreError(.indexDamaged, file, "the index gave its row no number") }
        var stored = entry
        stored.id = id
        try Self.addBoundaries(of: stored, database)
        return id
    }

    static func fetch(_ database: Database, id: Int64, states: String) throws -> StateRow? {
        let statement = try database.cachedStatement(sql: "SELECT \(columns) FROM state WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [id]).map { try StateRow($0, states: states) }
    }

    static func fetch(_ database: Database, root: String, file: String, states: String) throws -> StateRow? {
        let statement = try database.cachedStatement(sql: "SELECT \(columns) FROM state WHERE root = ? AND file = ?")
        return try Row.fetchOne(statement, arguments: [root, file]).map { try StateRow($0, states: states) }
    }

    /// Rows that a condition selects.
    static func fetch(
        _ database: Database, _ condition: String, _ arguments: StatementArguments = StatementArguments(),
        states: String
    ) throws -> [StateRow] {
        let statement = try database.cachedStatement(sql: "SELECT \(columns) FROM state \(condition)")
        return try Row.fetchAll(statement, arguments: arguments).map { try StateRow($0, states: states) }
    }

    /// Makes a state findable by its boundaries.
    static func addBoundaries(of entry: StateEntry, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO boundary (digest, tail, state) VALUES (?, ?, ?)")
        for (index, boundary) in entry.boundaries.enumerated() {
            try statement.execute(
                arguments: [blob(boundary.digest), entry.boundaries.count - 1 - index, entry.id])
        }
    }

    static func removeBoundaries(of entry: StateEntry, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: "DELETE FROM boundary WHERE digest = ? AND tail = ? AND state = ?")
        for (index, boundary) in entry.boundaries.enumerated() {
            try statement.execute(
                arguments: [blob(boundary.digest), entry.boundaries.count - 1 - index, entry.id])
        }
    }

    func delete(_ database: Database) throws {
        try Self.removeBoundaries(of: entry, database)
        try database.cachedStatement(sql: "DELETE FROM state WHERE id = ?").execute(arguments: [entry.id])
    }
}

/// Boundaries as bytes: 32 of the digest, 8 of the size, 8 of the tokens (-1 where they are not known). Little endian.
enum BoundaryCode {
    private static let size = Digest.byteCount + 16

    static func encode(_ boundaries: [StateBoundary]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(boundaries.count * size)
        for boundary in boundaries {
            boundary.digest.withBytes { bytes.append(contentsOf: $0) }
            append(boundary.bytes, to: &bytes)
            append(boundary.tokens ?? -1, to: &bytes)
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) -> [StateBoundary]? {
        guard !bytes.isEmpty, bytes.count.isMultiple(of: size) else { return nil }
        return bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / size).map { index in
                let start = index * size
                let digest = Digest { output in
                    output.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + Digest.byteCount]))
                }
                let tokens = number(bytes, at: start + Digest.byteCount + 8)
                return StateBoundary(
                    digest: digest, bytes: number(bytes, at: start + Digest.byteCount),
                    tokens: tokens < 0 ? nil : tokens)
            }
        }
    }

    static func encode(_ numbers: [Int]) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in numbers { append(number, to: &bytes) }
        return bytes
    }

    static func numbers(_ bytes: [UInt8]) -> [Int] {
        bytes.withUnsafeBytes { bytes in (0..<bytes.count / 8).map { number(bytes, at: $0 * 8) } }
    }

    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: Int64(number).littleEndian) { bytes.append(contentsOf: $0) }
    }

    private static func number(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
        Int(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self)))
    }
}
