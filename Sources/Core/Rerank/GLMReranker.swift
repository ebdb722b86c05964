/// GLM's rerank API (https://docs.bigmodel.cn, "rerank").
struct GLMReranker: Reranker {
    let glm: GLMBackend
    /// A fresh id; each of its requests gets one made from it.
    let requestID: String
    /// Whether scores are to be as the model gives them.
    let wantsRawScores: Bool

    /// The name of the model there.
    static let model = "rerank"
    /// The most documents of a request, and the most characters of a document and of a query.
    static let documentLimit = 128
    static let characterLimit = 4096

    func score(_ query: String, _ documents: [String], _ limits: DocumentLimits) async throws -> RerankScores {
        guard query.unicodeScalars.count <= Self.characterLimit else {
            throw APIError.invalid(
                "query", "'query' has more than the \(Self.characterLimit) characters that GLM's rerank takes")
        }
        let cutter = DocumentCutter(budget: Self.characterLimit, limits: limits) { $0.unicodeScalars.count }
        let pieces = try await cutter.pieces(of: documents)
        let batches = DocumentPiece.batches(pieces, count: Self.documentLimit, bytes: 2 << 20)
        var scores = PieceScores(documents: documents.count)
        // One after the other: a key may have few requests at a time.
        for (number, batch) in batches.enumerated() {
            let answer = try await rank(query, batch, number: number)
            for (piece, score) in zip(batch, answer.scores) { scores.add(score, to: piece.document) }
            scores.add(prompt: answer.tokens)
        }
        return scores.scores(.unit, pieces: pieces)
    }

    private func rank(
        _ query: String, _ pieces: [DocumentPiece], number: Int
    ) async throws -> (scores: [Double], tokens: Int?) {
        let id = "\(requestID)-rerank-\(number)"
        var body: JSONObject = [
            "model": .string(Self.model), "query": .string(query),
            "documents": .array(pieces.map { .string($0.text) }), "top_n": 0, "return_documents": false,
            "request_id": .string(id),
        ]
        if wantsRawScores { body["return_raw_scores"] = true }
        let bytes: [UInt8]
        do {
            let response = try await glm.send(JSONValue.object(body).bytes, requestID: id, path: "/rerank")
            bytes = try await response.body.collect(upTo: 16 << 20)
        } catch let failure as UpstreamFailure {
            throw APIError(failure)
        } catch let error as HTTPClientError {
            throw APIError(error, from: "GLM")
        }
        guard let answer = try? JSONView(validating: bytes), answer["error"] == nil else {
            throw APIError(GLMError.classify(status: 200, body: bytes, hasKey: glm.hasKey))
        }
        guard let scores = RerankScores.values(in: answer, count: pieces.count) else {
            throw APIError(status: 502, message: "GLM did not score every document", code: "upstream_broken")
        }
        let usage = answer["usage"]
        return (scores, usage?["prompt_tokens"]?.int ?? usage?["total_tokens"]?.int)
    }
}
