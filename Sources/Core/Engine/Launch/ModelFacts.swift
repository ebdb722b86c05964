/// What the plan for a model depends on of its file. Of a model that llama-server downloads, and of a file that cannot be read,
/// nothing is known.
struct ModelFacts: Equatable {
    /// Tokens that it was trained to read.
    var contextLength: Int?
    /// Whether it says how the results of all tokens become one.
    var hasPooling: Bool?

    init(contextLength: Int? = nil, hasPooling: Bool? = nil) {
        self.contextLength = contextLength
        self.hasPooling = hasPooling
    }

    /// Reads the file of an entry.
    init(_ entry: ModelEntry) {
        guard case .file(let path) = entry.source, let header = try? ModelHeader.read(path: path) else { return }
        contextLength = header.contextLength
        hasPooling = header.hasPooling
    }
}
