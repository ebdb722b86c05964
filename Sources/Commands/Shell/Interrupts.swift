import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// SIGINT and SIGTERM as something to wait for, instead of the end of the program.
struct Interrupts: Sendable {
    private let arrivals = Arrivals()
    private let watch: SignalWatch

    /// - Throws: `Failure` when the process has no descriptors left.
    init() throws {
        watch = try SignalWatch([SIGINT, SIGTERM]) { [arrivals] _ in arrivals.add() }
    }

    /// Returns when the next one arrives, or the task is cancelled; then the one that comes is the next caller's. For one
    /// caller at a time.
    func next() async { await arrivals.next() }
}

/// Counts what has come and not been waited for. An `AsyncStream` would end with its first reader that is cancelled.
final class Arrivals: Sendable {
    private struct State {
        var count = 0
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func add() {
        let waiter = state.withLock { state in
            if state.waiter == nil { state.count += 1 }
            return state.waiter.take()
        }
        waiter?.resume()
    }

    func next() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isOver = state.withLock { state in
                    if state.count > 0 {
                        state.count -= 1
                        return true
                    }
                    // Looked at under the lock that a cancellation takes to find the waiter.
                    if Task.isCancelled { return true }
                    state.waiter = waiter
                    return false
                }
                if isOver { waiter.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
    }
}
