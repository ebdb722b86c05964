import LocalCodeCore
import Support
import Testing

/// What several conversations share, and what they must not.
@Suite(.serialized, .timeLimit(.minutes(3))) struct StateBaseTests {
    /// Tokens of a prompt that has nothing but its system message and tools, and an empty user's.
    private func baseTokens(_ talk: Conversation, _ engine: TestEngine) async throws -> Int {
        var empty = talk
        empty.say("")
        let answer = try await TestHTTP(engine.url).post("/v1/chat/completions/input_tokens", empty.body)
        return try #require(answer.json["input_tokens"]?.int)
    }

    @Test(arguments: [TinyModel.tiny, .swa, .recurrent])
    func aNewSessionStartsFromSystemAndTools(model: TinyModel) async throws {
        let rig = try await StateRig.start(model)
        func session(tools: String? = "read_file") -> Conversation {
            Conversation(system: Prose.system(seed: 1), tools: tools.map { Prose.tools($0) })
        }
        let base = try await baseTokens(session(), rig.engine)
        var (one, two) = (session(), session())
        try await one.ask("one: \(Prose.text(40, seed: 5))", rig.url)
        try await two.ask("two: \(Prose.text(40, seed: 6))", rig.url)
        try await rig.settle()
        try await rig.restartEngine()
        var three = session()
        let first = try await three.ask("three: \(Prose.text(40, seed: 7))", rig.url)
        #expect(first.receipt?.source == "restored")
        #expect(first.cachedTokens >= base - 64)
        #expect(first.cachedTokens <= base)

        // Another list of tools, and none.
        for tools in ["write_file", nil] {
            try await rig.restartEngine()
            var other = session(tools: tools)
            let answer = try await other.ask("four: \(Prose.text(40, seed: 8))", rig.url)
            #expect(answer.receipt?.source == "cold")
            #expect(answer.cachedTokens == 0)
        }
    }

    @Test func theBaseIsAnEntryOfItsOwn() async throws {
        let rig = try await StateRig.start()
        for user in ["one", "two", "three"] {
            var talk = Conversation(system: Prose.system(seed: 1), tools: Prose.tools())
            try await talk.ask(user, rig.url)
            try await rig.settle()
        }
        let entries = try await rig.entries()
        #expect(entries.filter { $0["kind"]?.string == "base" }.count == 1)
    }

    @Test func otherParametersOfTheTemplateAreAnotherBase() async throws {
        let rig = try await StateRig.start(slots: 2)
        let members: JSONValue = ["chat_template_kwargs": ["enable_thinking": false]]
        var talk = Conversation(system: Prose.system(seed: 1))
        try await talk.ask("hello", rig.url)
        try await rig.settle()
        try await rig.restartEngine()
        let answer = try await talk.ask("and then?", rig.url, members: members)
        #expect(answer.receipt?.source == "cold")
    }

    /// Weights that differ, while every shape and every byte of metadata is the same. The engine itself would take the
    /// state without a word.
    @Test(arguments: [["one", "one"], ["one", "two"], []])
    func modelsDoNotMeet(ids: [String]) async throws {
        let directory = try TestDirectory()
        let home = try TestHome()
        var talk = Conversation(system: Prose.system(seed: 1))
        let rig = try await StateRig.start(
            engine: ["--alias", "same"], id: ids.first, home: home, directory: directory)
        try await talk.ask("hello", rig.url)
        #expect(await rig.proxy.terminate() == .exited(0))
        await rig.engine.stop()

        let other = try await StateRig.start(
            .twin, engine: ["--alias", "same"], id: ids.last, home: home, directory: directory)
        let bare = try await TestEngine.start(StateRig.engineFlags(slots: 1), model: .twin)
        let answer = try await talk.ask("and then?", other.url)
        #expect(answer.receipt?.source == "cold")
        #expect(answer.cachedTokens == 0)
        #expect(try await talk.dropLast().send(bare.url).text == answer.text)
        // And the first one's is still there.
        guard !ids.isEmpty else { return }
        #expect(await other.proxy.terminate() == .exited(0))
        let again = try await StateRig.start(
            engine: ["--alias", "same"], id: ids.first, home: home, directory: directory)
        let back = try await talk.dropLast().send(again.url)
        #expect(back.receipt?.source == "restored", "\(rig.proxy.lines + again.proxy.lines)")
    }

    /// An engine that comes back with another model at the same address, while LocalCode runs.
    @Test func anotherModelBehindTheSameAddressIsNoticed() async throws {
        let rig = try await StateRig.start(engine: ["--alias", "same"])
        var talk = Conversation(system: Prose.system(seed: 1))
        try await talk.ask("hello", rig.url)
        try await rig.settle()
        try await rig.restartEngine("--model", try await TinyModel.twin.path())
        let bare = try await TestEngine.start(StateRig.engineFlags(slots: 1), model: .twin)
        let answer = try await talk.ask("and then?", rig.url)
        #expect(answer.receipt?.source == "cold")
        #expect(answer.cachedTokens == 0)
        #expect(try await talk.dropLast().send(bare.url).text == answer.text)
    }
}
