/// Who asks, and for what: as far as a request's headers and body tell.
public struct RequestClass: Sendable, Equatable {
    /// The program that sent it.
    public var client: RequestClient
    /// The client's name for the conversation; nil where it has none.
    public var conversation: String?
    /// The conversation that this one was started from.
    public var parent: String?
    public var kind: RequestKind
    /// The directory that the client works in, as its system prompt tells.
    public var project: String?
    /// What a user said outright; counts more than everything that was guessed.
    public var hints: RoutingHints
    /// What client and kind were found by.
    public var evidence: [Evidence]

    /// A rule that matched, and the text it matched.
    public struct Evidence: Sendable, Equatable {
        /// `client`, `kind`, `conversation`, …
        public var about: String
        public var rule: String
        public var text: String

        public init(about: String, rule: String, text: String) {
            self.about = about
            self.rule = rule
            self.text = text
        }
    }

    public init(
        client: RequestClient = .unknown, conversation: String? = nil, parent: String? = nil, kind: RequestKind,
        project: String? = nil, hints: RoutingHints = RoutingHints(), evidence: [Evidence] = []
    ) {
        self.client = client
        self.conversation = conversation
        self.parent = parent
        self.kind = kind
        self.project = project
        self.hints = hints
        self.evidence = evidence
    }
}

extension RequestClass {
    /// What is said of a hint that nobody understands.
    static let unknownHint = "hint (not understood)"

    /// One sentence for each hint that nobody understands.
    var misunderstood: [String] {
        evidence.filter { $0.about == Self.unknownHint }.map { "\($0.rule): '\($0.text)' is not understood" }
    }
}

/// Programs that are known to send requests.
public enum RequestClient: String, Sendable, CaseIterable {
    case openCode1 = "opencode-1"
    case openCode2 = "opencode-2"
    case claudeCode = "claude-code"
    case cline
    case roo
    case aider
    case llamaVim = "llama-vim"
    case llamaVSCode = "llama-vscode"
    case continueDev = "continue"
    case zed
    case localCode = "localcode"
    /// OpenAI's own libraries, Vercel's, LiteLLM, curl.
    case sdk
    case unknown
}

/// What a user said about a request in so many words: in `x-localcode-…` header fields, in fields of the body, or by a
/// model's name.
public struct RoutingHints: Sendable, Equatable {
    public var kind: RequestKind?
    public var client: RequestClient?
    public var model: String?
    public var lane: RequestLane?
    /// The agent's name: `build`, `title`, …
    public var agent: String?
    /// Nothing of the request may leave this machine.
    public var isLocalOnly: Bool

    public init(
        kind: RequestKind? = nil, client: RequestClient? = nil, model: String? = nil, lane: RequestLane? = nil,
        agent: String? = nil, isLocalOnly: Bool = false
    ) {
        self.kind = kind
        self.client = client
        self.model = model
        self.lane = lane
        self.agent = agent
        self.isLocalOnly = isLocalOnly
    }
}
