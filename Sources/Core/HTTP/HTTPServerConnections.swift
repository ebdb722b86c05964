import NIOCore
import Synchronization

/// The open connections of a server, the handlers that run, and what they share.
final class HTTPServerConnections: Sendable {
    let configuration: HTTPServer.Configuration
    private struct State {
        var open: [ObjectIdentifier: any Channel] = [:]
        var handlers = 0
        var isQuiescing = false
        var bodyBytes = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
        var isEmpty: Bool { open.isEmpty && handlers == 0 }
    }
    private let state = Mutex(State())

    init(_ configuration: HTTPServer.Configuration) { self.configuration = configuration }

    /// False when there is no room for another one.
    func add(_ channel: any Channel) -> Bool {
        state.withLock { state in
            guard !state.isQuiescing, state.open.count < configuration.connectionLimit else { return false }
            state.open[ObjectIdentifier(channel)] = channel
            return true
        }
    }

    func remove(_ channel: any Channel) { change { $0.open[ObjectIdentifier(channel)] = nil } }

    /// A handler is still running when its client has gone, and needs the event loop until it has seen that.
    func beginHandling() { state.withLock { $0.handlers += 1 } }

    func endHandling() { change { $0.handlers -= 1 } }

    private func change(_ body: (inout State) -> Void) {
        let waiters = state.withLock { state -> [Int: CheckedContinuation<Void, Never>] in
            body(&state)
            guard state.isEmpty else { return [:] }
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume() }
    }

    /// Books `count` bytes of body; false when that would be more than all bodies together may take.
    func reserve(_ count: Int) -> Bool {
        state.withLock { state in
            guard state.bodyBytes + count <= configuration.totalBodyLimit else { return false }
            state.bodyBytes += count
            return true
        }
    }

    func release(_ count: Int) { state.withLock { $0.bodyBytes -= count } }

    /// Closes what is idle now, and the others after their answer.
    func quiesce() {
        let channels = state.withLock { state -> [any Channel] in
            // The pipeline takes the event once.
            guard !state.isQuiescing else { return [] }
            state.isQuiescing = true
            return Array(state.open.values)
        }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }

    func closeAll() {
        for channel in state.withLock({ Array($0.open.values) }) { channel.close(promise: nil) }
    }

    /// Waits until no connection is open and no handler runs; false when `limit` was over before.
    func whenEmpty(within limit: Duration) async -> Bool {
        await withTaskGroup { tasks in
            tasks.addTask { await self.whenEmpty() }
            tasks.addTask { try? await Task.sleep(for: limit) }
            await tasks.next()
            tasks.cancelAll()
        }
        return state.withLock { $0.isEmpty }
    }

    private func whenEmpty() async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isEmpty || Task.isCancelled { return true }
                    state.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }
}
