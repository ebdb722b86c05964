import LocalCodeCore

/// Runs work that blocks on a thread of its own: the load loops must neither wait for Swift's thread pool nor hold it up.
func onOwnThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        let started = OwnThread.start { continuation.resume(with: Result { try work() }) }
        if !started { continuation.resume(throwing: Failure("cannot start a thread: \(lastSystemError())")) }
    }
}
