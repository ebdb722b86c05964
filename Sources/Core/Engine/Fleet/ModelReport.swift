/// A configured model as it stands: what `localcode models` shows.
public struct ModelReport: Sendable, Equatable {
    /// What its engine is doing.
    public enum State: String, Sendable, CaseIterable {
        case unloaded
        /// It starts.
        case loading
        case ready
        /// It finishes what it has and ends.
        case draining
        /// It ended or did not start, and is left alone for a while.
        case failed
    }

    public var name: String
    public var aliases: [String]
    public var state: State
    /// Why it is in this state, in the words of a person.
    public var detail: String?
    /// Bytes that its process uses.
    public var memory: Int?
    /// Bytes that it is expected to use.
    public var estimate: Int?
    /// Requests that run, and those that wait for it.
    public var active: Int
    public var waiting: Int
    /// How often it was started, and how often again after it had ended by itself.
    public var loads: Int
    public var restarts: Int
    public var isPinned: Bool
    /// Seconds since its last request ended.
    public var idleSeconds: Double?
    /// The control vectors it works with.
    public var steering: [ModelEntry.Scaled]
    /// The kinds of speculation it was started with, or will be.
    public var speculation: [String]
    /// How often it was stopped to make room, or for its arguments.
    public var unloads: Int
    /// Seconds that all of its starts took together.
    public var loadSeconds: Double

    public init(
        name: String, aliases: [String] = [], state: State, detail: String? = nil, memory: Int? = nil,
        estimate: Int? = nil, active: Int = 0, waiting: Int = 0, loads: Int = 0, restarts: Int = 0,
        isPinned: Bool = false, idleSeconds: Double? = nil, steering: [ModelEntry.Scaled] = [],
        speculation: [String] = [], unloads: Int = 0, loadSeconds: Double = 0
    ) {
        self.name = name
        self.aliases = aliases
        self.state = state
        self.detail = detail
        self.memory = memory
        self.estimate = estimate
        self.active = active
        self.waiting = waiting
        self.loads = loads
        self.restarts = restarts
        self.isPinned = isPinned
        self.idleSeconds = idleSeconds
        self.steering = steering
        self.speculation = speculation
        self.unloads = unloads
        self.loadSeconds = loadSeconds
    }
}

extension ModelReport {
    /// `{"name","aliases","state","detail","memory_bytes",…,"steering":[{"path","scale"}],"speculation":[…]}`
    public var json: JSONObject {
        [
            "name": .string(name), "aliases": .array(aliases.map { .string($0) }), "state": .string(state.rawValue),
            "detail": detail.map { .string($0) } ?? .null, "memory_bytes": memory.map { .number($0) } ?? .null,
            "estimate_bytes": estimate.map { .number($0) } ?? .null, "active": .number(active),
            "waiting": .number(waiting), "loads": .number(loads), "unloads": .number(unloads),
            "restarts": .number(restarts), "load_seconds": .number(Self.rounded(loadSeconds)),
            "pinned": .bool(isPinned), "idle_seconds": idleSeconds.map { .number(Self.rounded($0)) } ?? .null,
            "steering": .array(steering.map { ["path": .string($0.path), "scale": .number($0.scale)] }),
            "speculation": .array(speculation.map { .string($0) }),
        ]
    }

    private static func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
}
