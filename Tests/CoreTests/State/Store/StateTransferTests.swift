import Support
import Testing

@testable import LocalCodeCore

@Suite struct StateTransferTests {
    private let here: StorePlace
    private let there: StorePlace
    private let file: String

    init() throws {
        here = try StorePlace()
        there = try StorePlace()
        file = "\(here.directory).kv"
    }

    @Test func aStateMovesToAnotherStore() throws {
        let store = try here.open()
        let entry = try store.exchange().save(StateDescription(Talk("a", "b"), kind: .named, name: "lunch"))
        try store.export(entry, to: file)
        #expect(try StateFile(path: file).trailer?.state.name == "lunch")
        let moved = try there.open().importState(from: file, fingerprint: StateDescription.fingerprint)
        #expect(moved.name == "lunch")
        #expect(moved.isPinned)
        #expect(moved.key == entry.key)
        let exchange = try there.open().exchange()
        #expect(try exchange.restore(moved) == TestFiles.bytes(of: file))
        #expect(Files.names(in: "\(there.states)/.exchange").count == 2)
    }

    @Test func aStateComesInUnderAnotherName() throws {
        let store = try here.open()
        let entry = try store.exchange().save(Talk("a", "b"))
        try store.export(entry, to: file)
        let moved = try there.open().importState(from: file, name: "dinner")
        #expect(moved.name == "dinner")
        #expect(moved.kind == .named)
        for file in TestFiles.below(there.states) where file.contains("index.sqlite") { try TestFiles.remove(file) }
        #expect(try there.open().entries().map(\.name) == ["dinner"])
        #expect(try there.open().exchange().restore(try #require(try there.open().entries().first)).count > 0)
    }

    @Test func anothersIsRefusedWithWhatDiffers() throws {
        let store = try here.open()
        try store.export(try store.exchange().save(Talk("a")), to: file)
        let other = Fingerprint([.init(name: "model", value: "big"), .init(name: "type-k", value: "q8_0")])
        let error = try #require(throws: StateStoreError.self) {
            try there.open().importState(from: file, fingerprint: other)
        }
        #expect(error.code == .foreign)
        let ours = other.digest.hex.prefix(12)
        let theirs = StateDescription.fingerprint.digest.hex.prefix(12)
        #expect(
            error.reason == "it is of another engine (\(theirs), here \(ours)): model is tiny, here big; "
                + "type-k is not known, here q8_0")
        #expect(try there.open().entries().isEmpty)
    }

    @Test func whatIsNotWholeStaysOutside() throws {
        let store = try here.open()
        try store.export(try store.exchange().save(Talk("a")), to: file)
        let bytes = try TestFiles.bytes(of: file)
        for damaged in [Array(bytes.dropLast()), [], StateBytes().bytes, flipped(bytes)] {
            try TestFiles.write(damaged, to: file)
            let error = try #require(throws: StateStoreError.self) { try there.open().importState(from: file) }
            #expect(error.code == .damaged)
        }
        #expect(throws: StateStoreError.self) { try there.open().importState(from: here.directory) }
        #expect(throws: StateStoreError.self) { try there.open().importState(from: "\(here.directory)/none") }
        #expect(there.files.isEmpty)
    }

    private func flipped(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes[2500] ^= 1
        return bytes
    }

    @Test func whatIsNotWholeIsNotGivenAway() throws {
        let store = try here.open()
        let entry = try store.exchange().save(Talk("a"))
        try TestFiles.write(Array("old".utf8), to: file)
        try TestFiles.flipBit(at: 2000, of: entry.path)
        #expect(throws: StateStoreError.self) { try store.export(entry, to: file) }
        #expect(try TestFiles.bytes(of: file) == Array("old".utf8))
        #expect(TestFiles.below("\(here.directory)/..", suffix: ".unfinished").isEmpty)
    }
}
