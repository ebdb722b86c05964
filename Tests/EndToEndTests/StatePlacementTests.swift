import LocalCodeCore
import Support
import Testing

/// Who gets which slot, and what is done where the engine helps less.
@Suite(.serialized, .timeLimit(.minutes(3))) struct StatePlacementTests {
    private static let session: HTTPHeaders = ["x-session-affinity": "ses_1"]

    private func conversation(_ seed: UInt64) -> Conversation { Conversation(system: Prose.system(seed: seed)) }

    /// OpenCode asks for a title in the moment of the first turn, in the same session.
    private func title(of text: String) -> Conversation {
        var title = Conversation(system: "You are a title generator. You output ONLY a thread title.")
        title.say("Generate a title for this conversation:\n")
        title.say(text)
        return title
    }

    private func expectReuse(_ turn: Reply, after before: Reply, at: SourceLocation = #_sourceLocation) {
        #expect(turn.cachedTokens >= before.promptTokens + before.answerTokens - 64, sourceLocation: at)
    }

    @Test func aTitleTakesAnotherSlot() async throws {
        let rig = try await StateRig.start(slots: 2, serve: ["--save-idle", "1h"])
        var talk = conversation(1)
        async let name = title(of: "hello").send(rig.url, headers: Self.session)
        let first = try await talk.ask("hello", rig.url, headers: Self.session)
        #expect(try await name.slot != first.slot)
        let second = try await talk.ask("and then?", rig.url, headers: Self.session)
        #expect(second.receipt?.source == "resident")
        #expect(second.slot == first.slot)
        expectReuse(second, after: first)
        // A later one as well.
        #expect(try await title(of: "other").send(rig.url, headers: Self.session).slot != first.slot)
        let third = try await talk.ask("so?", rig.url, headers: Self.session)
        #expect(third.receipt?.source == "resident")
        expectReuse(third, after: second)
    }

    @Test func aTitleInTheOnlySlotGivesItBack() async throws {
        let rig = try await StateRig.start(serve: ["--save-idle", "1h"])
        var talk = conversation(1)
        async let name = title(of: "hello").send(rig.url, headers: Self.session)
        let first = try await talk.ask("hello", rig.url, headers: Self.session)
        _ = try await name
        let second = try await talk.ask("and then?", rig.url, headers: Self.session)
        expectReuse(second, after: first)
        _ = try await title(of: "other").send(rig.url, headers: Self.session)
        let third = try await talk.ask("so?", rig.url, headers: Self.session)
        #expect(third.receipt?.source == "restored")
        expectReuse(third, after: second)
    }

    @Test func turnsOfOneConversationFollowEachOther() async throws {
        let rig = try await StateRig.start(slots: 3)
        var talks = (1...3).map { conversation($0) }
        var slots = [[Int?]](repeating: [], count: 3)
        for turn in 0..<3 {
            for index in talks.indices { slots[index].append(try await talks[index].ask("turn \(turn)", rig.url).slot) }
        }
        #expect(slots.allSatisfy { Set($0).count == 1 })
        #expect(Set(slots.map { $0[0] }) == [0, 1, 2])
    }

    /// With the engine's own cache in memory, which a request for a busy slot would put in the place of what runs there.
    @Test func manyAtOnceHaveOneSlotEachInTurn() async throws {
        let rig = try await StateRig.start(.echo, slots: 2, engine: ["--cache-ram", "64"])
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for (seed, letter) in "ABCDEFGH".enumerated() {
                tasks.addTask {
                    var talk = Conversation(system: "\(letter) \(Prose.system(200, seed: UInt64(seed)))", tokens: 30)
                    for turn in 0..<3 {
                        let reply = try await talk.ask("\(turn) \(letter)", rig.url)
                        #expect(reply.text == String(repeating: letter, count: 30))
                    }
                }
            }
            try await tasks.waitForAll()
        }
    }

    @Test func aStrangersSlotIsLeftAlone() async throws {
        let rig = try await StateRig.start(slots: 2)
        var (talk, other, stranger) = (conversation(1), conversation(2), conversation(3))
        let first = try await talk.ask("hello", rig.url)
        let mine = try #require(first.slot)
        let its: JSONValue = ["id_slot": .number(1 - mine)]
        let before = try await stranger.ask("good day", rig.engine.url, members: its)
        for turn in 0..<3 {
            #expect(try await other.ask("turn \(turn)", rig.url).slot == mine)
            #expect(try await talk.ask("turn \(turn)", rig.url).slot == mine)
        }
        #expect(try await rig.slots().first { $0["id"]?.int == 1 - mine }?["state"]?.string == "foreign")
        expectReuse(try await stranger.ask("so?", rig.engine.url, members: its), after: before)
    }

    @Test func aStrangersRunningAnswerIsLeftAlone() async throws {
        let rig = try await StateRig.start(.echo, slots: 2)
        var talk = Conversation(system: "A \(Prose.system(seed: 1))")
        let mine = try #require(try await talk.ask("A", rig.url).slot)
        var stranger = Conversation(system: "B \(Prose.system(400, seed: 2))", tokens: 1500)
        stranger.say("B")
        let running = stranger
        async let answer = running.send(rig.engine.url, members: ["id_slot": .number(1 - mine)])
        while try await rig.engine.slots()[1 - mine]["is_processing"]?.bool != true {}
        for letter in "CDE" {
            var other = Conversation(system: "\(letter) \(Prose.system(seed: 3))")
            let reply = try await other.ask("\(letter)", rig.url)
            #expect(reply.slot == mine)
            #expect(reply.text.allSatisfy { $0 == letter })
        }
        #expect(try await answer.text == String(repeating: "B", count: 1500))
    }

    @Test func aStrangerInOurSlotCostsNothingButTime() async throws {
        let rig = try await StateRig.start(.echo)
        let bare = try await TestEngine.start(StateRig.engineFlags(slots: 1), model: .echo)
        var talk = Conversation(system: "A \(Prose.system(seed: 1))")
        var stranger = Conversation(system: "B \(Prose.system(seed: 2))")
        let first = try await talk.ask("A", rig.url)
        try await rig.settle()
        try await stranger.ask("B", rig.engine.url)
        let second = try await talk.ask("so?", rig.url)
        #expect(second.text == (try await talk.dropLast().send(bare.url)).text)
        #expect(second.receipt?.source == "restored")
        expectReuse(second, after: first)
    }

    // MARK: Engines that help less

    @Test(arguments: [true, false])
    func anEngineWithoutFilesWorks(stream: Bool) async throws {
        let engine = try await TestEngine.start(StateRig.engineFlags(slots: 2))
        let proxy = try await LocalCodeProcess.serve(["--engine", engine.url, "--engine-id", "test"])
        var talks = [conversation(1), conversation(2)]
        var last: [Reply?] = [nil, nil]
        for turn in 0..<3 {
            for index in talks.indices {
                let reply = try await talks[index].ask("turn \(turn)", proxy.url, stream: stream)
                // At the head of a stream the engine has not told yet: nothing is claimed then.
                #expect((reply.receipt == nil) == stream)
                #expect(reply.receipt?.source != "restored")
                if let actual = reply.receipt?.numbers["actual"] { #expect(actual == Double(reply.cachedTokens)) }
                if let before = last[index] { expectReuse(reply, after: before) }
                last[index] = reply
            }
        }
        await proxy.terminate()
        #expect(proxy.lines.filter { $0.contains("--slot-save-path") }.count == 1)
    }

    @Test func anEngineThatClearsIdleSlotsWorks() async throws {
        let directory = try TestDirectory()
        // As people start it: four slots, a cache in memory, and idle slots moved there.
        let engine = try await TestEngine.start(
            ["--slot-save-path", directory.path, "--ctx-size", "16384", "--flash-attn", "off"], model: .echo)
        let options = StateRig.serveOptions(engine.url, directory.path, "test") + ["--save-idle", "1h"]
        let proxy = try await LocalCodeProcess.serve(options)
        var talks = "ABC".enumerated().map {
            (letter: $1, talk: Conversation(system: "\($1) \(Prose.system(seed: UInt64($0)))"))
        }
        var last: [Reply?] = [nil, nil, nil]
        for turn in 0..<4 {
            for index in talks.indices {
                let letter = talks[index].letter
                let reply = try await talks[index].talk.ask("\(letter) \(turn)", proxy.url, stream: false)
                #expect(reply.text.allSatisfy { $0 == letter })
                #expect(reply.receipt?.numbers["actual"] == Double(reply.cachedTokens))
                // Once it has been found out that slots are cleared, they are saved before.
                if turn > 1, let before = last[index] { expectReuse(reply, after: before) }
                last[index] = reply
            }
        }
        #expect(await proxy.line(containing: "--no-cache-idle-slots") != nil)
    }

    @Test func withoutADirectoryTheFilesAreBounded() async throws {
        let rig = try await StateRig.start(seesFiles: false)
        for seed in 0..<30 {
            var talk = Conversation(system: Prose.system(800, seed: UInt64(seed)))
            try await talk.ask("hello", rig.url)
            try await rig.settle()
        }
        let files = TestFiles.below(rig.directory.path)
        #expect(files.count > 4 && files.count <= 20, "\(files)")
        #expect(rig.states.filter { $0.hasPrefix(rig.cache) }.isEmpty)
    }

    @Test func withoutADirectoryStatesComeBackToo() async throws {
        let rig = try await StateRig.start(seesFiles: false)
        var (talk, other) = (conversation(1), conversation(2))
        let first = try await talk.ask("hello", rig.url)
        try await other.ask("good day", rig.url)
        let second = try await talk.ask("and then?", rig.url)
        #expect(second.receipt?.source == "restored")
        expectReuse(second, after: first)
        try await rig.settle()
        try await rig.restartEngine()
        let third = try await talk.ask("so?", rig.url)
        #expect(third.receipt?.source == "restored")
        expectReuse(third, after: second)
    }

    @Test func withoutANameStatesLastForTheRun() async throws {
        let rig = try await StateRig.start(id: nil)
        var (talk, other) = (conversation(1), conversation(2))
        let first = try await talk.ask("hello", rig.url)
        try await other.ask("good day", rig.url)
        let second = try await talk.ask("and then?", rig.url)
        #expect(second.receipt?.source == "restored")
        expectReuse(second, after: first)
        #expect(await rig.proxy.line(containing: "--engine-id") != nil)
        try await rig.settle()
        try await rig.restartEngine()
        #expect(try await talk.ask("so?", rig.url).receipt?.source == "cold")
    }

    @Test func cacheOffKeepsNothing() async throws {
        let engine = try await TestEngine.start(StateRig.engineFlags(slots: 1))
        let proxy = try await LocalCodeProcess.serve(["--engine", engine.url, "--no-cache"])
        var talk = conversation(1)
        let first = try await talk.ask("hello", proxy.url)
        expectReuse(try await talk.ask("and then?", proxy.url), after: first)
        await proxy.terminate()
        #expect(TestFiles.below("\(proxy.home.directory.path)/cache").isEmpty)
    }
}
