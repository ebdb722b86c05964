/// An engine in rerank mode: it reads the query and a document together, and has a score for the pair.
struct EngineReranker: Reranker {
    let engine: MeasuredEngine

    /// Pieces in a request to the engine, at most: enough to keep its slots busy, few enough that other requests get their turn
    /// and that little is computed in vain when the client leaves.
    private static let batch = 32
    private static let batchBytes = 256 << 10
    /// Requests at a time: the engine has the next one while an answer is read.
    private static let width = 2
    /// Tokens that may arise where texts are joined.
    private static let margin = 4

    func score(_ query: String, _ documents: [String], _ limits: DocumentLimits) async throws -> RerankScores {
        try await engine.fitting { inputs, countsAll in
            let frame = try await frame(inputs)
            let longest = documents.reduce(0) { max($0, $1.utf8.count) }
            let room = try await engine.room(
                beside: query, frame: frame + Self.margin, inputs: inputs, countsAll: countsAll, longest: longest)
            let cutter = DocumentCutter(budget: room, countsAll: countsAll, limits: limits, count: engine.count)
            let pieces = try await cutter.pieces(of: documents)
            let batches = DocumentPiece.batches(pieces, count: Self.batch, bytes: Self.batchBytes)
            let answers = try await mapConcurrently(batches, atMost: Self.width) { try await rank(query, $0) }
            var scores = PieceScores(documents: documents.count)
            for (batch, answer) in zip(batches, answers) {
                for (piece, score) in zip(batch, answer.scores) { scores.add(score, to: piece.document) }
                scores.add(prompt: answer.tokens)
            }
            return scores.scores(await scale(inputs), pieces: pieces)
        }
    }

    /// Tokens that stand around a query and a document: all that a pair of empty texts has.
    private func frame(_ inputs: LlamaServer.Inputs) async throws -> Int {
        if let known = inputs.frame { return known }
        let frame = try await rank("", [DocumentPiece(document: 0, text: "")]).tokens ?? 0
        engine.server.learn { $0.frame = frame }
        return frame
    }

    private func rank(_ query: String, _ pieces: [DocumentPiece]) async throws -> (scores: [Double], tokens: Int?) {
        let answer = try await engine.post(
            "/v1/rerank", ["query": .string(query), "documents": .array(pieces.map { .string($0.text) })])
        guard let scores = RerankScores.values(in: answer, count: pieces.count) else {
            throw MeasuredEngine.broken("/v1/rerank did not score every document")
        }
        return (scores, answer["usage"]?["prompt_tokens"]?.int)
    }

    /// llama.cpp gives the probability of "yes" for rerankers that are made like Qwen3's, and log-odds for all others.
    private func scale(_ inputs: LlamaServer.Inputs) async -> RerankScores.Scale {
        var architecture = inputs.architecture
        if architecture == nil, let path = inputs.modelPath {
            // The header of a large model takes some milliseconds, which no event loop should wait for.
            let read = await Task { (try? GGUFFile.read(path: path))?["general.architecture"]?.string ?? "" }.value
            engine.server.learn { $0.architecture = read }
            architecture = read
        }
        return architecture?.hasPrefix("qwen3") == true ? .unit : .logit
    }
}

extension DocumentPiece {
    /// Pieces in groups of at most so many, and of about so many bytes, at least one each.
    static func batches(_ pieces: [DocumentPiece], count: Int, bytes: Int) -> [[DocumentPiece]] {
        var batches: [[DocumentPiece]] = []
        var size = 0
        for piece in pieces {
            let more = piece.text.utf8.count
            if let last = batches.last, last.count < count, size + more <= bytes {
                batches[batches.count - 1].append(piece)
            } else {
                batches.append([piece])
                size = 0
            }
            size += more
        }
        return batches
    }
}
