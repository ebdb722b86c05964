import LocalCodeCore
import Synchronization

@testable import Support

/// Runs a server on a port chosen by the kernel for as long as `body` runs.
func withServer(
    _ configure: (inout HTTPServer.Configuration) -> Void = { _ in }, handler: @escaping HTTPServer.Handler,
    _ body: (HTTPServer) async throws -> Void
) async throws {
    var configuration = HTTPServer.Configuration(port: 0)
    configure(&configuration)
    let server = try await HTTPServer.start(configuration, handler: handler)
    do {
        try await body(server)
    } catch {
        await server.shutdown(grace: .zero)
        throw error
    }
    await server.shutdown(grace: .zero)
}

/// Answers with the request's target and body.
let echo: HTTPServer.Handler = { request, responder in
    try? await responder.send(
        status: 200, headers: ["Content-Type": "text/plain"], body: Array("\(request.target) ".utf8) + request.body)
}

/// What happens in handlers, for the test to wait for.
final class Happenings: Sendable {
    private struct State {
        var list: [String] = []
        var changed = Awaited<Void>()
    }
    private let state = Mutex(State())

    var list: [String] { state.withLock { $0.list } }

    func add(_ name: String) {
        let changed = state.withLock { state in
            state.list.append(name)
            defer { state.changed = Awaited() }
            return state.changed
        }
        changed.fulfill(())
    }

    /// Waits until this has happened.
    func wait(for name: String) async {
        while true {
            let (isHere, changed) = state.withLock { ($0.list.contains(name), $0.changed) }
            if isHere { return }
            guard await changed.wait() != nil else { return }
        }
    }
}

/// Holds tasks up until a test opens it.
final class Latch: Sendable {
    private let opened = Awaited<Void>()

    func open() { opened.fulfill(()) }

    /// Ends early when the task is cancelled.
    func wait() async { _ = await opened.wait() }
}

/// Lasts until the task is cancelled.
func untilCancelled() async { await Latch().wait() }
