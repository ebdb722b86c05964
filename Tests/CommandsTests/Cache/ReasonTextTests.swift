import LocalCodeCore
import Testing

@testable import Commands

@Suite("cache ls --why")
struct ReasonTextTests {
    private let hour = 3_600.0

    private func reason(_ change: (inout StateReason) -> Void = { _ in }) -> StateReason {
        var reason = StateReason()
        change(&reason)
        return reason
    }

    private func text(_ entry: StateEntry, _ reason: StateReason) -> String {
        ReasonText.text(entry, reason, now: 100 * hour)
    }

    @Test("what came back, and how long it stays")
    func conversation() {
        let entry = EntryValues.entry(1, created: 52 * hour, hits: 4, saved: 28.4)
        let reason = reason {
            $0.turn = 3
            $0.expires = 148 * hour
            $0.share = 0.62
            $0.evidence = .init(left: 12.7, returned: 8.1)
        }
        #expect(
            text(entry, reason)
                == "came back 4 times in 2d, 7.1 s each; about 62 % of conversations like it come back (8 of the last 13); "
                + "2 others go before it when room is needed; goes in 2d without use")
    }

    @Test("a guess is called one, and the first to go is")
    func unused() {
        let reason = reason {
            $0.turn = 1
            $0.share = 0.5
            $0.expires = 100 * hour
        }
        #expect(
            text(EntryValues.entry(1), reason)
                == "not restored yet; about 50 % of conversations like it come back (a guess); "
                + "goes first when room is needed; has been unused for too long")
    }

    @Test("a base says how often it was begun with, and until when it is pinned")
    func base() {
        var entry = EntryValues.entry(1)
        entry.kind = .base
        entry.origin = StateOrigin(kind: .turn, stage: .opened, project: "/home/me/x")
        let reason = reason {
            $0.turn = 2
            $0.starts = 5
            $0.pinnedUntil = 103.5 * hour
        }
        #expect(
            text(entry, reason)
                == "5 conversations began with it lately, not restored yet; others go first for another 3h, since "
                + "/home/me/x is active; 1 other goes before it when room is needed")
        entry.origin = nil
        #expect(text(entry, reason).contains("since it is in use"))
    }

    @Test("what never goes by itself, and what is no good")
    func others() {
        #expect(
            text(EntryValues.entry(1, isPinned: true), reason())
                == "not restored yet; pinned by hand, no limit removes it")
        var named = EntryValues.entry(1, isPinned: true)
        named.name = "lunch"
        #expect(text(named, reason()).hasSuffix("saved as 'lunch', stays until it is removed"))
        let bad = text(EntryValues.entry(1, quarantine: "it is torn"), reason { $0.share = 0.5 })
        #expect(bad.hasPrefix("quarantined: it is torn; not restored yet"))
        #expect(!bad.contains("come back"))
    }

    @Test("the command prints the reasons, for people and for programs")
    func command() async throws {
        let store = try StoreFixture()
        try store.save(StoreFixture.boundaries("a"), title: "first")
        try store.save(StoreFixture.boundaries("b"), title: "second")
        let list = await store.run("cache", "ls", "--why")
        #expect(list.status == 0)
        #expect(list.output.hasPrefix("KEY"))
        #expect(list.output.contains("WHY"))
        #expect(list.output.contains("not restored yet; goes first when room is needed; goes in 29d without use"))
        let json = try await store.json("cache", "ls", "--why")
        #expect(json[0]?["why"]?["turn"]?.int == 2)
        #expect(json[1]?["why"]?["text"]?.string?.contains("goes first") == true)
        #expect(json[0]?["why"]?["pinned_until"] == .null)
        // Nothing of it unless it is asked for; the time to live is a setting.
        #expect(try await store.json("cache", "ls")[0]?["why"] == nil)
        let strict = await store.run("cache", "ls", "--why", "--cache-ttl", "2h")
        #expect(strict.output.contains("goes in 1h without use"))
    }
}
