import LocalCodeCore
import Support
import Testing

/// Control vectors and LoRA adapters: the engine is another one under each set, and so are its KV states.
@Suite(.serialized, .timeLimit(.minutes(3))) struct EngineSteeringTests {
    private func conversation(_ model: String) -> Conversation {
        var talk = Conversation(system: Prose.system(seed: 1))
        talk.options["model"] = .string(model)
        return talk
    }

    /// The wheel's server cannot be given control vectors: it is said to take them, they are left out, and the test looks at
    /// what it was started with.
    private static let leavingVectorsOut = """
        if [ "$1" = --help ]; then
            echo '--control-vector FNAME                          control vectors'
            echo '--control-vector-scaled FNAME:SCALE             control vectors'
        fi
        for word; do
            shift
            case $before in
            --control-vector-scaled | --control-vector) before= ; continue ;;
            esac
            before=$word
            case $word in
            --control-vector-scaled | --control-vector) ;;
            *) set -- "$@" "$word" ;;
            esac
        done
        """

    private static let a = "  a: {path: \"{tiny}\", threads: 1, flash-attention: off, micro-batch: 1}\n"

    @Test func aSetOfVectorsIsAnotherEngine() async throws {
        let models = Self.a + "  a-terse: {like: a, control-vectors: {\"{tinycv}\": 0.5}}"
        let rig = try await EngineRig.start(models: models, steps: Self.leavingVectorsOut)
        var plain = conversation("a")
        let first = try await plain.ask("hello", rig.url)
        try await rig.settle("a")
        var terse = conversation("a-terse")
        // The same words, and nothing of them is taken from the other set.
        let other = try await terse.ask("hello", rig.url)
        #expect(other.promptTokens == first.promptTokens)
        #expect(other.cachedTokens == 0)
        #expect(rig.starts(of: "a").count == 1)
        #expect(rig.starts(of: "a").allSatisfy { $0.value(of: "--control-vector-scaled") == nil })
        let start = try #require(rig.starts(of: "a-terse").last)
        #expect(start.value(of: "--control-vector-scaled")?.hasSuffix("tinycv.gguf:0.5") == true)
    }

    @Test func steeringStartsTheEngineAnewAndBack() async throws {
        let rig = try await EngineRig.start(models: Self.a, steps: Self.leavingVectorsOut)
        var talk = conversation("a")
        let first = try await talk.ask("hello", rig.url)
        let vector: JSONValue = ["path": .string(try await TinyModel.controlVector.path()), "scale": 2]
        let steered = try await TestHTTP(rig.url).post("/v1/localcode/steer", ["model": "a", "vectors": [vector]])
        #expect(steered.status == 200)
        let under = try await talk.send(rig.url)
        #expect(under.cachedTokens == 0)
        #expect(rig.starts.last?.value(of: "--control-vector-scaled")?.hasSuffix("tinycv.gguf:2") == true)
        #expect(try await TestHTTP(rig.url).post("/v1/localcode/steer", ["model": "a", "vectors": []]).status == 200)
        // What it had before is there again.
        let back = try await talk.ask("and then?", rig.url)
        #expect(back.receipt?.source == "restored")
        #expect(back.cachedTokens >= first.promptTokens - 64)
        #expect(rig.starts.count == 3)
        let refused = try await TestHTTP(rig.url).post(
            "/v1/localcode/steer", ["model": "a", "vectors": [["path": "/nowhere/at-all.gguf"]]])
        #expect(refused.status == 400)
        #expect(refused.json["error"]?["message"]?.string?.contains("/nowhere/at-all.gguf") == true)
        #expect(rig.starts.count == 3)
    }

    @Test func aSetThatTheEngineCannotTakeIsRefusedAndCostsNothing() async throws {
        let rig = try await EngineRig.start(models: Self.a)
        var talk = conversation("a")
        let first = try await talk.ask("hello", rig.url)
        let vector: JSONValue = ["path": .string(try await TinyModel.controlVector.path())]
        let steered = try await TestHTTP(rig.url).post("/v1/localcode/steer", ["model": "a", "vectors": [vector]])
        #expect(steered.status == 400)
        #expect(steered.json["error"]?["message"]?.string?.contains("control vectors") == true)
        let second = try await talk.ask("and then?", rig.url)
        #expect(second.receipt?.source == "resident")
        #expect(second.cachedTokens >= first.promptTokens - 64)
        #expect(rig.starts.count == 1)
    }

    @Test func scalesOfAdaptersOutliveTheEngine() async throws {
        let rig = try await EngineRig.start(
            models: "  a: {path: \"{tiny}\", threads: 1, lora: {\"{tinylora}\": 0}, ttl: 1ms}")
        #expect(try await TestHTTP(rig.url).post("/lora-adapters", [["id": 0, "scale": 0.25]]).status == 200)
        #expect(await rig.proxy.line(containing: "a is unloaded") != nil)
        #expect(try await TestHTTP(rig.url).get("/lora-adapters").json[0]?["scale"]?.double == 0.25)
        #expect(rig.starts.count == 2)
    }

    @Test func anAdapterPerRequestHasStatesOfItsOwn() async throws {
        let rig = try await EngineRig.start(
            models:
                "  a: {path: \"{tiny}\", threads: 1, flash-attention: off, micro-batch: 1, lora: {\"{tinylora}\": 0}}")
        var talk = conversation("a")
        let first = try await talk.ask("hello", rig.url)
        let adapted = try await talk.dropLast().send(rig.url, members: ["lora": [["id": 0, "scale": 4]]])
        #expect(adapted.promptTokens == first.promptTokens)
        #expect(adapted.cachedTokens == 0)
        #expect(adapted.text != first.text)
        let second = try await talk.ask("and then?", rig.url)
        #expect(second.cachedTokens >= first.promptTokens - 64)
    }

    @Test func adaptersAreScaledThroughLocalCode() async throws {
        let rig = try await EngineRig.start(
            models:
                "  a: {path: \"{tiny}\", threads: 1, flash-attention: off, micro-batch: 1, lora: {\"{tinylora}\": 0}}")
        var talk = conversation("a")
        let first = try await talk.ask("hello", rig.url)
        let list = try await TestHTTP(rig.url).get("/lora-adapters")
        #expect(list.json[0]?["scale"]?.double == 0)
        #expect(try await TestHTTP(rig.url).post("/lora-adapters", [["id": 0, "scale": 4]]).status == 200)
        let adapted = try await talk.dropLast().send(rig.url)
        #expect(adapted.cachedTokens == 0)
        #expect(adapted.text != first.text)
    }

    @Test func aDraftOfAnotherVocabularyIsRefusedBeforeTheStart() async throws {
        let home = try await EngineRig.prepare(models: "")
        var draft = try TestFiles.bytes(of: try await TinyModel.draft.path())
        // A token's text, with its length before it.
        let token: [UInt8] = [3, 0, 0, 0, 0, 0, 0, 0] + Array("the".utf8)
        let place = try #require(draft.firstRange(of: token))
        draft[place.upperBound - 1] = UInt8(ascii: "y")
        try TestFiles.write(draft, to: "\(home.directory.path)/other.gguf")
        let rig = try await EngineRig.start(
            models: "  a: {path: \"{tiny}\", threads: 1, draft: other.gguf}", home: home)
        let answer = try await rig.post(EngineRig.hello("a"))
        #expect(answer.status == 400)
        #expect(answer.json["error"]?["message"]?.string?.contains("other.gguf") == true, "\(answer.text)")
        #expect(rig.starts.isEmpty)
    }
}
