import Synchronization

/// A value that comes once, and can be waited for from any number of tasks. Waiting ends early, with a cancellation
/// nobody sees, only by the value itself: a test's time limit is what ends a hopeless wait.
final class Awaited<Value: Sendable>: Sendable {
    private enum State {
        case waiting([CheckedContinuation<Value, Never>])
        case here(Value)
    }

    private let state = Mutex(State.waiting([]))

    var value: Value? {
        state.withLock {
            if case .here(let value) = $0 { value } else { nil }
        }
    }

    /// The first value counts.
    func fulfill(_ value: Value) {
        let waiting: [CheckedContinuation<Value, Never>] = state.withLock {
            guard case .waiting(let waiting) = $0 else { return [] }
            $0 = .here(value)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: value) }
    }

    func wait() async -> Value {
        await withCheckedContinuation { continuation in
            let value: Value? = state.withLock {
                switch $0 {
                case .here(let value): return value
                case .waiting(let waiting):
                    $0 = .waiting(waiting + [continuation])
                    return nil
                }
            }
            if let value { continuation.resume(returning: value) }
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

    /// The first line for which `match` gives something; nil at the stream's end. A last line without a newline counts
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
            await changed.wait()
        }
    }
}
