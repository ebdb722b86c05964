/// Something that may answer the question: lines of a file, or a document.
struct RerankPlace: Sendable, Equatable {
    /// Where it is.
    enum Origin: Sendable, Equatable {
        /// Lines of a file, whose path begins as the user wrote it.
        case file(path: String, lines: ClosedRange<Int>)
        /// The number of a document, from 1.
        case document(Int)
    }

    var origin: Origin
    /// The lines themselves.
    var text: String
    /// How well its words fit (BM25); 0 where none does.
    var words: Double
    /// How well it answers by a model's judgement; nil where none was asked.
    var score: Double?

    /// What a model reads.
    var document: String {
        switch origin {
        case .file(let path, _): "\(path)\n\(text)"
        case .document: text
        }
    }
}
