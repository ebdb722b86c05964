import LocalCodeCore
import Support
import Testing

/// What a client gets of tool calls that an engine's model got wrong, through `localcode serve`.
@Suite(.timeLimit(.minutes(2))) struct ToolServeTests {
    private static let tools: JSONValue = [
        [
            "type": "function",
            "function": [
                "name": "read", "description": "reads a file",
                "parameters": [
                    "type": "object", "properties": ["path": ["type": "string"], "lines": ["type": "integer"]],
                    "required": ["path"],
                ],
            ],
        ]
    ]

    private func ask(stream: Bool = false) -> JSONValue {
        ["messages": [["role": "user", "content": "read a.txt"]], "tools": Self.tools, "stream": .bool(stream)]
    }

    /// An engine whose model writes these arguments, and others when it is asked again for them alone.
    private func upstream(_ arguments: String, again: String) throws -> RecordingServer {
        try RecordingServer { request in
            guard request.target.hasSuffix("/completions") else { return .complete(#"{"status":"ok","data":[]}"#) }
            let isAgain = (try? JSONValue(parsing: request.body))?["response_format"] != nil
            let call: JSONValue = [
                "id": "c1", "type": "function",
                "function": ["name": "read", "arguments": .string(arguments)],
            ]
            let message: JSONValue =
                isAgain
                ? ["role": "assistant", "content": .string(again)]
                : ["role": "assistant", "content": .null, "tool_calls": [call]]
            let answer: JSONValue = [
                "choices": [["index": 0, "message": message, "finish_reason": isAgain ? "stop" : "tool_calls"]]
            ]
            return .complete(answer.description)
        }
    }

    private func completions(_ upstream: RecordingServer) -> Int {
        upstream.requests.count { $0.target.hasSuffix("/completions") }
    }

    @Test func aCallThatNothingMendsIsAskedForOnceMore() async throws {
        let upstream = try upstream("the file, please", again: #"{"path":"a.txt"}"#)
        let proxy = try await LocalCodeProcess.serve(["--engine", upstream.url])
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", ask())
        let call = answer.json["choices"]?[0]?["message"]?["tool_calls"]?[0]
        #expect(call?["function"]?["arguments"]?.string == #"{"path":"a.txt"}"#)
        #expect(call?["id"]?.string == "c1")
        #expect(answer.headers["x-localcode-notes"]?.contains("read: asked again") == true)
        #expect(completions(upstream) == 2)
        #expect(await proxy.line(containing: "[Note] read: asked again") != nil)
    }

    @Test func whatCanBeMendedIsNotAskedFor() async throws {
        let upstream = try upstream(#"{'path': 'a.txt', 'lines': "3",}"#, again: "")
        let proxy = try await LocalCodeProcess.serve(["--engine", upstream.url])
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", ask())
        let arguments = answer.json["choices"]?[0]?["message"]?["tool_calls"]?[0]?["function"]?["arguments"]?.string
        #expect(try JSONValue(parsing: Array((arguments ?? "").utf8)) == ["path": "a.txt", "lines": 3])
        #expect(completions(upstream) == 1)
    }

    @Test func whatIsSwitchedOffIsNotDone() async throws {
        let upstream = try upstream("the file, please", again: #"{"path":"a.txt"}"#)
        let proxy = try await LocalCodeProcess.serve(["--engine", upstream.url, "--repairs", "-retry"])
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", ask())
        let call = answer.json["choices"]?[0]?["message"]?["tool_calls"]?[0]
        #expect(call?["function"]?["arguments"]?.string == "the file, please")
        #expect(completions(upstream) == 1)
    }

    @Test func aCallInTheTextOfAStreamBecomesOne() async throws {
        let pieces = [
            "I will", " look. <tool", "_call>{\"name\": \"read\", \"arg",
            "uments\": {\"path\": \"a.txt\"}}</tool_call>",
        ]
        let chunks = pieces.map { piece -> String in
            let chunk: JSONValue = [
                "id": "x", "object": "chat.completion.chunk",
                "choices": [["index": 0, "delta": ["content": .string(piece)], "finish_reason": .null]],
            ]
            return chunk.description
        }
        let last = #"{"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#
        let upstream = try RecordingServer { request in
            request.target.hasSuffix("/completions")
                ? ScriptedResponse.events(chunks + [last, "[DONE]"])
                : .complete(#"{"status":"ok","data":[]}"#)
        }
        let proxy = try await LocalCodeProcess.serve(["--engine", upstream.url])
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", ask(stream: true))
        #expect(answer.events.last?.isDone == true)
        let choices = try answer.events.dropLast().compactMap { try JSONValue(parsing: $0.data)["choices"]?[0] }
        #expect(choices.compactMap { $0["delta"]?["content"]?.string }.joined() == "I will look. ")
        let calls = choices.compactMap { $0["delta"]?["tool_calls"]?[0] }
        #expect(calls.compactMap { $0["function"]?["name"]?.string } == ["read"])
        #expect(calls.compactMap { $0["function"]?["arguments"]?.string }.joined() == #"{"path": "a.txt"}"#)
        #expect(choices.compactMap { $0["finish_reason"]?.string } == ["tool_calls"])
        #expect(answer.text.contains(": x-localcode-notes: tool call read found in the text"))
        withExtendedLifetime(upstream) {}
    }
}
