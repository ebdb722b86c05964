/// What the log says about a request.
public enum LogEntry: Sendable, Equatable {
    case request(RequestEntry)
    case toolCall(id: String, ChatAnswer.ToolCall)
    case toolCallComplete(id: String, name: String)
    case response(ResponseEntry)
    /// What was changed in a request or in its answer.
    case note(id: String, String)
    /// Something that happened to a KV state.
    case state(String)
    /// Something that happened to an engine.
    case engine(String)

    /// About how many bytes it holds.
    var size: Int {
        let texts: Int =
            switch self {
            case .request(let request):
                (request.last?.text.text.utf8.count ?? 0)
                    + request.tools.reduce(request.path.utf8.count) { $0 + $1.utf8.count + 16 }
            case .toolCall(_, let call): call.name.utf8.count + call.arguments.text.utf8.count
            case .toolCallComplete(_, let name): name.utf8.count
            case .response(let response):
                (response.answer?.content.text.utf8.count ?? 0) + (response.error?.utf8.count ?? 0)
            case .state(let text), .engine(let text), .note(_, let text): text.utf8.count
            }
        return texts + 256
    }
}

/// A request as it came in.
public struct RequestEntry: Sendable, Equatable {
    /// The id that the answer's `x-request-id` carries.
    public var id: String
    public var method: String
    public var path: String
    /// The kind of client: `opencode`, `openai-python`, `curl`, …
    public var client: String
    public var model: String?
    public var backend: String?
    public var isStreaming: Bool
    /// What it is for; nil where that is not looked at.
    public var kind: RequestKind?
    /// Who answers it, and why.
    public var route: RouteReport?
    /// Roles in order of their first message, with the number of messages.
    public var messages: [(role: String, count: Int)]
    /// Names of the tools that are offered.
    public var tools: [String]
    /// The beginning of the last message, with its role.
    public var last: (role: String, text: Preview)?

    public init(id: String, method: String, path: String, client: String) {
        self.id = id
        self.method = method
        self.path = path
        self.client = client
        isStreaming = false
        messages = []
        tools = []
    }

    public static func == (left: RequestEntry, right: RequestEntry) -> Bool {
        left.id == right.id && left.method == right.method && left.path == right.path && left.client == right.client
            && left.model == right.model && left.backend == right.backend && left.isStreaming == right.isStreaming
            && left.kind == right.kind && left.messages.elementsEqual(right.messages, by: ==)
            && left.tools == right.tools && left.route?.json == right.route?.json
            && left.last?.role == right.last?.role && left.last?.text == right.last?.text
    }
}

/// How a request ended.
public struct ResponseEntry: Sendable, Equatable {
    public var id: String
    /// `GET /v1/models`, where the request has no line of its own.
    public var request: String?
    public var status: Int
    public var answer: ChatAnswer?
    /// Why it failed, or was cut short.
    public var error: String?
    /// What the cache did for it.
    public var cache: CacheReceipt?
    /// What the request was for; nil where that is not looked at.
    public var kind: RequestKind?
    /// From the request's last byte to the answer's first text.
    public var timeToFirstToken: Duration?
    /// From the request's last byte to the answer's end.
    public var duration: Duration

    public init(
        id: String, status: Int, answer: ChatAnswer? = nil, error: String? = nil, timeToFirstToken: Duration? = nil,
        duration: Duration
    ) {
        self.id = id
        self.status = status
        self.answer = answer
        self.error = error
        self.timeToFirstToken = timeToFirstToken
        self.duration = duration
    }

    /// Decode speed: the engine's own figure, or else tokens over the time behind the first one.
    public var tokensPerSecond: Double? {
        if let measured = answer?.usage.tokensPerSecond { return measured }
        guard let tokens = answer?.usage.completion, tokens > 1, let first = timeToFirstToken else { return nil }
        let seconds = (duration - first).seconds
        return seconds > 0 ? Double(tokens - 1) / seconds : nil
    }
}

extension RequestEntry {
    /// Describes a request of an OpenAI endpoint.
    /// - Parameter previewLimit: characters to keep of the last message.
    public init(
        id: String, request: HTTPServerRequest, chat: ChatRequest, model: String, backend: String, previewLimit: Int
    ) {
        self.init(
            id: id, method: request.method, path: request.path, client: Self.client(request.headers["user-agent"]))
        self.model = Self.name(model)
        self.backend = backend
        isStreaming = chat.isStreaming
        var lastMessage: ChatRequest.Message?
        for message in chat.messages {
            count(message.role)
            lastMessage = message
        }
        if let tools = chat.tools {
            self.tools = tools.elements.prefix(Self.toolLimit).compactMap {
                ($0["function"]?["name"]?.string ?? $0["type"]?.string).map(Self.name)
            }
        }
        if previewLimit > 0, let message = lastMessage, let content = message.content {
            last = (Self.name(message.role), Self.preview(content, limit: previewLimit))
        }
    }

    // A client can send any number of names of any length. There are six roles, and names of tools have 64 characters.
    private static let roleLimit = 8
    private static let toolLimit = 1000
    private static let nameLimit = 128

    private static func name(_ text: String) -> String { String(text.prefix(nameLimit)) }

    private mutating func count(_ role: String) {
        let name = Self.name(role)
        if let index = messages.firstIndex(where: { $0.role == name }) {
            messages[index].count += 1
        } else if messages.count < Self.roleLimit {
            messages.append((name, 1))
        } else {
            messages[Self.roleLimit - 1].role = "other"
            messages[Self.roleLimit - 1].count += 1
        }
    }

    private static func preview(_ content: JSONView, limit: Int) -> Preview {
        var preview = Preview()
        guard content.kind == .array else {
            preview.append(content, limit: limit)
            return preview
        }
        for part in content.elements {
            if let text = part["text"] {
                preview.append(text, limit: limit)
            } else if let type = part["type"]?.string {
                preview.append("[\(type)] ", limit: limit)
            }
        }
        return preview
    }

    /// The kind of client by its User-Agent's first word, lower case: `opencode/1.18.34 …` is `opencode`.
    public static func client(_ userAgent: String?) -> String {
        guard let userAgent, !userAgent.isEmpty else { return "unknown" }
        if userAgent.hasPrefix("OpenAI/Python") || userAgent.hasPrefix("AsyncOpenAI/Python") { return "openai-python" }
        if userAgent.hasPrefix("OpenAI/JS") { return "openai-js" }
        return String(userAgent.prefix { $0 != "/" && $0 != " " }.prefix(32)).lowercased()
    }
}

extension Duration {
    /// The same, in seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
