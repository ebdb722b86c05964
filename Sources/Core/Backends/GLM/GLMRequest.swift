/// An OpenAI chat request made into one that the GLM gateway takes.
///
/// A value in, a value out. What no rule touches keeps its bytes and its place: the gateway's implicit cache matches
/// prefixes, so the same conversation must come out the same each time.
public enum GLMRequest {
    /// What the request became.
    public struct Transformed: Sendable, Equatable {
        /// The body to send.
        public let body: JSONValue
        /// What could not be kept as the client asked for it, one sentence each; for the `x-localcode-notes` header.
        public let notes: [String]
        /// What is left to do with the answer.
        public let local: LocalRules
    }

    /// What the answer's side has to do, because the gateway does not.
    public struct LocalRules: Sendable, Equatable {
        /// Whether the client asked for a stream.
        public var stream: Bool
        /// Whether it asked for the usage at the end of the stream.
        public var includeUsage: Bool
        /// Stop words that LocalCode enforces.
        public var stopWords: [String]
        /// The client's names of tools by the names they were sent under; only those that differ.
        public var toolNames: [String: String]
        /// A JSON schema the answer's text should satisfy.
        public var schema: JSONValue?
        /// A name for this request: the ids of tool calls that come without one are made from it.
        public var requestID: String
        /// The message the answer replies to, as `ReasoningMemory` tells answers apart.
        public var turn: ReasoningMemory.Turn?

        /// Nothing to do.
        public init(stream: Bool = false, requestID: String = "request") {
            self.stream = stream
            self.requestID = requestID
            includeUsage = false
            stopWords = []
            toolNames = [:]
        }
    }

    /// The request for GLM.
    /// - Parameters:
    ///   - request: the client's body; anything but an object is returned as it is.
    ///   - model: the id of the model to ask for. A known one is sent in the gateway's spelling.
    ///   - stream: whether the answer is to be streamed.
    ///   - requestID: a fresh id; GLM refuses one it has seen.
    ///   - remembered: the reasoning that belonged to an answer, if it is known (`ReasoningMemory.lookup`).
    public static func transform(
        _ request: JSONValue, model: String, stream: Bool, requestID: String,
        remembered: @escaping @Sendable (ReasoningMemory.Key) -> String? = { _ in nil }
    ) -> Transformed {
        guard let body = request.object else {
            let local = LocalRules(stream: stream, requestID: requestID)
            return Transformed(body: request, notes: [], local: local)
        }
        var draft = GLMDraft(body: body, model: model, stream: stream, requestID: requestID, remembered: remembered)
        for rule in rules { rule.apply(&draft) }
        return Transformed(body: .object(draft.body), notes: draft.notes, local: draft.local)
    }

    /// One step, under a name to print.
    struct Rule: Sendable {
        let name: String
        let apply: @Sendable (inout GLMDraft) -> Void
    }

    /// Every step, in order. Ids are settled before remembered reasoning is looked up by them; sizes and lists are
    /// settled before the fields that GLM does not know are dropped.
    static let rules: [Rule] = [
        Rule(name: "model and stream") { GLMFieldRules.modelAndStream(&$0) },
        Rule(name: "roles") { GLMMessageRules.roles(&$0) },
        Rule(name: "text content") { GLMMessageRules.textContent(&$0) },
        Rule(name: "empty assistant") { GLMMessageRules.emptyAssistant(&$0) },
        Rule(name: "user turn") { GLMMessageRules.userTurn(&$0) },
        Rule(name: "tool call ids") { GLMToolCallRules.identifiers(&$0) },
        Rule(name: "tool call arguments") { GLMToolCallRules.arguments(&$0) },
        Rule(name: "max_tokens") { GLMSamplingRules.maxTokens(&$0) },
        Rule(name: "temperature and top_p") { GLMSamplingRules.temperature(&$0) },
        Rule(name: "stop") { GLMSamplingRules.stop(&$0) },
        Rule(name: "tool_choice") { GLMToolRules.choice(&$0) },
        Rule(name: "response_format") { GLMFormatRules.schema(&$0) },
        Rule(name: "tool definitions") { GLMToolRules.definitions(&$0) },
        Rule(name: "tool names") { GLMToolRules.names(&$0) },
        Rule(name: "thinking") { GLMThinkingRules.thinking(&$0) },
        Rule(name: "reasoning replay") { GLMThinkingRules.replay(&$0) },
        Rule(name: "foreign fields") { GLMFieldRules.foreign(&$0) },
        Rule(name: "request_id") { GLMFieldRules.requestID(&$0) },
        Rule(name: "tool_stream") { GLMFieldRules.toolStream(&$0) },
    ]
}

/// A request on its way through the rules.
struct GLMDraft: Sendable {
    var body: JSONObject
    var notes: [String] = []
    var local: GLMRequest.LocalRules
    /// The id to ask for.
    let modelID: String
    /// Its row; nil for a model that is not in the table.
    let model: GLMModel?
    let remembered: @Sendable (ReasoningMemory.Key) -> String?

    init(
        body: JSONObject, model id: String, stream: Bool = false, requestID: String = "request",
        remembered: @escaping @Sendable (ReasoningMemory.Key) -> String? = { _ in nil }
    ) {
        self.body = body
        model = GLMModels.model(id)
        modelID = model?.id ?? id
        local = GLMRequest.LocalRules(stream: stream, requestID: requestID)
        self.remembered = remembered
    }

    /// The messages; empty where the body has no list of them, and then it is left for the gateway to refuse.
    var messages: [JSONValue] {
        get { body["messages"]?.array ?? [] }
        set { body["messages"] = .array(newValue) }
    }

    /// The tools; empty where the body has no list of them.
    var tools: [JSONValue] {
        get { body["tools"]?.array ?? [] }
        set { body["tools"] = .array(newValue) }
    }

    /// Replaces each message by what `change` makes of it; nil leaves it out.
    mutating func changeMessages(_ change: (_ role: String, _ message: JSONValue) -> JSONValue?) {
        guard let messages = body["messages"]?.array else { return }
        self.messages = messages.compactMap { change($0["role"]?.string ?? "", $0) }
    }

    /// Takes down a sentence. Part of it may be the client's own words, and it ends up in a header field: what is not plain
    /// ASCII becomes a question mark.
    mutating func note(_ sentence: String) {
        let plain = sentence.unicodeScalars.prefix(200).map { 0x20...0x7E ~= $0.value ? Character($0) : "?" }
        let note = String(plain) + "."
        if !notes.contains(note) { notes.append(note) }
    }
}
