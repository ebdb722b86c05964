import LocalCodeCore

/// Several clients that ask at once, each one question after the other.
struct StreamCrowd: Sendable {
    var clients: Int
    /// When a client stops.
    var end: End
    /// Sends a request; the texts of two numbers are not alike.
    var ask: @Sendable (_ number: Int) async throws -> EngineAnswer
    /// Whether a request that fails ends it all.
    var isStrict = true

    enum End: Sendable {
        /// After so many questions of each.
        case requests(Int)
        /// Behind the first answer that comes after so many nanoseconds.
        case time(UInt64)
    }

    /// - Parameter first: number of the first request; the others' follow.
    func run(from first: Int, now: @escaping @Sendable () -> UInt64 = monotonicNanoseconds) async throws -> StreamTally
    {
        let start = now()
        var tally = StreamTally()
        try await withThrowingTaskGroup(of: StreamTally.self) { tasks in
            for client in 0..<clients {
                tasks.addTask { try await one(client, from: first, start: start, now: now) }
            }
            for try await part in tasks { tally.add(part) }
        }
        tally.seconds = Double(now() - start) / 1e9
        return tally
    }

    private func one(_ client: Int, from first: Int, start: UInt64, now: @Sendable () -> UInt64) async throws
        -> StreamTally
    {
        var tally = StreamTally()
        var turn = 0
        while true {
            switch end {
            case .requests(let count): if turn >= count { return tally }
            case .time(let limit): if turn > 0, now() - start >= limit { return tally }
            }
            do {
                tally.add(try await ask(first + turn * clients + client))
            } catch {
                try Task.checkCancellation()
                if isStrict { throw error }
                tally.add(failure: (error as? Failure)?.message ?? "\(error)")
                // A server that refuses at once is not to be asked a thousand times a second.
                try await Task.sleep(for: .milliseconds(100))
            }
            turn += 1
        }
    }
}
