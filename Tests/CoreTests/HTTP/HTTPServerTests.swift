import LocalCodeCore
import Testing

@testable import Support

/// Requests and answers on the wire.
@Suite(.timeLimit(.minutes(1))) struct HTTPServerTests {
    @Test func keepsTheConnection() async throws {
        try await withServer(handler: echo) { server in
            let client = try RawConnection(port: server.port)
            client.send("GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n")
            let first = await client.answers(1)
            #expect(first.first?.status == 200 && first.first?.body == "/a?b=c ")
            #expect(first.first?.field("content-type") == "text/plain")
            #expect(first.first?.field("connection") == nil)
            client.send("POST /d HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
            #expect(await client.answers(2).last?.body == "/d hello")
        }
    }

    @Test func closesWhenAskedTo() async throws {
        try await withServer(handler: echo) { server in
            let client = try RawConnection(port: server.port)
            client.send("GET /a HTTP/1.1\r\nConnection: close\r\n\r\nGET /b HTTP/1.1\r\n\r\n")
            let text = await client.textToEnd()
            #expect(text.contains("Connection: close\r\n") && text.hasSuffix("\r\n\r\n/a "))
        }
    }

    @Test func handlerCanCloseTheConnection() async throws {
        let handler: HTTPServer.Handler = { _, responder in
            try? await responder.send(status: 200, headers: ["Connection": "close"], body: [0x78])
        }
        try await withServer(handler: handler) { server in
            let client = try RawConnection(port: server.port)
            client.send("GET / HTTP/1.1\r\n\r\n")
            let text = await client.textToEnd()
            #expect(text.hasSuffix("\r\n\r\nx") && text.components("Connection: close") == 1)
        }
    }

    @Test func oldClients() async throws {
        let handler: HTTPServer.Handler = { request, responder in
            guard request.path == "/stream" else { return await echo(request, responder) }
            try? await responder.begin(status: 200, headers: [:])
            try? await responder.write(Array("one".utf8))
            try? await responder.write(Array("two".utf8))
            try? await responder.finish()
        }
        try await withServer(handler: handler) { server in
            let plain = try RawConnection(port: server.port)
            plain.send("GET /a HTTP/1.0\r\n\r\n")
            #expect(await plain.textToEnd().hasSuffix("\r\n\r\n/a "))

            let keeping = try RawConnection(port: server.port)
            keeping.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(await keeping.answers(1).first?.field("connection") == "keep-alive")
            // Without chunks only the connection's end can end the body.
            keeping.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let text = await keeping.textToEnd()
            #expect(text.hasSuffix("\r\n\r\nonetwo") && text.contains("Connection: close\r\n"))
            #expect(!text.contains("chunked"))
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let gate = Latch()
        let happenings = Happenings()
        let handler: HTTPServer.Handler = { request, responder in
            happenings.add(request.path)
            if request.path == "/slow" { await gate.wait() }
            await echo(request, responder)
        }
        try await withServer(handler: handler) { server in
            let client = try RawConnection(port: server.port)
            client.send(
                "GET /slow HTTP/1.1\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 2\r\n\r\nxyGET /c HTTP/1.1\r\n\r\n")
            await happenings.wait(for: "/slow")
            #expect(happenings.list == ["/slow"])
            gate.open()
            #expect(await client.answers(3).map(\.body) == ["/slow ", "/b xy", "/c "])
        }
    }

    @Test func nonsenseBehindARequestWaitsForItsAnswer() async throws {
        try await withServer(handler: echo) { server in
            let client = try RawConnection(port: server.port)
            client.send("GET /a HTTP/1.1\r\n\r\n\u{1}\u{2} nonsense\r\n\r\n")
            #expect(await client.answers(2).map(\.status) == [200, 400])
        }
    }

    @Test func chunkedRequestBody() async throws {
        try await withServer(handler: echo) { server in
            let client = try RawConnection(port: server.port)
            client.send("POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            client.send("A;x=y\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n")
            #expect(await client.answers(1).first?.body == "/c abc0123456789")
        }
    }

    @Test func headAnswersHaveNoBody() async throws {
        let handler: HTTPServer.Handler = { request, responder in
            if request.path == "/whole" { return await echo(request, responder) }
            try? await responder.begin(status: 200, headers: [:])
            try? await responder.write(Array("one".utf8))
            try? await responder.finish()
        }
        try await withServer(handler: handler) { server in
            let client = try RawConnection(port: server.port)
            client.send("HEAD /whole HTTP/1.1\r\n\r\nHEAD /stream HTTP/1.1\r\n\r\nHEAD /whole HTTP/1.1\r\n\r\n")
            let answers = await client.answers(3, toHead: true)
            #expect(answers.map(\.status) == [200, 200, 200])
            #expect(answers.map { $0.field("content-length") } == ["7", nil, "7"])
        }
    }

    @Test func noContent() async throws {
        let handler: HTTPServer.Handler = { _, responder in
            try? await responder.send(status: 204, headers: ["Access-Control-Allow-Origin": "*"], body: [])
        }
        try await withServer(handler: handler) { server in
            let client = try RawConnection(port: server.port)
            client.send("OPTIONS / HTTP/1.1\r\n\r\nOPTIONS / HTTP/1.1\r\n\r\n")
            let answers = await client.answers(2)
            #expect(answers.map(\.status) == [204, 204])
            #expect(answers.allSatisfy { $0.field("content-length") == nil && $0.field("transfer-encoding") == nil })
        }
    }

    @Test func continues() async throws {
        try await withServer(handler: echo) { server in
            let client = try RawConnection(port: server.port)
            client.send("POST /e HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            #expect(await client.text(upTo: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            client.send("ok")
            #expect(await client.answers(2).last?.body == "/e ok")
        }
    }

    @Test func streamsPieceByPiece() async throws {
        let gate = Latch()
        let handler: HTTPServer.Handler = { _, responder in
            try? await responder.begin(status: 200, headers: ["Content-Type": "text/event-stream"])
            try? await responder.write(Array("one".utf8))
            await gate.wait()
            try? await responder.write([])
            try? await responder.write(Array("0123456789abcdef".utf8))
            try? await responder.finish()
        }
        try await withServer(handler: handler) { server in
            let client = try RawConnection(port: server.port)
            client.send("GET / HTTP/1.1\r\n\r\n")
            #expect(await client.text(upTo: "one\r\n").hasSuffix("\r\n\r\n3\r\none\r\n"))
            gate.open()
            #expect(await client.text(upTo: "0\r\n\r\n").hasSuffix("one\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n"))
            client.send("GET / HTTP/1.1\r\n\r\n")
            #expect(await client.answers(2).map(\.body) == ["one0123456789abcdef", "one0123456789abcdef"])
        }
    }

    @Test func fillerOnlyInSilence() async throws {
        let gate = Latch()
        let happenings = Happenings()
        let handler: HTTPServer.Handler = { request, responder in
            guard request.path == "/" else { return await echo(request, responder) }
            try? await responder.begin(status: 200, headers: [:])
            try? await responder.keepAlive(every: .seconds(1), with: Array(":\n\n".utf8))
            await gate.wait()
            // Longer than the interval, but never silent.
            let start = ContinuousClock.now
            while ContinuousClock.now - start < .milliseconds(1500) {
                try? await responder.write(Array("x".utf8))
                try? await Task.sleep(for: .milliseconds(1))
            }
            try? await responder.finish()
            happenings.add("finished")
        }
        try await withServer(handler: handler) { server in
            let client = try RawConnection(port: server.port)
            client.send("GET / HTTP/1.1\r\n\r\n")
            _ = await client.text(upTo: "3\r\n:\n\n\r\n3\r\n:\n\n\r\n")
            gate.open()
            let text = try #require(await client.answers(1).first?.body)
            let written = text.drop { $0 == ":" || $0 == "\n" }
            #expect(written.count > 2 && written.allSatisfy { $0 == "x" })
            await happenings.wait(for: "finished")
            client.send("GET /next HTTP/1.1\r\n\r\n")
            #expect(await client.answers(2).last?.body == "/next ")
        }
    }

    @Test func abortLeavesTheBodyOpen() async throws {
        let handler: HTTPServer.Handler = { _, responder in
            try? await responder.begin(status: 200, headers: [:])
            try? await responder.write(Array("one".utf8))
            responder.abort()
        }
        try await withServer(handler: handler) { server in
            let client = try RawConnection(port: server.port)
            client.send("GET / HTTP/1.1\r\n\r\n")
            #expect(await client.textToEnd().hasSuffix("\r\n\r\n3\r\none\r\n"))
        }
    }

    @Test func handlerThatDoesNotAnswer() async throws {
        let handler: HTTPServer.Handler = { request, responder in
            if request.path == "/half" { try? await responder.begin(status: 200, headers: [:]) }
        }
        try await withServer(handler: handler) { server in
            let client = try RawConnection(port: server.port)
            client.send("GET / HTTP/1.1\r\n\r\n")
            let answer = try #require(await client.answers(1).first)
            #expect(answer.status == 500 && answer.field("connection") == "close")
            #expect(try JSONValue(parsing: Array(answer.body.utf8))["error"]?["type"]?.string == "server_error")

            let half = try RawConnection(port: server.port)
            half.send("GET /half HTTP/1.1\r\n\r\n")
            #expect(await half.textToEnd().hasSuffix("\r\n\r\n"))
        }
    }

    /// What comes from an upstream goes into heads: it must not be able to end one.
    @Test func headersCannotBeInjected() async throws {
        let handler: HTTPServer.Handler = { _, responder in
            let headers: HTTPHeaders = [
                "X-Good": "1", "X-Bad": "a\r\nX-Evil: 1", "X\r\nX-Evil": "1", "Transfer-Encoding": "gzip",
                "Content-Length": "99",
            ]
            try? await responder.send(status: 200, headers: headers, body: Array("hello".utf8))
        }
        try await withServer(handler: handler) { server in
            let client = try RawConnection(port: server.port)
            client.send("GET / HTTP/1.1\r\n\r\n")
            #expect(
                await client.answers(1).first
                    == RawAnswer(
                        status: 200, fields: ["X-Good: 1", "Content-Length: 5"], body: "hello"))
        }
    }

    @Test func longAnswerToASlowClient() async throws {
        let body = pattern(20 << 20)
        let handler: HTTPServer.Handler = { _, responder in
            try? await responder.send(status: 200, headers: [:], body: body)
        }
        try await withServer(handler: handler) { server in
            let response = try await HTTPClient.shared().send(HTTPRequest(url: "http://127.0.0.1:\(server.port)/"))
            #expect(response.headers["content-length"] == "\(20 << 20)")
            #expect(try await response.body.collect(upTo: 21 << 20) == body)
        }
    }

    /// Java's client offers HTTP/2 in its first request, body and all; the parser stops behind it.
    @Test func offersToChangeTheProtocolAreIgnored() async throws {
        try await withServer(handler: echo) { server in
            let client = try RawConnection(port: server.port)
            client.send(
                "POST /u HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\n"
                    + "Content-Length: 2\r\n\r\nok")
            let text = await client.textToEnd()
            #expect(text.hasPrefix("HTTP/1.1 200 ") && text.hasSuffix("/u ok") && text.contains("Connection: close"))
            let tunnel = try RawConnection(port: server.port)
            tunnel.send("CONNECT host:443 HTTP/1.1\r\n\r\n")
            #expect(await tunnel.textToEnd().hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func twoServers() async throws {
        try await withServer(handler: echo) { one in
            try await withServer(handler: echo) { two in
                #expect(one.port != two.port && one.port != 0)
                for server in [one, two] {
                    let client = try RawConnection(port: server.port)
                    client.send("GET /\(server.port) HTTP/1.1\r\n\r\n")
                    #expect(await client.answers(1).first?.body == "/\(server.port) ")
                }
            }
        }
    }

    @Test func takenPort() async throws {
        try await withServer(handler: echo) { server in
            await #expect(throws: (any Error).self) {
                try await HTTPServer.start(HTTPServer.Configuration(port: server.port), handler: echo)
            }
        }
    }

    @Test func severalThreads() async throws {
        try await withServer({ $0.threads = 4 }, handler: echo) { server in
            let client = try HTTPClient.shared()
            try await withThrowingTaskGroup { tasks in
                for number in 0..<100 {
                    tasks.addTask {
                        let request = HTTPRequest(
                            method: "POST", url: "http://127.0.0.1:\(server.port)/\(number)", body: Array("x".utf8))
                        let body = try await client.send(request).body.collect(upTo: 100)
                        #expect(String(decoding: body, as: UTF8.self) == "/\(number) x")
                    }
                }
                try await tasks.waitForAll()
            }
        }
    }
}

extension String {
    func components(_ part: String) -> Int { ranges(of: part).count }
}

extension HTTPClient {
    private static let one = Result { try HTTPClient() }
    static func shared() throws -> HTTPClient { try one.get() }
}
