import LocalCodeCore

/// The GLM gateway as it was seen on the wire (recordings of March and October 2026) and in its documents: what it refuses,
/// what it answers, and in which frames. It knows nothing of the code under test.
///
/// A value: the same request gets the same reply. Serve it with any server that can call `reply`; for a sequence of
/// different replies there is `FakeGLM.Session`.
public struct FakeGLM: Sendable {
    /// What to send back.
    public struct Reply: Sendable, Equatable {
        /// The HTTP status.
        public var status: Int
        /// The fields.
        public var headers: HTTPHeaders
        /// The body, in the pieces it is written in.
        public var pieces: [[UInt8]]
        /// Whether the connection breaks behind the last piece, without the end that HTTP asks for.
        public var breaksOff = false

        /// The body in one piece.
        public var body: [UInt8] { pieces.flatMap(\.self) }
    }

    /// What happens to a request that the gateway accepts.
    public enum Scenario: Sendable, Equatable {
        /// An answer.
        case answer(Answer)
        /// An error with its HTTP status.
        case error(code: Int)
        /// An error with HTTP 200, as some surfaces of the API have it.
        case unsuccessful(code: Int, message: String)
        /// A stream of which an event is an error.
        case errorInStream(after: [String], code: Int)
        /// A stream that says `[DONE]` without a finish_reason.
        case doneTooEarly(after: [String])
        /// A connection that breaks in the middle of the answer.
        case truncated(after: [String])
        /// Not the gateway at all: a proxy's page.
        case page(status: Int, html: String)
        /// Frames or a body as they are.
        case raw(status: Int, contentType: String, pieces: [String])
    }

    /// What the model says.
    public struct Answer: Sendable, Equatable {
        /// Thoughts, a chunk each; left out when the request disables thinking.
        public var reasoning: [String] = []
        /// Text, a chunk each.
        public var text: [String] = []
        /// Tool calls.
        public var calls: [Call] = []
        /// Why it ends; nil for `stop` or `tool_calls`.
        public var finishReason: String?

        public init(reasoning: [String] = [], text: [String] = [], calls: [Call] = [], finishReason: String? = nil) {
            self.reasoning = reasoning
            self.text = text
            self.calls = calls
            self.finishReason = finishReason
        }
    }

    /// A tool call; its arguments are one text, in pieces for requests with `tool_stream`.
    public struct Call: Sendable, Equatable {
        public var id: String
        public var name: String
        public var arguments: [String]

        public init(id: String, name: String, arguments: [String]) {
            self.id = id
            self.name = name
            self.arguments = arguments
        }
    }

    /// What happens next.
    public var scenario: Scenario
    /// The key that is let in.
    public var key: String
    /// The path under which the API lies.
    public var basePath: String

    public init(
        _ scenario: Scenario = .text(["Hello", " there."]), key: String = "id.secret", basePath: String = "/api/paas/v4"
    ) {
        self.scenario = scenario
        self.key = key
        self.basePath = basePath
    }

    /// The gateway's reply.
    public func reply(method: String, path: String, headers: HTTPHeaders, body: [UInt8]) -> Reply {
        guard path == basePath + "/chat/completions", method == "POST" else {
            return Self.failure(status: 404, code: "500", message: "404 NOT_FOUND")
        }
        if let refusal = refusal(headers: headers) { return refusal }
        guard let request = try? JSONValue(parsing: body), request.object != nil else {
            return Self.failure(1210, "JSON parse error")
        }
        if let refusal = FakeGLMCheck.refusal(of: request) { return refusal }
        return perform(request)
    }

    private func refusal(headers: HTTPHeaders) -> Reply? {
        guard let authorization = headers["authorization"] else {
            return Self.failure(1001, "Authentication parameter not received in Header, unable to authenticate")
        }
        if authorization != "Bearer \(key)" { return Self.failure(1000, "Authentication Failed") }
        if headers["content-encoding"] != nil { return Self.failure(1210, "Invalid request body") }
        return nil
    }

    private func perform(_ request: JSONValue) -> Reply {
        switch scenario {
        case .answer(let answer):
            return FakeGLMWire.reply(answer, to: request)
        case .error(let code):
            return Self.failure(code)
        case .unsuccessful(let code, let message):
            let body: JSONValue = ["code": .number(code), "msg": .string(message), "success": false]
            return Reply(status: 200, headers: ["Content-Type": "application/json"], pieces: [body.bytes])
        case .errorInStream(let text, let code):
            let error = Self.errorBody(code: String(code), message: FakeGLMCheck.words(code))
            return stream(text, request, then: [ServerSentEvent.frame(error.bytes)])
        case .doneTooEarly(let text):
            return stream(text, request, then: [ServerSentEvent.done])
        case .truncated(let text):
            return stream(text, request, then: [], breaksOff: true)
        case .page(let status, let html):
            return Reply(status: status, headers: ["Content-Type": "text/html"], pieces: [Array(html.utf8)])
        case .raw(let status, let contentType, let pieces):
            return Reply(status: status, headers: ["Content-Type": contentType], pieces: pieces.map { Array($0.utf8) })
        }
    }

    private func stream(_ text: [String], _ request: JSONValue, then end: [[UInt8]], breaksOff: Bool = false) -> Reply {
        let model = request["model"]?.string ?? ""
        let frames = text.map { FakeGLMWire.frame(model: model, delta: ["role": "assistant", "content": .string($0)]) }
        return Reply(status: 200, headers: FakeGLMWire.streamHeaders, pieces: frames + end, breaksOff: breaksOff)
    }

    /// The reply that an error code is.
    static func failure(_ code: Int, _ message: String? = nil) -> Reply {
        failure(status: FakeGLMCheck.status(code), code: String(code), message: message ?? FakeGLMCheck.words(code))
    }

    private static func failure(status: Int, code: String, message: String) -> Reply {
        let body = errorBody(code: code, message: message)
        return Reply(status: status, headers: ["Content-Type": "application/json"], pieces: [body.bytes])
    }

    private static func errorBody(code: String, message: String) -> JSONValue {
        ["error": ["code": .string(code), "message": .string(message)]]
    }
}

extension FakeGLM.Scenario {
    /// An answer of text.
    public static func text(_ text: [String]) -> Self { .answer(FakeGLM.Answer(text: text)) }

    /// Thoughts, then text.
    public static func reasoned(_ reasoning: [String], _ text: [String]) -> Self {
        .answer(FakeGLM.Answer(reasoning: reasoning, text: text))
    }

    /// Tool calls.
    public static func calls(_ calls: [FakeGLM.Call], reasoning: [String] = []) -> Self {
        .answer(FakeGLM.Answer(reasoning: reasoning, calls: calls))
    }

    /// An answer that review stopped.
    public static func sensitive(after text: [String]) -> Self {
        .answer(FakeGLM.Answer(text: text, finishReason: "sensitive"))
    }

    /// An answer that the machines behind the gateway lost.
    public static func networkError(after text: [String]) -> Self {
        .answer(FakeGLM.Answer(text: text, finishReason: "network_error"))
    }

    /// The answer of an old vision model, with the marks it puts around what it found.
    public static func visionBox(_ text: String) -> Self {
        .answer(FakeGLM.Answer(text: ["<|begin_of_box|>", text, "<|end_of_box|>"]))
    }
}
