import LocalCodeCore
import Synchronization
import Testing

@testable import Support

/// What one client may do to the others: bodies, heads, time, connections.
@Suite(.timeLimit(.minutes(1))) struct HTTPServerLimitTests {
    /// The answer, its error object, and that the connection was closed behind it.
    private func refusal(_ wire: WireText, limits: (inout HTTPServer.Configuration) -> Void = { _ in }) async throws
        -> (
            status: Int, message: String
        )
    {
        var result = (status: 0, message: "")
        let happenings = Happenings()
        let handler: HTTPServer.Handler = { request, responder in
            happenings.add("handled")
            await echo(request, responder)
        }
        try await withServer(limits, handler: handler) { server in
            let client = try RawConnection(port: server.port)
            await client.send(Array(wire.text.utf8))
            let text = await client.textToEnd()
            let answer = try #require(RawAnswer.all(in: Array(text.utf8), toHead: false).first)
            let error = try JSONValue(parsing: Array(answer.body.utf8))["error"]
            #expect(answer.field("content-type") == "application/json" && answer.field("connection") == "close")
            #expect(error?["type"]?.string != nil && error?["param"] == .null && error?["code"] == .null)
            result = (answer.status, error?["message"]?.string ?? "")
        }
        #expect(happenings.list.isEmpty)
        return result
    }

    @Test(arguments: ["11", "9223372036854775807", "9223372036854775808", "18446744073709551615"])
    func bodyTooLongByItsLength(_ length: String) async throws {
        let answer = try await refusal("POST / HTTP/1.1\r\nContent-Length: \(length)\r\n\r\n") { $0.bodyLimit = 10 }
        #expect(answer.status == 413 && answer.message.contains("10 bytes"))
    }

    @Test func bodyTooLongInChunks() async throws {
        let text: WireText = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nghijkl\r\n"
        #expect(try await refusal(text) { $0.bodyLimit = 10 }.status == 413)
    }

    @Test func bodyTooLongIsNotAskedFor() async throws {
        let text: WireText = "POST / HTTP/1.1\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n"
        #expect(try await refusal(text) { $0.bodyLimit = 10 }.status == 413)
    }

    /// The client is still sending when it is refused, and must not lose the answer to a reset.
    @Test func refusedClientMaySendOn() async throws {
        try await withServer({ $0.bodyLimit = 10 }, handler: echo) { server in
            let client = try HTTPClient.shared()
            for _ in 0..<5 {
                let request = HTTPRequest(
                    method: "POST", url: "http://127.0.0.1:\(server.port)/",
                    body: [UInt8](repeating: 0x61, count: 20 << 20))
                #expect(try await client.send(request).status == 413)
            }
        }
    }

    @Test func refusedClientIsNotReset() async throws {
        try await withServer({ $0.bodyLimit = 10 }, handler: echo) { server in
            let client = try RawConnection(port: server.port)
            client.send("POST / HTTP/1.1\r\nContent-Length: \(20 << 20)\r\n\r\n")
            let head = await client.text(upTo: "\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.1 413 "))
            #expect(await client.send([UInt8](repeating: 0x61, count: 20 << 20)))
            client.close()
        }
    }

    @Test func unknownExpectation() async throws {
        #expect(try await refusal("POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: miracles\r\n\r\n").status == 417)
    }

    @Test(arguments: [
        "X: \("a".repeated(2000))\r\n", "\("X-Name: 0123456789\r\n".repeated(100))", "\("a".repeated(2000)): x\r\n",
    ])
    func headTooLong(_ fields: WireText) async throws {
        let answer = try await refusal("GET / HTTP/1.1\r\n\(fields.text)\r\n") { $0.headerLimit = 1000 }
        #expect(answer.status == 431 && answer.message.contains("1000 bytes"))
    }

    @Test func targetTooLong() async throws {
        #expect(
            try await refusal("GET /\("a".repeated(2000)) HTTP/1.1\r\n\r\n") { $0.headerLimit = 1000 }.status == 431)
    }

    @Test(arguments: [
        "nonsense\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\r\n\r\n", "GET / HTTP/3.0\r\n\r\n",
        "GET  HTTP/1.1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\nX Y: 1\r\n\r\n", "GET / HTTP/1.1\r\n: 1\r\n\r\n",
        "GET / HTTP/1.1\r\nX: a\u{0}b\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1x\r\n\r\n", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
    ])
    func nonsense(_ text: WireText) async throws {
        #expect(try await refusal(text).status == 400)
    }

    /// Where two readers could disagree about a request's end, there must be no second request.
    @Test(arguments: [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 0\r\nContent-Length: 5\r\n", "Content-Length: 5, 5\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding: xchunked\r\n", "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding: chunked\r\n Content-Length: 5\r\n",
        "Content-Length: +5\r\n", "Content-Length: 0x5\r\n",
    ])
    func smuggling(_ fields: WireText) async throws {
        let happenings = Happenings()
        let handler: HTTPServer.Handler = { request, responder in
            happenings.add(request.path)
            await echo(request, responder)
        }
        try await withServer(handler: handler) { server in
            let client = try RawConnection(port: server.port)
            client.send("POST /a HTTP/1.1\r\n\(fields.text)\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n")
            #expect(await client.textToEnd().hasPrefix("HTTP/1.1 400 "))
        }
        #expect(happenings.list.isEmpty)
    }

    @Test func allBodiesTogether() async throws {
        let gate = Latch()
        let happenings = Happenings()
        let handler: HTTPServer.Handler = { request, responder in
            happenings.add(request.path)
            if request.path == "/held" { await gate.wait() }
            await echo(request, responder)
        }
        try await withServer({ $0.totalBodyLimit = 100 }, handler: handler) { server in
            let holder = try RawConnection(port: server.port)
            holder.send("POST /held HTTP/1.1\r\nContent-Length: 60\r\n\r\n\("a".repeated(60))")
            await happenings.wait(for: "/held")
            for body in [
                "Content-Length: 60\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n3c\r\n\("b".repeated(60))\r\n",
            ] {
                let refused = try RawConnection(port: server.port)
                refused.send("POST /refused HTTP/1.1\r\n\(body)")
                #expect(await refused.textToEnd().hasPrefix("HTTP/1.1 503 "))
            }
            let small = try RawConnection(port: server.port)
            small.send("POST /small HTTP/1.1\r\nContent-Length: 40\r\n\r\n\("c".repeated(40))")
            #expect(await small.answers(1).first?.status == 200)
            gate.open()
            _ = await holder.answers(1)
            // Everything was given back, by those who left in the middle too.
            let leaver = try RawConnection(port: server.port)
            leaver.send("POST /left HTTP/1.1\r\nContent-Length: 100\r\n\r\nx")
            leaver.close()
            _ = await leaver.textToEnd()
            small.send("POST /all HTTP/1.1\r\nContent-Length: 100\r\n\r\n\("d".repeated(100))")
            #expect(await small.answers(2).last?.status == 200)
        }
        #expect(!happenings.list.contains("/refused") && !happenings.list.contains("/left"))
    }

    @Test(arguments: ["", "GET / HT", "GET / HTTP/1.1\r\nX: "]) func slowHead(_ start: WireText) async throws {
        try await withServer({ $0.headTimeout = .milliseconds(200) }, handler: echo) { server in
            let client = try RawConnection(port: server.port)
            client.send(start.text)
            #expect(await client.textToEnd().isEmpty)
        }
    }

    @Test func idleConnectionIsClosed() async throws {
        try await withServer({ $0.headTimeout = .milliseconds(200) }, handler: echo) { server in
            let client = try RawConnection(port: server.port)
            client.send("GET /a HTTP/1.1\r\n\r\n")
            #expect(await client.textToEnd().hasSuffix("/a "))
        }
    }

    @Test func handlerMayTakeLongerThanAHead() async throws {
        let handler: HTTPServer.Handler = { request, responder in
            // Longer than every limit of this server: the clock is what is tested here.
            try? await Task.sleep(for: .milliseconds(500))
            await echo(request, responder)
        }
        let limits: (inout HTTPServer.Configuration) -> Void = {
            $0.headTimeout = .milliseconds(200)
            $0.bodyTimeout = .milliseconds(200)
            $0.writeTimeout = .milliseconds(200)
        }
        try await withServer(limits, handler: handler) { server in
            let client = try RawConnection(port: server.port)
            client.send("POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nok")
            #expect(await client.answers(1).first?.body == "/a ok")
        }
    }

    /// The body's limit is shorter than the head's, whose timer runs already.
    @Test func slowBody() async throws {
        try await withServer({ $0.bodyTimeout = .milliseconds(200) }, handler: echo) { server in
            let client = try RawConnection(port: server.port)
            client.send("POST /a HTTP/1.1\r\nContent-Length: 10\r\n\r\nx")
            #expect(await client.textToEnd().isEmpty)
        }
    }

    @Test func connectionLimit() async throws {
        try await withServer({ $0.connectionLimit = 2 }, handler: echo) { server in
            let first = try RawConnection(port: server.port)
            let second = try RawConnection(port: server.port)
            for client in [first, second] {
                client.send("GET /a HTTP/1.1\r\n\r\n")
                #expect(await client.answers(1).count == 1)
            }
            #expect(await (try RawConnection(port: server.port)).textToEnd().isEmpty)
            first.close()
            _ = await first.textToEnd()
            // The server sees the end a little later than we do.
            while true {
                let next = try RawConnection(port: server.port)
                next.send("GET /b HTTP/1.1\r\n\r\n")
                if await next.answers(1).first?.body == "/b " { break }
            }
        }
    }

    @Test func clientThatDoesNotReadHoldsTheWriterUp() async throws {
        let written = Atomic(0)
        let happenings = Happenings()
        let handler: HTTPServer.Handler = { _, responder in
            let piece = [UInt8](repeating: 0x61, count: 64 << 10)
            do {
                try await responder.begin(status: 200, headers: [:])
                for _ in 0..<(200 << 20) / piece.count {
                    try await responder.write(piece)
                    written.add(piece.count, ordering: .relaxed)
                }
                happenings.add("all")
            } catch {
                happenings.add("gone")
            }
        }
        try await withServer({ $0.writeTimeout = .milliseconds(300) }, handler: handler) { server in
            let client = try RawConnection(port: server.port, reading: false)
            client.send("GET / HTTP/1.1\r\n\r\n")
            await happenings.wait(for: "gone")
            // What the kernel's buffers and ours hold.
            #expect(written.load(ordering: .relaxed) < 32 << 20)
            client.startReading()
            #expect(!(await client.textToEnd().hasSuffix("0\r\n\r\n")))
        }
    }

    @Test func slowClientGetsEverything() async throws {
        let begun = Happenings()
        let piece = "0123456789abcdef".repeated(4096)
        let handler: HTTPServer.Handler = { _, responder in
            try? await responder.begin(status: 200, headers: ["Content-Length": "\(320 * piece.utf8.count)"])
            for number in 0..<320 {
                if number == 16 { begun.add("sixteen") }
                try? await responder.write(Array(piece.utf8))
            }
            try? await responder.finish()
        }
        try await withServer(handler: handler) { server in
            let client = try RawConnection(port: server.port, reading: false)
            client.send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            await begun.wait(for: "sixteen")
            client.startReading()
            let text = await client.textToEnd()
            #expect(text.utf8.count > 320 * piece.utf8.count && text.hasSuffix(piece))
        }
    }

    /// Answers that nobody reads must not pile up, however small each is.
    @Test func pipeliningClientThatDoesNotRead() async throws {
        let handled = Atomic(0)
        let happenings = Happenings()
        let handler: HTTPServer.Handler = { _, responder in
            let count = handled.add(1, ordering: .relaxed).newValue
            do {
                try await responder.send(status: 200, headers: [:], body: [UInt8](repeating: 0x61, count: 100 << 10))
            } catch {
                happenings.add("gone")
            }
            if count == 2000 { happenings.add("all") }
        }
        try await withServer({ $0.writeTimeout = .milliseconds(300) }, handler: handler) { server in
            let client = try RawConnection(port: server.port, reading: false)
            await client.send(Array("GET / HTTP/1.1\r\n\r\n".repeated(2000).utf8))
            await happenings.wait(for: "gone")
            #expect(handled.load(ordering: .relaxed) < 320)
            client.startReading()
            _ = await client.textToEnd()
        }
    }
}
