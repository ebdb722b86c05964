import LocalCodeCore
import Support
import Testing

/// Rerank requests, as clients of Jina, Cohere and Text Embeddings Inference send them, to real engines.
@Suite(.serialized, .timeLimit(.minutes(2))) struct RerankTests {
    /// The documents of Cohere's own example.
    private static let documents = [
        "Carson City is the capital city of the American state of Nevada.",
        "The Commonwealth of the Northern Mariana Islands is a group of islands in the Pacific Ocean. Its capital is Saipan.",
        "Capitalization in English grammar is the use of a capital letter at the start of a word.",
        "Washington, D.C. is the capital of the United States. It is a federal district.",
        "Capital punishment has existed in the United States since before the United States was a country.",
    ]
    private static let query = "What is the capital of the United States?"

    private static func ask(_ more: [String: JSONValue] = [:], texts: Bool = false) -> JSONValue {
        var body: JSONValue = ["query": .string(query)]
        body[texts ? "texts" : "documents"] = .array(documents.map { .string($0) })
        for (key, value) in more { body[key] = value }
        return body
    }

    /// The order of results, and their scores.
    private static func results(_ answer: JSONValue) -> (order: [Int], scores: [Double]) {
        let list = answer["results"]?.array ?? answer.array ?? []
        return (
            list.compactMap { $0["index"]?.int }, list.compactMap { ($0["relevance_score"] ?? $0["score"])?.double }
        )
    }

    @Test func everyAPIGetsItsAnswerFromARerankEngine() async throws {
        let rig = try await EngineRig.start(
            models: """
                  talk: {path: "{tiny}", threads: 1}
                  rank: {path: "{tinyrank}", threads: 1, mode: rerank}
                """)
        let client = try TestHTTP(rig.url)
        let bare = try await TestEngine.start("--reranking", model: .rank)
        let truth = Self.results(try await TestHTTP(bare.url).post("/v1/rerank", Self.ask()).json)
        #expect(truth.order.count == 5)
        // Jina: https://api.jina.ai/redoc. It names a model of its own, which nobody here knows.
        let jina = try await client.post("/v1/rerank", Self.ask(["model": "jina-reranker-v2-base-multilingual"]))
        #expect(jina.status == 200, "\(jina.text)")
        #expect(jina.headers["x-localcode-backend"] == "llama-server")
        #expect(jina.json["model"]?.string == "rank")
        #expect(jina.json["object"]?.string == "list")
        #expect(jina.json["usage"]?["total_tokens"]?.int ?? 0 > 100)
        #expect(Self.results(jina.json).order == truth.order)
        #expect(Self.results(jina.json).scores.allSatisfy { 0 < $0 && $0 < 1 })
        // All paths are the same.
        for path in ["/rerank", "/reranking", "/v1/reranking", "/v2/rerank"] {
            #expect(Self.results(try await client.post(path, Self.ask()).json) == Self.results(jina.json), "\(path)")
        }
        // Cohere: https://docs.cohere.com/reference/rerank.
        let cohere = try await client.post(
            "/v2/rerank", Self.ask(["model": "rerank-v4.0-pro", "top_n": 3, "return_documents": true]))
        #expect(Self.results(cohere.json).order == Array(truth.order.prefix(3)))
        #expect(
            cohere.json["results"]?[0]?["document"]?["text"]?.string == Self.documents[truth.order[0]])
        #expect(cohere.json["id"]?.string == cohere.headers["x-request-id"])
        #expect(cohere.json["meta"]?["billed_units"]?["search_units"]?.int == 1)
        // Documents as objects.
        let objects = Self.documents.map { text -> JSONValue in ["text": .string(text), "title": "x"] }
        let object = try await client.post("/v1/rerank", Self.ask(["documents": .array(objects)]))
        #expect(Self.results(object.json) == Self.results(jina.json))
        // Text Embeddings Inference: https://huggingface.github.io/text-embeddings-inference.
        let raw = try await client.post("/rerank", Self.ask(["raw_scores": true, "return_text": true], texts: true))
        #expect(raw.json.array?.count == 5)
        #expect(raw.json[0]?["text"]?.string == Self.documents[truth.order[0]])
        #expect(zip(Self.results(raw.json).scores, truth.scores).allSatisfy { abs($0 - $1) < 1e-5 })
        let texts = try await client.post("/rerank", Self.ask(texts: true))
        #expect(Self.results(texts.json) == Self.results(jina.json))
        #expect(texts.json[0]?["text"] == nil)
        // What is wrong is said in each API's words.
        let empty = try await client.post("/rerank", ["query": "q", "texts": []])
        #expect(empty.status == 400)
        #expect(empty.json == ["error": "`texts` cannot be empty", "error_type": "Empty"])
        let none = try await client.post("/v1/rerank", ["query": "q", "documents": []])
        #expect(none.status == 400)
        #expect(none.json["message"] == none.json["detail"])
        #expect(none.json["error"]?["param"]?.string == "documents")
        let metrics = try await client.get("/metrics").text
        #expect(metrics.contains(#"model="rank",kind="rerank""#), "\(metrics)")
    }

    @Test func aDocumentIsWorthItsBestPiece() async throws {
        let rig = try await EngineRig.start(models: #"  rank: {path: "{tinyrank}", threads: 1, mode: rerank}"#)
        let client = try TestHTTP(rig.url)
        let lines = (0..<200).map { "line \($0) of a file: \(Prose.text(3, seed: UInt64($0)))\n" }
        let long = lines.joined()
        let answer = try await client.post(
            "/v1/rerank", Self.ask(["documents": [.string(long), "short", .string(long)], "raw_scores": true]))
        #expect(answer.status == 200, "\(answer.text)")
        let note = answer.headers["x-localcode-notes"] ?? ""
        #expect(note.hasPrefix("2 documents were too long for the model: "), "\(note)")
        let (order, scores) = Self.results(answer.json)
        #expect(Set(order) == [0, 1, 2])
        // Which texts are computed together moves the last digits.
        #expect(
            abs(scores[try #require(order.firstIndex(of: 0))] - scores[try #require(order.firstIndex(of: 2))]) < 1e-3)
        let beginning = try await client.post(
            "/rerank", ["query": .string(Self.query), "texts": [.string(long)], "truncate": true])
        #expect(beginning.status == 200, "\(beginning.text)")
        #expect(Self.results(beginning.json).order == [0])
        #expect(beginning.headers["x-localcode-notes"] == nil)
        let query = try await client.post(
            "/v1/rerank", ["query": .string(Prose.text(400, seed: 1)), "documents": ["a"]])
        #expect(query.status == 400)
        #expect(query.json["error"]?["code"]?.string == "context_length_exceeded")
        #expect(query.json["message"]?.string?.contains("shorten the query") == true)
    }

    @Test func withoutARerankerVectorsAreCompared() async throws {
        let rig = try await EngineRig.start(
            models: """
                  talk: {path: "{tiny}", threads: 1}
                  vectors: {path: "{tiny}", threads: 1, mode: embedding}
                """)
        let client = try TestHTTP(rig.url)
        let answer = try await client.post(
            "/v1/rerank", Self.ask(["documents": ["something else", .string(Self.query), ""]]))
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["model"]?.string == "vectors")
        let (order, scores) = Self.results(answer.json)
        // Nothing is more like a text than itself.
        #expect(order.first == 1)
        #expect(abs(scores[0] - 1) < 1e-4)
        #expect(scores[1] < 0.999)
        #expect(answer.headers["x-localcode-notes"]?.contains("cosine") == true)
        #expect(rig.starts(of: "talk").isEmpty)
    }

    @Test func withoutEitherAChatModelIsAsked() async throws {
        let rig = try await EngineRig.start(models: #"  talk: {path: "{tiny}", threads: 1, context: 4096}"#)
        let client = try TestHTTP(rig.url)
        let answer = try await client.post("/v1/rerank", Self.ask(["top_n": 4]))
        #expect(answer.status == 200, "\(answer.text)")
        let (order, scores) = Self.results(answer.json)
        #expect(order.count == 4)
        #expect(Set(scores).count > 1)
        #expect(scores.allSatisfy { 0 <= $0 && $0 <= 1 })
        #expect(scores == scores.sorted(by: >))
        #expect(answer.headers["x-localcode-notes"]?.contains("chat model") == true)
        // None of it is kept as if it were a conversation.
        let slots = try await client.get("/localcode/slots?model=talk").json["slots"]?.array ?? []
        #expect(!slots.isEmpty && slots.allSatisfy { $0["tokens"]?.int ?? 0 == 0 }, "\(slots)")
    }

    @Test func aModelThatJudgesGivesWayInBetween() async throws {
        let rig = try await EngineRig.start(
            models: """
                  judge: {path: "{tiny}", threads: 1, micro-batch: 8, memory: 60MB}
                  other: {path: "{tinytwin}", threads: 1, memory: 60MB}
                """, settings: "memory-budget: 100MB\nswap-patience: 1ms")
        let documents = (0..<100).map { JSONValue.string("document \($0)") }
        async let ranked = TestHTTP(rig.url).post(
            "/v1/rerank", Self.ask(["model": "judge", "documents": .array(documents)]))
        #expect(await rig.proxy.line(containing: "judge is ready") != nil)
        #expect(try await rig.post(EngineRig.hello("other")).status == 200)
        #expect(Self.results(try await ranked.json).order.count == 100)
        // It went away and came back.
        #expect(rig.starts(of: "judge").count > 1)
    }

    @Test(arguments: [TinyModel.rank, .tiny])
    func anAttachedEngineDoesWhatItCan(model: TinyModel) async throws {
        let flags = model == .rank ? ["--reranking"] : ["--embeddings", "--pooling", "mean"]
        let engine = try await TestEngine.start(flags, model: model)
        let proxy = try await LocalCodeProcess.serve(["--engine", engine.url])
        let answer = try await TestHTTP(proxy.url).post("/v1/rerank", Self.ask())
        #expect(answer.status == 200, "\(answer.text)")
        #expect(Self.results(answer.json).order.count == 5)
        #expect((answer.headers["x-localcode-notes"] != nil) == (model == .tiny))
    }

    @Test func whatAnAttachedEngineReadsAtOnceIsLearned() async throws {
        let engine = try await TestEngine.start(
            "--reranking", "--ubatch-size", "200", "--batch-size", "200", model: .rank)
        let proxy = try await LocalCodeProcess.serve(["--engine", engine.url])
        let long = Prose.text(100, seed: 3)
        let answer = try await TestHTTP(proxy.url).post("/v1/rerank", Self.ask(["documents": ["a", .string(long)]]))
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.headers["x-localcode-notes"]?.contains("too long") == true)
    }

    @Test func aClientThatLeavesStopsTheEngine() async throws {
        let upstream = try RecordingServer { request in
            request.target == "/v1/rerank" ? ScriptedResponse([.waitForClientToLeave]) : .complete("{}")
        }
        let proxy = try await LocalCodeProcess.serve(["--engine", upstream.url])
        defer { withExtendedLifetime(upstream) {} }
        let asking = Task { try await TestHTTP(proxy.url).post("/v1/rerank", Self.ask()) }
        var number = 0
        while try await upstream.exchange(number).request.target != "/v1/rerank" { number += 1 }
        asking.cancel()
        #expect(try await upstream.exchange(number).ending() == .clientLeft)
        #expect(await proxy.line(containing: "the client closed the connection") != nil)
    }

    @Test func anEngineThatIsGoneIsSaidSo() async throws {
        let engine = try await TestEngine.start("--reranking", model: .rank)
        let proxy = try await LocalCodeProcess.serve(["--engine", engine.url])
        await engine.stop()
        let answer = try await TestHTTP(proxy.url).post("/rerank", Self.ask(texts: true))
        #expect(answer.status == 503)
        #expect(answer.json["error_type"]?.string == "Overloaded")
    }
}
