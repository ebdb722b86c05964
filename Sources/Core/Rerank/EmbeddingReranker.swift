/// An engine in embedding mode: documents are compared with the query by the cosine of their vectors.
struct EmbeddingReranker: Reranker {
    let engine: MeasuredEngine

    private static let batch = 32
    private static let batchBytes = 256 << 10
    private static let width = 2
    /// Tokens that a model puts around a text.
    private static let frame = 8

    func score(_ query: String, _ documents: [String], _ limits: DocumentLimits) async throws -> RerankScores {
        try await engine.fitting { inputs, countsAll in
            // The query has a computation of its own, and has to fit into it.
            _ = try await engine.room(
                beside: query, frame: Self.frame, inputs: inputs, countsAll: countsAll, longest: 0)
            let cutter = DocumentCutter(
                budget: inputs.limit.map { max(1, $0 - Self.frame) }, countsAll: countsAll, limits: limits,
                count: engine.count)
            let pieces = try await cutter.pieces(of: documents)
            let batches = DocumentPiece.batches(pieces, count: Self.batch, bytes: Self.batchBytes)
            let (vectors, tokens) = try await embed([query])
            let answers = try await mapConcurrently(batches, atMost: Self.width) { batch in
                let (others, tokens) = try await embed(batch.map(\.text))
                return (scores: others.map { Self.cosine(vectors[0], $0) }, tokens: tokens)
            }
            var scores = PieceScores(documents: documents.count)
            scores.add(prompt: tokens)
            for (batch, answer) in zip(batches, answers) {
                for (piece, score) in zip(batch, answer.scores) { scores.add(score, to: piece.document) }
                scores.add(prompt: answer.tokens)
            }
            var result = scores.scores(.cosine, pieces: pieces)
            result.notes.insert("scored by the cosine of embeddings: the model has no head that ranks", at: 0)
            return result
        }
    }

    private func embed(_ texts: [String]) async throws -> (vectors: [[Double]], tokens: Int?) {
        // No text at all is refused; a space is as far from everything.
        let input = texts.map { JSONValue.string($0.isEmpty ? " " : $0) }
        let answer = try await engine.post("/v1/embeddings", ["input": .array(input), "encoding_format": "float"])
        var vectors = [[Double]](repeating: [], count: texts.count)
        if let data = answer["data"], data.kind == .array {
            for entry in data.elements {
                guard let index = entry["index"]?.int, vectors.indices.contains(index),
                    let numbers = entry["embedding"], numbers.kind == .array
                else { continue }
                vectors[index] = numbers.elements.map { $0.double ?? 0 }
            }
        }
        guard vectors.allSatisfy({ !$0.isEmpty && $0.count == vectors[0].count }) else {
            throw MeasuredEngine.broken("/v1/embeddings did not give a vector for every text")
        }
        return (vectors, answer["usage"]?["prompt_tokens"]?.int)
    }

    /// 0 where one of them has no direction.
    static func cosine(_ left: [Double], _ right: [Double]) -> Double {
        var (product, leftSquare, rightSquare) = (0.0, 0.0, 0.0)
        for (a, b) in zip(left, right) {
            product += a * b
            leftSquare += a * a
            rightSquare += b * b
        }
        let length = (leftSquare * rightSquare).squareRoot()
        return length > 0 ? max(-1, min(1, product / length)) : 0
    }
}
