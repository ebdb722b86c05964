/// A request to order documents by how well they answer a query. It has one of two shapes: that of Jina's and Cohere's APIs
/// (https://api.jina.ai/redoc, https://docs.cohere.com/reference/rerank), or that of Hugging Face's Text Embeddings Inference
/// (https://huggingface.github.io/text-embeddings-inference).
public struct RerankRequest: Sendable {
    /// Which of the shapes a body has.
    public enum Shape: Sendable, Equatable {
        /// `documents`, of Jina and Cohere.
        case documents
        /// `texts`, of Text Embeddings Inference.
        case texts

        /// - Parameter body: any body; one that has neither field counts as the first.
        public init(_ body: JSONView) { self = body["texts"] != nil && body["documents"] == nil ? .texts : .documents }
    }

    /// A document.
    public struct Document: Sendable {
        /// What is ranked.
        public let text: String
        /// What the client wrote: a string, or an object.
        let source: JSONView
    }

    public let shape: Shape
    /// The client's `model`; nil when it names none.
    public let model: String?
    public let query: String
    /// At least one.
    public let documents: [Document]
    /// How many results are wanted: at least one; nil: all.
    public let topN: Int?
    /// Whether the results carry the documents.
    public let returnsDocuments: Bool
    /// Whether scores are to be as the model gives them, rather than between 0 and 1.
    public let wantsRawScores: Bool
    /// How much of a document counts.
    public let limits: DocumentLimits

    /// The most documents of one request.
    static let documentLimit = 10_000

    /// - Throws: `APIError` with status 400 that names the field.
    public init(_ body: JSONView) throws(APIError) {
        guard body.kind == .object else {
            throw APIError(status: 400, message: "the request body must be a JSON object")
        }
        shape = Shape(body)
        model = try Self.string(body, "model")
        guard let query = try Self.string(body, "query") else {
            throw .invalid("query", "'query' is missing: the text that documents are compared with")
        }
        guard query.contains(where: { !$0.isWhitespace }) else { throw .invalid("query", "'query' must not be empty") }
        self.query = query
        topN = try Self.count(body, "top_n")
        wantsRawScores = try Self.bool(body, "raw_scores") ?? false
        switch shape {
        case .documents:
            documents = try Self.documents(body, fields: Self.fields(body))
            returnsDocuments = try Self.bool(body, "return_documents") ?? false
            limits = DocumentLimits(
                pieces: try Self.count(body, "max_chunks_per_doc"), tokens: try Self.count(body, "max_tokens_per_doc"))
        case .texts:
            documents = try Self.texts(body)
            returnsDocuments = try Self.bool(body, "return_text") ?? false
            let isCut = try Self.bool(body, "truncate") ?? false
            let side = try Self.string(body, "truncation_direction")?.lowercased() ?? "right"
            guard ["left", "right"].contains(side) else {
                throw .invalid("truncation_direction", "'truncation_direction' must be Left or Right")
            }
            limits = DocumentLimits(pieces: isCut ? 1 : nil, keepsEnd: side == "left")
        }
    }

    // MARK: Documents

    private static func documents(_ body: JSONView, fields: [String]) throws(APIError) -> [Document] {
        guard let list = body["documents"], list.kind == .array else {
            throw .invalid("documents", "'documents' is missing: an array of strings, or of objects with a text")
        }
        var documents: [Document] = []
        for element in list.elements {
            try checkCount(documents.count, "documents")
            documents.append(try document(element, fields: fields, "documents[\(documents.count)]"))
        }
        guard !documents.isEmpty else { throw .invalid("documents", "'documents' must not be empty") }
        return documents
    }

    private static func document(_ value: JSONView, fields: [String], _ name: String) throws(APIError) -> Document {
        if let text = value.string { return Document(text: text, source: value) }
        guard value.kind == .object else {
            throw .invalid(name, "'\(name)' must be a string, or an object with a text")
        }
        // Cohere's rank_fields: their values one behind the other.
        let texts = fields.compactMap { value[$0]?.string }
        guard !texts.isEmpty else {
            let wanted = fields.map { "'\($0)'" }.joined(separator: " or ")
            let isImage = value["image"] != nil || value["image_url"] != nil
            throw .invalid(name, "'\(name)' has no text in \(wanted)\(isImage ? ": images are not ranked here" : "")")
        }
        return Document(text: texts.joined(separator: "\n"), source: value)
    }

    /// The fields of a document that is an object which count, in their order.
    private static func fields(_ body: JSONView) throws(APIError) -> [String] {
        guard let list = body["rank_fields"], !list.isNull else { return ["text"] }
        let names = list.kind == .array ? list.elements.prefix(64).map { $0.string } : []
        guard !names.isEmpty, names.allSatisfy({ $0 != nil }) else {
            throw .invalid("rank_fields", "'rank_fields' must be an array of names of fields")
        }
        return names.compactMap(\.self)
    }

    private static func texts(_ body: JSONView) throws(APIError) -> [Document] {
        guard let list = body["texts"], list.kind == .array else {
            throw .invalid("texts", "`texts` must be an array of strings")
        }
        var documents: [Document] = []
        for element in list.elements {
            try checkCount(documents.count, "texts")
            guard let text = element.string else {
                throw .invalid("texts", "`texts[\(documents.count)]` must be a string")
            }
            documents.append(Document(text: text, source: element))
        }
        guard !documents.isEmpty else {
            throw APIError(status: 400, message: "`texts` cannot be empty", param: "texts", code: emptyBatch)
        }
        return documents
    }

    private static func checkCount(_ count: Int, _ name: String) throws(APIError) {
        guard count < documentLimit else {
            throw APIError(
                status: 413, message: "'\(name)' has more than \(documentLimit) elements: send them in parts",
                type: "invalid_request_error", param: name)
        }
    }

    /// The code of an error that Text Embeddings Inference has a word of its own for.
    static let emptyBatch = "empty_batch"

    // MARK: Fields

    private static func field(_ body: JSONView, _ name: String) -> JSONView? {
        body[name].flatMap { $0.isNull ? nil : $0 }
    }

    private static func string(_ body: JSONView, _ name: String) throws(APIError) -> String? {
        guard let value = field(body, name) else { return nil }
        guard let text = value.string else { throw .invalid(name, "'\(name)' must be a string") }
        return text
    }

    private static func bool(_ body: JSONView, _ name: String) throws(APIError) -> Bool? {
        guard let value = field(body, name) else { return nil }
        guard let truth = value.bool else { throw .invalid(name, "'\(name)' must be true or false") }
        return truth
    }

    private static func count(_ body: JSONView, _ name: String) throws(APIError) -> Int? {
        guard let value = field(body, name) else { return nil }
        guard let number = value.int, number > 0 else {
            throw .invalid(name, "'\(name)' must be an integer greater than 0")
        }
        return number
    }
}

/// How much of a document counts.
public struct DocumentLimits: Sendable, Equatable {
    /// The most pieces of a document that is too long for a model; nil: all of them.
    public var pieces: Int?
    /// The most tokens, from its beginning; nil: all of them.
    public var tokens: Int?
    /// Whether the pieces that count are those at its end.
    public var keepsEnd: Bool

    public init(pieces: Int? = nil, tokens: Int? = nil, keepsEnd: Bool = false) {
        self.pieces = pieces
        self.tokens = tokens
        self.keepsEnd = keepsEnd
    }
}
