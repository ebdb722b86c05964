/// A piece of another file, which the model may look at while it fills a gap: an element of llama-server's `input_extra`.
public struct FIMChunk: Sendable, Equatable {
    /// What the model is told it is a piece of.
    public var filename: String
    public var text: String

    public init(filename: String, text: String) {
        self.filename = filename
        self.text = text
    }

    /// What it takes of a budget, in bytes.
    public var size: Int { filename.utf8.count + text.utf8.count }

    /// As llama-server takes it.
    public var wire: JSONValue { ["filename": .string(filename), "text": .string(text)] }
}
