import Support
import Testing

@testable import LocalCodeCore

/// The rerankers against servers that say what a test needs.
@Suite(.timeLimit(.minutes(1))) struct RerankerTests {
    private static func engine(_ server: RecordingServer) throws -> MeasuredEngine {
        let llama = LlamaServer(LlamaServer.Address(url: server.url), client: try HTTPClient())
        return MeasuredEngine(server: llama, model: nil, answerLimit: 1 << 20)
    }

    /// An engine whose documents have as many tokens as words, which reads no more than `limit` of them, and whose score of a
    /// document is the largest number in it.
    private static func ranks(limit: Int, context: Int, modelPath: String = "") throws -> RecordingServer {
        try RecordingServer { request in
            let body = (try? JSONValue(parsing: request.body)) ?? .null
            switch request.target {
            case "/props":
                let props: JSONValue = [
                    "default_generation_settings": ["n_ctx": .number(context)], "model_path": .string(modelPath),
                ]
                return .complete(props.description)
            case "/tokenize":
                let count = body["content"]?.string?.split(separator: " ").count ?? 0
                let tokens: JSONValue = ["tokens": .array(Array(repeating: 1, count: count))]
                return .complete(tokens.description)
            default: break
            }
            let query = body["query"]?.string?.split(separator: " ").count ?? 0
            var results: [JSONValue] = []
            var tokens = 0
            for (index, document) in (body["documents"]?.array ?? []).enumerated() {
                let words = document.string?.split(separator: " ") ?? []
                let size = query + words.count + 3
                tokens += size
                if size > limit {
                    let message =
                        "input (\(size) tokens) is too large to process. increase the physical batch size (current batch size: \(limit))"
                    let error: JSONValue = [
                        "error": ["code": 500, "type": "server_error", "message": .string(message)]
                    ]
                    return .complete(status: 500, error.description)
                }
                let score = words.compactMap { Int($0) }.max() ?? 0
                results.append(["index": .number(index), "relevance_score": .number(score)])
            }
            let answer: JSONValue = [
                "results": .array(results.reversed()), "usage": ["prompt_tokens": .number(tokens)],
            ]
            return .complete(answer.description)
        }
    }

    private static func batches(_ server: RecordingServer) -> [Int] {
        server.requests.filter { $0.target == "/v1/rerank" }.map { request in
            (try? JSONValue(parsing: request.body))?["documents"]?.array?.count ?? 0
        }
    }

    @Test func documentsGoInBatchesAndScoresComeBackInOrder() async throws {
        let server = try Self.ranks(limit: 1000, context: 1000)
        let documents = (0..<100).map { "\($0 * 7 % 100)" }
        let reranker = EngineReranker(engine: try Self.engine(server))
        let scores = try await reranker.score("a question", documents, DocumentLimits())
        #expect(scores.values == (0..<100).map { Double($0 * 7 % 100) })
        #expect(scores.usage.prompt == 100 * (2 + 1 + 3))
        #expect(scores.notes.isEmpty)
        // The first one measures what the template adds.
        #expect(Self.batches(server).sorted() == [1, 4, 32, 32, 32])
        #expect(!server.requests.contains { $0.target == "/tokenize" })
        _ = try await reranker.score("again", documents, DocumentLimits())
        #expect(Self.batches(server).count { $0 == 1 } == 1)
    }

    @Test func theBestPieceOfALongDocumentCounts() async throws {
        let server = try Self.ranks(limit: 40, context: 40)
        var words = Array(repeating: "word", count: 100)
        words[77] = "9"
        let scores = try await EngineReranker(engine: try Self.engine(server)).score(
            "q", ["3", words.joined(separator: " "), "5"], DocumentLimits())
        #expect(scores.values == [3, 9, 5])
        #expect(scores.notes.first?.hasPrefix("1 document was too long for the model") == true)
    }

    @Test func whatAnEngineTakesIsLearnedFromItsRefusal() async throws {
        // Its context says nothing of how much it reads at once.
        let server = try Self.ranks(limit: 40, context: 4096)
        let long = (0..<100).map(String.init).joined(separator: " ")
        let reranker = EngineReranker(engine: try Self.engine(server))
        #expect(try await reranker.score("q", [long, "1000"], DocumentLimits()).values == [99, 1000])
        let count = Self.batches(server).count
        #expect(try await reranker.score("q", [long, "1000"], DocumentLimits()).values == [99, 1000])
        // Not sent in vain again.
        #expect(Self.batches(server).count == count + 1)
    }

    @Test(arguments: [("qwen3", [0.0, 1.0]), ("bert", [0.5, 0.7310585786300049])])
    func theProbabilitiesOfSomeModelsStayAsTheyAre(architecture: String, relevances: [Double]) async throws {
        func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(text.utf8) }
        // No tensors, and one value, a string.
        let header = Array("GGUF".utf8) + [3, 0, 0, 0] + Array(repeating: 0, count: 8) + [1, 0, 0, 0, 0, 0, 0, 0]
        let directory = try TestDirectory()
        let path = "\(directory.path)/model.gguf"
        try TestFiles.write(header + text("general.architecture") + [8, 0, 0, 0] + text(architecture), to: path)
        let server = try Self.ranks(limit: 1000, context: 1000, modelPath: path)
        let scores = try await EngineReranker(engine: try Self.engine(server)).score("q", ["0", "1"], DocumentLimits())
        #expect((0..<2).map { scores.relevance(of: $0) } == relevances)
    }

    @Test func aQueryThatLeavesNoRoomIsRefused() async throws {
        let server = try Self.ranks(limit: 40, context: 40)
        let query = String(repeating: "why ", count: 30)
        let error = await #expect(throws: APIError.self) {
            _ = try await EngineReranker(engine: try Self.engine(server)).score(query, ["a"], DocumentLimits())
        }
        #expect(error?.status == 400)
        #expect(error?.param == "query")
    }

    @Test func anAnswerWithoutAScoreIsNone() async throws {
        let server = try RecordingServer { request in
            .complete(request.target == "/props" ? "{}" : #"{"results":[{"index":5,"relevance_score":1}]}"#)
        }
        let error = await #expect(throws: APIError.self) {
            _ = try await EngineReranker(engine: try Self.engine(server)).score("q", ["a"], DocumentLimits())
        }
        #expect(error?.status == 502)
    }

    @Test func theDigitsOfAChatModelAreWeighed() throws {
        func score(_ json: String) throws -> Double? { try ChatReranker.score(JSONView(validating: Array(json.utf8))) }
        let both = try score(
            """
            {"choices":[{"message":{"content":"9"},"logprobs":{"content":[{"token":"9","top_logprobs":[
            {"token":"9","logprob":-0.6931471805599453},{"token":"x","logprob":-1},{"token":" 5","logprob":-1},
            {"token":"0","logprob":-0.6931471805599453}]}]}}]}
            """)
        #expect(abs((both ?? 0) - 0.5) < 1e-9)
        #expect(try score(#"{"choices":[{"message":{"content":"3"}}]}"#) == 3.0 / 9)
        #expect(try score(#"{"choices":[{"message":{"content":"x"}}]}"#) == nil)
        #expect(try score("{}") == nil)
    }

    @Test func cosines() {
        #expect(EmbeddingReranker.cosine([1, 0], [0, 2]) == 0)
        #expect(EmbeddingReranker.cosine([1, 2], [2, 4]) == 1)
        #expect(EmbeddingReranker.cosine([1, 2], [-2, -4]) == -1)
        #expect(EmbeddingReranker.cosine([0, 0], [1, 1]) == 0)
    }

    /// GLM's rerank as its documents describe it. The score of a document is its last digit, over ten.
    private static func gateway() throws -> RecordingServer {
        try RecordingServer { request in
            guard request.target == "/api/paas/v4/rerank", request.header("authorization") == "Bearer id.secret" else {
                return .complete(status: 404, #"{"error":{"code":"500","message":"404 NOT_FOUND"}}"#)
            }
            let body = (try? JSONValue(parsing: request.body)) ?? .null
            let documents = body["documents"]?.array ?? []
            let longest = documents.map { $0.string?.unicodeScalars.count ?? 0 }.max() ?? 0
            guard body["model"]?.string == "rerank", (1...128).contains(documents.count), longest <= 4096 else {
                return .complete(status: 400, #"{"error":{"code":"1210","message":"API 调用参数有误"}}"#)
            }
            let results = documents.enumerated().map { index, document -> JSONValue in
                let score = Double(document.string?.last?.wholeNumberValue ?? 0) / 10
                return ["index": .number(index), "relevance_score": .number(score)]
            }
            let answer: JSONValue = [
                "id": "1", "results": .array(results), "usage": ["prompt_tokens": 5, "total_tokens": 5],
            ]
            return .complete(answer.description)
        }
    }

    @Test func glmGetsNoMoreThanItTakes() async throws {
        let server = try Self.gateway()
        let glm = GLMBackend(baseURL: server.url + "/api/paas/v4", key: "id.secret", client: try HTTPClient())
        let reranker = GLMReranker(glm: glm, requestID: "lc-1", wantsRawScores: false)
        var documents = (0..<200).map { "document \($0 % 10)" }
        documents[3] = String(repeating: "é", count: 5000) + " 9"
        let scores = try await reranker.score("q", documents, DocumentLimits())
        #expect(scores.values[9] == 0.9)
        #expect(scores.values[150] == 0)
        #expect(scores.values[3] == 0.9)
        #expect(scores.usage.prompt == 10)
        let ids = server.requests.map { (try? JSONValue(parsing: $0.body))?["request_id"]?.string }
        #expect(ids == ["lc-1-rerank-0", "lc-1-rerank-1"])
        let error = await #expect(throws: APIError.self) {
            _ = try await reranker.score(String(repeating: "q", count: 4097), ["a"], DocumentLimits())
        }
        #expect(error?.status == 400)
    }

    @Test func glmsErrorsAreItsOwn() async throws {
        let server = try Self.gateway()
        let glm = GLMBackend(baseURL: server.url + "/wrong", key: "id.secret", client: try HTTPClient())
        let error = await #expect(throws: APIError.self) {
            _ = try await GLMReranker(glm: glm, requestID: "r", wantsRawScores: false).score(
                "q", ["a"], DocumentLimits())
        }
        #expect(error?.status == 404)
    }
}
