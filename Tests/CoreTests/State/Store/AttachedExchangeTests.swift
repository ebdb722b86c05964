import Support
import Testing

@testable import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite struct AttachedExchangeTests {
    private let place: StorePlace
    private let store: StateStore
    private let slots: String

    init() throws {
        place = try StorePlace()
        store = try place.open()
        slots = "\(place.directory)-slots"
        try Files.makeDirectory(slots)
        try TestFiles.write(Array("the user's own".utf8), to: "\(slots)/mine.bin")
    }

    @Test func onTheSameDiskStatesMoveIntoTheStore() throws {
        let exchange = try store.exchange(directory: slots)
        #expect(exchange.directory == slots)
        let entry = try exchange.save(Talk("a"))
        #expect(entry.path.hasPrefix(place.states))
        #expect(try exchange.restore(entry).count == entry.fileBytes)
        exchange.close()
        #expect(Files.names(in: slots) == ["mine.bin"])
    }

    @Test func itMustBeThere() throws {
        let error = try #require(throws: StateStoreError.self) { try store.exchange(directory: "\(slots)/none") }
        #expect(error.code == .missing)
        #expect(throws: StateStoreError.self) { try store.exchange(directory: "\(slots)/mine.bin") }
    }

    @Test func onlyWhatOthersLeftIsRemoved() throws {
        let alive = try store.exchange(directory: slots)
        let ticket = try alive.beginSave()
        try TestFiles.write([1], to: "\(slots)/\(ticket.name)")
        try TestFiles.write([], to: "\(slots)/localcode-x-12-abc.lock")
        try TestFiles.write([1], to: "\(slots)/localcode-x-12-abc-1.kv")
        try TestFiles.write([1], to: "\(slots)/localcode-ring-0011-1.kv")
        let other = try place.open().exchange(directory: slots)
        let names = Set(Files.names(in: slots).filter { !$0.hasSuffix(".lock") })
        #expect(names == [ticket.name, "mine.bin", "localcode-ring-0011-1.kv"])
        other.close()
    }

    @Test(.enabled(if: SmallDisk.isPermitted)) func onAnotherDiskStatesStayThere() throws {
        let disk = try SmallDisk(kibibytes: 4096)
        let exchange = try store.exchange(directory: disk.path)
        let entry = try exchange.save(Talk("a"))
        #expect(entry.path.hasPrefix("\(disk.path)/localcode-states/"))
        #expect(try exchange.restore(entry).count == entry.fileBytes)
        // A state of the store is copied to where the engine sees it.
        let own = try store.exchange()
        let here = try own.save(Talk("b"))
        #expect(here.path.hasPrefix(place.states))
        #expect(try exchange.restore(here).count == here.fileBytes)
        #expect(try own.restore(entry).count == entry.fileBytes)
        // A new index finds them when the engine is attached again.
        for file in TestFiles.below(place.states) where file.contains("index.sqlite") { try TestFiles.remove(file) }
        #expect(try store.entries().map(\.key) == [here.key])
        let again = try store.exchange(directory: disk.path)
        #expect(try store.entries().count == 2)
        again.close()
        try store.remove(try store.entries().map(\.id))
        #expect(TestFiles.below(disk.path, suffix: ".kv").isEmpty)
        #expect(TestFiles.below("\(disk.path)/localcode-states").isEmpty)
    }

    @Test(.enabled(if: SmallDisk.isPermitted)) func aDiskThatIsAwayIsMissing() throws {
        let disk = try SmallDisk(kibibytes: 4096)
        let slots = "\(disk.path)/slots"
        try Files.makeDirectory(slots)
        let exchange = try store.exchange(directory: slots)
        let entry = try exchange.save(Talk("a"))
        try #require(umount2(disk.path, Int32(MNT_DETACH)) == 0)
        let own = try store.exchange()
        let error = try #require(throws: StateStoreError.self) { try own.beginRestore(entry) }
        #expect(error.code == .missing)
        #expect(try store.entries().isEmpty)
        #expect(Files.names(in: disk.path).isEmpty)
    }
}
