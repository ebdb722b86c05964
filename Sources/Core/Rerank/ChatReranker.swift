#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A chat model that is asked for a digit, which a grammar makes it write: the score is the mean of the digits, weighed by how
/// likely the model held each of them to be.
struct ChatReranker: Reranker {
    let engine: MeasuredEngine
    /// Called when the documents are cut: from then on each request waits for the engine by itself, which may give way to others
    /// in between.
    let prepared: @Sendable () async -> Void
    /// Sends a chat request as any other: it waits for the engine and for a slot.
    let ask: @Sendable (ChatRequest) async throws -> JSONView

    /// Documents at a time. More would only take slots from others.
    private static let width = 2
    /// Tokens for the instruction, the template and the answer.
    private static let frame = 384

    func score(_ query: String, _ documents: [String], _ limits: DocumentLimits) async throws -> RerankScores {
        try await engine.fitting { inputs, countsAll in
            let longest = documents.reduce(0) { max($0, $1.utf8.count) }
            let room = try await engine.room(
                beside: query, frame: Self.frame, inputs: inputs, countsAll: countsAll, longest: longest)
            let cutter = DocumentCutter(budget: room, countsAll: countsAll, limits: limits, count: engine.count)
            let pieces = try await cutter.pieces(of: documents)
            await prepared()
            let answers = try await mapConcurrently(pieces, atMost: Self.width) { piece in
                let chat = try Self.request(query, piece.text, model: engine.model)
                return try await ask(chat)
            }
            var scores = PieceScores(documents: documents.count)
            for (piece, answer) in zip(pieces, answers) {
                guard let score = Self.score(answer) else {
                    throw MeasuredEngine.broken("the chat model gave no digit for a document")
                }
                scores.add(score, to: piece.document)
                scores.add(
                    prompt: answer["usage"]?["prompt_tokens"]?.int,
                    completion: answer["usage"]?["completion_tokens"]?.int)
            }
            var result = scores.scores(.unit, pieces: pieces)
            result.notes.insert("scored by a chat model: no model that ranks is there", at: 0)
            return result
        }
    }

    /// The query comes first: the engine has read it already when the next document comes.
    static func request(_ query: String, _ document: String, model: String?) throws(APIError) -> ChatRequest {
        let instruction = """
            You judge how well a document answers a query. Answer with one digit: 0 when it has nothing to do with it, 9 when it \
            answers it completely.
            """
        var body: JSONObject = [
            "messages": [
                ["role": "system", "content": .string(instruction)],
                [
                    "role": "user",
                    "content": .string("Query: \(query)\n\nDocument:\n\(document)\n\nHow well, from 0 to 9?"),
                ],
            ],
            "grammar": "root ::= [0-9]", "max_tokens": 1, "temperature": 0, "logprobs": true, "top_logprobs": 40,
            "chat_template_kwargs": ["enable_thinking": false],
        ]
        if let model { body["model"] = .string(model) }
        guard let view = try? JSONView(validating: JSONValue.object(body).bytes) else {
            throw APIError(status: 500, message: "a chat request could not be made")
        }
        return try ChatRequest(view, kind: .chat)
    }

    /// The score of an answer, 0 to 1; nil when there is no digit in it.
    static func score(_ answer: JSONView) -> Double? {
        let choice = answer["choices"]?.elements.first { _ in true }
        var (sum, weight) = (0.0, 0.0)
        let token = choice?["logprobs"]?["content"]?.elements.first { _ in true }
        for candidate in token?["top_logprobs"].map({ Array($0.elements) }) ?? [] {
            guard let digit = digit(candidate["token"]?.string), let logarithm = candidate["logprob"]?.double else {
                continue
            }
            let probability = exp(min(0, logarithm))
            sum += probability * Double(digit)
            weight += probability
        }
        if weight > 0 { return sum / weight / 9 }
        return digit(choice?["message"]?["content"]?.string).map { Double($0) / 9 }
    }

    private static func digit(_ text: String?) -> Int? {
        guard let text, text.count == 1, let digit = text.first?.wholeNumberValue, text.utf8.count == 1 else {
            return nil
        }
        return digit
    }
}
