import Support
import Testing

@testable import LocalCodeCore

@Suite struct StateReturnsTests {
    private let place: StorePlace
    private let origin = StateOrigin(kind: .turn, stage: .calling, client: "opencode-1", project: "/x")

    init() throws { place = try StorePlace() }

    private func count(_ store: StateStore) -> ReturnRates.Count? { store.returnRates.evidence(for: origin) }

    private func leave(_ talk: Talk, _ store: StateStore) throws {
        try store.noteDeparture(Departure(origin: origin, boundaries: talk.boundaries))
    }

    // MARK: Coming back

    @Test func whoGoesOnHasComeBack() throws {
        let store = try place.open()
        #expect(count(store) == nil)
        for _ in 0..<2 { try leave(Talk("s", "a", "b"), store) }
        #expect(count(store) == .init(left: 1))
        // Somebody else, an earlier turn, and one that parted in between.
        for other in [Talk("s", "z", "b"), Talk("s", "a"), Talk("s", "a", "c", "d"), Talk("t", "a", "b"), Talk("s")] {
            try store.noteReturn(of: other.boundaries)
        }
        #expect(count(store) == .init(left: 1))
        try store.noteReturn(of: Talk("s", "a", "b", "c", "d").boundaries)
        #expect(count(store) == .init(left: 1, returned: 1))
        // It has come back, and stays.
        try store.noteReturn(of: Talk("s", "a", "b", "c", "d", "e").boundaries)
        #expect(count(store) == .init(left: 1, returned: 1))
        #expect(store.returnRates.counts.count == 3)
    }

    @Test func theSameRequestAgainIsAReturn() throws {
        let store = try place.open()
        try leave(Talk("s"), store)
        try store.noteReturn(of: Talk("s").boundaries)
        #expect(count(store)?.returned == 1)
    }

    @Test func processesCountTogether() throws {
        let (one, two) = (try place.open(), try place.open())
        try leave(Talk("s", "a"), one)
        try two.noteReturn(of: Talk("s", "a", "b", "c").boundaries)
        try leave(Talk("s", "b"), two)
        try leave(Talk("s", "c"), one)
        let counted = try #require(count(one))
        #expect(counted == count(try place.open()))
        #expect(counted.left > 2.9 && counted.returned > 0.9)
    }

    @Test func nothingGrowsForEver() throws {
        let store = try place.open()
        let talks = (0..<4_200).map { Talk("s", "\($0)") }
        for (number, talk) in talks.enumerated() {
            place.now += 1
            let other = StateOrigin(kind: .chat, stage: .opened, project: "/\(number)")
            try store.noteDeparture(Departure(origin: other, boundaries: talk.boundaries))
        }
        #expect(store.returnRates.counts.count <= 2_048)
        let counts = try place.open().returnRates.counts
        #expect(counts.count == 1_024)
        #expect(counts["chat/opened"]?.returned == 0)
        // The first ones are forgotten, the others are not.
        for number in [0, 103, 104] { try store.noteReturn(of: talks[number].boundaries) }
        #expect(store.returnRates.counts["chat/opened"]?.returned == 1)
    }

    @Test func nothingIsNoConversation() throws {
        let store = try place.open()
        try store.noteDeparture(Departure(origin: origin, boundaries: []))
        try store.noteReturn(of: [])
        #expect(count(store) == nil)
    }

    // MARK: Forsaking

    @Test func whatWasKeptOfAConversationGoesWithIt() throws {
        let store = try place.open()
        let exchange = try store.exchange()
        let entry = try exchange.save(Talk("s", "a"))
        let whole = Talk("s", "a", "b")
        // Another conversation, which only began like it.
        try store.forsake(entry.id, endingWith: Talk("s", "z").boundaries)
        try store.forsake(entry.id, endingWith: Talk("s").boundaries)
        #expect(try store.entry(entry.id) != nil)
        try store.pin(entry.id)
        try store.forsake(entry.id, endingWith: whole.boundaries)
        #expect(try store.entry(entry.id) != nil)
        try store.pin(entry.id, false)
        try store.forsake(entry.id, endingWith: whole.boundaries)
        #expect(try store.entry(entry.id) == nil)
        #expect(place.files.isEmpty)
        let base = try exchange.save(StateDescription(Talk("s"), kind: .base))
        try store.forsake(base.id, endingWith: whole.boundaries)
        try store.forsake(99, endingWith: whole.boundaries)
        #expect(try store.entry(base.id) != nil)
    }

    // MARK: Origins

    @Test func theOriginIsInFileAndIndex() throws {
        let store = try place.open()
        var description = StateDescription(Talk("s", "a"))
        description.origin = origin
        let entry = try store.exchange().save(description)
        #expect(entry.origin == origin)
        #expect(try place.open().entry(entry.id)?.origin == origin)
        // An index that is made anew from the files.
        for file in TestFiles.below(place.states, suffix: "sqlite") { Files.remove("\(place.states)/\(file)") }
        #expect(try place.open().entry(key: entry.key)?.origin == origin)
    }

    @Test func anIndexOfTheFirstFormIsTakenOver() async throws {
        let entry = try place.open().exchange().save(Talk("a"))
        for statement in [
            "DROP INDEX departure_time", "DROP TABLE departure", "DROP INDEX return_rate_time",
            "DROP TABLE return_rate", "ALTER TABLE state DROP COLUMN origin", "PRAGMA user_version = 1",
        ] { try await SQLite.run(statement, place) }
        let store = try place.open()
        #expect(try store.entry(entry.id)?.key == entry.key)
        try leave(Talk("s", "a"), store)
        #expect(count(store)?.left == 1)
        #expect(place.warnings.isEmpty)
    }
}
