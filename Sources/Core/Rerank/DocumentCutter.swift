/// A part of a document that a model reads at once; most documents are one.
struct DocumentPiece: Sendable {
    /// The document's index.
    let document: Int
    let text: String

    /// What a client may want to know of how documents were cut; nil where none was.
    static func note(_ pieces: [DocumentPiece], documents count: Int) -> String? {
        guard pieces.count > count else { return nil }
        var seen = [Int](repeating: 0, count: count)
        for piece in pieces { seen[piece.document] += 1 }
        let cut = seen.count { $0 > 1 }
        let what = cut == 1 ? "1 document was" : "\(cut) documents were"
        return "\(what) too long for the model: \(pieces.count - count + cut) pieces, of which the best one counts"
    }
}

/// Cuts documents into pieces that a model can read at once.
struct DocumentCutter: Sendable {
    /// The most tokens of a piece; nil: no limit is known.
    let budget: Int?
    /// Whether even a text of few bytes is counted. Tokens are hardly ever more than bytes, but some texts are normalised into
    /// longer ones first.
    var countsAll = false
    var limits = DocumentLimits()
    /// How many tokens a text has.
    let count: @Sendable (String) async throws -> Int

    /// The most pieces of a request.
    static let pieceLimit = 10_000
    /// Texts that are counted at a time.
    private static let width = 4
    /// A text of more bytes than this for each token hardly fits: it is cut once before it is counted.
    private static let mostBytes = 16

    /// The pieces of all documents, in order.
    /// - Throws: `APIError` with status 413 when there are too many, and what `count` throws.
    func pieces(of documents: [String]) async throws -> [DocumentPiece] {
        let cut = try await mapConcurrently(documents, atMost: Self.width) { try await self.pieces(of: $0) }
        let pieces = cut.enumerated().flatMap { document, texts in
            texts.map { DocumentPiece(document: document, text: $0) }
        }
        guard pieces.count <= Self.pieceLimit else { throw Self.tooMany }
        return pieces
    }

    private func pieces(of document: String) async throws -> [String] {
        var document = document
        if let most = limits.tokens {
            var cutter = DocumentCutter(budget: most, countsAll: countsAll, count: count)
            cutter.limits.pieces = 1
            document = try await cutter.pieces(of: document).first ?? ""
        }
        guard let budget else { return [document] }
        var pieces: [String] = []
        // The next one is the last.
        var open = [document]
        while pieces.count < limits.pieces ?? .max, let text = open.popLast() {
            if let parts = try await parts(of: text, budget: budget) {
                open += limits.keepsEnd ? parts : parts.reversed()
                guard limits.pieces != nil || pieces.count + open.count <= Self.pieceLimit else { throw Self.tooMany }
            } else {
                pieces.append(text)
            }
        }
        return limits.keepsEnd ? pieces.reversed() : pieces
    }

    /// What a text is to be cut into; nil where it fits.
    private func parts(of text: String, budget: Int) async throws -> [String]? {
        let bytes = text.utf8.count
        if !countsAll, bytes <= budget { return nil }
        var size = Self.mostBytes * budget
        if bytes <= size {
            let tokens = try await count(text)
            guard tokens > budget, bytes > 1 else { return nil }
            let share = Double(budget) / Double(tokens)
            // Where only one counts, as much as fits; otherwise equal parts, so that no piece is next to nothing. They fit even
            // when they are an eighth longer.
            size =
                limits.pieces == 1
                ? Int(Double(bytes) * share * 0.97)
                : Int((Double(bytes) / (1.15 / share).rounded(.up)).rounded(.up))
        }
        let parts = TextCut.parts(text, size: max(1, min(size, bytes - 1)), fromEnd: limits.keepsEnd)
        // A single character cannot be cut.
        return parts.count > 1 ? parts : nil
    }

    private static let tooMany = APIError(
        status: 413, message: "the documents come to more than \(pieceLimit) pieces: send them in parts",
        type: "invalid_request_error", param: "documents")
}
