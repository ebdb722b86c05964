import LocalCodeCore
import Testing

@testable import Support

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Clients that leave, and servers that stop.
@Suite(.timeLimit(.minutes(1))) struct HTTPServerLifeTests {
    @Test(arguments: [false, true]) func clientThatLeavesCancelsItsRequest(hasBegun: Bool) async throws {
        let happenings = Happenings()
        let handler: HTTPServer.Handler = { _, responder in
            if hasBegun {
                try? await responder.begin(status: 200, headers: [:])
                try? await responder.write(Array("one".utf8))
            }
            happenings.add("waiting")
            await untilCancelled()
            await #expect(throws: ClientGone.self) {
                try await hasBegun ? responder.write([0x78]) : responder.send(status: 200, headers: [:], body: [])
            }
            happenings.add("cancelled")
        }
        try await withServer(handler: handler) { server in
            let client = try RawConnection(port: server.port)
            client.send("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nok")
            await happenings.wait(for: "waiting")
            client.close()
            await happenings.wait(for: "cancelled")
        }
    }

    /// Pipelined bytes that nobody reads yet do not hide that the client left.
    @Test func clientThatLeavesBehindAPipelinedRequest() async throws {
        let happenings = Happenings()
        let handler: HTTPServer.Handler = { request, _ in
            happenings.add(request.path)
            await untilCancelled()
            happenings.add("cancelled")
        }
        try await withServer(handler: handler) { server in
            let client = try RawConnection(port: server.port)
            client.send("GET /one HTTP/1.1\r\n\r\n")
            await happenings.wait(for: "/one")
            await client.send(Array("GET /two HTTP/1.1\r\n\r\n".repeated(1000).utf8))
            client.close()
            await happenings.wait(for: "cancelled")
            #expect(happenings.list == ["/one", "cancelled"])
        }
    }

    @Test func whatFollowsTheAnswerIsNotCancelled() async throws {
        let gate = Latch()
        let happenings = Happenings()
        let handler: HTTPServer.Handler = { request, responder in
            await echo(request, responder)
            await gate.wait()
            happenings.add(Task.isCancelled ? "cancelled" : "done")
        }
        try await withServer(handler: handler) { server in
            let client = try RawConnection(port: server.port)
            client.send("GET /a HTTP/1.1\r\nConnection: close\r\n\r\n")
            _ = await client.textToEnd()
            client.close()
            // Another connection is opened and closed, so that the server has seen the first one's end.
            let other = try HTTPClient.shared()
            let task = Task { try await other.send(HTTPRequest(url: "http://127.0.0.1:\(server.port)/b")).status }
            #expect(try await task.value == 200)
            gate.open()
            await happenings.wait(for: "done")
        }
        #expect(happenings.list == ["done", "done"])
    }

    private static var thread: String { "\(pthread_self())" }

    @Test func handlerStaysOnTheConnectionsThread() async throws {
        let threads = Happenings()
        let handler: HTTPServer.Handler = { request, responder in
            threads.add(Self.thread)
            await Task.yield()
            threads.add(Self.thread)
            _ = try? await HTTPClient.shared().send(HTTPRequest(url: "http://127.0.0.1:1/"))
            threads.add(Self.thread)
            await withTaskGroup { tasks in tasks.addTask { threads.add(Self.thread) } }
            await echo(request, responder)
            threads.add(Self.thread)
        }
        try await withServer(handler: handler) { server in
            let client = try RawConnection(port: server.port)
            client.send("GET / HTTP/1.1\r\n\r\n")
            _ = await client.answers(1)
        }
        #expect(threads.list.count == 5 && Set(threads.list).count == 1)
    }

    @Test func idleConnectionsAreClosedAtOnce() async throws {
        let server = try await HTTPServer.start(HTTPServer.Configuration(port: 0), handler: echo)
        let used = try RawConnection(port: server.port)
        used.send("GET /a HTTP/1.1\r\n\r\n")
        _ = await used.answers(1)
        let begun = try RawConnection(port: server.port)
        begun.send("GET /b HT")
        // The suite's time limit is shorter than this grace.
        await server.shutdown(grace: .seconds(3600))
        #expect(await used.textToEnd().hasSuffix("/a "))
        _ = await begun.textToEnd()
    }

    @Test func runningRequestsMayFinish() async throws {
        let gate = Latch()
        let happenings = Happenings()
        let handler: HTTPServer.Handler = { request, responder in
            guard request.path == "/slow" else { return await echo(request, responder) }
            try? await responder.begin(status: 200, headers: [:])
            try? await responder.write(Array("one".utf8))
            happenings.add("begun")
            await gate.wait()
            try? await responder.write(Array("two".utf8))
            try? await responder.finish()
        }
        let server = try await HTTPServer.start(HTTPServer.Configuration(port: 0), handler: handler)
        let idle = try RawConnection(port: server.port)
        idle.send("GET /a HTTP/1.1\r\n\r\n")
        _ = await idle.answers(1)
        let reading = try RawConnection(port: server.port)
        reading.send("POST /c HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        _ = await reading.answers(1)
        let slow = try RawConnection(port: server.port)
        slow.send("GET /slow HTTP/1.1\r\n\r\nGET /too-late HTTP/1.1\r\n\r\n")
        await happenings.wait(for: "begun")
        let end = Task { await server.shutdown(grace: .seconds(3600)) }
        _ = await idle.textToEnd()
        // Now it is shutting down. (That the port is closed cannot be asked for: another test may have it by now.)
        reading.send("ok")
        let text = await reading.textToEnd()
        #expect(text.hasSuffix("/c ok") && text.lowercased().contains("connection: close"))
        gate.open()
        let answers = RawAnswer.all(in: Array(await slow.textToEnd().utf8), toHead: false)
        #expect(answers.map(\.body) == ["onetwo"])
        await end.value
    }

    @Test func runningRequestsAreCancelledAfterTheGrace() async throws {
        let happenings = Happenings()
        let handler: HTTPServer.Handler = { _, responder in
            try? await responder.begin(status: 200, headers: [:])
            happenings.add("begun")
            await untilCancelled()
            // Unwinding takes a few turns of the loop.
            for _ in 0..<10 { await Task.yield() }
            happenings.add("cancelled")
        }
        let server = try await HTTPServer.start(HTTPServer.Configuration(port: 0), handler: handler)
        let client = try RawConnection(port: server.port)
        client.send("GET / HTTP/1.1\r\n\r\n")
        await happenings.wait(for: "begun")
        await server.shutdown(grace: .milliseconds(50))
        #expect(happenings.list == ["begun", "cancelled"])
        #expect(!(await client.textToEnd().hasSuffix("0\r\n\r\n")))
    }

    /// A handler that takes no notice of its cancellation does not hold the process up.
    @Test func stubbornHandlerIsLeftBehind() async throws {
        let gate = Latch()
        let happenings = Happenings()
        let handler: HTTPServer.Handler = { _, _ in
            happenings.add("begun")
            await Task { await gate.wait() }.value
            happenings.add("ended")
        }
        let server = try await HTTPServer.start(HTTPServer.Configuration(port: 0), handler: handler)
        let client = try RawConnection(port: server.port)
        client.send("GET / HTTP/1.1\r\n\r\n")
        await happenings.wait(for: "begun")
        await server.shutdown(grace: .zero)
        #expect(happenings.list == ["begun"])
        gate.open()
        await happenings.wait(for: "ended")
    }

    @Test func shutdownTwice() async throws {
        let happenings = Happenings()
        let handler: HTTPServer.Handler = { _, _ in
            happenings.add("begun")
            await untilCancelled()
        }
        let server = try await HTTPServer.start(HTTPServer.Configuration(port: 0), handler: handler)
        let client = try RawConnection(port: server.port)
        client.send("GET / HTTP/1.1\r\n\r\n")
        await happenings.wait(for: "begun")
        async let first: Void = server.shutdown(grace: .seconds(3600))
        async let second: Void = server.shutdown(grace: .milliseconds(50))
        _ = await (first, second)
        #expect(await client.textToEnd().isEmpty)
    }
}
