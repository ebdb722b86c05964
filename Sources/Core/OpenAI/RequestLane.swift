/// Which requests wait for which: slots are given lane by lane.
public enum RequestLane: String, Sendable, CaseIterable {
    /// Somebody looks at a screen for it.
    case main
    /// An agent waits for it, and somebody for the agent.
    case subagent
    /// Nobody waits.
    case background
    /// A gap in a text, at every few keystrokes.
    case fim
}

/// Slots of an engine that a lane has for itself, and the most that it may take.
public struct LaneLimits: Sendable, Equatable {
    public var reserved: Int?
    public var most: Int?

    public init(reserved: Int? = nil, most: Int? = nil) {
        self.reserved = reserved
        self.most = most
    }
}
