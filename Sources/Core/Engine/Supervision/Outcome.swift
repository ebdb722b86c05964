import Synchronization

/// A value that comes once; any number of tasks can wait for it.
final class Outcome<Value: Sendable>: Sendable {
    private enum State {
        case waiting([CheckedContinuation<Value, Never>])
        case here(Value)
    }

    private let state = Mutex(State.waiting([]))

    /// The value, if it is there.
    var value: Value? {
        state.withLock { state in
            if case .here(let value) = state { value } else { nil }
        }
    }

    /// The first value counts.
    func fulfill(_ value: Value) {
        let waiting: [CheckedContinuation<Value, Never>] = state.withLock { state in
            guard case .waiting(let waiting) = state else { return [] }
            state = .here(value)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: value) }
    }

    /// Waits for the value, whatever happens to the task.
    func wait() async -> Value {
        await withCheckedContinuation { continuation in
            let value: Value? = state.withLock { state in
                switch state {
                case .here(let value): return value
                case .waiting(let waiting):
                    state = .waiting(waiting + [continuation])
                    return nil
                }
            }
            if let value { continuation.resume(returning: value) }
        }
    }
}
