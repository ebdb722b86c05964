import Testing

@testable import LocalCodeCore

/// A conversation's later state takes the place of its earlier one.
@Suite struct StateSupersessionTests {
    @Test func theLaterOneStaysWithWhatTheEarlierOneWasGoodFor() throws {
        let place = try StorePlace()
        let store = try place.open()
        let exchange = try store.exchange()
        let earlier = try exchange.save(Talk("a", "b"))
        try store.recordUse(earlier.id, secondsSaved: 2)
        let later = try exchange.save(Talk("a", "b", "c"))
        try store.recordUse(later.id, secondsSaved: 3)
        try store.supersede(earlier.id, by: later.id)
        let left = try store.entries()
        #expect(left.map(\.id) == [later.id])
        #expect(left.first?.hits == 2)
        #expect(left.first?.secondsSaved == 5)
        #expect(place.files == [later.path])
    }

    @Test func whatPartsOrIsPinnedStays() throws {
        let place = try StorePlace()
        let store = try place.open()
        let exchange = try store.exchange()
        let one = try exchange.save(Talk("a", "b"))
        let other = try exchange.save(Talk("a", "x", "y"))
        try store.supersede(one.id, by: other.id)
        let longer = try exchange.save(Talk("a", "b", "c"))
        try store.pin(one.id)
        try store.supersede(one.id, by: longer.id)
        try store.supersede(longer.id, by: longer.id)
        try store.supersede(longer.id, by: 99)
        #expect(try store.entries().count == 3)
    }

    @Test func whatASlotHoldsIsFoundByItsRun() throws {
        let place = try StorePlace()
        let store = try place.open()
        let talk = Talk("a", "b")
        var record = ResidentRecord(
            run: "one", slot: 0, tokens: 10, boundaries: [StateBoundary(digest: talk.key, bytes: 5, tokens: 9)],
            requestCount: 1, session: "ses", model: "m", title: "t")
        try store.note(record)
        record.tokens = 20
        try store.note(record)
        #expect(try store.residents(run: "one") == [record])
        #expect(try store.residents(run: "two") == [])
    }
}
