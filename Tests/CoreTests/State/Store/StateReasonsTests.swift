import Testing

@testable import LocalCodeCore

@Suite struct StateReasonsTests {
    private let place: StorePlace
    private let origin = StateOrigin(kind: .turn, stage: .continued, client: "opencode-1", project: "/x")

    init() throws { place = try StorePlace() }

    private func limits(_ change: (inout StateStore.Limits) -> Void = { _ in }) -> StateStore.Limits {
        var limits = StorePlace.limits
        change(&limits)
        return limits
    }

    private func description(_ talk: Talk, kind: StateKind = .conversation) -> StateDescription {
        var description = StateDescription(talk, kind: kind)
        description.origin = origin
        return description
    }

    @Test func whatGoesFirstAndWhen() throws {
        let store = try place.open()
        let exchange = try store.exchange()
        let old = try exchange.save(Talk("a"))
        place.now += 10
        let new = try exchange.save(Talk("b"))
        let pinned = try exchange.save(Talk("c"))
        try store.pin(pinned.id)
        let bad = try exchange.save(Talk("d"))
        try store.quarantine(bad.id, reason: "test")
        let reasons = try store.reasons(under: limits { $0.timeToLive = 100 })
        #expect([bad, old, new, pinned].map { reasons[$0.id]?.turn } == [1, 2, 3, nil])
        #expect(reasons[old.id]?.expires == place.now + 90)
        #expect(reasons[new.id]?.expires == place.now + 100)
        #expect(reasons[pinned.id]?.expires == nil)
        #expect(try store.reasons(under: limits { $0.timeToLive = nil })[old.id]?.expires == nil)
        #expect(reasons[old.id]?.share == nil)
    }

    @Test func whatBecameOfOthersLikeIt() throws {
        let store = try place.open()
        for name in ["1", "2"] {
            try store.noteDeparture(Departure(origin: origin, boundaries: Talk("s", name).boundaries))
        }
        try store.noteReturn(of: Talk("s", "2", "3").boundaries)
        let entry = try store.exchange().save(description(Talk("s", "a")))
        let reason = try #require(try store.reasons(under: limits())[entry.id])
        #expect(reason.share == store.returnRates.share(of: origin))
        #expect(try #require(reason.evidence).returned == 1)
    }

    /// A base that conversations keep beginning with outlives what is used later, for some hours.
    @Test func aBaseIsPinnedWhileItIsInUse() throws {
        let base = Talk("s")
        func fill(_ store: StateStore) throws {
            let exchange = try store.exchange()
            for name in ["a", "b", "c", "d", "e", "f", "g", "h", "i"] {
                place.now += 1
                try exchange.save(Talk(name))
            }
        }
        let first = try place.open()
        let entry = try first.exchange().save(description(base, kind: .base))
        let limits = limits {
            $0.bytes = 8 * entry.fileBytes + 8
            $0.entries = 8
            $0.policy = .lru
        }
        _ = try first.seenBase(base.key, conversation: Talk("s", "1").key)
        #expect(try first.reasons(under: limits)[entry.id]?.pinnedUntil == nil)
        _ = try first.seenBase(base.key, conversation: Talk("s", "2").key)
        let reason = try #require(try first.reasons(under: limits)[entry.id])
        #expect(reason.pinnedUntil == place.now + 4 * 3_600)
        #expect(reason.starts == 2)
        #expect(
            try first.bases(of: entry.fingerprint) == [
                BaseUse(id: entry.id, project: "/x", starts: [place.now, place.now])
            ])
        #expect(try first.bases(of: Talk("x").key).isEmpty)

        let store = try place.open(limits)
        try fill(store)
        #expect(try store.entries().count == 8)
        #expect(try store.entry(entry.id) != nil)
        #expect(try store.reasons(under: limits)[entry.id]?.turn == 8)
        place.now += 4 * 3_600
        #expect(try store.reasons(under: limits)[entry.id]?.turn == 1)
        try fill(store)
        #expect(try store.entry(entry.id) == nil)
    }
}
