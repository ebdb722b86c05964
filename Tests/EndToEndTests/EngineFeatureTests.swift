import LocalCodeCore
import Support
import Testing

/// What an entry can ask for, with a real engine.
@Suite(.serialized, .timeLimit(.minutes(3))) struct EngineFeatureTests {
    /// A prompt whose answer repeats itself.
    private func repetitive(_ model: String) -> JSONValue {
        var body = EngineRig.hello(model, tokens: 200)
        body["messages"] = [["role": "user", "content": .string(Prose.text(60, seed: 4))]]
        return body
    }

    private func text(_ answer: TestHTTP.Answer) -> String? {
        answer.json["choices"]?[0]?["message"]?["content"]?.string
    }

    @Test func nGramsGuessAheadAndChangeNothing() async throws {
        let rig = try await EngineRig.start(
            models: """
                  plain: {path: "{tiny}", threads: 1, flash-attention: off}
                  fast: {like: plain, speculation: ngram-map-k, ngram-match: 4, ngram-max: 16}
                """)
        let plain = try await rig.post(repetitive("plain"))
        let fast = try await rig.post(repetitive("fast"))
        #expect(text(plain) != nil)
        #expect(text(plain) == text(fast))
        #expect(plain.json["timings"]?["draft_n"] == nil)
        #expect(fast.json["timings"]?["draft_n"]?.int ?? 0 > 0)
    }

    @Test func aDraftThatFitsIsUsed() async throws {
        let rig = try await EngineRig.start(
            models: """
                  plain: {path: "{tiny}", threads: 1, flash-attention: off}
                  drafted: {like: plain, draft: "{tinydraft}"}
                """)
        let plain = try await rig.post(repetitive("plain"))
        let drafted = try await rig.post(repetitive("drafted"))
        #expect(text(plain) == text(drafted))
        #expect(drafted.json["timings"]?["draft_n"]?.int ?? 0 > 0)
        #expect(drafted.json["timings"]?["draft_n_accepted"]?.int ?? 0 > 0)
    }

    private static let image = """
        data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
        """

    static func picture(_ model: String) -> JSONValue {
        var body = EngineRig.hello(model)
        body["messages"] = [
            [
                "role": "user",
                "content": [
                    ["type": "text", "text": "what is this?"],
                    ["type": "image_url", "image_url": ["url": .string(image)]],
                ],
            ]
        ]
        return body
    }

    @Test func anImageReachesAModelThatSees() async throws {
        let rig = try await EngineRig.start(
            models: """
                  blind: {path: "{tiny}", threads: 1}
                  seeing: {path: "{tiny}", threads: 1, mmproj: "{tinymm}"}
                """)
        let blind = try await rig.post(Self.picture("blind"))
        #expect(blind.status == 400)
        #expect(blind.json["error"]?["code"]?.string == "image_not_supported")
        #expect(blind.json["error"]?["message"]?.string?.contains("seeing") == true)
        #expect(rig.starts.isEmpty)
        let seen = try await rig.post(Self.picture("seeing"))
        #expect(seen.status == 200, "\(seen.text)")
        // Sixteen embeddings of the picture on top of the text.
        #expect(seen.json["usage"]?["prompt_tokens"]?.int ?? 0 > 30)
    }

    @Test func aModelDoesWhatItIsThereFor() async throws {
        let rig = try await EngineRig.start(
            models: """
                  talk: {path: "{tiny}", threads: 1}
                  rank: {path: "{tinyrank}", threads: 1, mode: rerank}
                """)
        let chat = try await rig.post(EngineRig.hello("rank"))
        #expect(chat.status == 400)
        #expect(chat.json["error"]?["message"]?.string?.contains("ask for talk") == true)
        let body: JSONValue = ["model": "talk", "query": "a", "documents": ["b", "c"]]
        let ranked = try await TestHTTP(rig.url).post("/v1/rerank", body)
        #expect(ranked.status == 400)
        #expect(ranked.json["error"]?["message"]?.string?.contains("ask for rank") == true)
        #expect(rig.starts.isEmpty)
        var unnamed = body
        unnamed["model"] = nil
        #expect(try await TestHTTP(rig.url).post("/v1/rerank", unnamed).json["results"]?.array?.count == 2)
    }

    @Test func aModelWhoseFileComesLaterIsThereThen() async throws {
        let rig = try await EngineRig.start(models: "  later: {path: later.gguf, threads: 1}")
        #expect(await rig.proxy.line(containing: "the model 'later' cannot be loaded") != nil)
        let health = try await TestHTTP(rig.url).get("/health")
        #expect(health.status == 503)
        #expect(health.text.contains("later.gguf"))
        let whole = try TestFiles.bytes(of: try await TinyModel.tiny.path())
        try TestFiles.write(whole, to: "\(rig.home.directory.path)/later.gguf")
        // Asking for this alone makes it look again.
        while try await TestHTTP(rig.url).get("/health").status != 200, !Task.isCancelled {}
        #expect(try await rig.post(EngineRig.hello("later")).status == 200)
    }

    @Test func brokenModelsDisturbNobody() async throws {
        let home = try await EngineRig.prepare(models: "")
        let whole = try TestFiles.bytes(of: try await TinyModel.tiny.path())
        try TestFiles.write(Array(whole.prefix(whole.count / 2)), to: "\(home.directory.path)/cut.gguf")
        try home.directory.write("this is a letter to a friend, and nothing else\n", to: "letter.gguf")
        let rig = try await EngineRig.start(
            models: """
                  cut: {path: cut.gguf}
                  gone: {path: gone.gguf}
                  letter: {path: letter.gguf}
                  large: {path: "{tiny}", memory: 900GB}
                  good: {path: "{tiny}", threads: 1}
                """, settings: "memory-budget: 1GB", home: home)
        for (model, word) in [
            ("cut", "cut.gguf"), ("gone", "gone.gguf"), ("letter", "letter.gguf"), ("large", "838.2 GiB"),
        ] {
            let answer = try await rig.post(EngineRig.hello(model))
            #expect(answer.status == 400)
            let message = answer.json["error"]?["message"]?.string ?? ""
            #expect(message.contains(word), "\(message)")
            #expect(!message.contains("\n"), "\(message)")
        }
        #expect(try await rig.post(EngineRig.hello("good")).status == 200)
        #expect(rig.starts.count == 1)
    }
}
