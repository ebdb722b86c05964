/// The body of an answer to a rerank request, in the shape of the request.
public enum RerankAnswer {
    /// The results, the best first. Clients of Jina and of Cohere cannot be told apart by their requests, and each passes over
    /// the other's fields: both find theirs (`usage` of Jina's, `id` and `meta` of Cohere's).
    /// - Parameters:
    ///   - id: of the request.
    ///   - model: that gave the scores.
    public static func body(_ scores: RerankScores, for request: RerankRequest, id: String, model: String) -> [UInt8] {
        let results = scores.order.prefix(request.topN ?? .max).map { index in
            let score = request.wantsRawScores ? scores.values[index] : scores.relevance(of: index)
            return result(index, score, request)
        }
        let list = [0x5B] + results.joined(separator: [0x2C]) + [0x5D]
        guard request.shape == .documents else { return list }
        let tokens = JSONValue.number(scores.usage.prompt ?? 0)
        let head: JSONValue = [
            "id": .string(id), "model": .string(model), "object": "list",
            "usage": ["prompt_tokens": tokens, "total_tokens": tokens],
        ]
        let tail: JSONValue = [
            "meta": [
                "api_version": ["version": "2"],
                "billed_units": ["search_units": .number((request.documents.count + 99) / 100)],
                "tokens": ["input_tokens": tokens, "output_tokens": .number(scores.usage.completion ?? 0)],
            ]
        ]
        return head.bytes.dropLast() + Array(#","results":"#.utf8) + list + [0x2C] + tail.bytes.dropFirst()
    }

    private static func result(_ index: Int, _ score: Double, _ request: RerankRequest) -> [UInt8] {
        var bytes = Array(#"{"index":\#(index)"#.utf8)
        if request.returnsDocuments { bytes += document(request.documents[index], request.shape) }
        bytes += Array((request.shape == .texts ? #","score":"# : #","relevance_score":"#).utf8)
        return bytes + JSONValue.number(score).bytes + [0x7D]
    }

    /// The document as the client wrote it. Jina and Cohere give a string back as an object with a text.
    private static func document(_ document: RerankRequest.Document, _ shape: RerankRequest.Shape) -> [UInt8] {
        if shape == .texts { return Array(#","text":"#.utf8) + document.source.text }
        guard document.source.kind == .string else { return Array(#","document":"#.utf8) + document.source.text }
        return Array(#","document":{"text":"#.utf8) + document.source.text + [0x7D]
    }

    /// An error in the words of the request's API. Text Embeddings Inference says `{"error": TEXT, "error_type": WORD}`. Cohere
    /// has its text in `message` and Jina in `detail`; beside them stands the error object that OpenAI's clients and
    /// llama-server's read.
    public static func body(of error: APIError, _ shape: RerankRequest.Shape) -> [UInt8] {
        let message = JSONValue.string(error.message)
        switch shape {
        case .texts:
            let object: JSONValue = ["error": message, "error_type": .string(type(of: error))]
            return object.bytes
        case .documents:
            let more: JSONValue = ["message": message, "detail": message]
            return error.body.dropLast() + [0x2C] + more.bytes.dropFirst()
        }
    }

    private static func type(of error: APIError) -> String {
        switch error.status {
        case 429, 503: "Overloaded"
        case 400..<500: error.code == RerankRequest.emptyBatch ? "Empty" : "Validation"
        default: "Backend"
        }
    }
}
