import Support
import Testing

@testable import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct StateStoreTests {
    private let place: StorePlace
    private let store: StateStore
    private let exchange: StateExchange

    init() throws {
        place = try StorePlace()
        store = try place.open()
        exchange = try store.exchange()
    }

    // MARK: Saving and restoring

    @Test func whatIsSavedIsRestored() throws {
        let state = StateBytes(checkpoints: [.init(tokens: 96, bytes: 50), .init(tokens: 40, bytes: 50)])
        let talk = Talk("system", "hello")
        let entry = try exchange.save(talk, state)
        #expect(entry.key == talk.key)
        #expect(entry.boundaries == talk.boundaries)
        #expect(entry.tokens == 100)
        #expect(entry.stateBytes == state.bytes.count)
        #expect(entry.checkpoints == [40, 96])
        #expect(entry.created == place.now)
        #expect(!entry.isPinned)
        let file = try exchange.restore(entry)
        #expect(file.count == entry.fileBytes)
        #expect(Array(file[..<entry.stateBytes]) == state.bytes)
        let name = "\(entry.fingerprint.hex)/\(talk.key.hex).kv"
        #expect(place.files == ["\(place.states)/\(name)"])
        #expect(entry.path == place.files.first)
        #expect(try store.entries() == [entry])
        #expect(try store.entry(entry.id) == entry)
        #expect(try store.entry(key: talk.key) == entry)
        #expect(place.warnings.isEmpty)
    }

    @Test func onlyTheOwnerCanRead() throws {
        try exchange.save(Talk("system"))
        for path in [place.states, "\(place.states)/.exchange", exchange.directory ?? ""] {
            #expect(try mode(path) == 0o700)
        }
        for path in place.files + ["\(place.states)/index.sqlite", "\(place.states)/index.sqlite-wal"] {
            #expect(try mode(path) == 0o600)
        }
        #expect(try mode(String(place.files[0].dropLast(68))) == 0o700)
    }

    private func mode(_ path: String) throws -> mode_t {
        var status = stat()
        try #require(lstat(path, &status) == 0, "\(path)")
        return status.st_mode & 0o777
    }

    @Test func theExchangeIsEmptyAfterwards() throws {
        let entry = try exchange.save(Talk("system"))
        let directory = try #require(exchange.directory)
        let ticket = try exchange.beginRestore(entry)
        #expect(Files.names(in: directory) == [ticket.name])
        exchange.endRestore(ticket)
        #expect(Files.names(in: directory).isEmpty)
        exchange.close()
        #expect(Files.status(directory) == nil)
        #expect(Files.names(in: "\(place.states)/.exchange").isEmpty)
        #expect(throws: StateStoreError.self) { try exchange.beginSave() }
        #expect(throws: StateStoreError.self) { try exchange.beginRestore(entry) }
    }

    /// An engine may go on writing under a name after its save was given up.
    @Test func whatAnEngineWritesTooLateGoes() throws {
        let directory = try #require(exchange.directory)
        let ticket = try exchange.beginSave()
        exchange.abandon(ticket)
        try TestFiles.write([1, 2, 3], to: "\(directory)/\(ticket.name)")
        let other = try exchange.beginSave()
        #expect(Files.names(in: directory).isEmpty)
        #expect(other.name != ticket.name)
        #expect(throws: StateStoreError.self) {
            try exchange.commit(ticket, StateDescription(Talk("a")), tokens: 100, written: 3)
        }
    }

    @Test func aStateOfTheSameKeyReplacesTheOlder() throws {
        let first = try exchange.save(Talk("system", "hello"))
        try store.recordUse(first.id, secondsSaved: 3)
        try store.pin(first.id)
        place.now += 60
        let ticket = try exchange.beginRestore(first)
        let second = try exchange.save(Talk("system", "hello"), StateBytes(tokens: 120, seed: 9))
        #expect(second.id == first.id)
        #expect(second.tokens == 120)
        #expect(second.hits == 1)
        #expect(second.secondsSaved == 3)
        #expect(second.isPinned)
        #expect(second.created == first.created)
        #expect(second.used == place.now)
        #expect(place.files.count == 2)  // the new one, and the name an engine reads the old one by
        exchange.endRestore(ticket)
        #expect(try store.entries() == [second])
        // Whoever looked it up before gets the new one.
        let bytes = try exchange.restore(first)
        #expect(bytes.count == second.fileBytes)
    }

    @Test func whatTheEngineDidNotWriteIsNotTaken() throws {
        let bytes = StateBytes().bytes
        let directory = try #require(exchange.directory)
        let wrong: [(bytes: [UInt8]?, tokens: Int, written: Int)] = [
            (nil, 100, bytes.count), (Array(bytes.dropLast()), 100, bytes.count), (bytes + [0], 100, bytes.count),
            (bytes, 99, bytes.count), ([], 0, 0), (Array("not a state, whatever it says".utf8), 100, 29),
            (StateBytes(tokens: 0, parts: [.attention(cells: 0)]).bytes, 0, 36),
        ]
        for (bytes, tokens, written) in wrong {
            let ticket = try exchange.beginSave()
            if let bytes { try TestFiles.write(bytes, to: "\(directory)/\(ticket.name)") }
            let error = try #require(throws: StateStoreError.self) {
                try exchange.commit(ticket, StateDescription(Talk("a")), tokens: tokens, written: written)
            }
            #expect(error.code == .damaged || error.code == .missing, "\(error)")
        }
        let ticket = try exchange.beginSave()
        try TestFiles.write(bytes, to: "\(directory)/\(ticket.name)")
        #expect(throws: StateStoreError.self) {
            try exchange.commit(ticket, StateDescription(Talk()), tokens: 100, written: bytes.count)
        }
        #expect(try store.entries().isEmpty)
        #expect(place.files.isEmpty)
    }

    @Test func longTextsAreCut() throws {
        var description = StateDescription(Talk("a"))
        description.title = String(repeating: "é", count: 5000)
        description.prefillSeconds = .nan
        let entry = try exchange.save(description)
        #expect(entry.title.count == 200)
        #expect(entry.prefillSeconds == 0)
    }

    // MARK: Named states

    @Test func aNameIsTakenOnce() throws {
        let first = try exchange.save(StateDescription(Talk("a", "b"), kind: .named, name: "lunch"))
        #expect(first.isPinned)
        let second = try exchange.save(StateDescription(Talk("a", "b", "c"), kind: .named, name: "lunch"))
        #expect(second.id == first.id)
        #expect(try store.entries().count == 1)
        let other = Fingerprint([.init(name: "model", value: "other")])
        let third = try exchange.save(StateDescription(Talk("a"), fingerprint: other, kind: .named, name: "lunch"))
        #expect(try store.entries(named: "lunch").count == 2)
        #expect(try store.entry(named: "lunch", fingerprint: other.digest) == third)
        #expect(try store.entry(named: "lunch", fingerprint: StateDescription.fingerprint.digest) == second)
        #expect(try store.entry(named: "dinner", fingerprint: other.digest) == nil)
    }

    @Test func aNamedStateStandsBesideTheConversations() throws {
        let named = try exchange.save(StateDescription(Talk("a", "b"), kind: .named, name: "lunch"))
        let conversation = try exchange.save(Talk("a", "b"))
        #expect(named.id != conversation.id)
        #expect(try store.entry(key: Talk("a", "b").key) == conversation)
        #expect(try store.matches(Talk("a", "b").digests, limit: 4).count == 2)
    }

    @Test func aBaseStaysOne() throws {
        let base = try exchange.save(StateDescription(Talk("a"), kind: .base))
        let again = try exchange.save(Talk("a"))
        #expect(again.id == base.id)
        #expect(again.kind == .base)
    }

    // MARK: Use

    @Test func twoMissesInARow() throws {
        let entry = try exchange.save(Talk("a", "b"))
        #expect(try !store.recordMiss(entry.id, reason: "0 of 100"))
        try store.recordUse(entry.id, secondsSaved: 1.5)
        #expect(try !store.recordMiss(entry.id, reason: "0 of 100"))
        #expect(try store.matches(Talk("a", "b").digests, limit: 1).count == 1)
        #expect(try store.recordMiss(entry.id, reason: "1 of 100"))
        let bad = try #require(try store.entry(entry.id))
        #expect(bad.quarantine == "1 of 100")
        #expect(bad.hits == 1)
        #expect(bad.secondsSaved == 1.5)
        #expect(try store.matches(Talk("a", "b").digests, limit: 1).isEmpty)
        // Saved again it is another state.
        let again = try exchange.save(Talk("a", "b"), StateBytes(seed: 3))
        #expect(again.quarantine == nil)
        #expect(again.misses == 0)
        #expect(try store.matches(Talk("a", "b").digests, limit: 1).count == 1)
        #expect(try !store.recordMiss(99, reason: ""))
    }

    @Test func removing() throws {
        let entries = try ["a", "b", "c"].map { try exchange.save(Talk($0)) }
        try store.pin(entries[0].id)
        #expect(try store.remove([entries[0].id, entries[1].id, 99]) == entries[0].fileBytes + entries[1].fileBytes)
        #expect(try store.entries() == [entries[2]])
        #expect(place.files == [entries[2].path])
        let error = try #require(throws: StateStoreError.self) { try exchange.beginRestore(entries[0]) }
        #expect(error.code == .missing)
        #expect(try store.matches(Talk("a").digests, limit: 1).isEmpty)
    }

    @Test func anEngineReadsOnWhatIsRemoved() throws {
        let entry = try exchange.save(Talk("a"))
        let ticket = try exchange.beginRestore(entry)
        try store.remove([entry.id])
        let bytes = try TestFiles.bytes(of: "\(exchange.directory ?? "")/\(ticket.name)")
        #expect(bytes.count == entry.fileBytes)
    }
}
