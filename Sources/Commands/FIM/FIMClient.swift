import LocalCodeCore

/// What llama-server's POST /infill is asked.
struct FIMRequest: Sendable, Equatable {
    var model: String?
    var context: FIMContext
    /// The longest answer.
    var tokens: Int
    /// What the answer ends before.
    var stop: [String]
    var temperature: Double
    var seed = 1

    var body: JSONValue {
        var body = JSONObject()
        if let model { body["model"] = .string(model) }
        body["input_prefix"] = .string(context.prefix)
        body["input_suffix"] = .string(context.suffix)
        body["input_extra"] = .array(context.chunks.map(\.wire))
        body["n_predict"] = .number(tokens)
        if !stop.isEmpty { body["stop"] = .array(stop.map { .string($0) }) }
        body["temperature"] = .number(temperature)
        body["seed"] = .number(seed)
        body["cache_prompt"] = true
        body["stream"] = false
        return .object(body)
    }

    /// Whether this asks GLM, which is asked in a chat, and only by who says so.
    var isForGLM: Bool { model?.lowercased().hasPrefix("glm-") == true }
}

/// What a model would write.
struct FIMSuggestion: Sendable {
    var text: String
    var model: String?
    /// As the server tells them.
    var promptTokens: Int?
    var cachedTokens: Int?
    var tokens: Int?
    /// Whether the model had more to say.
    var isCut = false
    var timings: JSONValue?

    /// - Parameter answer: llama-server's; nil unless it is one.
    init?(_ answer: JSONView) {
        guard let text = answer["content"]?.string else { return nil }
        self.text = text
        model = answer["model"]?.string
        promptTokens = answer["tokens_evaluated"]?.int
        cachedTokens = answer["timings"]?["cache_n"]?.int
        tokens = answer["tokens_predicted"]?.int
        isCut = answer["stop_type"]?.string == "limit"
        timings = answer["timings"].map { JSONValue($0) }
    }

    var json: JSONValue {
        func number(_ number: Int?) -> JSONValue { number.map { .number($0) } ?? .null }
        return [
            "text": .string(text), "model": model.map { .string($0) } ?? .null, "cut": .bool(isCut),
            "tokens": ["prompt": number(promptTokens), "cached": number(cachedTokens), "written": number(tokens)],
            "timings": timings ?? .null,
        ]
    }
}

/// Asks a server to fill a gap.
struct FIMClient: Sendable {
    private static let answerLimit = 16 << 20
    /// A model may have to be loaded first.
    private static let patience = Duration.seconds(3600)

    private let endpoint: ChatEndpoint
    private let http: HTTPClient

    init(_ endpoint: ChatEndpoint, environment: [String: String]) throws {
        guard !endpoint.isGLM else {
            throw UsageError("the GLM API does not fill in the middle", hint: "ask it through 'localcode serve'")
        }
        self.endpoint = endpoint
        do {
            http = try HTTPClient(HTTPClient.Configuration(environment: environment))
        } catch {
            throw Failure(error.message)
        }
    }

    /// llama-server has it beside /v1, not below.
    var url: String { (endpoint.base.hasSuffix("/v1") ? String(endpoint.base.dropLast(3)) : endpoint.base) + "/infill" }

    /// - Throws: `Failure`, or `CancellationError`.
    func fill(_ request: FIMRequest) async throws -> FIMSuggestion {
        let (status, bytes) = try await send(request)
        let answer = try? JSONView(validating: bytes)
        if let answer, let error = ChatServerError(body: answer) { throw failure(error, status) }
        guard (200...299).contains(status) else {
            throw failure(ChatServerError(ChatStreamReader.preview(bytes)), status)
        }
        guard let suggestion = answer.flatMap({ FIMSuggestion($0) }) else {
            throw Failure(
                "\(url) answered without a text: \(ChatStreamReader.preview(bytes))", hint: "is this a llama-server?")
        }
        return suggestion
    }

    private func send(_ request: FIMRequest) async throws -> (status: Int, bytes: [UInt8]) {
        var headers = endpoint.headers
        if request.isForGLM { headers.add("x-localcode-fim", "chat") }
        do {
            let response = try await http.send(
                HTTPRequest(
                    method: "POST", url: url, headers: headers, body: request.body.bytes, idleTimeout: Self.patience))
            return (response.status, try await response.body.collect(upTo: Self.answerLimit))
        } catch let error as HTTPClientError {
            throw endpoint.failure(error, at: url)
        }
    }

    private func failure(_ error: ChatServerError, _ status: Int) -> Failure {
        var failure = error.failure(status: status, endpoint)
        switch status {
        case 404: failure.hint = "asked \(url); is --url right, and the model's name?"
        case 501: failure.hint = "load a model that fills gaps, such as Qwen2.5-Coder"
        default: break
        }
        return failure
    }
}
