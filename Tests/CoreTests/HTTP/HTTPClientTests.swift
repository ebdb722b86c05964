import LocalCodeCore
import Support
import Testing

/// What goes over the wire, and what comes back.
@Suite(.timeLimit(.minutes(1))) struct HTTPClientTests {
    let client: HTTPClient

    init() throws { client = try HTTPClient() }

    @Test func requestsShareAConnection() async throws {
        let server = try RecordingServer { _ in .complete("{}") }
        for number in 0..<3 {
            let response = try await client.send(HTTPRequest(url: "\(server.url)/\(number)"))
            #expect(try await response.body.collect(upTo: 10) == Array("{}".utf8))
        }
        #expect(server.connections == 1)
        #expect(server.requests.map(\.target) == ["/0", "/1", "/2"])
    }

    @Test func headersKeepTheirOrderAndRepetitions() async throws {
        let server = try RecordingServer { _ in .complete("{}") }
        var headers: HTTPHeaders = ["X-One": "1", "x-two": "b", "X-Empty": ""]
        headers.add("X-One", "again, with spaces")
        _ = try await client.send(HTTPRequest(method: "POST", url: server.url, headers: headers, body: [0x7B, 0x7D]))
        let sent = try #require(server.requests.first).headers.filter { $0.name.lowercased().hasPrefix("x-") }
        #expect(sent.map(\.name) == ["X-One", "x-two", "X-Empty", "X-One"])
        #expect(sent.map(\.value) == ["1", "b", "", "again, with spaces"])
    }

    @Test func addsNothingToABody() async throws {
        let server = try RecordingServer { _ in .complete("{}") }
        let long = [UInt8](repeating: 0x61, count: 2 << 20)
        for body in [[], [0x61], long] {
            _ = try await client.send(HTTPRequest(method: "POST", url: server.url, body: body)).body.collect(upTo: 10)
        }
        for (request, length) in zip(server.requests, ["0", "1", "\(2 << 20)"]) {
            #expect(request.header("expect") == nil && request.header("content-type") == nil)
            #expect(request.header("transfer-encoding") == nil && request.header("content-length") == length)
        }
    }

    @Test(arguments: [
        ("POST", [UInt8]?.none, "0"), ("PUT", nil, "0"), ("DELETE", nil, nil), ("GET", Array("{}".utf8), "2"),
        ("DELETE", Array("{}".utf8), "2"), ("OPTIONS", nil, nil),
    ])
    func methodAndBodyAreIndependent(_ method: String, _ body: [UInt8]?, _ length: String?) async throws {
        let server = try RecordingServer { _ in .complete("{}") }
        _ = try await client.send(HTTPRequest(method: method, url: server.url, body: body)).body.collect(upTo: 10)
        let request = try #require(server.requests.first)
        #expect(request.method == method && request.body == body ?? [])
        #expect(request.header("content-length") == length)
    }

    @Test func longBodyArrivesIntact() async throws {
        let server = try RecordingServer { _ in .complete("{}") }
        let body = pattern(20 << 20)
        let response = try await client.send(HTTPRequest(method: "POST", url: server.url, body: body))
        #expect(response.status == 200)
        #expect(server.requests.first?.body == body)
    }

    /// A kept connection may be closed just when it is used again: then a long body starts anew on a fresh one.
    @Test func longBodyIsSentAgainOnAFreshConnection() async throws {
        let server = try RecordingServer { request in
            request.target == "/second" && request.connection == 0 ? .init([.close]) : .complete("{}")
        }
        let body = pattern(1 << 20)
        for path in ["/first", "/second"] {
            let response = try await client.send(HTTPRequest(method: "POST", url: server.url + path, body: body))
            #expect(try await response.body.collect(upTo: 10).count == 2)
        }
        #expect(server.requests.map(\.target) == ["/first", "/second", "/second"])
        #expect(server.requests.map(\.connection) == [0, 0, 1])
        #expect(server.requests.allSatisfy { $0.body == body })
    }

    @Test(arguments: ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\u{0}b", "a\u{7F}"])
    func headerValueCannotMakeAnotherHeader(_ value: WireText) async throws {
        let server = try RecordingServer { _ in .complete("{}") }
        let error = await #expect(throws: HTTPClientError.self) {
            try await client.send(HTTPRequest(url: server.url, headers: ["X-Test": value.text]))
        }
        #expect(error?.kind == .request)
        #expect(server.connections == 0)
    }

    @Test(arguments: ["", "X-Evil: 1\r\nX", "X Y", "X:Y", "X\n", "Ü"])
    func headerNameIsAToken(_ name: WireText) async throws {
        let error = await #expect(throws: HTTPClientError.self) {
            try await client.send(HTTPRequest(url: "http://127.0.0.1:1/", headers: [name.text: "value"]))
        }
        #expect(error?.kind == .request)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nX: ", "http://127.0.0.1:1/"), ("", "http://127.0.0.1:1/"),
        ("GET", "http://127.0.0.1:1/\r\nX-Evil: 1"), ("GET", "http://127.0.0.1:1/ HTTP/1.1"),
        ("GET", "file:///etc/hosts"),
        ("GET", "no url at all"), ("GET", ""),
    ])
    func requestLineIsChecked(_ method: WireText, _ url: WireText) async throws {
        let error = await #expect(throws: HTTPClientError.self) {
            try await client.send(HTTPRequest(method: method.text, url: url.text))
        }
        #expect(error?.kind == .request)
    }

    @Test func answerToHeadHasNoBody() async throws {
        let server = try RecordingServer { _ in .init([.text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")]) }
        for _ in 0..<2 {
            let response = try await client.send(HTTPRequest(method: "HEAD", url: server.url))
            #expect(response.headers["content-length"] == "5")
            #expect(try await response.body.collect(upTo: 10).isEmpty)
        }
        #expect(server.requests.map(\.method) == ["HEAD", "HEAD"])
        #expect(server.connections == 1)
    }

    struct Wire: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: String
        var status = 200
        var body = "hello"
    }

    @Test(arguments: [
        Wire(testDescription: "length", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
        Wire(
            testDescription: "chunks",
            bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: 1\r\n\r\n"),
        Wire(testDescription: "until the end", bytes: "HTTP/1.1 200 OK\r\n\r\nhello"),
        Wire(testDescription: "HTTP/1.0", bytes: "HTTP/1.0 200 OK\r\n\r\nhello"),
        Wire(testDescription: "204", bytes: "HTTP/1.1 204 No Content\r\n\r\n", status: 204, body: ""),
        Wire(
            testDescription: "304", bytes: "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", status: 304,
            body: ""),
        Wire(testDescription: "no reason", bytes: "HTTP/1.1 429 \r\nContent-Length: 5\r\n\r\nhello", status: 429),
        Wire(
            testDescription: "1xx first",
            bytes: "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: 5\r\n\r\nhello",
            status: 500),
    ])
    func readsAnswers(_ wire: Wire) async throws {
        let server = try RecordingServer { _ in .init([.text(wire.bytes), .close]) }
        let response = try await client.send(HTTPRequest(url: server.url))
        #expect(response.status == wire.status)
        #expect(response.headers["x-early"] == nil && response.headers["t"] == nil)
        #expect(try await String(decoding: response.body.collect(upTo: 100), as: UTF8.self) == wire.body)
    }

    @Test func readsHeaders() async throws {
        let server = try RecordingServer { _ in
            .init([.text("HTTP/1.1 200 OK\r\nA: 1\r\nb:2\r\nC:  \t x: y \t\r\nA: 3\r\nD:\r\nContent-Length: 0\r\n\r\n")]
            )
        }
        let headers = try await client.send(HTTPRequest(url: server.url)).headers
        #expect(headers.map(\.name) == ["A", "b", "C", "A", "D", "Content-Length"])
        #expect(headers.map(\.value) == ["1", "2", "x: y", "3", "", "0"])
        #expect(headers.all("a") == ["1", "3"])
    }

    @Test(arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", ""])
    func nonsenseAndBrokenAnswers(_ bytes: WireText) async throws {
        let server = try RecordingServer { _ in .init([.text(bytes.text), .close]) }
        let error = await #expect(throws: HTTPClientError.self) {
            try await client.send(HTTPRequest(url: server.url)).body.collect(upTo: 100)
        }
        #expect(error?.kind == .broken)
    }

    @Test func whatCameBeforeABreakIsDelivered() async throws {
        let server = try RecordingServer { _ in .chunked([.text("one"), .close]) }
        let response = try await client.send(HTTPRequest(url: server.url))
        var body = response.body.makeAsyncIterator()
        #expect(try await body.next() == Array("one".utf8))
        let error = await #expect(throws: HTTPClientError.self) { try await body.next() }
        #expect(error?.kind == .broken)
    }

    @Test func chunksComeOneByOne() async throws {
        let gates = [Gate(), Gate()]
        let server = try RecordingServer { _ in
            .chunked([.text("one"), .wait(gates[0]), .text("two"), .wait(gates[1]), .text("three")])
        }
        let response = try await client.send(HTTPRequest(url: server.url))
        var body = response.body.makeAsyncIterator()
        for (text, gate) in [("one", gates[0]), ("two", gates[1]), ("three", nil)] {
            #expect(try await body.next() == Array(text.utf8))
            gate?.open()
        }
        #expect(try await body.next() == nil)
    }

    @Test func collectStopsAtItsLimit() async throws {
        let server = try RecordingServer { _ in .complete("0123456789") }
        #expect(try await client.send(HTTPRequest(url: server.url)).body.collect(upTo: 10).count == 10)
        let error = await #expect(throws: HTTPClientError.self) {
            try await client.send(HTTPRequest(url: server.url)).body.collect(upTo: 9)
        }
        #expect(error?.kind == .tooLong)
    }

    @Test func manyAtOnce() async throws {
        let gate = Gate()
        let server = try RecordingServer { request in
            .chunked([.text(request.target), .wait(gate), .text("!")])
        }
        try await withThrowingTaskGroup { tasks in
            for number in 0..<200 {
                tasks.addTask {
                    let response = try await client.send(HTTPRequest(url: "\(server.url)/\(number)"))
                    let body = try await response.body.collect(upTo: 100)
                    #expect(String(decoding: body, as: UTF8.self) == "/\(number)!")
                }
            }
            _ = try await server.exchange(199)
            #expect(server.connections == 200)
            gate.open()
            try await tasks.waitForAll()
        }
    }

    @Test func unixSocket() async throws {
        let directory = try TestDirectory()
        let path = "\(directory.path)/s"
        let listener = try RawListener(path: path) { connection in
            let line = RawListener.readHead(connection).prefix { $0 != "\r\n" }
            RawListener.write("HTTP/1.1 200 OK\r\nContent-Length: \(line.utf8.count)\r\n\r\n\(line)", to: connection)
        }
        let response = try await client.send(HTTPRequest(url: "http://engine/health", unixSocket: path))
        #expect(try await response.body.collect(upTo: 100) == Array("GET /health HTTP/1.1".utf8))
        let error = await #expect(throws: HTTPClientError.self) {
            try await client.send(HTTPRequest(url: "http://engine/", unixSocket: path + "x"))
        }
        #expect(error?.kind == .connect)
        withExtendedLifetime(listener) {}
    }
}
