import LocalCodeCore
import Support
import Testing

/// Each family of flags that a launch plan has, taken by a real llama-server, which then does what the flags are for.
@Suite(.timeLimit(.minutes(2))) struct LaunchFamilyTests {
    private let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    /// The engine that a plan starts. Its log says what it computes with.
    private func engine(
        _ model: TinyModel = .tiny, _ change: (inout ModelEntry) async throws -> Void = { _ in }
    ) async throws -> TestEngine {
        var entry = ModelEntry(name: model.rawValue, source: .file(try await model.path()))
        (entry.context, entry.threads) = (4096, 1)
        entry.extraArguments = ["--verbosity", "4"]
        try await change(&entry)
        try LaunchPlan.check(entry)
        // A place of its own for each, since a test may start two.
        let place = "\(UInt32.random(in: 0 ... .max))"
        try await TestEngine.provide(in: directory, data: place)
        let executable = "\(directory.path)/\(place)/localcode/engine/llama-server"
        let capabilities = try await EngineCapabilities.read(executable: executable, cacheDirectory: nil)
        let plan = try LaunchPlan.make(
            entry, executable: executable, capabilities: capabilities, slotDirectory: directory.path)
        #expect(plan.notes == [])
        return try await TestEngine.start(exactly: plan.arguments(socket: "\(directory.path)/\(place)/e.sock"))
    }

    private func props(_ engine: TestEngine) async throws -> JSONValue {
        try await TestHTTP(engine.url).get("/props").json
    }

    private func complete(_ engine: TestEngine, _ prompt: String, tokens: Int = 32) async throws -> JSONValue {
        let answer = try await TestHTTP(engine.url).post(
            "/completion", ["prompt": .string(prompt), "n_predict": .number(tokens), "temperature": 0])
        #expect(answer.status == 200, "\(answer.text)")
        return answer.json
    }

    @Test func chat() async throws {
        let engine = try await engine { $0.slots = 3 }
        let answer = try await TestHTTP(engine.url).post(
            "/v1/chat/completions", ["messages": [["role": "user", "content": "hi"]], "max_tokens": 4])
        #expect(answer.json["usage"]?["completion_tokens"]?.int == 4)
        let slots = try await engine.slots()
        #expect(slots.count == 3)
        // One pool: each of them may use all of it.
        #expect(slots.allSatisfy { $0["n_ctx"]?.int == 4096 && $0["speculative"]?.bool == false })
        #expect(try await engine.slot(0, "save", "state").status == 200)
        #expect(try await TestHTTP(engine.url).get("/metrics").status == 200)
        #expect(try await props(engine)["model_alias"]?.string == "tiny")
    }

    @Test(arguments: [TinyModel.swa, .recurrent, .echo]) func otherArchitectures(model: TinyModel) async throws {
        #expect(try await complete(try await engine(model), "abc")["tokens_predicted"]?.int == 32)
    }

    @Test func typesAndBatches() async throws {
        let engine = try await engine { entry in
            (entry.keyType, entry.valueType) = ("bf16", "f32")
            (entry.batch, entry.microBatch, entry.batchThreads, entry.gpuLayers) = (256, 64, 2, "all")
        }
        #expect(await engine.says { $0.contains("K (bf16)") && $0.contains("V (f32)") })
        #expect(await engine.says("n_batch", is: "256"))
        #expect(await engine.says("n_ubatch", is: "64"))
        #expect(await engine.says { $0.contains("n_threads_batch = 2") })
    }

    @Test(arguments: [(ModelEntry.FlashAttention.on, "enabled"), (.off, "disabled"), (.auto, "auto")])
    func flashAttention(wanted: ModelEntry.FlashAttention, word: String) async throws {
        let engine = try await engine { $0.flashAttention = wanted }
        #expect(await engine.says("flash_attn", is: word))
        #expect(try await complete(engine, "abc")["tokens_predicted"]?.int == 32)
    }

    @Test(arguments: ["ngram-mod", "ngram-simple", "ngram-map-k", "ngram-map-k4v"])
    func ngram(kind: String) async throws {
        let engine = try await engine { entry in
            entry.speculation.kinds = [kind]
            (entry.speculation.ngramMatch, entry.speculation.ngramMax) = (4, 8)
            (entry.speculation.ngramMin, entry.speculation.ngramHits) = (2, 1)
        }
        #expect(try await engine.slots().first?["speculative"]?.bool == true)
        let alphabet = String(repeating: "abcdefghijklmnopqrstuvwxyz", count: 8)
        let guessing = try await complete(engine, alphabet, tokens: 64)
        #expect(guessing["timings"]?["draft_n"]?.int ?? 0 > 0)
        await engine.stop()
        let plain = try await self.engine()
        #expect(try await complete(plain, alphabet, tokens: 64)["content"]?.string == guessing["content"]?.string)
    }

    @Test func draftModel() async throws {
        let draft = try await TinyModel.draft.path()
        let engine = try await engine { entry in
            entry.speculation = .init(kinds: ["ngram-mod"], draft: draft)
            (entry.speculation.draftMax, entry.speculation.draftMin, entry.speculation.draftProbability) = (6, 1, 0.1)
            entry.speculation.draftGPULayers = "0"
        }
        #expect(try await engine.slots().first?["speculative"]?.bool == true)
        #expect(try await complete(engine, "abc")["timings"]?["draft_n"]?.int ?? 0 > 0)
    }

    @Test func aDraftOfAnotherVocabularyIsRefusedBeforeTheStart() async throws {
        let draft = try await TinyModel.rank.path()
        let problem = await #expect(throws: LaunchProblem.self) { try await engine { $0.speculation.draft = draft } }
        #expect(problem?.message.hasPrefix("the draft \(draft) does not fit: ") == true)
    }

    @Test(arguments: [1, 0.5]) func adapter(scale: Double) async throws {
        let path = try await TinyModel.adapter.path()
        let engine = try await engine { $0.adapters = [.init(path: path, scale: scale)] }
        let adapters = try await TestHTTP(engine.url).get("/lora-adapters").json
        #expect(adapters.array?.count == 1)
        #expect(adapters[0]?["path"]?.string == path && adapters[0]?["scale"]?.double == scale)
        let adapted = try await complete(engine, "abc")["content"]?.string
        await engine.stop()
        #expect(try await complete(try await self.engine(), "abc")["content"]?.string != adapted)
    }

    @Test func projector() async throws {
        let path = try await TinyModel.multimodal.path()
        let engine = try await engine { $0.projector = path }
        #expect(try await props(engine)["modalities"]?["vision"]?.bool == true)
    }

    @Test func reranking() async throws {
        let engine = try await engine(.rank) { ($0.mode, $0.slots, $0.context) = (.rerank, 4, 512) }
        let answer = try await TestHTTP(engine.url).post(
            "/v1/rerank", ["query": "a", "documents": ["b", "c", .string(String(repeating: "words ", count: 60))]])
        #expect(answer.json["results"]?.array?.count == 3, "\(answer.text)")
    }

    @Test func embeddings() async throws {
        let engine = try await engine { entry in
            entry.mode = .embedding
        }
        // Longer than llama-server's usual 512 tokens in one computation.
        let text = String(repeating: "many words ", count: 80)
        let answer = try await TestHTTP(engine.url).post("/v1/embeddings", ["input": .string(text)])
        #expect(answer.json["data"]?[0]?["embedding"]?.array?.count == 64, "\(answer.text)")
    }

    @Test func samplingAndReasoning() async throws {
        let engine = try await engine { entry in
            entry.sampling.temperature = 0.25
            entry.sampling.topP = 0.5
            entry.sampling.topK = 7
            entry.sampling.minP = 0.125
            entry.sampling.presencePenalty = 0.5
            entry.sampling.frequencyPenalty = 0.25
            entry.sampling.repeatPenalty = 1.5
            entry.sampling.seed = 11
            entry.reasoningBudget = 0
        }
        let params = try await props(engine)["default_generation_settings"]?["params"]
        let wanted: [String: Double] = [
            "temperature": 0.25, "top_p": 0.5, "top_k": 7, "min_p": 0.125, "presence_penalty": 0.5,
            "frequency_penalty": 0.25, "repeat_penalty": 1.5, "seed": 11,
        ]
        for (name, value) in wanted { #expect(params?[name]?.double == value, "\(name)") }
    }

    @Test func templateWithArguments() async throws {
        let template = try directory.write(
            "{{ greeting }}{% if count == 2 %}{{ messages[0].content }}{% endif %}", to: "t.jinja")
        let engine = try await engine { entry in
            entry.chatTemplate = template
            entry.templateArguments = ["greeting": "it's \"me\" ", "count": 2]
        }
        let answer = try await TestHTTP(engine.url).post(
            "/apply-template", ["messages": [["role": "user", "content": "!"]]])
        #expect(answer.json["prompt"]?.string == "it's \"me\" !", "\(answer.text)")
    }
}

extension TestEngine {
    /// Waits for a line of its log.
    fileprivate func says(_ match: @escaping @Sendable (Substring) -> Bool) async -> Bool {
        await process.firstErrorLine { match($0) ? true : nil } ?? false
    }

    /// Waits for a line that ends in `name = value`, with any number of spaces.
    fileprivate func says(_ name: String, is value: String) async -> Bool {
        await says { line in
            let words = line.split { $0 == " " || $0 == "=" }
            return words.suffix(2).elementsEqual([name[...], value[...]])
        }
    }
}
