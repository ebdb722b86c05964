/// What is done about GLM's answers to a request with a JSON schema, which the gateway does not know.
struct GLMStructured: Sendable {
    private let answer: StructuredAnswer
    private let backends: Backends
    private let model: String
    private let request: GLMRequest.Transformed
    private let notes: RequestNotes
    private let limit: Int

    /// Nil for a request without a schema. A schema that cannot be checked is told to the model all the same, with a note.
    /// - Parameter limit: the longest answer, in bytes.
    init?(
        _ request: GLMRequest.Transformed, _ backends: Backends, model: String, notes: RequestNotes, limit: Int
    ) {
        guard let schema = request.local.schema else { return nil }
        do throws(SchemaError) {
            answer = StructuredAnswer(try JSONSchema(schema))
        } catch {
            notes.add(["the answer is not checked against the schema: \(error)"])
            return nil
        }
        self.backends = backends
        self.model = model
        self.request = request
        self.notes = notes
        self.limit = limit
    }

    /// The answer to give for one of OpenAI's shape.
    func settle(_ whole: JSONValue) async throws -> JSONValue {
        let settled = try await answer.settle(whole) { text, problems in try await again(text, problems) }
        notes.add(settled.notes)
        return settled.answer
    }

    /// A stream that lets its text out when it was checked.
    func stream(_ inner: any StreamTranslator) -> any StreamTranslator {
        StructuredStream(inner, limit: limit) { whole in try await settle(whole) }
    }

    private func again(_ text: String, _ problems: [String]) async throws -> JSONValue {
        // Ids have at most 64 characters.
        let id = request.local.requestID.prefix(58) + "-again"
        let body = GLMRequest.again(request.body, answer: text, problems: problems, requestID: String(id))
        return try await backends.askGLM(body, request.local, model: model, requestID: String(id), limit: limit).answer
    }
}
