import LocalCodeCore
import Support
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// No token is read twice: a conversation goes on where it was, whatever ended in between.
@Suite(.serialized, .timeLimit(.minutes(3))) struct StateSurvivalTests {
    /// What every kind of memory must give: all that both prompts begin with, less 64 tokens. What the last answer added
    /// to the prompt is part of it.
    private func expectReuse(
        _ turn: Reply, after before: Reply, _ sources: String..., notes: [String] = [], at: SourceLocation
    ) {
        let shared = before.promptTokens + before.answerTokens
        #expect(turn.cachedTokens >= shared - 64, sourceLocation: at)
        #expect(turn.cachedTokens < turn.promptTokens, sourceLocation: at)
        let source = turn.receipt?.source ?? "no receipt"
        #expect(sources.contains(source), "\(turn.receipt as Any) \(notes)", sourceLocation: at)
    }

    private func conversation(_ seed: UInt64) -> Conversation { Conversation(system: Prose.system(seed: seed)) }

    @Test(arguments: [TinyModel.tiny, .swa, .recurrent], [true, false])
    func theSecondTurnIsResident(model: TinyModel, stream: Bool) async throws {
        let rig = try await StateRig.start(model)
        var talk = conversation(1)
        let first = try await talk.ask("hello", rig.url, stream: stream)
        #expect(first.receipt?.source == "cold")
        #expect(first.cachedTokens == 0)
        let second = try await talk.ask("and then?", rig.url, stream: stream)
        expectReuse(second, after: first, "resident", notes: rig.notes, at: #_sourceLocation)
        let third = try await talk.ask("what else?", rig.url, stream: stream)
        expectReuse(third, after: second, "resident", at: #_sourceLocation)
        #expect(third.slot == 0)
    }

    @Test(arguments: [TinyModel.tiny, .swa, .recurrent])
    func itSurvivesAnotherInItsSlot(model: TinyModel) async throws {
        let rig = try await StateRig.start(model, serve: ["--save-idle", "1h"])
        var (talk, other) = (conversation(1), conversation(2))
        let first = try await talk.ask("hello", rig.url)
        let taken = try await other.ask("good day", rig.url)
        #expect(taken.receipt?.source == "cold")
        let second = try await talk.ask("and then?", rig.url)
        expectReuse(second, after: first, "restored", at: #_sourceLocation)
        let back = try await other.ask("so?", rig.url)
        expectReuse(back, after: taken, "restored", at: #_sourceLocation)
    }

    @Test(arguments: [TinyModel.tiny, .swa, .recurrent])
    func itSurvivesTheEngine(model: TinyModel) async throws {
        let rig = try await StateRig.start(model)
        var talk = conversation(1)
        let first = try await talk.ask("hello", rig.url)
        try await rig.settle()
        try await rig.restartEngine()
        let second = try await talk.ask("and then?", rig.url)
        expectReuse(second, after: first, "restored", at: #_sourceLocation)
    }

    @Test(arguments: [TinyModel.tiny, .swa])
    func itSurvivesLocalCode(model: TinyModel) async throws {
        let rig = try await StateRig.start(model)
        var talk = conversation(1)
        let first = try await talk.ask("hello", rig.url)
        try await rig.settle()
        try await rig.restartProxy()
        // The engine still has it: both ways are right.
        let second = try await talk.ask("and then?", rig.url)
        expectReuse(second, after: first, "restored", "resident", at: #_sourceLocation)
    }

    @Test func itSurvivesLocalCodeUnsaved() async throws {
        let rig = try await StateRig.start(serve: ["--save-idle", "1h"])
        var talk = conversation(1)
        let first = try await talk.ask("hello", rig.url)
        try await rig.restartProxy()
        let second = try await talk.ask("and then?", rig.url)
        // Killed before it saved, LocalCode may not know what the slot holds; the engine does.
        #expect(second.cachedTokens >= first.promptTokens + first.answerTokens - 64)
    }

    @Test func itSurvivesBoth() async throws {
        let rig = try await StateRig.start()
        var talk = conversation(1)
        let first = try await talk.ask("hello", rig.url)
        try await rig.settle()
        await rig.proxy.kill()
        try await rig.restartEngine()
        try await rig.restartProxy()
        let second = try await talk.ask("and then?", rig.url)
        expectReuse(second, after: first, "restored", at: #_sourceLocation)
    }

    /// Many short messages have more bytes a token than what was measured before. Where they end in the state is not known
    /// exactly, but all of them are in it, and a conversation that leaves it earlier is not taken for its continuation.
    @Test func aHistoryOfShortMessagesHasItsPlaces() async throws {
        let rig = try await StateRig.start()
        var other = conversation(2)
        try await other.ask("good day", rig.url)
        func history(_ count: Int) -> Conversation {
            var talk = Conversation(system: "be brief")
            for _ in 0..<count { talk.say("ok") }
            return talk
        }
        var talk = history(120)
        let first = try await talk.ask("hello", rig.url)
        try await rig.settle()
        for words in ["something else", "another thing"] {
            try await rig.restartEngine()
            var branch = history(100)
            let reply = try await branch.ask(words, rig.url)
            #expect(reply.receipt?.source == "restored")
            let expected = try #require(reply.receipt?.numbers["expected"])
            #expect(abs(expected - Double(reply.cachedTokens)) <= 64)
        }
        try await rig.restartEngine()
        let second = try await talk.ask("and then?", rig.url)
        expectReuse(second, after: first, "restored", at: #_sourceLocation)
        await rig.proxy.terminate()
        #expect(!rig.proxy.lines.contains { $0.contains("of no use") }, "\(rig.notes)")
    }

    /// A session of an agent: calls of tools, their results, answers.
    @Test func anAgentsSessionSurvives() async throws {
        let rig = try await StateRig.start()
        var talk = Conversation(system: Prose.system(seed: 1), tools: Prose.tools(), tokens: 200)
        let call = try await talk.ask("read it", rig.url)
        #expect(call.message["tool_calls"]?.array?.count == 1)
        try await rig.settle()
        try await rig.restartEngine()
        // The call itself may be spelled in another way than it was generated.
        let answer = try await talk.ask(Prose.text(40, seed: 9), rig.url)
        #expect(answer.receipt?.source == "restored")
        #expect(answer.cachedTokens >= call.promptTokens - 8)
        try await rig.settle()
        try await rig.restartEngine()
        let next = try await talk.ask("thank you", rig.url)
        expectReuse(next, after: answer, "restored", at: #_sourceLocation)
    }

    @Test func whatIsUnsavedIsSavedAtTheEnd() async throws {
        let rig = try await StateRig.start(slots: 2, serve: ["--save-idle", "1h"])
        var (talk, other) = (conversation(1), conversation(2))
        let first = try await talk.ask("hello", rig.url)
        let second = try await other.ask("good day", rig.url)
        #expect(rig.states.isEmpty)
        #expect(await rig.proxy.terminate() == .exited(0))
        #expect(rig.states.count == 2)
        try await rig.restartEngine()
        try await rig.restartProxy()
        expectReuse(try await talk.ask("so?", rig.url), after: first, "restored", at: #_sourceLocation)
        expectReuse(try await other.ask("so?", rig.url), after: second, "restored", at: #_sourceLocation)
    }

    /// The end comes while a state is being saved. The first save only asks whether the engine takes the name of a file, the second
    /// one tries what restoring is good for while the request waits, and the third one keeps the conversation.
    @Test(arguments: [SaveRelay.Moment.asked, .answered, .told], [2, 3])
    func aSaveThatRunsIsFinishedAtTheEnd(moment: SaveRelay.Moment, number: Int) async throws {
        let directory = try TestDirectory()
        let engine = try await TestEngine.start(
            StateRig.engineFlags(slots: 1) + ["--slot-save-path", directory.path, "--ubatch-size", "1"])
        let relay = try SaveRelay(to: engine.port)
        let options = StateRig.serveOptions(relay.url, directory.path, "test") + ["--grace", "60s"]
        var proxy = try await LocalCodeProcess.serve(options)
        var talk = conversation(1)
        let process = proxy.process
        let saves = Atomic(0)
        relay.onSave {
            guard $0 == moment, saves.add(1, ordering: .relaxed).newValue == number else { return }
            process.send(SIGTERM)
            usleep(50_000)
        }
        let first = try await talk.ask("hello", proxy.url)
        #expect(await proxy.process.collect().status == .exited(0))
        relay.onSave(nil)
        proxy = try await proxy.restart()
        let again = try await engine.restart()
        defer { withExtendedLifetime(again) {} }
        let second = try await talk.ask("and then?", proxy.url)
        expectReuse(second, after: first, "restored", at: #_sourceLocation)
    }

    @Test func theEngineOfTheSetUpIsSavedToo() async throws {
        let home = try TestHome()
        try await home.provideEngine()
        let options = ["--cache-min-free", "0"]
        var proxy = try await LocalCodeProcess.serve(options, home: home)
        var talk = conversation(1)
        let first = try await talk.ask("hello", proxy.url)
        #expect(await proxy.terminate() == .exited(0))
        proxy = try await LocalCodeProcess.serve(options, home: home)
        let second = try await talk.ask("and then?", proxy.url)
        expectReuse(second, after: first, "restored", at: #_sourceLocation)
        // Another model under the same name: nothing of it fits.
        await proxy.terminate()
        try TestFiles.remove("\(home.directory.path)/data/localcode/models/default.gguf")
        try home.directory.link("data/localcode/models/default.gguf", to: try await TinyModel.twin.path())
        proxy = try await LocalCodeProcess.serve(options, home: home)
        let other = try await talk.ask("and now?", proxy.url)
        #expect(other.receipt?.source == "cold")
        #expect(other.cachedTokens == 0)
    }

    @Test func receiptsTellWhatHappened() async throws {
        let rig = try await StateRig.start()
        var talk = conversation(1)
        let first = try await talk.ask("hello", rig.url)
        try await rig.settle()
        try await rig.restartEngine()
        let second = try await talk.ask("and then?", rig.url, stream: false)
        let receipt = try #require(second.receipt)
        #expect(receipt.source == "restored")
        #expect(receipt.numbers["actual"] == Double(second.cachedTokens))
        let expected = try #require(receipt.numbers["expected"])
        #expect(abs(expected - Double(first.promptTokens + first.answerTokens)) <= 64)
        #expect(receipt.numbers["restore_ms"] ?? 0 > 0)
        #expect(receipt.numbers["saved_s"] ?? 0 > 0)
        #expect(await rig.proxy.line(containing: "restored") != nil)
    }
}
