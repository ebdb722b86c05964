import LocalCodeCore

/// Asks a server to put documents in order.
struct RerankClient: Sendable {
    /// There is nothing that could do it.
    struct NoReranker: Error {
        let failure: Failure
    }

    /// The longest answer that is taken.
    private static let answerLimit = 16 << 20
    /// A model may have to be loaded first.
    private static let patience = Duration.seconds(3600)
    /// What the GLM API calls its model.
    private static let glmModel = "rerank"

    private let endpoint: ChatEndpoint
    private let model: String?
    private let http: HTTPClient

    init(_ endpoint: ChatEndpoint, model: String?, environment: [String: String]) throws {
        self.endpoint = endpoint
        self.model = model ?? (endpoint.isGLM ? Self.glmModel : nil)
        do {
            http = try HTTPClient(HTTPClient.Configuration(environment: environment))
        } catch {
            throw Failure(error.message)
        }
    }

    /// The indices of the documents with their scores, the best first.
    /// - Throws: `NoReranker`, `Failure`.
    func rank(_ question: String, _ documents: [String], top: Int) async throws -> [(index: Int, score: Double)] {
        var body = JSONObject()
        if let model { body["model"] = .string(model) }
        body["query"] = .string(question)
        body["documents"] = .array(documents.map { .string($0) })
        body["top_n"] = .number(min(top, documents.count))
        let (status, bytes) = try await send(JSONValue.object(body).bytes)
        let answer = try? JSONView(validating: bytes)
        guard (200...299).contains(status) else { throw refusal(status, answer, bytes) }
        let results = answer?["results"].map { Array($0.elements) } ?? []
        let ranking = results.compactMap { result -> (index: Int, score: Double)? in
            guard let index = result["index"]?.int, documents.indices.contains(index),
                let score = result["relevance_score"]?.double
            else { return nil }
            return (index, score)
        }
        guard !ranking.isEmpty else {
            throw Failure(
                "\(url) answered without scores: \(ChatStreamReader.preview(bytes))", hint: "is this a rerank API?")
        }
        return ranking.sorted { ($1.score, $0.index) < ($0.score, $1.index) }
    }

    private var url: String { endpoint.base + "/rerank" }

    private func send(_ body: [UInt8]) async throws -> (Int, [UInt8]) {
        do {
            let response = try await http.send(
                HTTPRequest(
                    method: "POST", url: url, headers: endpoint.headers, body: body, idleTimeout: Self.patience))
            return (response.status, try await response.body.collect(upTo: Self.answerLimit))
        } catch let error as HTTPClientError {
            guard error.kind == .connect else { throw Failure("\(url): \(error.message)") }
            let who = endpoint.isNamed ? "nobody" : "no LocalCode"
            throw NoReranker(
                failure: Failure(
                    "\(who) answers at \(endpoint.base)", hint: "start it with 'localcode serve', or pass --lexical"))
        }
    }

    private func refusal(_ status: Int, _ answer: JSONView?, _ bytes: [UInt8]) -> any Error {
        let error = answer.flatMap { ChatServerError(body: $0) } ?? ChatServerError(ChatStreamReader.preview(bytes))
        // Paths that a server does not know, and abilities that none of its models has.
        guard status == 404 || status == 501 else { return error.failure(status: status, endpoint) }
        let reason = TerminalText.neutralized(error.message.isEmpty ? "status \(status)" : error.message)
        return NoReranker(
            failure: Failure(
                "\(endpoint.base) has no reranker (\(reason))",
                hint: "configure a model with 'mode: rerank', or pass --lexical"))
    }
}
