import LocalCodeCore
import Support
import Testing

/// Answers of a JSON schema from GLM, which knows no schema.
@Suite(.timeLimit(.minutes(2))) struct StructuredServeTests {
    private static let schema: JSONValue = [
        "type": "object", "properties": ["name": ["type": "string"], "age": ["type": "integer"]],
        "required": ["name", "age"], "additionalProperties": false,
    ]

    private static func ask(stream: Bool = false) -> JSONValue {
        [
            "messages": [["role": "user", "content": "who?"]], "stream": .bool(stream),
            "stream_options": ["include_usage": true],
            "response_format": ["type": "json_schema", "json_schema": ["name": "person", "schema": schema]],
        ]
    }

    private static let good = [#"{"name":"Ada","#, #""age":36}"#]
    private static let bad = [#"{"name":"Ada","#, #""age":"old"}"#]

    /// The bodies that the gateway was sent.
    private func sent(_ gateway: GLMGateway) throws -> [JSONValue] {
        try gateway.session.seen.map { try JSONValue(parsing: $0.body) }
    }

    @Test func aGoodAnswerIsAskedForOnce() async throws {
        let gateway = try GLMGateway(.reasoned(["hm"], Self.good), .text(["never"]))
        let proxy = try await gateway.serve()
        let client = try TestHTTP(proxy.url)
        let whole = try await client.post("/v1/chat/completions", Self.ask())
        #expect(whole.json["choices"]?[0]?["message"]?["content"]?.string == Self.good.joined())
        #expect(gateway.session.seen.count == 1)
        #expect(whole.headers["x-localcode-notes"]?.contains("asked again") == false)
    }

    @Test func aBadAnswerIsAskedForAgain() async throws {
        let gateway = try GLMGateway(.text(Self.bad), .text(Self.good))
        let proxy = try await gateway.serve()
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.ask())
        #expect(answer.status == 200)
        #expect(answer.json["choices"]?[0]?["message"]?["content"]?.string == Self.good.joined())
        #expect(answer.headers["x-localcode-notes"]?.contains("asked again, because") == true)
        let sent = try sent(gateway)
        try #require(sent.count == 2)
        let messages = try #require(sent[1]["messages"]?.array)
        #expect(messages.suffix(2).first?["content"]?.string == Self.bad.joined())
        #expect(messages.last?["content"]?.string?.contains("- age must be") == true, "\(messages)")
        // The beginning is the same to the byte: the gateway's cache goes by it.
        #expect(messages.dropLast(2).map(\.bytes) == sent[0]["messages"]?.array?.map(\.bytes))
    }

    @Test func aStreamIsHeldUntilItIsRight() async throws {
        let gateway = try GLMGateway(.reasoned(["let", " me"], Self.bad), .reasoned(["again"], Self.good))
        let proxy = try await gateway.serve()
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.ask(stream: true))
        let events = answer.events
        #expect(events.last?.isDone == true)
        let chunks = try events.dropLast().map { try JSONValue(parsing: $0.data) }
        let deltas = chunks.map { $0["choices"]?[0]?["delta"] }
        #expect(deltas.compactMap { $0?["reasoning_content"]?.string } == ["let", " me"])
        #expect(deltas.compactMap { $0?["content"]?.string } == [Self.good.joined()])
        #expect(deltas.compactMap { $0?["role"]?.string } == ["assistant"])
        #expect(chunks.compactMap { $0["choices"]?[0]?["finish_reason"]?.string } == ["stop"])
        #expect(chunks.last?["usage"]?["total_tokens"]?.int != nil)
        #expect(answer.text.contains(": x-localcode-notes: "))
        #expect(try sent(gateway).map { $0["stream"]?.bool } == [true, false])
    }

    @Test func aGoodStreamKeepsItsChunks() async throws {
        let gateway = try GLMGateway(.text(Self.good))
        let proxy = try await gateway.serve()
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.ask(stream: true))
        let contents = answer.events.dropLast().compactMap {
            (try? JSONValue(parsing: $0.data))?["choices"]?[0]?["delta"]?["content"]?.string
        }
        #expect(contents == Self.good)
    }

    @Test func wordsAroundTheJSONAreLeftOut() async throws {
        let gateway = try GLMGateway(.text(["```json\n"] + Self.good + ["\n```"]))
        let proxy = try await gateway.serve()
        let client = try TestHTTP(proxy.url)
        let whole = try await client.post("/v1/chat/completions", Self.ask())
        #expect(whole.json["choices"]?[0]?["message"]?["content"]?.string == Self.good.joined())
        let streamed = try await client.post("/v1/chat/completions", Self.ask(stream: true))
        #expect(!streamed.text.contains("```") && streamed.text.contains("Ada"))
        #expect(gateway.session.seen.count == 2)
    }

    @Test func whatStaysBadIsGivenAndToldAndTheCommandSaysSo() async throws {
        let gateway = try GLMGateway(.text(Self.bad))
        let proxy = try await gateway.serve()
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.ask())
        #expect(answer.status == 200)
        #expect(answer.json["choices"]?[0]?["message"]?["content"]?.string == Self.bad.joined())
        #expect(answer.headers["x-localcode-notes"]?.contains("does not satisfy the schema: age ") == true)
        #expect(gateway.session.seen.count == 2)
        let home = try TestHome()
        try home.directory.write(Self.schema.description, to: "person.json")
        let result = try await LocalCodeProcess.run(
            ["chat", "who?", "--json-schema", "person.json", "--port", "\(proxy.port)"], home: home)
        #expect(result.status == .exited(1))
        #expect(result.output == Self.bad.joined())
        #expect(result.errors.contains("the answer does not fit the schema: age "), "\(result.errors)")
    }

    private static func chunk(_ text: String, _ reason: String? = nil) -> String {
        var choice: JSONValue = ["index": 0, "delta": ["role": "assistant", "content": .string(text)]]
        choice["finish_reason"] = reason.map { .string($0) }
        return JSONValue.object(["choices": [choice]]).description
    }

    @Test func aClientThatWaitsForAHeldTextHearsOfIt() async throws {
        let gate = Gate()
        let server = try RecordingServer { _ in
            .chunked([
                .event(Self.chunk(Self.good[0])), .wait(gate), .event(Self.chunk(Self.good[1], "stop")),
                .event("[DONE]"),
            ])
        }
        let proxy = try await LocalCodeProcess.serve(
            ["--no-auto-engine", "--glm-url", server.url, "--keep-alive", "50ms"], environment: ["ZAI_API_KEY": "k"])
        let response = try await TestHTTP(proxy.url).stream("/v1/chat/completions", Self.ask(stream: true))
        var text = ""
        var isOpen = false
        for try await bytes in response.body {
            text += String(decoding: bytes, as: UTF8.self)
            guard !isOpen, text.contains(": keep-alive") else { continue }
            #expect(!text.contains("Ada"))
            isOpen = true
            gate.open()
        }
        #expect(text.contains("Ada") && text.contains("data: [DONE]"))
    }

    @Test func aClientThatLeavesEndsTheSecondRequest() async throws {
        let gate = Gate()
        let bad = #"{"choices":[{"index":0,"finish_reason":"stop","message":{"content":"{}"}}]}"#
        let server = try RecordingServer { request in
            String(decoding: request.body, as: UTF8.self).contains("does not satisfy")
                ? .chunked([.text(" "), .wait(gate)]) : .complete(bad)
        }
        let proxy = try await LocalCodeProcess.serve(
            ["--no-auto-engine", "--glm-url", server.url], environment: ["ZAI_API_KEY": "k"])
        let asking = Task { try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.ask()) }
        let second = try await server.exchange(1)
        asking.cancel()
        #expect(await second.ending() == .clientLeft)
        _ = await asking.result
    }
}
