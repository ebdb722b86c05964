/// Requests of coding agents as sizes and identities, without any text: what a simulation of caches needs, and enough to
/// make requests of the same shape for a real engine.
///
/// As a file it is JSON lines, one event each, in the order of time:
///
///     {"time":0,"session":"s1","project":"p1","kind":"main","prompt":[["s","v1",1828],["t","v1.tools",5072],
///      ["u","s1.u1",60]],"answer":["s1.a1",120]}
///     {"time":3600,"kind":"restart"}
///
/// `"tools":true` tells that the answer calls tools. A segment is its role, its id and its tokens; equal ids mean equal text. The prompt's order is that of the tokens in the
/// engine: system text, tools, messages.
public struct RequestTrace: Sendable, Equatable {
    /// In the order of time.
    public var events: [Event]

    public enum Event: Sendable, Equatable {
        case request(TraceRequest)
        /// The engine ends and starts again at this time: its slots are empty.
        case restart(time: Double)

        /// Seconds since the trace began.
        public var time: Double {
            switch self {
            case .request(let request): request.time
            case .restart(let time): time
            }
        }
    }

    public init(events: [Event]) { self.events = events }

    /// Its requests alone.
    public var requests: [TraceRequest] {
        events.compactMap { if case .request(let request) = $0 { request } else { nil } }
    }
}

/// One request of a trace.
public struct TraceRequest: Sendable, Equatable {
    /// Seconds since the trace began.
    public var time: Double
    public var session: String
    /// The session that started this one, of a sub-agent.
    public var parent: String?
    public var project: String
    public var kind: TraceKind
    public var prompt: [TraceSegment]
    /// What the engine answers: an assistant's segment.
    public var answer: TraceSegment
    /// Whether the answer calls tools, whose results come with the next request.
    public var callsTools: Bool

    public init(
        time: Double, session: String, parent: String? = nil, project: String, kind: TraceKind,
        prompt: [TraceSegment], answer: TraceSegment, callsTools: Bool = false
    ) {
        self.time = time
        self.session = session
        self.parent = parent
        self.project = project
        self.kind = kind
        self.prompt = prompt
        self.answer = answer
        self.callsTools = callsTools
    }

    /// Tokens of the prompt.
    public var tokens: Int { prompt.reduce(0) { $0 + $1.tokens } }

    /// How many leading segments stand before the conversation: system text and tools.
    public var leadingCount: Int { prompt.prefix { $0.role.isLeading }.count }
}

/// What a request is for.
public enum TraceKind: String, Sendable, CaseIterable {
    case main, title, subagent, compaction
    /// A question of a script or of a person: nothing before it, nothing behind it.
    case chat

    /// The same in the words of requests.
    public var request: RequestKind {
        switch self {
        case .main: .turn
        case .title: .title
        case .subagent: .subagent
        case .compaction: .compaction
        case .chat: .chat
        }
    }
}

/// A piece of a prompt that comes and goes as a whole.
public struct TraceSegment: Sendable, Hashable {
    public var role: Role
    /// Equal ids mean equal text.
    public var id: String
    public var tokens: Int

    public enum Role: String, Sendable, CaseIterable {
        case system = "s"
        case tools = "t"
        case user = "u"
        case assistant = "a"
        case toolResult = "r"

        var isLeading: Bool { self == .system || self == .tools }
    }

    public init(_ role: Role, _ id: String, _ tokens: Int) {
        self.role = role
        self.id = id
        self.tokens = tokens
    }
}
