import Support
import Testing

@testable import LocalCodeCore

/// Several processes, and several threads, on one store.
@Suite struct StateConcurrencyTests {
    private static let rounds = 60

    /// A server: saves, looks up, restores. What it looks up may be gone by then, and never anything else.
    private static func serve(_ place: StorePlace, seed: Int) throws {
        let store = try place.open()
        let exchange = try store.exchange()
        for round in 0..<rounds {
            let words = ["s", String(round % 7), String((round + seed) % 3)]
            let tokens = 20 + round % 7
            try exchange.save(
                Talk(words), StateBytes(tokens: tokens, parts: [.attention(cells: tokens)], seed: round % 7))
            for match in try store.matches(Talk(words).digests, limit: 3) {
                do {
                    let ticket = try exchange.beginRestore(match.entry)
                    let file = try StateFile(path: "\(exchange.directory ?? "")/\(ticket.name)")
                    exchange.endRestore(ticket)
                    // Each text has one content, whoever saved it.
                    let number = try #require(Int(words[1]))
                    if match.boundary >= 1 { try #require(file.tokenCount == 20 + number) }
                    try #require(file.trailer?.state.boundaries == ticket.entry.boundaries)
                    try store.recordUse(match.entry.id, secondsSaved: 1)
                } catch let error as StateStoreError {
                    try #require(error.code == .missing, "\(error)")
                }
            }
            try store.append(RequestRecord(conversation: Talk(words)))
            _ = try store.seenBase(Talk("s").key, conversation: Talk("s", "\(seed)").key)
        }
    }

    /// What removes states while others use them.
    private static func prune(_ place: StorePlace) throws {
        for round in 0..<rounds {
            let store = try place.open()
            for entry in try store.entries() where Int(entry.id).isMultiple(of: 3) && !entry.isPinned {
                try store.remove([entry.id])
            }
            if round.isMultiple(of: 5) { try store.enforceLimits() }
        }
    }

    @Test func twoServersAndAPruneOfThreeProcesses() async throws {
        let shared = try SharedPlace("three")
        let place = shared.place
        let pinned = try place.open().exchange().save(Talk("pinned"))
        try place.open().pin(pinned.id)
        async let one = #expect(processExitsWith: .success) {
            try SharedPlace.work("three") { try Self.serve($0, seed: 1) }
        }
        async let two = #expect(processExitsWith: .success) {
            try SharedPlace.work("three") { try Self.serve($0, seed: 2) }
        }
        async let three = #expect(processExitsWith: .success) { try SharedPlace.work("three", Self.prune) }
        _ = await (one, two, three)
        #expect(shared.failures == [])
        try check(place, pinned)
    }

    @Test func threadsOfOneProcess() async throws {
        let place = try StorePlace()
        let store = try place.open()
        let exchange = try store.exchange()
        let pinned = try exchange.save(Talk("pinned"))
        try store.pin(pinned.id)
        try await withThrowingTaskGroup { group in
            for seed in 0..<3 { group.addTask { try Self.serve(place, seed: seed) } }
            group.addTask { try Self.prune(place) }
            try await group.waitForAll()
        }
        try check(place, pinned)
    }

    /// The files and the index agree, and all of it is whole.
    private func check(_ place: StorePlace, _ pinned: StateEntry) throws {
        #expect(place.warnings.isEmpty)
        let store = try place.open()
        let entries = try store.entries()
        #expect(entries.contains { $0.id == pinned.id })
        #expect(entries.count > 1)
        #expect(TestFiles.below("\(place.states)/.exchange", suffix: ".kv").isEmpty)
        #expect(Set(place.files) == Set(entries.map(\.path)))
        for entry in entries { try store.verify(entry.id) }
        for entry in entries where entry.kind == .conversation {
            #expect(try store.matches(entry.boundaries.map(\.digest), limit: 1).first?.entry == entry)
        }
        #expect(try store.requests(limit: 100).count == 64)
        #expect(place.warnings.isEmpty)
    }

    /// The same state from two processes at once.
    @Test func oneKeyFromTwoProcesses() async throws {
        let shared = try SharedPlace("key")
        async let one = #expect(processExitsWith: .success) {
            try SharedPlace.work("key") { try Self.saveOneKey($0, 1) }
        }
        async let two = #expect(processExitsWith: .success) {
            try SharedPlace.work("key") { try Self.saveOneKey($0, 2) }
        }
        _ = await (one, two)
        #expect(shared.failures == [])
        let store = try shared.place.open()
        let entry = try #require(try store.entries().first)
        #expect(try store.entries().count == 1)
        #expect(shared.place.files == [entry.path])
        try store.verify(entry.id)
        #expect(try store.exchange().restore(entry).count == entry.fileBytes)
        #expect(shared.place.warnings.isEmpty)
    }

    private static func saveOneKey(_ place: StorePlace, _ seed: Int) throws {
        let exchange = try place.open().exchange()
        for round in 0..<40 { try exchange.save(Talk("a", "b"), StateBytes(tokens: 30, seed: seed * 40 + round)) }
    }

    /// All open the store at once, where there is none yet.
    @Test func aNewStoreFromThreeProcesses() async throws {
        let shared = try SharedPlace("new")
        async let one = #expect(processExitsWith: .success) {
            try SharedPlace.work("new") { try Self.openAndSave($0, "1") }
        }
        async let two = #expect(processExitsWith: .success) {
            try SharedPlace.work("new") { try Self.openAndSave($0, "2") }
        }
        async let three = #expect(processExitsWith: .success) {
            try SharedPlace.work("new") { try Self.openAndSave($0, "3") }
        }
        _ = await (one, two, three)
        #expect(shared.failures == [])
        #expect(try shared.place.open().entries().count == 3)
        #expect(shared.place.warnings.isEmpty)
    }

    private static func openAndSave(_ place: StorePlace, _ name: String) throws {
        try place.open().exchange().save(Talk(name))
    }
}
