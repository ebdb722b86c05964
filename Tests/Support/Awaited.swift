import Synchronization

/// A value that comes once, and can be waited for from any number of tasks.
final class Awaited<Value: Sendable>: Sendable {
    private enum State {
        case waiting([Int: CheckedContinuation<Value?, Never>])
        case here(Value)
    }

    private let state = Mutex(State.waiting([:]))
    private let tickets = Atomic(0)

    var value: Value? {
        state.withLock {
            if case .here(let value) = $0 { value } else { nil }
        }
    }

    /// The first value counts.
    func fulfill(_ value: Value) {
        let waiting: [Int: CheckedContinuation<Value?, Never>] = state.withLock {
            guard case .waiting(let waiting) = $0 else { return [:] }
            $0 = .here(value)
            return waiting
        }
        for continuation in waiting.values { continuation.resume(returning: value) }
    }

    /// The value, or nil when the waiting task was cancelled, as a test's time limit does it.
    func wait() async -> Value? {
        let ticket = tickets.add(1, ordering: .relaxed).newValue
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumed: Value?? = state.withLock {
                    switch $0 {
                    case .here(let value): return .some(value)
                    case .waiting(var waiting):
                        if Task.isCancelled { return .some(nil) }
                        waiting[ticket] = continuation
                        $0 = .waiting(waiting)
                        return nil
                    }
                }
                if let resumed { continuation.resume(returning: resumed) }
            }
        } onCancel: {
            let continuation: CheckedContinuation<Value?, Never>? = state.withLock {
                guard case .waiting(var waiting) = $0 else { return nil }
                let continuation = waiting.removeValue(forKey: ticket)
                $0 = .waiting(waiting)
                return continuation
            }
            continuation?.resume(returning: nil)
        }
    }
}

/// What a process wrote to one stream, as it comes.
final class ProcessOutput: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var finished = false
        var changed = Awaited<Void>()
    }

    private let state = Mutex(State())

    var bytes: [UInt8] { state.withLock { $0.bytes } }

    func append(_ bytes: [UInt8]) { change { $0.bytes += bytes } }
    func finish() { change { $0.finished = true } }

    private func change(_ body: @Sendable (inout State) -> Void) {
        let changed = state.withLock { state in
            body(&state)
            defer { state.changed = Awaited() }
            return state.changed
        }
        changed.fulfill(())
    }

    /// The first line for which `match` gives something; nil at the stream's end or when the task is cancelled. A last line without a newline counts
    /// when nothing can follow it.
    func firstLine<Found: Sendable>(_ match: @Sendable (Substring) -> Found?) async -> Found? {
        var start = 0
        while true {
            let (bytes, finished, changed) = state.withLock { ($0.bytes[start...], $0.finished, $0.changed) }
            let complete = finished ? bytes.endIndex : (bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? start)
            for line in String(decoding: bytes[..<complete], as: UTF8.self).split(separator: "\n") {
                if let found = match(line) { return found }
            }
            if finished { return nil }
            start = complete
            guard await changed.wait() != nil else { return nil }
        }
    }
}
