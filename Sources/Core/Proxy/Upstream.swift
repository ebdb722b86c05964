/// One request to a backend, ready to be sent, and how its answer is read.
struct Upstream: Sendable {
    /// What the answer's `x-localcode-backend` says.
    let name: String
    /// The model that answers, and what the request is for: what its cost is counted under.
    let model: String
    let kind: RequestKind
    /// What was changed in the request, and will be in the answer.
    let notes: RequestNotes
    /// Its turn with an engine whose slots we own.
    let turn: EngineTurn?
    /// Records the answer.
    let tape: AnswerTape?
    /// Sends it; returns when the head of the answer is there.
    let send: @Sendable () async throws -> HTTPResponse
    /// Why it was we who stopped it; nil where it was the client that left.
    let stopped: (@Sendable () -> APIError?)?
    /// An error answer in OpenAI's terms.
    let error: @Sendable (_ status: Int, _ headers: HTTPHeaders, _ body: [UInt8]) -> APIError
    /// A whole answer as the client gets it; nil leaves it as it is. It may ask the upstream once more.
    let translate: (@Sendable (_ body: [UInt8]) async throws -> [UInt8])?
    /// A translator for a stream; nil leaves it as it is.
    let translator: (@Sendable () -> any StreamTranslator)?

    init(
        name: String, model: String, kind: RequestKind, notes: RequestNotes, turn: EngineTurn? = nil,
        tape: AnswerTape? = nil,
        send: @escaping @Sendable () async throws -> HTTPResponse,
        stopped: (@Sendable () -> APIError?)? = nil,
        error: @escaping @Sendable (_ status: Int, _ headers: HTTPHeaders, _ body: [UInt8]) -> APIError,
        translate: (@Sendable (_ body: [UInt8]) async throws -> [UInt8])? = nil,
        translator: (@Sendable () -> any StreamTranslator)? = nil
    ) {
        self.name = name
        self.model = model
        self.kind = kind
        self.notes = notes
        self.turn = turn
        self.tape = tape
        self.send = send
        self.stopped = stopped
        self.error = error
        self.translate = translate
        self.translator = translator
    }
}

/// Turns a backend's stream into what the client gets, event by event. It may ask the upstream once more before it answers.
protocol StreamTranslator: Sendable {
    /// Whether nothing more is wanted of the upstream.
    var isFinished: Bool { get }
    /// What the client gets for an event, an upstream's `[DONE]` included.
    /// - Throws: `APIError` when the event says that the answer failed, `CancellationError`.
    mutating func translate(_ event: ServerSentEvent) async throws -> [UInt8]
    /// What the client gets at the end that it has not got yet, `[DONE]` included.
    /// - Throws: `APIError` when the answer is not complete, `CancellationError`.
    mutating func end() async throws -> [UInt8]
}

extension APIError {
    /// Why no answer came from a backend.
    init(_ error: HTTPClientError, from backend: String) {
        switch error.kind {
        case .connect:
            self.init(
                status: 503, message: "\(backend) cannot be reached: \(error.message)", code: "upstream_unreachable",
                headers: ["Retry-After": "2"])
        case .timeout:
            self.init(status: 504, message: "\(backend) is silent: \(error.message)", code: "upstream_timeout")
        case .tls, .broken, .tooLong:
            self.init(status: 502, message: "\(backend) broke off: \(error.message)", code: "upstream_broken")
        case .request, .internal:
            self.init(status: 500, message: "\(backend) cannot be asked: \(error.message)")
        }
    }

    /// The data of a stream's error event. OpenCode 1 keeps nothing but the message of an error inside a stream, and finds
    /// the code of a full context in it only when the message is the error once more, as JSON.
    var eventData: [UInt8] {
        guard code == Self.contextLengthExceeded else { return body }
        var copy = self
        let inner: JSONValue = [
            "type": "error", "error": ["code": .string(Self.contextLengthExceeded), "message": .string(message)],
        ]
        copy.message = String(decoding: inner.bytes, as: UTF8.self)
        return copy.body
    }
}
