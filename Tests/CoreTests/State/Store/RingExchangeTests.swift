import Support
import Testing

@testable import LocalCodeCore

@Suite struct RingExchangeTests {
    private let place: StorePlace
    private let store: StateStore
    private static let engine = SHA256.digest(Array("http://127.0.0.1:8080".utf8))

    init() throws {
        place = try StorePlace()
        store = try place.open()
    }

    private func save(_ talk: Talk, _ ring: StateExchange, kind: StateKind = .conversation) throws -> StateEntry {
        place.now += 1
        let ticket = try ring.beginSave(expecting: 1 << 50)
        return try ring.commit(ticket, StateDescription(talk, kind: kind), tokens: 100, written: 5000)
    }

    @Test func theEnginesDiskIsBounded() throws {
        let ring = try store.ring(size: 3, engine: Self.engine)
        #expect(ring.directory == nil)
        var names: [String] = []
        for number in 0..<10 { names.append(try save(Talk("a", "\(number)"), ring).path) }
        #expect(Set(names).count == 3)
        #expect(names.allSatisfy { $0.hasPrefix("localcode-ring-\(Self.engine.hex.prefix(8))-") })
        #expect(try store.entries().map(\.key) == [9, 8, 7].map { Talk("a", "\($0)").key })
        #expect(try store.matches(Talk("a", "0").digests, limit: 9).map(\.boundary) == [0, 0, 0])
        let entry = try #require(try store.entries().first)
        #expect(entry.isInRing)
        let ticket = try ring.beginRestore(entry)
        #expect(ticket.name == entry.path)
        #expect(ticket.entry == entry)
        ring.endRestore(ticket)
    }

    @Test func whatIsInUseIsNotOverwritten() throws {
        let ring = try store.ring(size: 2, engine: Self.engine)
        let first = try save(Talk("a"), ring)
        let second = try save(Talk("b"), ring)
        let reading = try ring.beginRestore(first)
        // Another process of the same engine.
        let other = try place.open().ring(size: 2, engine: Self.engine)
        let writing = try other.beginSave()
        #expect(writing.name == second.path)
        let error = try #require(throws: StateStoreError.self) { try ring.beginSave() }
        #expect(error.code == .diskFull)
        #expect(throws: StateStoreError.self) { try ring.beginRestore(second) }
        other.abandon(writing)
        ring.endRestore(reading)
        #expect(try ring.beginSave().name == second.path)
        #expect(try other.beginSave().name == first.path)
    }

    @Test func aDeadProcessHoldsNoName() async throws {
        let ring = try store.ring(size: 1, engine: Self.engine)
        try await SQLite.run(
            "INSERT INTO lease VALUES ('\(Self.engine.hex)', 'localcode-ring-\(Self.engine.hex.prefix(8))-0.kv', '1-x', 1)",
            place)
        #expect(try save(Talk("a"), ring).path.hasSuffix("-0.kv"))
    }

    @Test func aClosedRingLetsGo() throws {
        let ring = try store.ring(size: 1, engine: Self.engine)
        _ = try ring.beginSave()
        let other = try store.ring(size: 1, engine: Self.engine)
        #expect(throws: StateStoreError.self) { try other.beginSave() }
        ring.close()
        #expect(throws: Never.self) { try other.beginSave() }
    }

    @Test func pinnedAndUsedOnesStay() throws {
        let ring = try store.ring(size: 3, engine: Self.engine)
        let saved = try ["a", "b", "c"].map { try save(Talk($0), ring) }
        try store.pin(saved[0].id)
        place.now += 1
        try store.recordUse(saved[1].id, secondsSaved: 1)
        _ = try save(Talk("d"), ring)
        #expect(try Set(store.entries().map(\.key)) == [Talk("a").key, Talk("b").key, Talk("d").key])
        try store.quarantine(saved[1].id, reason: "test")
        _ = try save(Talk("e"), ring)
        #expect(try Set(store.entries().map(\.key)) == [Talk("a").key, Talk("d").key, Talk("e").key])
    }

    @Test func anEqualKeyIsKeptOnce() throws {
        let ring = try store.ring(size: 3, engine: Self.engine)
        _ = try save(Talk("a"), ring)
        let again = try save(Talk("a"), ring)
        #expect(try store.entries() == [again])
    }

    @Test func whatTheEngineDidNotWrite() throws {
        let ring = try store.ring(size: 1, engine: Self.engine)
        let ticket = try ring.beginSave()
        #expect(throws: StateStoreError.self) {
            try ring.commit(ticket, StateDescription(Talk("a")), tokens: 0, written: 36)
        }
        #expect(try store.entries().isEmpty)
        // The name is free again, and a ticket counts once.
        let other = try ring.beginSave()
        _ = try ring.commit(other, StateDescription(Talk("a")), tokens: 5, written: 36)
        #expect(throws: StateStoreError.self) {
            try ring.commit(other, StateDescription(Talk("b")), tokens: 5, written: 36)
        }
    }

    @Test func ringsAndFilesAreApart() throws {
        let ring = try store.ring(size: 2, engine: Self.engine)
        let inRing = try save(Talk("a"), ring)
        let exchange = try store.exchange()
        let file = try exchange.save(Talk("a"))
        #expect(try store.entries().count == 2)
        #expect(throws: StateStoreError.self) { try exchange.beginRestore(inRing) }
        #expect(throws: StateStoreError.self) { try ring.beginRestore(file) }
        let other = try store.ring(size: 2, engine: SHA256.digest([2]))
        #expect(throws: StateStoreError.self) { try other.beginRestore(inRing) }
        #expect(try store.remove([inRing.id]) == 0)
        // What a ring holds takes nothing of the store's limits, and its names are no files here.
        _ = try save(Talk("b"), ring)
        var limits = StorePlace.limits
        limits.entries = 1
        let again = try place.open(limits)
        #expect(try again.entries().count == 2)
    }
}
