import LocalCodeCore
import Support
import Testing

/// `localcode serve` in front of the GLM gateway, as it was seen on the wire.
@Suite(.timeLimit(.minutes(2))) struct GLMServeTests {
    private static let ask: JSONValue = ["messages": [["role": "user", "content": "hi"]]]

    private static var streamed: JSONValue {
        var body = ask
        body["stream"] = true
        return body
    }

    @Test func healthNeedsNoEngine() async throws {
        let gateway = try GLMGateway(.text(["x"]))
        let proxy = try await gateway.serve()
        defer { withExtendedLifetime(gateway) {} }
        #expect(
            try await TestHTTP(proxy.url).get("/health").text
                == #"{"status":"ok","provider":"LocalCode","model":"GLM-4.7"}"#)
    }

    @Test func answersInOpenAIsShape() async throws {
        let gateway = try GLMGateway(.answer(.init(reasoning: ["Let me see."], text: ["Hello", " there."])))
        let proxy = try await gateway.serve()
        defer { withExtendedLifetime(gateway) {} }
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.ask)
        #expect(answer.status == 200)
        #expect(answer.headers["x-localcode-backend"] == "glm")
        #expect(answer.json["choices"]?[0]?["message"]?["content"]?.string == "Hello there.")
        #expect(answer.json["choices"]?[0]?["message"]?["reasoning_content"]?.string == "Let me see.")
        let sent = try #require(gateway.session.seen.first)
        #expect(sent.headers["authorization"] == "Bearer id.secret")
        #expect(sent.headers["accept-language"] == "en-US,en")
        let body = try JSONValue(parsing: sent.body)
        #expect(body["model"]?.string == "glm-4.7")
        #expect(body["thinking"]?["clear_thinking"]?.bool == false)
    }

    @Test func streamsInOpenAIsShape() async throws {
        let gateway = try GLMGateway(.answer(.init(reasoning: ["Hm."], text: ["One", " two"])))
        let proxy = try await gateway.serve()
        defer { withExtendedLifetime(gateway) {} }
        let events = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.streamed).events
        #expect(events.last?.isDone == true)
        let chunks = try events.dropLast().map { try JSONValue(parsing: $0.data) }
        #expect(chunks.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.string }.joined() == "One two")
        #expect(chunks.filter { $0["choices"]?[0]?["delta"]?["role"] != nil }.count == 1)
        #expect(chunks.last?["choices"]?[0]?["finish_reason"]?.string == "stop")
        #expect(chunks.allSatisfy { $0["usage"] == nil })
    }

    @Test func withoutAKeyTheGatewaysOwnErrorArrivesWithAHint() async throws {
        let gateway = try GLMGateway(.text(["x"]))
        let proxy = try await gateway.serve(key: nil)
        defer { withExtendedLifetime(gateway) {} }
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.ask)
        #expect(answer.status == 401)
        #expect(answer.json["error"]?["message"]?.string?.contains("ZAI_API_KEY") == true)
        #expect(answer.headers["x-localcode-upstream-code"] == "1000")
    }

    @Test func aBusyGatewayIsAskedAgain() async throws {
        let gateway = try GLMGateway(.error(code: 1302), .text(["now"]))
        let proxy = try await gateway.serve()
        defer { withExtendedLifetime(gateway) {} }
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.streamed)
        #expect(answer.status == 200)
        #expect(gateway.session.seen.count == 2)
        #expect(answer.events.last?.isDone == true)
    }

    @Test func aUsedUpPlanIsNotAskedAgain() async throws {
        let gateway = try GLMGateway(.error(code: 1308), .text(["never"]))
        let proxy = try await gateway.serve()
        defer { withExtendedLifetime(gateway) {} }
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.streamed)
        #expect(answer.status == 429)
        #expect(answer.headers["x-should-retry"] == "false")
        #expect(gateway.session.seen.count == 1)
    }

    @Test(arguments: [
        FakeGLM.Scenario.errorInStream(after: ["One"], code: 1234), .doneTooEarly(after: ["One"]),
        .truncated(after: ["One"]),
        .answer(.init(text: ["One"], finishReason: "network_error")),
    ])
    func aStreamThatFailsEndsInAnErrorEvent(scenario: FakeGLM.Scenario) async throws {
        let gateway = try GLMGateway(scenario)
        let proxy = try await gateway.serve()
        defer { withExtendedLifetime(gateway) {} }
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.streamed)
        #expect(answer.status == 200)
        #expect(!answer.events.contains { $0.isDone })
        #expect(try JSONValue(parsing: try #require(answer.events.last).data)["error"]?["message"]?.string != nil)
    }

    @Test func reasoningIsGivenBackOnTheNextTurn() async throws {
        let call = FakeGLM.Call(id: "call_7", name: "read_file", arguments: [#"{"path":"a"}"#])
        let gateway = try GLMGateway(.answer(.init(reasoning: ["Read it first."], calls: [call])), .text(["done"]))
        let proxy = try await gateway.serve()
        defer { withExtendedLifetime(gateway) {} }
        var body = Self.streamed
        body["tools"] = [
            [
                "type": "function",
                "function": ["name": "read_file", "description": "Reads a file", "parameters": ["type": "object"]],
            ]
        ]
        let client = try TestHTTP(proxy.url)
        let events = try await client.post("/v1/chat/completions", body).events
        #expect(events.last?.isDone == true)
        body["messages"] = [
            ["role": "user", "content": "hi"],
            [
                "role": "assistant", "content": nil,
                "tool_calls": [
                    [
                        "id": "call_7", "type": "function",
                        "function": ["name": "read_file", "arguments": #"{"path":"a"}"#],
                    ]
                ],
            ],
            ["role": "tool", "tool_call_id": "call_7", "content": "text"],
        ]
        _ = try await client.post("/v1/chat/completions", body)
        let second = try JSONValue(parsing: try #require(gateway.session.seen.last).body)
        #expect(second["messages"]?[1]?["reasoning_content"]?.string == "Read it first.")
    }

    @Test func whatGLMDoesNotHaveIsSaidSo() async throws {
        let gateway = try GLMGateway(.text(["x"]))
        let proxy = try await gateway.serve()
        defer { withExtendedLifetime(gateway) {} }
        let client = try TestHTTP(proxy.url)
        let completion = try await client.post("/v1/completions", ["prompt": "a"])
        #expect(completion.status == 400)
        #expect(completion.json["error"]?["code"]?.string == "unsupported_endpoint")
        #expect(try await client.post("/v1/embeddings", ["input": "a"]).status == 501)
        let models = try await client.get("/v1/models").json["data"]?.array ?? []
        #expect(models.contains { $0["id"]?.string == "glm-4.7" && $0["context_window"]?.int != nil })
    }
}
