import Support
import Testing

@testable import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct StateAdoptionTests {
    private let place: StorePlace

    init() throws { place = try StorePlace() }

    private var index: [String] { TestFiles.below(place.states).filter { $0.contains("/index.sqlite") } }

    private func plain(_ entry: StateEntry) -> StateEntry {
        var entry = entry
        entry.id = 0
        entry.used = 0
        return entry
    }

    @Test func aDeletedIndexIsMadeAnew() throws {
        let other = Fingerprint([.init(name: "model", value: "other")])
        var saved: [StateEntry] = []
        do {
            let exchange = try place.open().exchange()
            saved.append(try exchange.save(Talk("a", "b"), StateBytes(checkpoints: [.init(tokens: 7, bytes: 9)])))
            saved.append(try exchange.save(StateDescription(Talk("a"), kind: .base)))
            saved.append(try exchange.save(StateDescription(Talk("x"), fingerprint: other)))
            saved.append(try exchange.save(StateDescription(Talk("x"), kind: .named, name: "lunch")))
        }
        for file in index { try TestFiles.remove(file) }
        let store = try place.open()
        #expect(
            try store.entries().map(plain).sorted { $0.path < $1.path } == saved.map(plain).sorted { $0.path < $1.path }
        )
        #expect(try store.matches(Talk("a", "b", "c").digests, limit: 9).map(\.boundary) == [1, 0])
        let exchange = try store.exchange()
        for entry in try store.entries() { #expect(try exchange.restore(entry).count == entry.fileBytes) }
        #expect(place.warnings.isEmpty)
    }

    @Test func anIndexThatIsDeletedInUseIsMadeAnew() throws {
        let store = try place.open()
        let exchange = try store.exchange()
        let first = try exchange.save(Talk("a"))
        for file in index { try TestFiles.remove(file) }
        #expect(try store.entries().map(\.key) == [first.key])
        try exchange.save(Talk("b"))
        #expect(try store.entries().count == 2)
        #expect(place.warnings.count == 1)
        #expect(try place.open().entries().count == 2)
    }

    /// The index alone is deleted, while another process has it open: what belongs to the old one is no part of the new one.
    @Test func whatADeletedIndexLeavesIsNotTakenForTheNewOnes() async throws {
        let store = try place.open()
        let exchange = try store.exchange()
        for number in 0..<20 { try exchange.save(Talk("a", "\(number)")) }
        let holder = try await SQLite.hold("SELECT * FROM state", place)
        try TestFiles.remove("\(place.states)/index.sqlite")
        let shared = StorePlace(at: place.directory)
        let other = try shared.open()
        #expect(try other.entries().count == 20)
        try exchange.save(Talk("b"))
        #expect(try other.entries().count == 21)
        #expect(shared.warnings.isEmpty)
        holder.send(SIGKILL)
        _ = await holder.waitForExit()
        #expect(try place.open().entries().count == 21)
    }

    @Test func filesOfNoUseAreRemoved() throws {
        var kept: StateEntry
        do {
            let store = try place.open()
            let exchange = try store.exchange()
            kept = try exchange.save(Talk("a"))
            for name in ["b", "c", "d", "e"] { try exchange.save(Talk(name)) }
        }
        func path(_ name: String) -> String { place.files.first { $0.contains(Talk(name).key.hex) } ?? "" }
        let whole = try TestFiles.bytes(of: path("b"))
        try TestFiles.write(Array(whole.dropLast(5)), to: path("b"))
        try TestFiles.write([], to: path("c"))
        try TestFiles.write(StateBytes().bytes, to: path("d"))
        try TestFiles.remove(path("e"))
        try TestFiles.write(whole, to: String(path("a").dropLast(67)) + String(repeating: "0", count: 64) + ".kv")
        try TestFiles.write(Array("mine".utf8), to: "\(place.states)/notes.txt")
        let store = try place.open()
        let entries = try store.entries()
        // The whole file under another name is a state like any other.
        #expect(Set(entries.map(\.key)) == [kept.key, Talk("b").key])
        #expect(place.files.count == 2)
        #expect(Files.status("\(place.states)/notes.txt") != nil)
        #expect(place.warnings.count == 3)
        #expect(place.warnings.allSatisfy { $0.contains("it is removed") })
    }

    @Test func aFileOfANewerVersionIsLeftAlone() throws {
        let entry = try place.open().exchange().save(Talk("a"))
        var bytes = try TestFiles.bytes(of: entry.path)
        bytes[bytes.count - 1] = UInt8(ascii: "2")
        let path = String(entry.path.dropLast(67)) + String(repeating: "1", count: 64) + ".kv"
        try TestFiles.write(bytes, to: path)
        let store = try place.open()
        #expect(try store.entries().count == 1)
        #expect(Files.status(path) != nil)
        #expect(place.warnings.first?.contains("left alone") == true)
    }

    @Test func aReplacedFileIsReadAgain() throws {
        let store = try place.open()
        let exchange = try store.exchange()
        let first = try exchange.save(Talk("a"))
        let other = try StorePlace()
        let second = try other.open().exchange().save(Talk("a"), StateBytes(tokens: 50, seed: 4))
        let bytes = try TestFiles.bytes(of: second.path)
        // As a crash between the file's name and its row leaves it: another size is seen at the start.
        try TestFiles.write(bytes, to: first.path)
        #expect(try place.open().entry(first.id)?.tokens == 50)
        // And another checksum when it is used.
        let third = try other.open().exchange().save(Talk("a"), StateBytes(tokens: 50, seed: 5))
        #expect(third.fileBytes == second.fileBytes)
        try TestFiles.write(try TestFiles.bytes(of: third.path), to: first.path)
        let ticket = try exchange.beginRestore(try #require(try store.entry(first.id)))
        #expect(ticket.entry.checksum == third.checksum)
        #expect(try store.entry(first.id)?.checksum == third.checksum)
    }

    // MARK: What processes leave behind

    @Test func whatADeadProcessWroteGoes() throws {
        let store = try place.open()
        let alive = try store.exchange()
        let ticket = try alive.beginSave()
        let half = "\(alive.directory ?? "")/\(ticket.name)"
        try TestFiles.write([1, 2, 3], to: half)
        // One whose process is gone has a lock file that nobody holds, or none.
        let exchange = "\(place.states)/.exchange"
        for name in ["12-abc", "\(getpid())-def"] {
            try Files.makeDirectory("\(exchange)/\(name)")
            try TestFiles.write([1], to: "\(exchange)/\(name)/1.kv")
        }
        try TestFiles.write([], to: "\(exchange)/12-abc.lock")
        try Files.makeDirectory("\(place.states)/.trash")
        try TestFiles.write([1], to: "\(place.states)/.trash/abc")
        _ = try place.open()
        #expect(Files.status(half) != nil)
        #expect(Files.names(in: exchange).count == 2)
        #expect(Files.names(in: "\(place.states)/.trash").isEmpty)
    }
}
