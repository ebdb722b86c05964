import Support
import Testing

@testable import LocalCodeCore

@Suite struct StateLimitsTests {
    private let place: StorePlace
    /// What one of the states below takes.
    private let size: Int

    init() throws {
        place = try StorePlace()
        let probe = try place.open().exchange().save(Talk("probe"))
        size = probe.fileBytes
        try place.open().remove([probe.id])
    }

    private func limits(_ change: (inout StateStore.Limits) -> Void) -> StateStore.Limits {
        var limits = StorePlace.limits
        change(&limits)
        return limits
    }

    /// Saves states of equal size, one second after another.
    @discardableResult private func save(_ names: String..., in store: StateStore) throws -> [StateEntry] {
        let exchange = try store.exchange()
        return try names.map { name in
            place.now += 1
            return try exchange.save(Talk(name.padded))
        }
    }

    private func names(_ store: StateStore) throws -> Set<Digest> { Set(try store.entries().map(\.key)) }

    private func keys(_ names: String...) -> Set<Digest> { Set(names.map { Talk($0.padded).key }) }

    @Test func bytes() throws {
        let store = try place.open(limits { $0.bytes = 3 * size + size / 2 })
        try save("a", "b", "c", in: store)
        #expect(try store.entries().count == 3)
        // The trailer counts as well.
        try save("d", in: store)
        #expect(try names(store) == keys("b", "c", "d"))
        #expect(place.files.count == 3)
        #expect(Files.names(in: "\(place.states)/.trash").isEmpty)
    }

    @Test func entries() throws {
        let store = try place.open(limits { $0.entries = 2 })
        let saved = try save("a", "b", in: store)
        place.now += 1
        try store.recordUse(saved[0].id, secondsSaved: 1)
        try save("c", in: store)
        #expect(try names(store) == keys("a", "c"))
    }

    @Test func timeToLive() throws {
        let store = try place.open(limits { $0.timeToLive = 100 })
        let saved = try save("a", "b", "c", in: store)
        try store.pin(saved[0].id)
        place.now += 50
        try store.recordUse(saved[1].id, secondsSaved: 1)
        place.now += 60
        #expect(try store.enforceLimits() == [saved[2].id])
        #expect(try names(store) == keys("a", "b"))
    }

    @Test func pinnedOnesStay() throws {
        let store = try place.open(limits { $0.bytes = 2 * size + size / 2 })
        for entry in try save("a", "b", in: store) { try store.pin(entry.id) }
        let error = try #require(throws: StateStoreError.self) { try save("c", in: store) }
        #expect(error.code == .diskFull)
        #expect(try names(store) == keys("a", "b"))
        #expect(place.files.count == 2)
        try store.pin(try #require(try store.entry(key: Talk("a".padded).key)).id, false)
        try save("c", in: store)
        #expect(try names(store) == keys("b", "c"))
    }

    @Test func whatIsTooLargeForTheStoreIsRefusedBeforeItIsWritten() throws {
        let store = try place.open(limits { $0.bytes = 1000 })
        let error = try #require(throws: StateStoreError.self) { try store.exchange().beginSave(expecting: 1001) }
        #expect(error.code == .diskFull)
        #expect(error.reason == "a state of 1001 bytes does not fit into 1000 bytes, 0 of them pinned")
    }

    @Test func thoseInQuarantineGoFirst() throws {
        let store = try place.open(limits { $0.entries = 3 })
        let saved = try save("a", "b", "c", in: store)
        try store.quarantine(saved[2].id, reason: "test")
        try save("d", in: store)
        #expect(try names(store) == keys("a", "b", "d"))
    }

    @Test func theAdaptivePolicyKeepsWhatIsWorthMore() throws {
        let store = try place.open(
            limits {
                $0.entries = 2
                $0.policy = .adaptive
            })
        let exchange = try store.exchange()
        let dear = try exchange.save(StateDescription(Talk("a"), prefillSeconds: 100))
        try exchange.save(StateDescription(Talk("b"), prefillSeconds: 5))
        place.now += 1
        try exchange.save(StateDescription(Talk("c"), prefillSeconds: 50))
        #expect(try names(store) == [dear.key, Talk("c").key])
        // Worth least of all: the save is refused, and no other state goes for it.
        let error = try #require(throws: StateStoreError.self) {
            try exchange.save(StateDescription(Talk("d"), prefillSeconds: 0))
        }
        #expect(error.code == .diskFull)
        #expect(try names(store) == [dear.key, Talk("c").key])
    }

    @Test func limitsOfAnotherProcessAreEnforcedWhenItOpens() throws {
        try save("a", "b", "c", in: place.open())
        let store = try place.open(limits { $0.entries = 1 })
        #expect(try names(store) == keys("c"))
    }

    // MARK: The disk

    @Test func theFloorOfTheDisk() throws {
        let store = try place.open(limits { $0.freeDisk = 1000 })
        try save("a", "b", "c", in: store)
        // Two of them must go for a new one.
        place.setFree(1000 - size / 2)
        let exchange = try store.exchange()
        // It is said to stay like this whatever is removed.
        let error = try #require(throws: StateStoreError.self) { try exchange.beginSave(expecting: size) }
        #expect(error.code == .diskFull)
        #expect(try names(store) == keys("c"))
        // Where all of them would not be enough, none goes.
        place.setFree(0)
        #expect(throws: StateStoreError.self) { try exchange.beginSave(expecting: size) }
        #expect(try names(store) == keys("c"))
        place.setFree(1000 + 2 * size)
        let ticket = try exchange.beginSave(expecting: size)
        #expect(try names(store) == keys("c"))
        exchange.abandon(ticket)
    }

    @Test func aDiskThatCannotBeMeasuredIsUsed() throws {
        let store = try place.open(limits { $0.freeDisk = .max })
        let error = try #require(throws: StateStoreError.self) { try store.exchange().beginSave() }
        #expect(error.code == .diskFull)
        #expect(Files.freeBytes(at: place.directory + "/none") == nil)
        #expect((Files.freeBytes(at: place.directory) ?? 0) > 0)
    }

    @Test(.enabled(if: SmallDisk.isPermitted)) func aFullDisk() throws {
        let disk = try SmallDisk(kibibytes: 1024)
        let place = StorePlace(at: "\(disk.path)/localcode")
        let store = try place.open()
        let exchange = try store.exchange()
        let small = try exchange.save(Talk("a"))
        // The engine's own file fits, the trailer does not.
        let free = try #require(Files.freeBytes(at: disk.path))
        let large = StateBytes(tokens: 100, parts: [.unknown((free / 4096 - 3) * 4096)])
        let words = (0..<300).map(String.init)
        let error = try #require(throws: StateStoreError.self) { try exchange.save(Talk(words), large) }
        #expect(error.code == .diskFull, "\(error)")
        #expect(TestFiles.below(exchange.directory ?? "").isEmpty)
        #expect(try exchange.restore(small).count == small.fileBytes)
        try exchange.save(Talk("b"))
        #expect(try store.entries().count == 2)
    }

    /// The file is whole, and the index has no room for its row.
    @Test(.enabled(if: SmallDisk.isPermitted)) func aFullDiskForTheIndex() throws {
        let disk = try SmallDisk(kibibytes: 1024)
        let place = StorePlace(at: "\(disk.path)/localcode")
        let filler = "\(disk.path)/filler"
        let store = try place.open { step in
            guard step == .synchronized, let free = Files.freeBytes(at: disk.path) else { return }
            try? TestFiles.write([UInt8](repeating: 1, count: free), to: filler)
        }
        let exchange = try store.exchange()
        let words = (0..<3000).map(String.init)
        let error = try #require(throws: StateStoreError.self) { try exchange.save(Talk(words)) }
        #expect(error.code == .diskFull || error.code == .system, "\(error)")
        #expect(place.files.isEmpty)
        try TestFiles.remove(filler)
        #expect(try store.entries().isEmpty)
        let again = try place.open()
        #expect(try again.exchange().save(Talk("a")).tokens == 100)
        #expect(place.warnings.isEmpty)
    }
}

extension String {
    /// As long as every other name, so that all states have one size.
    fileprivate var padded: String { self + String(repeating: "-", count: 8 - count) }
}
