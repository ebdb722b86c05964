/// A request as the journal keeps it: what it was, and what the cache did for it.
public struct RequestRecord: Sendable, Equatable {
    /// The journal's number for it, rising with time; 0 before it is appended.
    public var id: Int64 = 0
    /// When it came, in seconds since 1970.
    public var time: Double
    /// The engine's fingerprint.
    public var fingerprint: Digest
    /// The digest of the first boundary behind the base: the same for all turns of a conversation.
    public var conversation: Digest
    /// The client's name for its session, if it gave one.
    public var session: String?
    /// The model that was asked.
    public var model: String
    /// The chain's key.
    public var key: Digest
    /// The chain.
    public var boundaries: [StateBoundary]
    /// What was done: `resident`, `restored` or `cold`.
    public var placement: String
    /// Cached tokens that were expected.
    public var expectedTokens: Int
    /// Cached tokens the engine reports; nil where it did not.
    public var actualTokens: Int?
    /// Tokens of the prompt; nil where they are not known.
    public var promptTokens: Int?
    /// What restoring took; nil where nothing was.
    public var restoreMilliseconds: Double?
    /// Seconds of prefill saved.
    public var savedSeconds: Double
    /// The request's body as the client sent it.
    public var body: [UInt8]

    /// A record to append.
    public init(
        time: Double, fingerprint: Digest, conversation: Digest, session: String? = nil, model: String, key: Digest,
        boundaries: [StateBoundary], placement: String, expectedTokens: Int, actualTokens: Int? = nil,
        promptTokens: Int? = nil, restoreMilliseconds: Double? = nil, savedSeconds: Double = 0, body: [UInt8]
    ) {
        self.time = time
        self.fingerprint = fingerprint
        self.conversation = conversation
        self.session = session
        self.model = model
        self.key = key
        self.boundaries = boundaries
        self.placement = placement
        self.expectedTokens = expectedTokens
        self.actualTokens = actualTokens
        self.promptTokens = promptTokens
        self.restoreMilliseconds = restoreMilliseconds
        self.savedSeconds = savedSeconds
        self.body = body
    }
}
