import Support
import Testing

@testable import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct StateDamageTests {
    private let place: StorePlace
    private let store: StateStore
    private let exchange: StateExchange

    init() throws {
        place = try StorePlace()
        store = try place.open()
        exchange = try store.exchange()
    }

    /// Another process has seen none of the bytes yet.
    private func another() throws -> StateExchange { try place.open().exchange() }

    private func failure(_ entry: StateEntry, _ exchange: StateExchange) throws -> StateStoreError {
        try #require(throws: StateStoreError.self) { try exchange.beginRestore(entry) }
    }

    // MARK: Files

    @Test func aFlippedBitAnywhere() throws {
        let size = try exchange.save(Talk("probe")).fileBytes
        for (number, offset) in stride(from: 0, to: size, by: 97).enumerated() {
            let entry = try exchange.save(Talk("a", "\(number)"))
            try TestFiles.flipBit(at: offset, of: entry.path)
            let error = try failure(entry, another())
            #expect([.damaged, .foreign].contains(error.code), "byte \(offset): \(error)")
            #expect(error.path == entry.path)
            if error.code == .damaged { #expect(try store.entry(entry.id) == nil) }
            #expect(Files.status(entry.path) == nil || error.code == .foreign)
        }
    }

    @Test func aChangeInThisProcessIsSeen() throws {
        let entry = try exchange.save(Talk("a"))
        #expect(try exchange.restore(entry).count == entry.fileBytes)
        try TestFiles.flipBit(at: 3000, of: entry.path)
        #expect(try failure(entry, exchange).reason == "its bytes were changed: the checksum differs")
    }

    @Test func otherDamage() throws {
        let a = try exchange.save(Talk("a"))
        try TestFiles.write(Array(try TestFiles.bytes(of: a.path).dropLast()), to: a.path)
        #expect(try failure(a, exchange).reason == "it has \(a.fileBytes - 1) bytes, not \(a.fileBytes)")
        let b = try exchange.save(Talk("b"))
        try TestFiles.write([], to: b.path)
        #expect(try failure(b, exchange).code == .damaged)
        let c = try exchange.save(Talk("c"))
        try TestFiles.remove(c.path)
        #expect(try failure(c, exchange).code == .missing)
        #expect(try store.entries().isEmpty)
        let d = try exchange.save(Talk("d"))
        try TestFiles.remove(d.path)
        try Files.makeDirectory(d.path)
        #expect(throws: StateStoreError.self) { try exchange.beginRestore(d) }
        let e = try exchange.save(Talk("e"))
        try TestFiles.remove(e.path)
        #expect(symlink("/etc/passwd", e.path) == 0)
        #expect(throws: StateStoreError.self) { try exchange.beginRestore(e) }
    }

    @Test func anothersStateIsNotGivenOut() throws {
        let mine = try exchange.save(Talk("a"))
        let other = Fingerprint([.init(name: "model", value: "other")])
        let theirs = try exchange.save(StateDescription(Talk("a"), fingerprint: other), StateBytes(seed: 7))
        try TestFiles.write(try TestFiles.bytes(of: theirs.path), to: mine.path)
        let error = try failure(mine, exchange)
        #expect(error.code == .damaged)
        #expect(try store.entries().map(\.id) == [theirs.id])
    }

    @Test func verifying() throws {
        let good = try exchange.save(Talk("a"))
        let bad = try exchange.save(Talk("b"))
        try TestFiles.flipBit(at: 3000, of: bad.path)
        let store = try place.open()
        try store.verify(good.id)
        let error = try #require(throws: StateStoreError.self) { try store.verify(bad.id) }
        #expect(error.code == .damaged)
        #expect(try store.entries().map(\.id) == [good.id])
        #expect(try !store.verify(bad.id))
    }

    // MARK: The index

    @Test func anIndexWithADamagedPageIsMadeAnew() throws {
        let place = try StorePlace()
        let path = "\(place.states)/index.sqlite"
        var saved: Set<Digest> = []
        do {
            let exchange = try place.open().exchange()
            for number in 0..<8 { saved.insert(try exchange.save(Talk("a", "\(number)")).key) }
        }
        #expect(TestFiles.below(place.states, suffix: "-wal").isEmpty)
        let whole = try TestFiles.bytes(of: path)
        #expect(whole.count > 8 * 4096)
        for page in 0..<whole.count / 4096 {
            var bytes = whole
            for index in page * 4096..<page * 4096 + 400 { bytes[index] = 0xA5 }
            try TestFiles.write(bytes, to: path)
            for suffix in ["-wal", "-shm", ".damaged"] { Files.remove(path + suffix) }
            let warnings = place.warnings.count
            do {
                let store = try place.open()
                #expect(try Set(store.entries().map(\.key)) == saved)
                #expect(try store.matches(Talk("a", "7").digests, limit: 1).first?.boundary == 1)
                for entry in try store.entries().prefix(2) {
                    try store.recordUse(entry.id, secondsSaved: 1)
                    try store.quarantine(entry.id, reason: "test")
                    try store.pin(entry.id)
                }
                try store.append(RequestRecord(conversation: Talk("a", "b")))
                _ = try store.seenBase(Talk("a").key, conversation: Talk("a", "b").key)
            }
            #expect(place.warnings.count <= warnings + 2)
            if page == 0 {
                #expect(place.warnings.last?.contains("it is now \(path).damaged") == true)
                #expect(try TestFiles.bytes(of: "\(path).damaged") == bytes)
            }
        }
    }

    @Test func anythingElseInTheIndexsPlace() throws {
        for bytes in [Array("hello".utf8), [UInt8](repeating: 0, count: 5000), Array("SQLite format 3\0".utf8)] {
            let place = try StorePlace()
            try Files.makeDirectory(place.states)
            try TestFiles.write(bytes, to: "\(place.states)/index.sqlite")
            let store = try place.open()
            try store.exchange().save(Talk("a"))
            #expect(try store.entries().count == 1)
        }
        let directory = try StorePlace()
        try Files.makeDirectory("\(directory.states)/index.sqlite")
        #expect(throws: StateStoreError.self) { try directory.open() }
    }

    /// Rows of any content end in an error, not in the end of the process.
    @Test func rowsOfAnotherMaking() async throws {
        try exchange.save(Talk("a"))
        try await SQLite.run("UPDATE state SET tokens = 'many', fingerprint = x'00'", place)
        let error = try? store.entries()
        // It was made anew from the files.
        #expect(error?.map(\.key) == [Talk("a").key])
        try await SQLite.run("DROP TABLE boundary", place)
        #expect(try store.matches(Talk("a").digests, limit: 1).count == 1)
        #expect(place.warnings.count == 2)
    }

    @Test func aNewerIndexIsLeftAlone() async throws {
        try exchange.save(Talk("a"))
        try await SQLite.run("PRAGMA user_version = 99", place)
        let error = try #require(throws: StateStoreError.self) { try place.open() }
        #expect(error.code == .foreign)
        #expect(error.reason == "it was made by a newer version of LocalCode")
    }

    @Test func aLockedIndexIsToldSoon() async throws {
        let entry = try exchange.save(Talk("a"))
        let holder = try await SQLite.hold("BEGIN IMMEDIATE", place)
        let error = try #require(throws: StateStoreError.self) { try exchange.save(Talk("b")) }
        #expect(error.code == .locked)
        #expect(error.description.hasSuffix("index.sqlite: another process has held it for 1 second or longer"))
        #expect(TestFiles.below(exchange.directory ?? "").isEmpty)
        #expect(throws: StateStoreError.self) { try store.recordUse(entry.id, secondsSaved: 1) }
        // Readers do not wait for writers.
        #expect(try store.matches(Talk("a").digests, limit: 1).count == 1)
        #expect(try exchange.restore(entry).count == entry.fileBytes)
        holder.send(SIGKILL)
        _ = await holder.waitForExit()
        try exchange.save(Talk("b"))
    }

    @Test func anIndexThatIsLockedForReadersToo() async throws {
        let holder = try await SQLite.hold(
            "PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE t (a); DROP TABLE t", StorePlace(at: place.directory + "-2"))
        let error = try #require(throws: StateStoreError.self) { try StorePlace(at: place.directory + "-2").open() }
        #expect(error.code == .locked, "\(error)")
        holder.send(SIGKILL)
        _ = await holder.waitForExit()
        _ = try StorePlace(at: place.directory + "-2").open()
    }
}

/// SQLite in another process, as someone with a shell would use it.
enum SQLite {
    private static func start(_ statements: String, _ place: StorePlace, waits: Bool) throws -> ChildProcess {
        try Files.makeDirectory(place.states)
        let script = """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1], isolation_level=None)
            c.execute("PRAGMA journal_mode = WAL")
            for s in sys.argv[2].split(";"): c.execute(s).fetchall()
            print("done", file=sys.stderr, flush=True)
            if sys.argv[3] == "True":
                import signal
                signal.pause()
            """
        return try ChildProcess(
            TestPlaces.python(),
            ["-I", "-c", script, "\(place.states)/index.sqlite", statements, waits ? "True" : "False"],
            environment: ["PATH": "/usr/bin:/bin"])
    }

    static func run(_ statements: String, _ place: StorePlace) async throws {
        let (status, _, errors) = await (try start(statements, place, waits: false)).collect()
        guard status == .exited(0) else { throw TestKitError(errors) }
    }

    /// Executes statements and keeps the connection as it is then.
    static func hold(_ statements: String, _ place: StorePlace) async throws -> ChildProcess {
        let process = try start(statements, place, waits: true)
        guard await process.firstErrorLine({ $0 == "done" ? true : nil }) == true else {
            throw TestKitError(process.standardError)
        }
        return process
    }
}
