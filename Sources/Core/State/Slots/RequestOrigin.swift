/// Where a request comes from and what it is for, as far as its slot depends on it.
public struct RequestOrigin: Sendable, Equatable {
    /// The client's name for the conversation.
    public var session: String?
    /// The conversation that started this one.
    public var parent: String?
    public var kind: RequestKind
    public var lane: RequestLane
    /// The directory that the client works in.
    public var project: String?
    /// The program that sent it: conversations of each come back more or less often.
    public var client: String?

    /// - Parameter lane: nil: that of the kind.
    public init(
        session: String? = nil, parent: String? = nil, kind: RequestKind = .chat, lane: RequestLane? = nil,
        project: String? = nil, client: String? = nil
    ) {
        self.session = session
        self.parent = parent
        self.kind = kind
        self.lane = lane ?? kind.lane
        self.project = project
        self.client = client
    }
}
