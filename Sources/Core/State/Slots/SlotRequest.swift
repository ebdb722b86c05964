/// A request that wants a slot.
public struct SlotRequest: Sendable {
    /// The boundaries of its prompt.
    public let chain: PrefixChain
    /// The client's name for the conversation; one for each task of a session, since a title comes under the session's name.
    public let session: String?
    public let kind: RequestKind
    public let lane: RequestLane
    /// The directory that the client works in.
    public let project: String?
    /// The program that sent it.
    public let client: String?
    public let model: String
    /// The beginning of the first user message.
    public let title: String
    /// The client's body.
    public let body: JSONView

    public init(_ chat: ChatRequest, chain: PrefixChain, origin: RequestOrigin, model: String) {
        self.chain = chain
        let isInfill = chat.kind == .infill
        let kind = isInfill ? .fim : origin.kind
        self.kind = kind
        lane = isInfill ? .fim : origin.lane
        // A summary that has the conversation in front of it goes on with it; one with a prompt of its own does not.
        let isKept =
            switch kind {
            case .title, .summary, .fim: false
            case .compaction: chat.tools != nil
            default: true
            }
        self.isKept = isKept
        session = isKept ? origin.session : origin.session.map { "\($0)/\(kind.rawValue)" }
        project = origin.project
        client = origin.client
        self.model = model
        title = Self.title(of: chat)
        body = chat.body
    }

    /// It fills a gap: it has a slot of its own.
    public var isInfill: Bool { kind == .fim }

    /// Whether anybody may come back to what it leaves in its slot.
    public let isKept: Bool

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
