/// Requests that wait for a slot: interactive ones before background ones, sessions in turns, and within a session in the
/// order in which they came. Bounded.
public struct RequestQueue: Sendable, Equatable {
    /// One that waits.
    public struct Waiter: Sendable, Equatable {
        public var id: Int
        /// Titles, warming up: nobody looks at a screen for it.
        public var isBackground: Bool
        /// The client's name for the conversation.
        public var session: String?

        public init(id: Int, isBackground: Bool, session: String?) {
            self.id = id
            self.isBackground = isBackground
            self.session = session
        }
    }

    /// No more than this wait.
    public let limit: Int
    private var waiting: [Waiter] = []
    /// Sessions in the order in which they were served last, the latest at the end.
    private var served: [String] = []
    private var interactiveInARow = 0

    /// A background request goes first after so many interactive ones: it waits long, but not for ever.
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
        let background = interactiveInARow >= Self.patience
        let ranked = waiting.enumerated().sorted { left, right in
            let (first, second) = (left.element, right.element)
            if first.isBackground != second.isBackground { return first.isBackground == background }
            let (one, other) = (turn(first), turn(second))
            return one != other ? one < other : left.offset < right.offset
        }
        return ranked.map(\.element)
    }

    /// It is this one's turn: it leaves, and its session goes to the end of the row.
    public mutating func serve(_ id: Int) {
        guard let waiter = waiting.first(where: { $0.id == id }) else { return }
        remove(id)
        interactiveInARow = waiter.isBackground ? 0 : interactiveInARow + 1
        guard let session = waiter.session else { return }
        served.removeAll { $0 == session }
        served.append(session)
        if served.count > Self.rememberedSessions { served.removeFirst() }
    }

    private func turn(_ waiter: Waiter) -> Int {
        waiter.session.flatMap { session in served.lastIndex(of: session).map { $0 + 1 } } ?? 0
    }
}
