import GRDB

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The SQLite file that knows the states: WAL, so that several processes read while one of them writes.
final class StateIndex: Sendable {
    let path: String
    private let pool: DatabasePool
    private let file: FileStatus?

    /// Seconds that another process may hold the index before an operation gives up.
    private static let patience = 1.0
    /// What the journal of the database shrinks to after it grew.
    private static let walBytes = 16 << 20

    private init(path: String, pool: DatabasePool) {
        self.path = path
        self.pool = pool
        file = Files.status(path)
    }

    /// Opens the index, or makes it. One that is damaged is moved aside, and a new one is made.
    /// - Parameters:
    ///   - damaged: an index at this path that was found to be damaged when it was used.
    ///   - lock: a file for `DirectoryLock`.
    static func open(
        _ path: String, replacing damaged: StateIndex? = nil, lock: String, warn: (String) -> Void
    ) throws(StateStoreError) -> StateIndex {
        let lock = try DirectoryLock(lock, limit: patience)
        defer { lock.unlock() }
        do throws(StateStoreError) {
            // Another process may have replaced it.
            if let damaged, damaged.isCurrent { throw StateStoreError(.indexDamaged, path, "it is damaged") }
            return try open(path)
        } catch {
            guard error.code == .indexDamaged else { throw error }
            let aside = try moveAside(path)
            warn("\(error); it is now \(aside), and a new one is made from the files")
            return try open(path)
        }
    }

    /// Whether the index is still the file at its path: someone may have deleted it.
    var isCurrent: Bool {
        guard let file, let now = Files.status(path) else { return false }
        return now.inode == file.inode && now.device == file.device
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(StateStoreError) -> Value {
        do { return try pool.read(body) } catch { throw Self.failure(error, path) }
    }

    /// One transaction, which no other process's overlaps.
    func write<Value>(_ body: (Database) throws -> Value) throws(StateStoreError) -> Value {
        do { return try pool.write(body) } catch { throw Self.failure(error, path) }
    }

    private static func open(_ path: String) throws(StateStoreError) -> StateIndex {
        if Files.status(path) == nil {
            // What an index that was deleted has left would be taken for a part of the new one.
            for suffix in ["-wal", "-shm"] { Files.remove(path + suffix) }
        }
        // SQLite would make it readable for others; its companions get what it has.
        do { _ = try OpenFile(path, O_RDWR | O_CREAT) }
        var configuration = Configuration()
        configuration.busyMode = .timeout(patience)
        configuration.foreignKeysEnabled = false
        configuration.maximumReaderCount = 2
        configuration.label = "localcode.states"
        configuration.prepareDatabase { database in
            // GRDB gives readers ten seconds.
            try database.execute(sql: "PRAGMA busy_timeout = \(Int(patience * 1000))")
            try database.execute(sql: "PRAGMA cache_size = -4096")
            try database.execute(sql: "PRAGMA journal_size_limit = \(walBytes)")
        }
        do {
            let pool = try DatabasePool(path: path, configuration: configuration)
            // Only a new index needs the lock that other processes may hold.
            if try pool.read(StateSchema.version(of:)) != StateSchema.version {
                try pool.write { try StateSchema.migrate($0, path: path) }
            }
            return StateIndex(path: path, pool: pool)
        } catch {
            throw failure(error, path)
        }
    }

    private static func moveAside(_ path: String) throws(StateStoreError) -> String {
        let aside = "\(path).damaged"
        for suffix in ["-wal", "-shm"] { Files.remove(aside + suffix) }
        try Files.rename(path, to: aside)
        for suffix in ["-wal", "-shm"] where Files.status(path + suffix) != nil {
            try Files.rename(path + suffix, to: aside + suffix)
        }
        return aside
    }

    private static func failure(_ error: any Error, _ path: String) -> StateStoreError {
        if let error = error as? StateStoreError {
            return error.path.isEmpty ? StateStoreError(error.code, path, error.reason) : error
        }
        if error is RowDecodingError { return StateStoreError(.indexDamaged, path, "a row of it cannot be read") }
        guard let error = error as? DatabaseError else { return StateStoreError(.system, path, "\(error)") }
        let message = error.message ?? "\(error.resultCode)"
        switch error.resultCode.primaryResultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return StateStoreError(.locked, path, "another process has held it for \(Int(patience)) second or longer")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_MISMATCH:
            return StateStoreError(.indexDamaged, path, message)
        case .SQLITE_FULL: return StateStoreError(.diskFull, path, message)
        default: return StateStoreError(.system, path, message)
        }
    }
}

/// The tables, and how an older index becomes one of this form.
enum StateSchema {
    /// Kept in SQLite's `user_version`.
    static let version = 2

    static func version(of database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    }

    static func migrate(_ database: Database, path: String) throws {
        let found = try version(of: database)
        guard found <= version else {
            throw StateStoreError(.foreign, path, "it was made by a newer version of LocalCode")
        }
        if found < 1 {
            for statement in first { try database.execute(sql: statement) }
        }
        if found < 2 {
            for statement in second { try database.execute(sql: statement) }
        }
        if found < version { try database.execute(sql: "PRAGMA user_version = \(version)") }
    }

    private static let first = [
        // `root` is empty for the store's own directory. In a ring it is the engine, and `file` a name in its directory.
        """
        CREATE TABLE state (
          id INTEGER PRIMARY KEY AUTOINCREMENT, root TEXT NOT NULL, file TEXT NOT NULL, is_in_ring INTEGER NOT NULL,
          fingerprint BLOB NOT NULL, key BLOB NOT NULL, kind TEXT NOT NULL, name TEXT, model TEXT NOT NULL,
          title TEXT NOT NULL, tokens INTEGER NOT NULL, state_bytes INTEGER NOT NULL, file_bytes INTEGER NOT NULL,
          checksum BLOB NOT NULL, checkpoints BLOB NOT NULL, prefill_seconds REAL NOT NULL, created REAL NOT NULL,
          used REAL NOT NULL, hits INTEGER NOT NULL DEFAULT 0, misses INTEGER NOT NULL DEFAULT 0,
          seconds_saved REAL NOT NULL DEFAULT 0, is_pinned INTEGER NOT NULL, quarantine TEXT,
          boundaries BLOB NOT NULL, UNIQUE (root, file))
        """,
        "CREATE INDEX state_key ON state (key)",
        // All that the limits and the search for unknown files ask, without the rows.
        "CREATE INDEX state_file ON state (is_in_ring, root, file, file_bytes)",
        "CREATE INDEX state_limits ON state (is_in_ring, is_pinned, used, file_bytes)",
        "CREATE INDEX state_name ON state (name) WHERE name IS NOT NULL",
        // Every boundary of every state in use. `tail`: how many the state has behind it.
        """
        CREATE TABLE boundary (digest BLOB NOT NULL, tail INTEGER NOT NULL, state INTEGER NOT NULL,
          PRIMARY KEY (digest, tail, state)) WITHOUT ROWID
        """,
        "CREATE TABLE engine (fingerprint BLOB PRIMARY KEY, updated REAL NOT NULL, record TEXT NOT NULL) WITHOUT ROWID",
        """
        CREATE TABLE base_sighting (base BLOB NOT NULL, conversation BLOB NOT NULL, time REAL NOT NULL,
          PRIMARY KEY (base, conversation)) WITHOUT ROWID
        """,
        "CREATE INDEX base_sighting_time ON base_sighting (time)",
        // Names of a ring in use, by the owner's token.
        "CREATE TABLE lease (root TEXT NOT NULL, file TEXT NOT NULL, token TEXT NOT NULL, is_save INTEGER NOT NULL)",
        """
        CREATE TABLE request (
          id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, fingerprint BLOB NOT NULL,
          conversation BLOB NOT NULL, session TEXT, model TEXT NOT NULL, key BLOB NOT NULL, placement TEXT NOT NULL,
          expected INTEGER NOT NULL, actual INTEGER, prompt INTEGER, restore_ms REAL, saved_seconds REAL NOT NULL,
          body_bytes INTEGER NOT NULL, boundaries BLOB NOT NULL, body BLOB NOT NULL)
        """,
        // What a slot of a running engine held when it was used last, for whoever comes behind a LocalCode that was killed.
        """
        CREATE TABLE resident (
          run TEXT NOT NULL, slot INTEGER NOT NULL, time REAL NOT NULL, tokens INTEGER NOT NULL,
          request_count INTEGER NOT NULL, session TEXT, model TEXT NOT NULL, title TEXT NOT NULL,
          boundaries BLOB NOT NULL, PRIMARY KEY (run, slot)) WITHOUT ROWID
        """,
    ]

    private static let second = [
        "ALTER TABLE state ADD COLUMN origin TEXT",
        // Conversations that lost their slots and did not come back yet. `digest`: of the boundary number `depth`, which
        // whoever goes on with it has.
        """
        CREATE TABLE departure (
          conversation BLOB PRIMARY KEY, depth INTEGER NOT NULL, digest BLOB NOT NULL, origin TEXT NOT NULL,
          time REAL NOT NULL) WITHOUT ROWID
        """,
        "CREATE INDEX departure_time ON departure (time)",
        // How many did, and came back, of each group of origins.
        """
        CREATE TABLE return_rate (
          name TEXT PRIMARY KEY, gone REAL NOT NULL, returned REAL NOT NULL, time REAL NOT NULL) WITHOUT ROWID
        """,
        "CREATE INDEX return_rate_time ON return_rate (time)",
    ]
}
