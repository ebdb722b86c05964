/// An engine whose inputs are counted before they are sent. What it takes is learned from its answers, and remembered as long
/// as it runs.
struct MeasuredEngine: Sendable {
    let server: LlamaServer
    /// The model to ask for, where the server may have several.
    let model: String?
    /// The longest answer that is held, in bytes.
    let answerLimit: Int

    /// Runs `body` with what is known of the engine, and again when that turns out to be wrong.
    /// - Parameter body: gets whether all texts must be counted. Throws `InputTooLong` when the engine says so.
    func fitting<Value>(
        _ body: (_ inputs: LlamaServer.Inputs, _ countsAll: Bool) async throws -> Value
    ) async throws -> Value {
        var refusal: LlamaServer.InputTooLong?
        for attempt in 0..<3 {
            do {
                return try await body(await server.inputs(), attempt > 0)
            } catch let error as LlamaServer.InputTooLong {
                refusal = error
                server.learn { $0.limit = min($0.limit ?? .max, error.limit) }
            }
        }
        throw refusal?.error ?? Self.broken("it takes no text")
    }

    /// Sends a body, with the model where one is to be named.
    /// - Returns: the answer.
    /// - Throws: `InputTooLong`, `APIError`, `HTTPClientError`, `CancellationError`.
    func post(_ path: String, _ body: JSONObject) async throws -> JSONView {
        var body = body
        if let model { body["model"] = .string(model) }
        let response = try await server.send("POST", path, body: JSONValue.object(body).bytes)
        let answer = try await response.body.collect(upTo: answerLimit)
        guard response.isSuccess else {
            if let refusal = LlamaServer.InputTooLong(status: response.status, body: answer) { throw refusal }
            throw LlamaServer.error(status: response.status, body: answer)
        }
        guard let view = try? JSONView(validating: answer) else {
            throw Self.broken("\(path) answered with something that is not JSON")
        }
        return view
    }

    /// How many tokens a text has by itself.
    @Sendable func count(_ text: String) async throws -> Int {
        let body: JSONObject = ["content": .string(text), "add_special": false, "parse_special": false]
        guard let list = try await post("/tokenize", body)["tokens"], list.kind == .array else {
            throw Self.broken("/tokenize gave no tokens")
        }
        return list.elements.reduce(0) { count, _ in count + 1 }
    }

    /// Room for a document beside a query.
    /// - Parameter frame: tokens that stand around them.
    /// - Throws: `APIError` with status 400 when the query leaves next to none.
    func room(beside query: String, frame: Int, inputs: LlamaServer.Inputs, countsAll: Bool, longest: Int) async throws
        -> Int?
    {
        guard let limit = inputs.limit else { return nil }
        let bytes = query.utf8.count
        // All of it fits, whatever it is: nothing needs to be counted.
        if !countsAll, bytes + frame + longest <= limit { return limit - frame - bytes }
        let tokens = try await count(query)
        let room = limit - frame - tokens
        guard room >= Self.leastRoom else {
            throw APIError(
                status: 400,
                message:
                    "the query has \(tokens) tokens, and the model reads no more than \(limit) at once, a document included: shorten the query",
                type: "invalid_request_error", param: "query", code: APIError.contextLengthExceeded)
        }
        return room
    }

    private static let leastRoom = 16

    static func broken(_ what: String) -> APIError {
        APIError(status: 502, message: "llama-server: \(what)", code: "upstream_broken")
    }
}
