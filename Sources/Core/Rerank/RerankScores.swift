#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a reranker made of documents.
public struct RerankScores: Sendable {
    /// What the numbers of a source mean.
    public enum Scale: Sendable, Equatable {
        /// Log-odds, as most rerank models have them: any number.
        case logit
        /// The cosine of two vectors: -1 to 1.
        case cosine
        /// Between 0 and 1 already.
        case unit
    }

    /// As the source gives them, in the documents' order.
    public var values: [Double]
    public var scale: Scale
    /// Tokens that were read.
    public var usage = Usage()
    /// How they came about, where that is not what a client would expect.
    public var notes: [String] = []

    public init(values: [Double], scale: Scale) {
        self.values = values
        self.scale = scale
    }

    /// The scores in an answer of a rerank API, in the documents' order; nil where one is missing.
    static func values(in answer: JSONView, count: Int) -> [Double]? {
        var values = [Double?](repeating: nil, count: count)
        guard let results = answer["results"], results.kind == .array else { return nil }
        for result in results.elements {
            guard let index = result["index"]?.int, values.indices.contains(index) else { continue }
            values[index] = result["relevance_score"]?.double
        }
        return values.contains { $0 == nil } ? nil : values.compactMap(\.self)
    }

    /// A document's score between 0 and 1.
    public func relevance(of index: Int) -> Double {
        let value = values[index]
        switch scale {
        case .logit: return 1 / (1 + exp(-value))
        case .cosine, .unit: return max(0, min(1, value))
        }
    }

    /// The documents' indices, the best first; of equal ones the first.
    public var order: [Int] {
        values.indices.sorted { (values[$1], $0) < (values[$0], $1) }
    }
}

/// Scores of the pieces that documents were cut into.
struct PieceScores {
    /// The best of each document's pieces.
    private(set) var values: [Double]
    private(set) var usage = Usage()

    init(documents count: Int) { values = Array(repeating: -.infinity, count: count) }

    mutating func add(_ score: Double, to document: Int) { values[document] = max(values[document], score) }

    mutating func add(prompt tokens: Int?, completion: Int? = nil) {
        if let tokens { usage.prompt = (usage.prompt ?? 0) + max(0, min(tokens, 1 << 40)) }
        if let completion { usage.completion = (usage.completion ?? 0) + max(0, min(completion, 1 << 40)) }
    }

    /// - Parameter pieces: what the documents were cut into.
    func scores(_ scale: RerankScores.Scale, pieces: [DocumentPiece]) -> RerankScores {
        var scores = RerankScores(values: values, scale: scale)
        scores.usage = usage
        if let note = DocumentPiece.note(pieces, documents: values.count) { scores.notes.append(note) }
        return scores
    }
}
