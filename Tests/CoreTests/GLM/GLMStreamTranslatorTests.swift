import Support
import Testing

@testable import LocalCodeCore

struct GLMStreamTranslatorTests {
    /// The whole of a stream, and what the client gets of it.
    struct Run {
        var frames: [String] = []
        var failure: UpstreamFailure?
        var memory: ReasoningMemory.Entry?

        /// The JSON of each frame but `[DONE]`.
        var chunks: [JSONValue] {
            frames.filter { $0 != "data: [DONE]\n\n" }.compactMap {
                try? JSONValue(parsing: Array($0.dropFirst(6).utf8))
            }
        }
        var isDone: Bool { frames.last == "data: [DONE]\n\n" }
        var text: String { chunks.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.string }.joined() }
        var reasoning: String {
            chunks.compactMap { $0["choices"]?[0]?["delta"]?["reasoning_content"]?.string }.joined()
        }
        var reasons: [String] { chunks.compactMap { $0["choices"]?[0]?["finish_reason"]?.string } }
        var calls: [JSONValue] { chunks.flatMap { $0["choices"]?[0]?["delta"]?["tool_calls"]?.array ?? [] } }
    }

    private static func run(_ bytes: [UInt8], _ local: GLMRequest.LocalRules = .init(stream: true, requestID: "req"))
        throws -> Run
    {
        var parser = ServerSentEventParser()
        var translator = GLMStreamTranslator(local: local)
        var run = Run()
        let outputs = try parser.push(bytes).flatMap { translator.push($0) } + translator.finish()
        for output in outputs {
            switch output {
            case .frame(let frame): run.frames.append(String(decoding: frame, as: UTF8.self))
            case .failure(let failure): run.failure = failure
            }
        }
        run.memory = translator.memory
        for chunk in run.chunks {
            let delta = chunk["choices"]?[0]?["delta"]?.object
            #expect(delta?.contains { $0.value.isNull } != true, "a field of a delta is null: \(chunk)")
        }
        #expect(translator.isFinished)
        #expect(translator.finish() == [])
        return run
    }

    private static func run(
        _ scenario: FakeGLM.Scenario, toolStream: Bool = true,
        _ local: GLMRequest.LocalRules = .init(stream: true, requestID: "req")
    ) throws -> Run {
        let request: JSONValue = [
            "model": "glm-4.7", "stream": true, "tool_stream": .bool(toolStream),
            "messages": [["role": "user", "content": "u"]],
        ]
        let reply = FakeGLM(scenario).reply(
            method: "POST", path: "/api/paas/v4/chat/completions", headers: ["Authorization": "Bearer id.secret"],
            body: request.bytes)
        return try run(reply.body, local)
    }

    /// Frames of chunks that have this choice and nothing else.
    private static func frames(_ choices: String...) -> [UInt8] {
        choices.flatMap { Array("data: {\"id\":\"1\",\"choices\":[\($0)]}\n\n".utf8) } + Array("data: [DONE]\n\n".utf8)
    }

    @Test("reasoning and text: role once, finish_reason in each chunk, no usage unless asked for")
    func text() throws {
        let run = try Self.run(.reasoned(["I ", "think"], ["Hel", "lo"]))
        #expect(run.failure == nil && run.isDone)
        #expect(run.text == "Hello" && run.reasoning == "I think")
        #expect(run.reasons == ["stop"])
        #expect(run.chunks.map { $0["choices"]?[0]?["delta"]?["role"]?.string } == ["assistant", nil, nil, nil, nil])
        #expect(run.chunks.allSatisfy { $0["choices"]?[0]?["finish_reason"] != nil && $0["usage"] == nil })
        #expect(run.chunks.allSatisfy { $0["object"]?.string == "chat.completion.chunk" })
    }

    @Test("the usage comes in a chunk of its own when asked for")
    func usage() throws {
        var local = GLMRequest.LocalRules(stream: true, requestID: "req")
        local.includeUsage = true
        let run = try Self.run(.text(["a"]), local)
        #expect(run.isDone)
        let last = try #require(run.chunks.last)
        #expect(last["choices"] == [])
        #expect(last["usage"]?["prompt_tokens"] == 120)
        #expect(last["usage"]?["prompt_tokens_details"]?["cached_tokens"] == 64)
        #expect(last["model"]?.string == "glm-4.7")
        #expect(run.chunks.dropLast().allSatisfy { $0["usage"] == nil })
    }

    @Test("a chunk that is right already keeps its bytes")
    func untouched() throws {
        let first =
            #"data: {"id":"\u0031","object":"chat.completion.chunk","choices":[{"finish_reason":null,"delta":{"role":"assistant","content":"a"}}],"x":1.0}"#
        let second =
            #"data: { "id":"1", "object":"chat.completion.chunk","choices":[{"delta":{"content":"b"},"finish_reason":null}] }"#
        let run = try Self.run(Array("\(first)\n\n\(second)\n\n".utf8))
        #expect(run.frames == [first + "\n\n", second + "\n\n"])
        #expect(run.failure?.code == "upstream_broken")
    }

    @Test(
        "the smallest change to a chunk of text",
        arguments: [
            (
                #"{"choices":[{"index":0,"delta":{"role":"assistant","content":"b"}}]}"#,
                #"{"object":"chat.completion.chunk","choices":[{"finish_reason":null,"index":0,"delta":{"content":"b"}}]}"#
            ),
            (
                #"{"choices":[{"delta":{"content":"b","role":"assistant"},"finish_reason":null}]}"#,
                #"{"object":"chat.completion.chunk","choices":[{"delta":{"content":"b"},"finish_reason":null}]}"#
            ),
            (
                #"{"object":"chat.completion.chunk","choices":[{"delta":{"a":1,"content":"b","role":"assistant","reasoning_content":""}}]}"#,
                #"{"object":"chat.completion.chunk","choices":[{"delta":{"a":1,"content":"b"},"finish_reason":null,"index":0}]}"#
            ),
            (
                #"{"choices":[{"delta":{"role":"assistant"}}],"web_search":[1]}"#,
                #"{"object":"chat.completion.chunk","choices":[{"finish_reason":null,"delta":{}}],"web_search":[1]}"#
            ),
        ])
    func smallest(before: String, after: String) throws {
        let run = try Self.run(
            Self.frames(#"{"delta":{"role":"assistant","content":"a"}}"#).dropLast(14)
                + Array("data: \(before)\n\n".utf8))
        let frame = try #require(run.frames.dropFirst().first)
        let made = try JSONValue(parsing: Array(frame.dropFirst(6).utf8))
        #expect(made == (try JSONValue(parsing: Array(after.utf8))))
    }

    @Test("a call in one piece, and one in many", arguments: [true, false])
    func calls(inPieces: Bool) throws {
        var local = GLMRequest.LocalRules(stream: true, requestID: "req")
        local.toolNames = ["srv_add": "srv.add"]
        let calls = [
            FakeGLM.Call(id: "call_1", name: "srv_add", arguments: ["{\"a\"", ":2}"]),
            FakeGLM.Call(id: "call_2", name: "list", arguments: ["{}"]),
        ]
        let run = try Self.run(.calls(calls, reasoning: ["hm"]), toolStream: inPieces, local)
        #expect(run.isDone && run.reasons == ["tool_calls"])
        let first = run.calls.filter { $0["id"] != nil }
        #expect(first.map { $0["id"]?.string } == ["call_1", "call_2"])
        #expect(first.map { $0["function"]?["name"]?.string } == ["srv.add", "list"])
        #expect(first.map { $0["index"]?.int } == [0, 1])
        #expect(run.calls.count { $0["function"]?["name"] != nil } == 2)
        let arguments = (0...1).map { index in
            run.calls.filter { $0["index"]?.int == index }.compactMap { $0["function"]?["arguments"]?.string }.joined()
        }
        #expect(arguments == ["{\"a\":2}", "{}"])
        #expect(run.memory?.reasoning == "hm")
        #expect(run.memory?.keys == [.init(toolCall: "call_1"), .init(toolCall: "call_2")])
    }

    @Test("more of a call's arguments keeps its bytes, where nothing but they are in it")
    func argumentsPass() throws {
        let first = #"{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{\"a\":"}}]}}"#
        let more = #"{"finish_reason":null,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\u0031}"}}]}}"#
        let again = #"{"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":" "}}]}}"#
        let run = try Self.run(Self.frames(first, more, again))
        #expect(
            run.frames[1] == #"data: {"object":"chat.completion.chunk","id":"1","choices":[\#(more)]}"# + "\n\n")
        #expect(run.calls.last == ["index": 0, "function": ["arguments": " "]])
    }

    @Test("a first chunk without a role gets one")
    func roleOfCall() throws {
        let run = try Self.run(.calls([FakeGLM.Call(id: "c", name: "f", arguments: ["{\"a\":1}"])]))
        #expect(run.chunks.first?["choices"]?[0]?["delta"]?["role"]?.string == "assistant")
    }

    @Test(
        "how an answer ended, in OpenAI's words",
        arguments: [
            ("sensitive", "content_filter"), ("model_context_window_exceeded", "length"), ("length", "length"),
            ("stop", "stop"),
        ])
    func reasons(theirs: String, ours: String) throws {
        let run = try Self.run(.answer(FakeGLM.Answer(text: ["a"], finishReason: theirs)))
        #expect(run.reasons == [ours] && run.isDone)
    }

    @Test(
        "what failed ends in an error and never in [DONE]",
        arguments: [
            (FakeGLM.Scenario.networkError(after: ["a"]), "upstream_broken"),
            (.errorInStream(after: ["a"], code: 1305), "overloaded"),
            (.doneTooEarly(after: ["a"]), "upstream_broken"),
            (.truncated(after: ["a"]), "upstream_broken"),
            (.raw(status: 200, contentType: "text/event-stream", pieces: ["data: <html>\n\n"]), "upstream_broken"),
            (
                .raw(
                    status: 200, contentType: "text/event-stream",
                    pieces: ["event: error\ndata: {\"code\":\"1302\"}\n\n"]), "rate_limit_exceeded"
            ),
            (
                .raw(
                    status: 200, contentType: "text/event-stream",
                    pieces: ["data: {\"code\":1000,\"msg\":\"no\",\"success\":false}\n\n"]),
                "invalid_api_key"
            ),
            (.raw(status: 200, contentType: "text/event-stream", pieces: []), "upstream_broken"),
        ])
    func failures(scenario: FakeGLM.Scenario, code: String) throws {
        let run = try Self.run(scenario)
        #expect(run.failure?.code == code)
        #expect(!run.isDone && run.reasons == [])
        #expect(run.memory == nil)
    }

    @Test("after the reason nothing but usage comes, and a missing [DONE] is made up for")
    func afterReason() throws {
        var local = GLMRequest.LocalRules(stream: true, requestID: "req")
        local.includeUsage = true
        let bytes =
            Self.frames(
                #"{"delta":{"role":"assistant","content":"a"}}"#, #"{"delta":{},"finish_reason":"stop"}"#,
                #"{"delta":{"content":"late"}}"#
            ).dropLast(14) + Array("data: {\"id\":\"1\",\"choices\":[],\"usage\":{\"total_tokens\":3}}\n\n".utf8)
        let run = try Self.run(Array(bytes), local)
        #expect(run.text == "a" && run.isDone && run.failure == nil)
        #expect(run.chunks.last?["usage"]?["total_tokens"] == 3)
    }

    @Test("a stop word across chunks ends the text and the stream")
    func stopWords() throws {
        var local = GLMRequest.LocalRules(stream: true, requestID: "req")
        local.stopWords = ["</end>"]
        let run = try Self.run(.text(["a <", "/e", "m> b</e", "nd> c", "d"]), local)
        #expect(run.text == "a </em> b")
        #expect(run.reasons == ["stop"] && run.isDone && run.failure == nil)

        let held = try Self.run(.text(["a </en"]), local)
        #expect(held.text == "a </en" && held.isDone)
    }

    @Test("reasoning is remembered by the text in its place")
    func memory() throws {
        var local = GLMRequest.LocalRules(stream: true, requestID: "req")
        let turn = ReasoningMemory.Turn(["role": "user", "content": "u"])
        local.turn = turn
        let run = try Self.run(.reasoned(["why \"", "\u{1F600}"], ["He\n", "llo"]), local)
        #expect(run.memory?.reasoning == "why \"\u{1F600}")
        #expect(run.memory?.keys == [.init(text: "He\nllo", answering: turn)])
        #expect(try Self.run(.text(["a"]), local).memory == nil)

        local.stopWords = ["END"]
        let cut = try Self.run(.reasoned(["why"], ["a\"", "b EN", "D c"]), local)
        #expect(cut.memory?.keys == [.init(text: "a\"b", answering: turn)])
    }

    @Test("a vision model's marks pass")
    func boxes() throws {
        #expect(try Self.run(.visionBox("[1,2]")).text == "<|begin_of_box|>[1,2]<|end_of_box|>")
    }
}
