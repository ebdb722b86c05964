/// A request that wants a slot.
public struct SlotRequest: Sendable {
    /// The boundaries of its prompt.
    public let chain: PrefixChain
    /// The client's name for the conversation; one for each lane of a session, since a title comes under the session's name.
    public let session: String?
    /// Nobody looks at a screen for it.
    public let isBackground: Bool
    /// It fills a gap: it has a lane of its own.
    public let isInfill: Bool
    public let model: String
    /// The beginning of the first user message.
    public let title: String
    /// The client's body.
    public let body: JSONView

    public init(_ chat: ChatRequest, chain: PrefixChain, session: String?, model: String) {
        self.chain = chain
        isBackground = RequestKind(chat) == .title
        isInfill = chat.kind == .infill
        self.session = isBackground ? session.map { $0 + "/title" } : isInfill ? session.map { $0 + "/fim" } : session
        self.model = model
        title = Self.title(of: chat)
        body = chat.body
    }

    /// Under which name a client's requests belong together: OpenCode's two generations and those that follow them.
    public static func session(_ headers: HTTPHeaders) -> String? {
        for name in ["x-opencode-session-id", "x-session-affinity", "x-session-id", "x-task-id"] {
            if let value = headers[name], !value.isEmpty { return String(value.prefix(128)) }
        }
        return nil
    }

    /// Whether anybody may come back to what it leaves in its slot.
    public var isKept: Bool { !isBackground && !isInfill }

    private static func title(of chat: ChatRequest) -> String {
        guard let message = chat.messages.first(where: { $0.role == "user" }) else { return "" }
        return String(message.beginning(80).split(whereSeparator: \.isWhitespace).joined(separator: " "))
    }
}

/// A slot that a request has for itself until it is settled.
public struct SlotLease: Sendable {
    let id: Int
    /// Nil: the engine chooses.
    public let slot: Int?
    /// What is expected.
    public var receipt: CacheReceipt
    /// The state that was restored for it.
    var restoredEntry: Int64?
    /// Tokens that were read into the slot for this request before it was sent.
    var readBefore = 0
    /// Of the engine that the slot is of.
    var run: String?
    let request: SlotRequest

    /// How many of the tokens that the engine found in the slot had been there before this request.
    func found(_ cached: Int) -> Int { max(0, cached - readBefore) }

    /// The fields of the body that are ours.
    public var edits: [JSONEdit] {
        guard let slot else { return [] }
        return [.set("id_slot", JSONValue.number(slot).bytes)]
    }
}

/// How a request ended.
public struct SlotOutcome: Sendable {
    /// Where its answer ended.
    public enum End: Sendable, Equatable {
        /// At its end: its token counts tell what the slot holds.
        case complete
        /// Somewhere in between: the engine has to be asked.
        case cut
        /// Before it began: the slot holds what it held.
        case refused
    }

    /// Token counts, by the engine's word.
    public var usage: Usage
    /// The answer as the client will send it back, as far as it came.
    public var answer: JSONValue?
    public var end: End

    public init(usage: Usage = Usage(), answer: JSONValue? = nil, end: End) {
        self.usage = usage
        self.answer = answer
        self.end = end
    }
}
