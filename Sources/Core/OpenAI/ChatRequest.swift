/// A chat, text completion or infill request: a view over the client's bytes that knows the fields LocalCode reads. Everything else
/// in the body stays as it is.
public struct ChatRequest: Sendable {
    /// Which of the two shapes the body has.
    public enum Kind: Sendable, Equatable {
        /// `messages`.
        case chat
        /// `prompt`.
        case completion
        /// llama-server's `input_prefix` and `input_suffix`: what stands around a gap.
        case infill
    }

    /// One element of `messages`.
    public struct Message: Sendable {
        public let view: JSONView
        public let role: String
        /// A string, an array of parts, null, or nothing.
        public let content: JSONView?

        /// - Parameter view: an object with a `role` that is a string.
        fileprivate init(_ view: JSONView) {
            var role: JSONView?
            var content: JSONView?
            for (key, value) in view.members {
                if key.equals("role") { role = value } else if key.equals("content") { content = value }
            }
            self.view = view
            self.role = role?.string ?? ""
            self.content = content
        }
    }

    public let kind: Kind
    /// The whole body.
    public let body: JSONView
    /// The client's `model`; nil when it names none.
    public let model: String?
    /// `stream`, false unless asked for.
    public let isStreaming: Bool
    /// `stream_options.include_usage`.
    public let includesUsage: Bool
    /// The elements of `messages`, found anew in each walk over them: a list of millions costs nothing to hold. None for a
    /// completion.
    public var messages: some Sequence<Message> { list.lazy.map(Message.init) }
    private let list: JSONElements
    /// The `tools` array; nil when absent or null.
    public let tools: JSONView?
    /// `tool_choice`; nil when absent or null.
    public let toolChoice: JSONView?
    /// `max_completion_tokens`, or else `max_tokens`.
    public let outputLimit: Int?
    /// `grammar`: what the answer may be, in GBNF; llama-server's own. Nil when absent, null or empty.
    public let grammar: JSONView?
    /// The JSON schema of the answer, from `response_format` or from llama-server's `json_schema`; nil where there is none.
    public let schema: JSONView?
    /// Whether the answer is to be JSON, with a schema or without.
    public let isJSON: Bool
    /// `suffix` of a completion: what comes behind the text to fill in. Nil when absent, null or empty.
    public let suffix: JSONView?

    /// Reads a validated body.
    /// - Throws: `APIError` with status 400 that names the field of a wrong type.
    public init(_ body: JSONView, kind: Kind) throws(APIError) {
        guard body.kind == .object else {
            throw APIError(status: 400, message: "the request body must be a JSON object")
        }
        let fields = Fields(body)
        self.kind = kind
        self.body = body
        model = try Self.string(fields.model, "model")
        isStreaming = try Self.bool(fields.stream, "stream") ?? false
        includesUsage = fields.streamOptions?["include_usage"]?.bool ?? false
        tools = try Self.array(fields.tools, "tools")
        let completionLimit = try Self.count(fields.maxCompletionTokens, "max_completion_tokens")
        let limit = try Self.count(fields.maxTokens, "max_tokens")
        outputLimit = completionLimit ?? limit
        toolChoice = Self.present(fields.toolChoice)
        grammar = try Self.text(fields.grammar, "grammar")
        let format = fields.responseFormat.flatMap { $0["type"]?.string == "text" ? nil : Self.present($0) }
        let formatSchema = format.flatMap { $0["json_schema"].map { $0["schema"] ?? $0 } ?? $0["schema"] }
        schema = [formatSchema, fields.schema].lazy.compactMap(Self.present).first { $0.kind != .string }
        isJSON = schema != nil || format?["type"]?.string != nil
        suffix = kind == .completion ? try Self.text(fields.suffix, "suffix") : nil
        try Self.number(fields.temperature, "temperature")
        try Self.number(fields.topP, "top_p")
        switch kind {
        case .chat:
            guard let messages = try Self.array(fields.messages, "messages") else {
                throw .invalid("messages", "'messages' is missing: an array of {role, content} objects")
            }
            try Self.check(messages)
            list = messages.elements
        case .completion:
            guard let prompt = fields.prompt, !prompt.isNull else { throw .invalid("prompt", "'prompt' is missing") }
            list = body.elements
        case .infill:
            for name in ["input_prefix", "input_suffix"] where try Self.string(body[name], name) == nil {
                throw .invalid(name, "'\(name)' is missing: the text before the gap, and the text behind it")
            }
            _ = try Self.array(body["input_extra"], "input_extra")
            list = body.elements
        }
    }

    /// The fields of the top level, found in one walk over it.
    private struct Fields {
        var model: JSONView?
        var stream: JSONView?
        var streamOptions: JSONView?
        var messages: JSONView?
        var prompt: JSONView?
        var tools: JSONView?
        var toolChoice: JSONView?
        var grammar: JSONView?
        var responseFormat: JSONView?
        var schema: JSONView?
        var suffix: JSONView?
        var maxTokens: JSONView?
        var maxCompletionTokens: JSONView?
        var temperature: JSONView?
        var topP: JSONView?

        init(_ body: JSONView) {
            for (key, value) in body.members {
                if key.equals("model") {
                    model = value
                } else if key.equals("stream") {
                    stream = value
                } else if key.equals("stream_options") {
                    streamOptions = value
                } else if key.equals("messages") {
                    messages = value
                } else if key.equals("prompt") {
                    prompt = value
                } else if key.equals("tools") {
                    tools = value
                } else if key.equals("tool_choice") {
                    toolChoice = value
                } else if key.equals("grammar") {
                    grammar = value
                } else if key.equals("response_format") {
                    responseFormat = value
                } else if key.equals("json_schema") {
                    schema = value
                } else if key.equals("suffix") {
                    suffix = value
                } else if key.equals("max_tokens") {
                    maxTokens = value
                } else if key.equals("max_completion_tokens") {
                    maxCompletionTokens = value
                } else if key.equals("temperature") {
                    temperature = value
                } else if key.equals("top_p") {
                    topP = value
                }
            }
        }
    }

    private static func check(_ messages: JSONView) throws(APIError) {
        var count = 0
        for message in messages.elements {
            guard message.kind == .object else {
                throw .invalid("messages[\(count)]", "'messages[\(count)]' must be an object")
            }
            var role: JSONView?
            for (key, value) in message.members where key.equals("role") { role = value }
            guard role?.kind == .string else {
                throw .invalid("messages[\(count)].role", "'messages[\(count)].role' must be a string")
            }
            count += 1
        }
        guard count > 0 else { throw .invalid("messages", "'messages' is empty: send at least one message") }
    }

    private static func present(_ value: JSONView?) -> JSONView? { value.flatMap { $0.isNull ? nil : $0 } }

    private static func string(_ value: JSONView?, _ name: String) throws(APIError) -> String? {
        guard let value = present(value) else { return nil }
        guard let string = value.string else { throw .invalid(name, "'\(name)' must be a string") }
        return string
    }

    /// A string that says something, for what is only looked at.
    private static func text(_ value: JSONView?, _ name: String) throws(APIError) -> JSONView? {
        guard let value = present(value) else { return nil }
        guard value.kind == .string else { throw .invalid(name, "'\(name)' must be a string") }
        return value.range.count > 2 ? value : nil
    }

    private static func bool(_ value: JSONView?, _ name: String) throws(APIError) -> Bool? {
        guard let value = present(value) else { return nil }
        guard let bool = value.bool else { throw .invalid(name, "'\(name)' must be true or false") }
        return bool
    }

    private static func array(_ value: JSONView?, _ name: String) throws(APIError) -> JSONView? {
        guard let value = present(value) else { return nil }
        guard value.kind == .array else { throw .invalid(name, "'\(name)' must be an array") }
        return value
    }

    private static func number(_ value: JSONView?, _ name: String) throws(APIError) {
        guard let value = present(value), value.kind != .number else { return }
        throw .invalid(name, "'\(name)' must be a number")
    }

    private static func count(_ value: JSONView?, _ name: String) throws(APIError) -> Int? {
        guard let value = present(value) else { return nil }
        guard let count = value.int else { throw .invalid(name, "'\(name)' must be a whole number") }
        return count
    }
}
