import LocalCodeCore
import Support
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What llama-server does with its slots and their files, where LocalCode steps around it. No LocalCode is involved: a
/// test that fails here says that another engine has moved the ground, and which step may be taken back or is missing.
@Suite(.timeLimit(.minutes(2))) struct EngineFactsTests {
    private let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    /// Two slots with files, and nothing that moves states by itself.
    private func engine(_ arguments: String..., model: TinyModel = .tiny) async throws -> TestEngine {
        let own = ["--parallel", "2", "--cache-ram", "0", "--slot-save-path", directory.path, "--flash-attn", "off"]
        return try await TestEngine.start(own + arguments, model: model)
    }

    private func conversation(_ letter: String = "A") -> Conversation {
        var conversation = Conversation(system: letter + String(repeating: " be brief.", count: 30))
        conversation.say("hello \(letter)")
        return conversation
    }

    private func ask(_ conversation: Conversation, _ engine: TestEngine, slot: Int) async throws -> Reply {
        try await conversation.send(engine.url, members: ["id_slot": .number(slot), "logprobs": true])
    }

    @Test(arguments: ["missing", "empty", "truncated"])
    func aRestoreThatFailsErasesTheSlot(file: String) async throws {
        let engine = try await engine()
        let conversation = conversation()
        let read = try await ask(conversation, engine, slot: 0).promptTokens
        #expect(try await ask(conversation, engine, slot: 0).cachedTokens >= read - 1)
        #expect(try await engine.slot(0, "save", "truncated").status == 200)
        truncate("\(directory.path)/truncated", 10_000)
        try directory.write("", to: "empty")
        let restored = try await engine.slot(0, "restore", file)
        #expect(restored.status == 400)
        // One text for every reason: it cannot be told apart from a full context or another version.
        #expect(restored.json["error"]?["message"]?.string?.contains("invalid slot save file") == true)
        #expect(try await ask(conversation, engine, slot: 0).cachedTokens == 0)
    }

    @Test func anotherModelsStateIsTakenSilently() async throws {
        let mine = try await engine()
        let other = try await engine(model: .twin)
        let conversation = conversation()
        _ = try await ask(conversation, mine, slot: 0)
        let saved = try await mine.slot(0, "save", "state").json["n_saved"]?.int
        let right = try await ask(conversation, other, slot: 0)
        let restored = try await other.slot(1, "restore", "state")
        #expect(restored.status == 200)
        #expect(restored.json["n_restored"]?.int == saved)
        let wrong = try await ask(conversation, other, slot: 1)
        #expect(wrong.cachedTokens >= right.promptTokens - 1)
        #expect(wrong.logProbabilities != right.logProbabilities)
    }

    @Test func numbersOfSlotsWrapAround() async throws {
        let engine = try await engine()
        let conversation = conversation()
        let read = try await ask(conversation, engine, slot: 7).promptTokens
        #expect(try await engine.slots().map { $0["n_prompt_tokens"] != nil } == [false, true])
        #expect(try await engine.slot(3, "save", "state").json["id_slot"]?.int == 3)
        #expect(try await engine.slot(-1, "erase").json["n_erased"]?.int ?? 0 > read)
        #expect(try await ask(conversation, engine, slot: 1).cachedTokens == 0)
    }

    /// Without `--parallel` an engine has four slots and clears those that are idle when another gets work.
    @Test func idleSlotsAreClearedByDefault() async throws {
        let engine = try await TestEngine.start("--slot-save-path", directory.path)
        _ = try await ask(conversation("A"), engine, slot: 0)
        _ = try await ask(conversation("B"), engine, slot: 1)
        let saved = try await engine.slot(0, "save", "state")
        #expect(saved.status == 200)
        #expect(saved.json["n_saved"]?.int == 0)
        #expect(saved.json["n_written"]?.int ?? .max < 100)
    }

    @Test func aSlotThatWasNeverUsedIsSavedAsNothing() async throws {
        let engine = try await engine()
        let saved = try await engine.slot(1, "save", "state")
        #expect(saved.status == 200)
        #expect(saved.json["n_saved"]?.int == 0)
    }

    /// Bytes of ours behind a state do not disturb the engine, with and without its own appendix of checkpoints.
    @Test(arguments: [TinyModel.tiny, .swa, .recurrent])
    func bytesBehindAStateAreIgnored(model: TinyModel) async throws {
        let engine = try await engine(model: model)
        let conversation = conversation()
        let read = try await ask(conversation, engine, slot: 0).promptTokens
        let saved = try await engine.slot(0, "save", "state").json
        let file = open("\(directory.path)/state", O_WRONLY | O_APPEND)
        let trailer = [UInt8]("trailer".utf8)
        #expect(write(file, trailer, trailer.count) == trailer.count)
        close(file)
        let restored = try await engine.slot(1, "restore", "state").json
        #expect(restored["n_restored"] == saved["n_saved"])
        #expect(restored["n_read"] == saved["n_written"])
        #expect(try await ask(conversation, engine, slot: 1).cachedTokens >= read - 24)
    }

    /// States that cannot be cut back to an earlier token bring their checkpoints along: the end of a prompt and the
    /// beginnings of the user's messages, but no place inside an answer.
    @Test(arguments: [TinyModel.swa, .recurrent])
    func checkpointsAreRestored(model: TinyModel) async throws {
        let engine = try await engine(model: model)
        let conversation = conversation()
        let read = try await ask(conversation, engine, slot: 0).promptTokens
        _ = try await engine.slot(0, "save", "state")
        _ = try await engine.slot(1, "restore", "state")
        var other = Conversation(system: conversation.messages.first?["content"]?.string)
        other.say("something else")
        let cached = try await ask(other, engine, slot: 1).cachedTokens
        #expect(cached > 300 && cached < read)
        // Without them, nothing of it is of use.
        let without = try await self.engine("--ctx-checkpoints", "0", model: model)
        _ = try await ask(conversation, without, slot: 0)
        _ = try await without.slot(0, "save", "bare")
        _ = try await without.slot(1, "restore", "bare")
        #expect(try await ask(other, without, slot: 1).cachedTokens == 0)
    }

    /// A request for a slot that is empty does not look into the engine's memory, where the conversation is.
    @Test func anEmptySlotDoesNotAskTheMemory() async throws {
        let engine = try await engine("--cache-ram", "64")
        let conversation = conversation("A")
        _ = try await ask(conversation, engine, slot: 0)
        _ = try await ask(self.conversation("B"), engine, slot: 0)
        #expect(try await ask(conversation, engine, slot: 1).cachedTokens == 0)
        #expect(try await ask(conversation, engine, slot: 0).cachedTokens > 300)
    }

    /// A request for a slot that is busy overwrites what runs there with what memory has: the answer of one conversation
    /// goes on as another's.
    @Test func aBusySlotIsOverwritten() async throws {
        let engine = try await engine("--cache-ram", "64", model: .echo)
        var long = conversation("A")
        long.options["max_tokens"] = 2000
        let other = conversation("B")
        #expect(try await ask(other, engine, slot: 0).text.allSatisfy { $0 == "B" })
        async let answer = ask(long, engine, slot: 0)
        while try await engine.slots().first?["next_token"]?[0]?["n_decoded"]?.int ?? 0 < 5 {}
        _ = try await ask(other, engine, slot: 0)
        let text = try await answer.text
        #expect(text.hasPrefix("AAAAA"))
        #expect(text.hasSuffix("BBBBB"))
    }

    /// What a draft model knows is not in the file.
    @Test func theDraftIsNotSaved() async throws {
        let engine = try await engine()
        let drafting = try await self.engine(
            "--spec-type", "draft-simple", "--model-draft", try await TinyModel.draft.path())
        let conversation = conversation()
        _ = try await ask(conversation, engine, slot: 0)
        _ = try await ask(conversation, drafting, slot: 0)
        let plain = try await engine.slot(0, "save", "plain").json
        let drafted = try await drafting.slot(0, "save", "drafted").json
        #expect(drafted["n_saved"] == plain["n_saved"])
        #expect(drafted["n_written"] == plain["n_written"])
    }
}
