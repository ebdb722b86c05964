import Support
import Testing

@testable import LocalCodeCore

/// Orders of events that a request hardly ever meets from outside.
@Suite(.timeLimit(.minutes(1))) struct CurlLoopTests {
    /// A task can be cancelled just before its request is handed over.
    @Test func startBehindACancellation() async throws {
        let server = try RecordingServer { _ in .complete("{}") }
        let loop = try CurlLoop(HTTPClient.Configuration())
        defer { loop.stop() }
        let cancelled = CurlTransfer(HTTPRequest(url: "\(server.url)/cancelled"), loop: loop)
        cancelled.cancel()
        loop.post(.start(cancelled))
        let next = CurlTransfer(HTTPRequest(url: "\(server.url)/next"), loop: loop)
        let head = try await withCheckedThrowingContinuation { next.start($0) }
        #expect(head.status == 200)
        #expect(server.requests.map(\.target) == ["/next"])
        await #expect(throws: CancellationError.self) { try await cancelled.next() }
    }

    @Test func startBehindTheEnd() async throws {
        let loop = try CurlLoop(HTTPClient.Configuration())
        loop.stop()
        let transfer = CurlTransfer(HTTPRequest(url: "http://127.0.0.1:1/"), loop: loop)
        let error = await #expect(throws: HTTPClientError.self) {
            _ = try await withCheckedThrowingContinuation { transfer.start($0) }
        }
        #expect(error?.kind == .internal)
    }

    @Test func secondReaderIsTold() async throws {
        let server = try RecordingServer { _ in .chunked([.text("one"), .waitForClientToLeave]) }
        let client = try HTTPClient()
        let response = try await client.send(HTTPRequest(url: server.url))
        var first = response.body.makeAsyncIterator()
        #expect(try await first.next() == Array("one".utf8))
        // Both wait for what never comes; the second is refused, and the first ends with the task.
        let errors = await withTaskGroup(of: (any Error)?.self) { tasks in
            for _ in 0..<2 {
                tasks.addTask {
                    var body = response.body.makeAsyncIterator()
                    do { _ = try await body.next() } catch { return error }
                    return nil
                }
            }
            let early = await tasks.next() ?? nil
            tasks.cancelAll()
            return [early, await tasks.next() ?? nil]
        }
        #expect((errors[0] as? HTTPClientError)?.kind == .internal)
        #expect(errors[1] is CancellationError)
    }

    @Test(arguments: [
        ("http://127.0.0.1:8080/v1", true), ("http://127.9.9.9", true), ("http://localhost", true),
        ("https://LocalHost:1", true),
        ("http://[::1]:8080/", true), ("http://user:secret@localhost/", true), ("http://localhost.evil.test/", false),
        ("http://api.z.ai/127.0.0.1", false), ("http://127.0.0.1@evil.test/", false), ("http://[::2]/", false),
        ("localhost", false),
    ])
    func loopback(_ url: String, _ isLoopback: Bool) { #expect(CurlRequest.isLoopback(url) == isLoopback) }
}
