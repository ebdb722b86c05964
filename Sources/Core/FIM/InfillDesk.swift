import Synchronization

/// A newer request for the same file came.
struct InfillSuperseded: Error, Sendable {}

/// Who is filling a gap at the moment. Whoever types on has no use for what was asked before.
public final class InfillDesk: Sendable {
    private struct Entry {
        let id: Int
        let place: InfillPlace
        let isOver: AsyncStream<Void>.Continuation
    }

    private struct State {
        var entries: [Entry] = []
        var count = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// Does it until it is done or a newer request for the same file comes.
    /// - Parameter place: nil where nothing supersedes it, nor it anything.
    /// - Throws: `InfillSuperseded`, and what `body` throws.
    func run(_ place: InfillPlace?, _ body: @escaping @Sendable () async throws -> Void) async throws {
        guard let place else { return try await body() }
        let (id, isOver) = begin(place)
        defer { state.withLock { $0.entries.removeAll { $0.id == id } } }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            defer { tasks.cancelAll() }
            tasks.addTask { try await body() }
            tasks.addTask {
                for await _ in isOver {}
                // The stream ends by cancellation as well.
                if !Task.isCancelled { throw InfillSuperseded() }
            }
            try await tasks.next()
        }
    }

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
