/// Requests that wait for a slot: lane by lane, sessions in turns, and within a session in the order in which they came.
/// Bounded.
public struct RequestQueue: Sendable, Equatable {
    /// One that waits.
    public struct Waiter: Sendable, Equatable {
        public var id: Int
        public var lane: RequestLane
        /// The client's name for the conversation.
        public var session: String?

        public init(id: Int, lane: RequestLane, session: String?) {
            self.id = id
            self.lane = lane
            self.session = session
        }
    }

    /// No more than this wait.
    public let limit: Int
    private var waiting: [Waiter] = []
    /// Sessions in the order in which they were served last, the latest at the end.
    private var served: [String] = []
    /// How often others were served since the lane was, while it waited.
    private var passedOver: [RequestLane: Int] = [:]

    /// A lane goes first after others went before it so often: it waits long, but not for ever.
    static let patience = 8
    private static let rememberedSessions = 256

    public init(limit: Int = 256) { self.limit = limit }

    public var isEmpty: Bool { waiting.isEmpty }

    /// Takes a place at the end.
    /// - Returns: false when the queue is full.
    public mutating func add(_ waiter: Waiter) -> Bool {
        guard waiting.count < limit else { return false }
        waiting.append(waiter)
        return true
    }

    /// Leaves.
    /// - Returns: whether it was here.
    @discardableResult public mutating func remove(_ id: Int) -> Bool {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// Those that wait, whose turn comes first at the front.
    public var order: [Waiter] {
        let ranked = waiting.enumerated().sorted { left, right in
            let (one, other) = (rank(left.element.lane), rank(right.element.lane))
            if one != other { return one < other }
            let (first, second) = (turn(left.element), turn(right.element))
            return first != second ? first < second : left.offset < right.offset
        }
        return ranked.map(\.element)
    }

    /// It is this one's turn: it leaves, and its session goes to the end of the row.
    public mutating func serve(_ id: Int) {
        guard let waiter = waiting.first(where: { $0.id == id }) else { return }
        remove(id)
        for lane in Set(waiting.map(\.lane)) where lane != waiter.lane { passedOver[lane, default: 0] += 1 }
        passedOver[waiter.lane] = nil
        guard let session = waiter.session else { return }
        served.removeAll { $0 == session }
        served.append(session)
        if served.count > Self.rememberedSessions { served.removeFirst() }
    }

    /// Whether others went before a lane so often that it goes first.
    public func isOverdue(_ lane: RequestLane) -> Bool { passedOver[lane, default: 0] >= Self.patience }

    /// Lanes in which a person waits come first, unless another one has waited for too long.
    private func rank(_ lane: RequestLane) -> Int {
        if isOverdue(lane) { return 0 }
        return switch lane {
        case .main, .fim: 1
        case .subagent: 2
        case .background: 3
        }
    }

    private func turn(_ waiter: Waiter) -> Int {
        waiter.session.flatMap { session in served.lastIndex(of: session).map { $0 + 1 } } ?? 0
    }
}
