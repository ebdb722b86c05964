/// Something took longer than its limit.
public struct TimeLimitExceeded: Error, Sendable {}

/// Runs `body` and cancels it when `limit` is over.
/// - Throws: `TimeLimitExceeded`, or what `body` throws.
public func withTimeLimit<Value: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { tasks in
        tasks.addTask { try await body() }
        tasks.addTask {
            try await Task.sleep(for: limit)
            throw TimeLimitExceeded()
        }
        defer { tasks.cancelAll() }
        guard let first = try await tasks.next() else { throw CancellationError() }
        return first
    }
}
