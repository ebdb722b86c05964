import LocalCodeCore
import Testing

@testable import Commands

@Suite("Cache: choosing states")
struct EntryFilterTests {
    private let entries = [
        EntryValues.entry(1, model: "Qwen3-4B.gguf", bytes: 5, created: 10, used: 90, hits: 3, tokens: 7, saved: 1),
        EntryValues.entry(2, fingerprint: "g", model: "gemma-3", bytes: 9, created: 50, used: 60, isPinned: true),
        EntryValues.entry(3, model: "gemma-3", bytes: 7, created: 30, used: 30, hits: 1, quarantine: "no good"),
    ]

    private func chosen(_ change: (inout EntryFilter) -> Void) -> [Int64] {
        var filter = EntryFilter()
        change(&filter)
        return entries.filter { filter.accepts($0, now: 100) }.map(\.id)
    }

    @Test("everything that is said must fit")
    func filters() {
        #expect(chosen { _ in } == [1, 2, 3])
        #expect(chosen { $0.model = "GEMMA" } == [2, 3])
        #expect(chosen { $0.fingerprint = String(SHA256.digest(Array("g".utf8)).hex.prefix(8)) } == [2])
        #expect(chosen { $0.unusedFor = 40 } == [2, 3])
        #expect(chosen { $0.isPinned = true } == [2])
        #expect(chosen { $0.isQuarantined = true } == [3])
        #expect(chosen { $0.isUnused = true } == [2])
        #expect(chosen { ($0.model, $0.isUnused) = ("gemma", true) } == [2])
        #expect(chosen { ($0.model, $0.isPinned) = ("qwen", true) } == [])
    }

    @Test("nothing said is no choice")
    func empty() {
        #expect(EntryFilter().isEmpty)
        var filter = EntryFilter()
        filter.isUnused = true
        #expect(!filter.isEmpty)
    }

    @Test(
        "the order",
        arguments: [
            (EntrySort.age, [1, 3, 2]), (.size, [2, 3, 1]), (.hits, [1, 3, 2]), (.tokens, [2, 3, 1]),
            (.saved, [1, 2, 3]), (.used, [1, 2, 3]),
        ] as [(EntrySort, [Int64])])
    func sort(order: EntrySort, ids: [Int64]) { #expect(order.sorted(entries).map(\.id) == ids) }

    // MARK: - Keys

    private let keys = [
        EntryValues.entry(1, key: "abcd10", title: "one"), EntryValues.entry(2, key: "abcd11", title: "two"),
        EntryValues.entry(3, key: "ffff00"),
    ]

    @Test("a beginning of four digits names a state, in any case of letters")
    func find() throws {
        #expect(try KeyPrefix.find("FFFF", in: keys).map(\.id) == [3])
        #expect(try KeyPrefix.find("abcd11", in: keys).map(\.id) == [2])
        let named = keys + [EntryValues.entry(4, key: "ffff00")]
        #expect(try KeyPrefix.find("ffff", in: named).map(\.id) == [3, 4], "the same prompt under a name")
        #expect(try KeyPrefix.find(["abcd11", "ffff", "abcd11"], in: keys).map(\.id) == [2, 3])
        #expect(try KeyPrefix.find([], in: keys).map(\.id) == [1, 2, 3])
    }

    @Test("what is no key is a mistake", arguments: ["abc", "", "xyz1", "ffff ", String(repeating: "a", count: 65)])
    func malformed(text: String) {
        #expect(throws: UsageError.self) { try KeyPrefix.find(text, in: keys) }
    }

    @Test("several are listed, with their titles")
    func ambiguous() throws {
        let failure = try #require(throws: Failure.self) { try KeyPrefix.find("abcd", in: keys) }
        #expect(failure.message == "2 keys begin with abcd")
        #expect(failure.hint == "write more digits: abcd10000000 (one), abcd11000000 (two)")
    }

    @Test("none is a failure")
    func missing() throws {
        let failure = try #require(throws: Failure.self) { try KeyPrefix.find("0000", in: keys) }
        #expect(failure.message == "there is no state with the key 0000")
    }
}

@Suite("Cache: what goes")
struct PrunePlanTests {
    private let entries = [
        EntryValues.entry(1, bytes: 10, used: 90), EntryValues.entry(2, bytes: 20, used: 50, isPinned: true),
        EntryValues.entry(3, bytes: 30, used: 40), EntryValues.entry(4, model: "other", bytes: 40, used: 10, hits: 1),
    ]

    private func filter(_ change: (inout EntryFilter) -> Void = { _ in }) -> EntryFilter {
        var filter = EntryFilter()
        change(&filter)
        return filter
    }

    @Test("what is chosen goes, but pinned states stay")
    func selected() {
        let plan = PrunePlan(removing: entries, fitting: filter { $0.unusedFor = 50 }, now: 100)
        #expect(plan.removed.map(\.entry.id) == [3, 4] && plan.kept.map(\.id) == [2])
        #expect(plan.removed.allSatisfy { $0.reason == .selected } && plan.bytes == 70)
        #expect(PrunePlan(removing: entries, fitting: filter(), now: 100).removed.map(\.entry.id) == [1, 3, 4])
    }

    @Test("limits take what was used longest ago, and pinned states count")
    func limits() {
        let plan = PrunePlan(
            bringing: entries, fitting: filter(), within: RetentionLimits(bytes: 60, entries: .max), policy: .lru,
            now: 100)
        #expect(plan.removed.map(\.entry.id) == [4] && plan.removed.allSatisfy { $0.reason == .limit })
        let few = PrunePlan(
            bringing: entries, fitting: filter(), within: RetentionLimits(bytes: .max, entries: 2), policy: .lru,
            now: 100)
        #expect(few.removed.map(\.entry.id) == [4, 3])
    }

    @Test("a limit is for what is chosen")
    func limitOfChoice() {
        let plan = PrunePlan(
            bringing: entries, fitting: filter { $0.model = "tiny" }, within: RetentionLimits(bytes: .max, entries: 2),
            policy: .lru, now: 100)
        #expect(plan.removed.map(\.entry.id) == [3])
    }

    @Test("what nobody used for the time to live is told from what is too much")
    func timeToLive() {
        let plan = PrunePlan(
            bringing: entries, fitting: filter(),
            within: RetentionLimits(bytes: 30, entries: .max, timeToLive: 80), policy: .lru, now: 100)
        #expect(plan.removed.map(\.entry.id) == [4, 3])
        #expect(plan.removed.map(\.reason) == [.timeToLive, .limit])
    }
}
