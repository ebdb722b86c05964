import LocalCodeCore
import Support
import Testing

/// What passes through `localcode serve`, byte by byte and event by event, seen from an upstream that records.
@Suite(.timeLimit(.minutes(3))) struct RelayTests {
    private static let chunk =
        #"{"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}"#
    private static let last = #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#
    private static let ask: JSONValue = ["messages": [["role": "user", "content": "hi"]], "stream": true]

    /// Plays a llama-server that answers every chat with one script.
    private func upstream(_ script: ScriptedResponse) throws -> RecordingServer {
        try RecordingServer { request in
            request.target.hasSuffix("/completions") ? script : .complete(#"{"status":"ok","data":[]}"#)
        }
    }

    private func serve(_ upstream: RecordingServer, _ arguments: String...) async throws -> LocalCodeProcess {
        try await LocalCodeProcess.serve(["--engine", upstream.url] + arguments)
    }

    private func completions(_ upstream: RecordingServer) -> [RecordedRequest] {
        upstream.requests.filter { $0.target.hasSuffix("/completions") }
    }

    @Test func aMegabyteArrivesByteForByte() async throws {
        let upstream = try upstream(.complete(#"{"choices":[]}"#))
        let proxy = try await serve(upstream)
        defer { withExtendedLifetime(upstream) {} }
        let odd =
            #"{ "x_unknown":{"b":1,"a":[1e400,-0,1.0,1E+2,0.10]},"model":"first" , "temperature":1.0,"#
            + #""messages":[{"content":"\u0068\/é\ud800","role":"user","role":"user"},{"role":"assistant","content":null}],"#
            + #""model":"second","seed":12345678901234567890,"max_tokens":1e1,"filler":""#
        let body = Array(odd.utf8) + [UInt8](repeating: 0x7A, count: 1 << 20) + Array("\"}\n".utf8)
        let answer = try await TestHTTP(proxy.url).send("POST", "/v1/chat/completions", body: body)
        #expect(answer.status == 200)
        let received = try #require(completions(upstream).first)
        #expect(received.body == body)
        #expect(received.target == "/v1/chat/completions")
    }

    @Test func twentyMegabytesPassAndMoreThanTheLimitDoesNot() async throws {
        let upstream = try upstream(.complete(#"{"choices":[]}"#))
        let proxy = try await serve(upstream, "--body-limit", "24MiB")
        defer { withExtendedLifetime(upstream) {} }
        let head = Array(#"{"messages":[{"role":"user","content":""#.utf8)
        let client = try TestHTTP(proxy.url)
        let body = head + [UInt8](repeating: 0x7A, count: 20 << 20) + Array("\"}]}".utf8)
        #expect(try await client.send("POST", "/v1/chat/completions", body: body).status == 200)
        #expect(completions(upstream).first?.body.count == body.count)
        let long = head + [UInt8](repeating: 0x7A, count: 25 << 20) + Array("\"}]}".utf8)
        let refused = try await client.send("POST", "/v1/chat/completions", body: long)
        #expect(refused.status == 413)
        #expect(refused.json["error"]?["type"]?.string == "invalid_request_error")
    }

    @Test func eventsAreForwardedAsTheyCome() async throws {
        let gate = Gate()
        let upstream = try upstream(
            .chunked([.event(Self.chunk), .wait(gate), .event(Self.last), .event("[DONE]")]))
        let proxy = try await serve(upstream)
        defer { withExtendedLifetime(upstream) {} }
        let stream = try await TestHTTP(proxy.url).stream("/v1/chat/completions", Self.ask)
        var events: [String] = []
        for try await event in stream.events {
            // The second event exists only once the first one has arrived here.
            if events.isEmpty { gate.open() }
            events.append(String(decoding: event.data, as: UTF8.self))
        }
        #expect(events == [Self.chunk, Self.last, "[DONE]"])
    }

    @Test func halfAnEventWaitsForItsOtherHalf() async throws {
        let gate = Gate()
        let upstream = try upstream(
            .chunked([
                .text("data: \(Self.chunk)\n\ndata: {\"cho"), .wait(gate), .text("ices\":[]}\n\n"), .event("[DONE]"),
            ]))
        let proxy = try await serve(upstream, "--keep-alive", "1h")
        defer { withExtendedLifetime(upstream) {} }
        let stream = try await TestHTTP(proxy.url).stream("/v1/chat/completions", Self.ask)
        var pieces: [String] = []
        for try await piece in stream.body {
            if pieces.isEmpty { gate.open() }
            pieces.append(String(decoding: piece, as: UTF8.self))
        }
        #expect(pieces.first == "data: \(Self.chunk)\n\n")
        #expect(pieces.joined() == "data: \(Self.chunk)\n\ndata: {\"choices\":[]}\n\ndata: [DONE]\n\n")
    }

    @Test(arguments: ["close", "reset", "end", "half"])
    func aStreamThatBreaksOffEndsInAnErrorEvent(how: String) async throws {
        let ending: [ScriptedResponse.Step] =
            switch how {
            case "close": [.close]
            case "reset": [.reset]
            case "half": [.text("data: {\"choi"), .close]
            default: []
            }
        let upstream = try upstream(.events([Self.chunk], then: ending))
        let proxy = try await serve(upstream)
        defer { withExtendedLifetime(upstream) {} }
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.ask)
        #expect(answer.status == 200)
        let events = answer.events
        #expect(!events.contains { $0.isDone })
        let error = try JSONValue(parsing: try #require(events.last).data)["error"]
        #expect(error?["code"]?.string == "upstream_broken")
        #expect(events.count == 2)
    }

    @Test func aClientThatLeavesEndsTheRequest() async throws {
        let upstream = try RecordingServer { request in
            request.target.hasSuffix("/completions")
                ? .chunked([.event(Self.chunk), .waitForClientToLeave]) : .complete("{}")
        }
        let proxy = try await serve(upstream)
        defer { withExtendedLifetime(upstream) {} }
        do {
            let stream = try await TestHTTP(proxy.url).stream("/v1/chat/completions", Self.ask)
            for try await _ in stream.events { break }
        }
        let index = try #require(upstream.requests.firstIndex { $0.target.hasSuffix("/completions") })
        #expect(try await upstream.exchange(index).ending() == .clientLeft)
        #expect(await proxy.line(containing: "the client closed the connection") != nil)
    }

    @Test func aClientThatLeavesBeforeTheFirstByteEndsTheRequest() async throws {
        let upstream = try RecordingServer { request in
            request.target.hasSuffix("/completions") ? ScriptedResponse([.waitForClientToLeave]) : .complete("{}")
        }
        let proxy = try await serve(upstream)
        defer { withExtendedLifetime(upstream) {} }
        let asking = Task { try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.ask) }
        var number = 0
        while try await !upstream.exchange(number).request.target.hasSuffix("/completions") { number += 1 }
        asking.cancel()
        #expect(try await upstream.exchange(number).ending() == .clientLeft)
    }

    @Test func silenceIsFilledWithComments() async throws {
        let gate = Gate()
        let upstream = try upstream(
            ScriptedResponse(
                [.wait(gate)] + ScriptedResponse.events([Self.chunk, "[DONE]"]).steps))
        let proxy = try await serve(upstream, "--keep-alive", "50ms")
        defer { withExtendedLifetime(upstream) {} }
        let stream = try await TestHTTP(proxy.url).stream("/v1/chat/completions", Self.ask)
        var text = ""
        for try await piece in stream.body {
            text += String(decoding: piece, as: UTF8.self)
            if text.hasPrefix(": keep-alive\n\n: keep-alive\n\n") { gate.open() }
        }
        #expect(text.hasSuffix("data: \(Self.chunk)\n\ndata: [DONE]\n\n"))
        #expect(text.hasPrefix(": keep-alive\n\n"))
    }

    @Test func anErrorBehindTheHeadComesInTheStream() async throws {
        let gate = Gate()
        let error =
            #"{"error":{"code":400,"message":"too much","type":"exceed_context_size_error","n_ctx":5,"n_prompt_tokens":9}}"#
        let upstream = try upstream(
            ScriptedResponse([.wait(gate)] + ScriptedResponse.complete(status: 400, error).steps))
        let proxy = try await serve(upstream, "--keep-alive", "50ms")
        defer { withExtendedLifetime(upstream) {} }
        let stream = try await TestHTTP(proxy.url).stream("/v1/chat/completions", Self.ask)
        #expect(stream.status == 200)
        gate.open()
        var events: [ServerSentEvent] = []
        for try await event in stream.events { events.append(event) }
        let told = try JSONValue(parsing: try #require(events.last).data)["error"]
        #expect(told?["code"]?.string == "context_length_exceeded")
        // OpenCode 1 reads the code from the message.
        let nested = try JSONValue(parsing: Array((told?["message"]?.string ?? "").utf8))
        #expect(nested["error"]?["code"]?.string == "context_length_exceeded")
        #expect(events.count == 1)
    }

    @Test func toolCallsAreLogged() async throws {
        let call =
            #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"read_file","arguments":"{\"path\":"}}]}}]}"#
        let rest = #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"a.txt\"}"}}]}}]}"#
        let end = #"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#
        let upstream = try upstream(.events([call, rest, end, "[DONE]"]))
        let proxy = try await serve(upstream)
        defer { withExtendedLifetime(upstream) {} }
        var body = Self.ask
        body["tools"] = [["type": "function", "function": ["name": "read_file"]]]
        _ = try await TestHTTP(proxy.url).post("/v1/chat/completions", body)
        #expect(await proxy.line(containing: "[Tool Call Complete] read_file") != nil)
        #expect(proxy.lines.contains { $0.contains("[Tool Request] read_file") })
        #expect(proxy.lines.contains { $0.contains(#"[Tool Call] read_file({"path":"a.txt"})"#) })
    }

    @Test(arguments: [true, false])
    func aRedirectionIsNoAnswer(isStreaming: Bool) async throws {
        let upstream = try upstream(.complete(status: 302, headers: ["Location: http://127.0.0.1:1/"], "moved"))
        let proxy = try await serve(upstream)
        defer { withExtendedLifetime(upstream) {} }
        var body = Self.ask
        body["stream"] = .bool(isStreaming)
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", body)
        #expect(answer.status == 502)
        #expect(answer.json["error"]?["message"]?.string == "llama-server answered with status 302")
    }

    @Test(arguments: [
        (#"{"error":{"message":"out of slots"}}"#, "out of slots"),
        (#"{"choices":[{"message":{"content":"whole"}}]}"#, "llama-server was asked for a stream and answered"),
        ("<html>", "llama-server was asked for a stream and answered"),
    ])
    func whatIsNoStreamIsAnError(body: String, message: String) async throws {
        let upstream = try upstream(.complete(body))
        let proxy = try await serve(upstream)
        defer { withExtendedLifetime(upstream) {} }
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.ask)
        #expect(answer.status == 502)
        #expect(answer.json["error"]?["message"]?.string?.hasPrefix(message) == true)
    }

    @Test func nothingFollowsTheEndMark() async throws {
        let upstream = try upstream(.events([Self.chunk, "[DONE]"], then: [.reset]))
        let proxy = try await serve(upstream, "--log-format", "json")
        defer { withExtendedLifetime(upstream) {} }
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.ask)
        #expect(answer.events.map(\.isDone) == [false, true])
        let response = try #require(await proxy.line(containing: #""event":"response""#))
        #expect(try JSONValue(parsing: Array(response.utf8))["status"]?.int == 200)
    }

    @Test func anErrorInsideAWholeAnswerIsLogged() async throws {
        let upstream = try upstream(.complete(#"{"error":{"message":"out of slots"}}"#))
        let proxy = try await serve(upstream)
        defer { withExtendedLifetime(upstream) {} }
        var body = Self.ask
        body["stream"] = nil
        _ = try await TestHTTP(proxy.url).post("/v1/chat/completions", body)
        #expect(await proxy.line(containing: "out of slots") != nil)
    }

    @Test func hostileFiguresAndIndexesAreBorne() async throws {
        let call = #"{"choices":[{"delta":{"tool_calls":[{"index":-1,"function":{"name":"f"}}]}}]}"#
        let end = #"{"choices":[],"timings":{"prompt_n":9223372036854775807,"cache_n":9,"predicted_per_second":1e300}}"#
        let upstream = try upstream(.events([call, end, "[DONE]"]))
        let proxy = try await serve(upstream)
        defer { withExtendedLifetime(upstream) {} }
        for _ in 0..<2 {
            let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.ask)
            #expect(answer.events.last?.isDone == true)
            #expect(await proxy.line(containing: "tok/s") != nil)
        }
    }
}
