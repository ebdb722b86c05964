import Synchronization

/// Whether a newer request for the same file came.
final class InfillTicket: Sendable {
    private let flag = Atomic(false)

    var isSuperseded: Bool { flag.load(ordering: .acquiring) }

    fileprivate func supersede() { flag.store(true, ordering: .releasing) }
}

/// Who is filling a gap at the moment. Whoever types on has no use for what was asked before.
public final class InfillDesk: Sendable {
    private struct Entry {
        let id: Int
        let place: InfillPlace
        let isOver: AsyncStream<Void>.Continuation
    }

    private struct State {
        var entries: [Entry] = []
        /// What each client sent of other files, in the order in which an engine got it.
        var chunks: [String: (chunks: [FIMChunk], used: Int)] = [:]
        var count = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// Does it until it is done; cancels it when a newer request for the same file comes, which its ticket then tells.
    /// - Parameter place: nil where nothing supersedes it, nor it anything.
    /// - Throws: what `body` throws.
    func run(
        _ place: InfillPlace?, _ body: @escaping @Sendable (InfillTicket) async throws -> Void
    ) async throws {
        let ticket = InfillTicket()
        guard let place else { return try await body(ticket) }
        let (id, isOver) = begin(place)
        defer { state.withLock { $0.entries.removeAll { $0.id == id } } }
        try await withThrowingTaskGroup(of: Bool.self) { tasks in
            defer { tasks.cancelAll() }
            tasks.addTask {
                try await body(ticket)
                return true
            }
            tasks.addTask {
                for await _ in isOver {}
                // The stream ends by cancellation as well.
                if !Task.isCancelled { ticket.supersede() }
                return false
            }
            while let isDone = try await tasks.next(), !isDone { tasks.cancelAll() }
        }
    }

    /// What an engine is told around a gap. Chunks that this client sent before, and sends again, keep their order, so that the
    /// engine has read them already; new ones come behind them.
    func context(
        prefix: String, suffix: String, extra: [FIMChunk], client: String, budget: FIMContext.Budget
    ) -> FIMContext {
        state.withLock { state in
            let known = state.chunks[client]?.chunks.filter(extra.contains) ?? []
            var ring = FIMRing(bytes: budget.chunks)
            ring.add(known)
            let context = FIMContext.assemble(
                prefix: prefix, suffix: suffix, extra: extra, ring: ring, budget: budget)
            guard !extra.isEmpty else { return context }
            state.count += 1
            state.chunks[client] = (context.chunks, state.count)
            if state.chunks.count > Self.clients, let oldest = state.chunks.min(by: { $0.value.used < $1.value.used }) {
                state.chunks[oldest.key] = nil
            }
            return context
        }
    }

    /// How many clients' chunks are remembered.
    private static let clients = 32

    /// How many are being answered.
    var count: Int { state.withLock { $0.entries.count } }

    private func begin(_ place: InfillPlace) -> (id: Int, isOver: AsyncStream<Void>) {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let (id, older) = state.withLock { state -> (Int, [Entry]) in
            state.count += 1
            let older = state.entries.filter { $0.place.isSameFile(as: place) }
            state.entries.removeAll { entry in older.contains { $0.id == entry.id } }
            state.entries.append(Entry(id: state.count, place: place, isOver: continuation))
            return (state.count, older)
        }
        for entry in older { entry.isOver.finish() }
        return (id, stream)
    }
}
