import Testing

@testable import LocalCodeCore

@Suite("Retention")
struct RetentionTests {
    private func item(
        _ id: Int64, bytes: Int = 100, created: Double = 0, used: Double = 0, hits: Int = 0, seconds: Double = 10,
        pinned: Bool = false
    ) -> RetentionItem {
        RetentionItem(
            id: id, bytes: bytes, created: created, used: used, hits: hits, prefillSeconds: seconds, isPinned: pinned)
    }

    private func victims(
        _ items: [RetentionItem], bytes: Int = .max, entries: Int = .max, timeToLive: Double? = nil,
        policy: EvictionPolicy = .lru, now: Double = 1_000
    ) -> [Int64] {
        Retention.victims(
            items, limits: RetentionLimits(bytes: bytes, entries: entries, timeToLive: timeToLive), policy: policy,
            now: now)
    }

    @Test("nothing goes while all fits exactly", arguments: EvictionPolicy.allCases)
    func fits(policy: EvictionPolicy) {
        #expect(victims([], bytes: 0, entries: 0, policy: policy).isEmpty)
        #expect(victims([item(1), item(2)], bytes: 200, entries: 2, policy: policy).isEmpty)
    }

    @Test("lru takes what was used longest ago, and no more than needed")
    func lru() {
        let items = [item(1, used: 30), item(2, used: 10), item(3, used: 20), item(4, used: 40)]
        #expect(victims(items, bytes: 399) == [2])
        #expect(victims(items, bytes: 200) == [2, 3])
        #expect(victims(items, entries: 1) == [2, 3, 1])
        #expect(victims(items, bytes: 0) == [2, 3, 1, 4])
    }

    @Test("pinned items stay and count", arguments: EvictionPolicy.allCases)
    func pinned(policy: EvictionPolicy) {
        let items = [item(1, bytes: 500, used: 1, seconds: 0, pinned: true), item(2, used: 2), item(3, used: 3)]
        #expect(victims(items, bytes: 600, policy: policy) == [2])
        #expect(victims(items, bytes: 100, policy: policy) == [2, 3])
        #expect(victims(items, entries: 0, timeToLive: 1, policy: policy) == [2, 3])
    }

    @Test("what is pinned for a time goes last, and only an eighth of the room is", arguments: EvictionPolicy.allCases)
    func pinnedForATime(policy: EvictionPolicy) {
        func items(_ until: [Double?]) -> [RetentionItem] {
            until.enumerated().map { index, until in
                var item = item(Int64(index + 1), used: Double(index))
                item.pinnedUntil = until
                return item
            }
        }
        let one = items([2_000, nil, nil, nil, nil, nil, nil, nil, nil])
        #expect(victims(one, bytes: 800, policy: policy) == [2])
        #expect(victims(one, entries: 0, policy: policy) == [2, 3, 4, 5, 6, 7, 8, 9, 1])
        // Its time is over.
        #expect(victims(one, bytes: 800, policy: policy, now: 2_000) == [1])
        // The one with the latest end has the room.
        let two = items([2_000, 3_000, nil, nil, nil, nil, nil, nil, nil])
        #expect(victims(two, bytes: 800, policy: policy) == [1])
        #expect(victims(two, bytes: 1_600, entries: 7, policy: policy) == [3, 4])
        // There is no room for it at all.
        #expect(victims(one, bytes: 700, policy: policy) == [1, 2])
        // Time to live counts all the same.
        #expect(victims(one, timeToLive: 999.5, policy: policy) == [1])
    }

    @Test(
        "what is past its time goes even where there is room, and makes room first", arguments: EvictionPolicy.allCases)
    func timeToLive(policy: EvictionPolicy) {
        let items = [
            item(1, used: 899, hits: 99), item(2, used: 900), item(3, used: 500, hits: 99),
            item(4, used: 950, pinned: true),
        ]
        #expect(victims(items, timeToLive: 100, policy: policy) == [3, 1])
        #expect(victims(items, bytes: 200, timeToLive: 100, policy: policy) == [3, 1])
        #expect(victims(items, bytes: 100, timeToLive: 100, policy: policy) == [3, 1, 2])
    }

    @Test("equal items go in the order of their ids, however they come", arguments: EvictionPolicy.allCases)
    func ties(policy: EvictionPolicy) {
        let items = (1...20).map { item($0) }
        #expect(victims(items, bytes: 0, policy: policy) == Array(1...20))
        #expect(victims(items.reversed(), bytes: 0, policy: policy) == Array(1...20))
    }

    @Test("adaptive takes a large state before small ones that save as much")
    func adaptiveSize() {
        let items = [item(1, bytes: 10, used: 1), item(2, bytes: 1_000, used: 2), item(3, bytes: 10, used: 3)]
        #expect(victims(items, bytes: 100, policy: .adaptive) == [2])
        #expect(victims(items, bytes: 100, policy: .lru) == [1, 2])
    }

    @Test("adaptive keeps what is dear and what is used often")
    func adaptiveWorth() {
        #expect(victims([item(1, seconds: 60), item(2, used: 1)], entries: 1, policy: .adaptive) == [2])
        #expect(victims([item(1, hits: 5), item(2, used: 1)], entries: 1, policy: .adaptive) == [2])
    }

    @Test("adaptive lets old fame fade")
    func ageing() {
        let month = 30 * 24 * 3_600.0
        let items = [item(1, hits: 50), item(2, used: month)]
        #expect(victims(items, entries: 1, policy: .adaptive, now: 60) == [2])
        #expect(victims(items, entries: 1, policy: .adaptive, now: month) == [1])
    }

    @Test("adaptive takes a state first that is slower to restore than to make")
    func slowState() {
        // 15 GB: ten seconds to read, twenty to write.
        let large = item(1, bytes: 15_000_000_000, used: 500, hits: 9, seconds: 0)
        #expect(Retention.worth(of: large, now: 500) > 0)
        #expect(victims([large, item(2, seconds: 0.001)], entries: 1, policy: .adaptive) == [1])
    }

    @Test("odd numbers do no harm", arguments: EvictionPolicy.allCases)
    func oddNumbers(policy: EvictionPolicy) {
        let items = [
            item(1, bytes: .max, used: .nan, seconds: .infinity), item(2, bytes: .max, used: 5_000, hits: .max),
            item(3, bytes: -5, created: -.infinity, hits: -1, seconds: -1),
        ]
        #expect(Set(victims(items, bytes: 0, entries: 0, policy: policy)) == [1, 2, 3])
        #expect(victims(items, bytes: -1, entries: -1, policy: policy).count == 3)
        #expect(victims(items, timeToLive: 100, policy: policy, now: .nan).isEmpty)
    }

    @Test("the rest is within the limits and the victims are all needed", arguments: EvictionPolicy.allCases)
    func limitsHold(policy: EvictionPolicy) {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let items = (1...Int64.random(in: 1...30, using: &random)).map { id in
                item(
                    id, bytes: .random(in: 0...1_000, using: &random), used: .random(in: 0...1_000, using: &random),
                    hits: .random(in: 0...9, using: &random), seconds: .random(in: 0...99, using: &random),
                    pinned: .random(in: 0...9, using: &random) == 0)
            }
            let limit = Int.random(in: 0...10_000, using: &random)
            let gone = victims(items, bytes: limit, entries: 20, policy: policy)
            let pinned = Set(items.filter(\.isPinned).map(\.id))
            func fits(without gone: some Sequence<Int64>) -> Bool {
                let rest = items.filter { !gone.contains($0.id) }
                return rest.count <= 20 && rest.reduce(0) { $0 + $1.bytes } <= limit
            }
            #expect(Set(gone).count == gone.count && pinned.isDisjoint(with: gone))
            #expect(fits(without: gone) || gone.count + pinned.count == items.count)
            #expect(gone.isEmpty || !fits(without: gone.dropLast()))
        }
    }
}
