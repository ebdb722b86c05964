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

    /// The most elements of an `input_extra` that are looked at.
    private static let limit = 256

    /// The elements of an `input_extra`; what is no text is left out.
    static func list(_ view: JSONView) -> [FIMChunk] {
        view.elements.prefix(limit).compactMap { chunk in
            chunk["text"]?.string.map { FIMChunk(filename: chunk["filename"]?.string ?? "", text: $0) }
        }
    }

    /// As llama-server takes it.
    public var wire: JSONValue {
        filename.isEmpty ? ["text": .string(text)] : ["filename": .string(filename), "text": .string(text)]
    }
}
