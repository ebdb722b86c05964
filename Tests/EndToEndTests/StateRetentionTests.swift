import LocalCodeCore
import Support
import Testing

/// What is kept follows what comes back.
@Suite(.serialized, .timeLimit(.minutes(3))) struct StateRetentionTests {
    /// Questions that nothing follows are kept until it shows that nothing does; a conversation is, before and after.
    @Test func whatNeverComesBackIsNotKeptForLong() async throws {
        let rig = try await StateRig.start()
        var talk = Conversation(system: nil)
        try await talk.ask("hello: \(Prose.text(25, seed: 1))", rig.url)
        try await talk.ask("and then?", rig.url)
        func askOnce(_ count: Int) async throws {
            var question = Conversation(system: nil)
            try await question.ask("question \(count): \(Prose.text(25, seed: UInt64(count)))", rig.url)
        }
        for count in 1...28 { try await askOnce(count) }
        try await rig.settle()
        let kept = try await rig.entries().count { $0["title"]?.string?.hasPrefix("question") == true }
        #expect((1...24).contains(kept))
        #expect(rig.notes.contains { $0.contains("% of such conversations come back: question") })

        // What has a history is another matter.
        let back = try await talk.ask("go on", rig.url)
        #expect(back.receipt?.source == "restored", "\(rig.notes.joined(separator: "\n"))")
        try await rig.settle()
        try await askOnce(29)
        try await rig.settle()
        let titles = try await rig.entries().compactMap { $0["title"]?.string }
        #expect(titles.contains { $0.hasPrefix("hello") })
        #expect(!titles.contains { $0.hasPrefix("question 29") })
    }

    /// Which state is kept why, by the words of `cache ls --why`.
    @Test func theReasonIsOnDemand() async throws {
        let rig = try await StateRig.start()
        func session() -> Conversation { Conversation(system: Prose.system(700, seed: 1)) }
        var (one, two) = (session(), session())
        try await one.ask("one: \(Prose.text(20, seed: 5))", rig.url)
        try await two.ask("two: \(Prose.text(20, seed: 6))", rig.url)
        try await one.ask("and then?", rig.url)
        try await rig.settle()
        let why = try await rig.command("cache", "ls", "--why", "--json")
        let entries = try JSONValue(parsing: Array(why.output.utf8)).array ?? []
        let base = try #require(entries.first { $0["kind"]?.string == "base" })
        #expect(base["why"]?["starts"]?.int == 2)
        let time = SystemTime.wall()
        #expect(try #require(base["why"]?["pinned_until"]?.double) > time)
        let text = try #require(base["why"]?["text"]?.string)
        #expect(text.contains("2 conversations began with it lately"))
        #expect(text.contains("others go first for another 3h, since it is in use"))
        let first = try #require(entries.first { $0["title"]?.string?.hasPrefix("one") == true })
        #expect(first["request"]?.string == "chat")
        #expect(first["hits"]?.int == 1)
        #expect(first["why"]?["text"]?.string?.hasPrefix("came back 1 time in ") == true)
        #expect(first["why"]?["text"]?.string?.contains("(a guess)") == true)
        let second = try #require(entries.first { $0["title"]?.string?.hasPrefix("two") == true })
        #expect(second["why"]?["returned"]?.double == 1)
        #expect(second["why"]?["turn"]?.int == 1)
        #expect((await rig.proxy.terminate()) == .exited(0))
    }

    /// The base of a project's sessions is in a slot before the next one comes.
    @Test(arguments: [true, false]) func aBaseIsRestoredBeforeItIsAskedFor(isOn: Bool) async throws {
        let home = try TestHome()
        try home.directory.write("routing:\n  restore-ahead: \(isOn)\n", to: ".config/localcode/localcode.yaml")
        let rig = try await StateRig.start(slots: 2, home: home)
        func session() -> Conversation { Conversation(system: Prose.system(700, seed: 1)) }
        for word in ["one", "two", "three"] {
            var talk = session()
            try await talk.ask("\(word): \(Prose.text(20, seed: 5))", rig.url)
        }
        try await rig.settle()
        #expect(await rig.proxy.terminate() == .exited(0))
        try await rig.restartEngine()
        try await rig.restartProxy()
        let base = try #require(try await rig.entries().first { $0["kind"]?.string == "base" })
        if isOn {
            // The test's time limit ends this.
            while !Task.isCancelled, try await !rig.slots().contains(where: { $0["key"] == base["key"] }) {}
        }
        var next = session()
        let answer = try await next.ask("four: \(Prose.text(20, seed: 7))", rig.url)
        #expect(answer.receipt?.source == (isOn ? "resident" : "restored"))
        #expect(answer.cachedTokens >= (base["tokens"]?.int ?? .max) - 1)
        // The state is what helped, either way.
        try await rig.settle()
        let used = try await rig.entries().first { $0["kind"]?.string == "base" }
        #expect(used?["hits"]?.int == (base["hits"]?.int ?? 0) + 1)
    }
}
