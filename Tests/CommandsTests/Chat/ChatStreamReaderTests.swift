import Testing

@testable import Commands

@Suite("Chat stream reader")
struct ChatStreamReaderTests {
    private func read(_ events: [String]) throws -> (pieces: [ChatPiece], isComplete: Bool) {
        var reader = ChatStreamReader()
        let pieces = try events.flatMap { try reader.push(Array("data: \($0)\n\n".utf8)) }
        return (pieces, reader.isComplete)
    }

    @Test("llama-server's stream")
    func llamaServer() throws {
        let stream = try read([
            #"{"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"object":"chat.completion.chunk"}"#,
            #"{"choices":[{"finish_reason":null,"index":0,"delta":{"reasoning_content":"hm"}}]}"#,
            #"{"choices":[{"finish_reason":null,"index":0,"delta":{"content":"Hi"}}]}"#,
            #"{"choices":[{"finish_reason":"stop","index":0,"delta":{}}]}"#,
            #"{"choices":[],"usage":{"completion_tokens":5,"prompt_tokens":18,"prompt_tokens_details":{"cached_tokens":4}},"timings":{}}"#,
            "[DONE]",
        ])
        #expect(
            stream.pieces == [
                .reasoning("hm"), .text("Hi"), .finish("stop"), .usage(ChatUsage(prompt: 18, cached: 4, completion: 5)),
            ])
        #expect(stream.isComplete)
    }

    @Test("GLM's stream: usage comes with the finish reason, the role with every piece")
    func glm() throws {
        let stream = try read([
            #"{"id":"1","choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"x"}}]}"#,
            #"{"id":"1","choices":[{"index":0,"delta":{"role":"assistant","content":"y"}}]}"#,
            #"{"choices":[{"index":0,"finish_reason":"stop","delta":{"role":"assistant","content":""}}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#,
        ])
        #expect(
            stream.pieces == [
                .reasoning("x"), .text("y"), .finish("stop"), .usage(ChatUsage(prompt: 1, cached: nil, completion: 2)),
            ])
        #expect(stream.isComplete)
    }

    @Test("Tool calls, in fragments and whole")
    func toolCalls() throws {
        let stream = try read([
            #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"add","arguments":"{\"a\":"}}]}}]}"#,
            #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}},{"index":1,"function":{"name":"sub"}}]}}]}"#,
        ])
        var reply = ChatReply()
        for piece in stream.pieces { reply.add(piece) }
        #expect(
            reply.toolCalls == [0: ChatToolCall(name: "add", arguments: #"{"a":1}"#), 1: ChatToolCall(name: "sub")])
        #expect(!stream.isComplete)
    }

    @Test("`reasoning` is another name, and not heard twice")
    func reasoningNames() throws {
        #expect(try read([#"{"choices":[{"delta":{"reasoning":"a"}}]}"#]).pieces == [.reasoning("a")])
        #expect(
            try read([#"{"choices":[{"delta":{"reasoning":"a","reasoning_content":"a"}}]}"#]).pieces == [
                .reasoning("a")
            ])
    }

    @Test("Other choices, unknown fields and empty events are passed over")
    func ignored() throws {
        let stream = try read([
            #"{"choices":[{"index":1,"delta":{"content":"no"}}],"prompt_progress":{"total":3}}"#, "{}",
            #"{"choices":null}"#,
        ])
        #expect(stream.pieces.isEmpty)
        #expect(!stream.isComplete)
    }

    @Test(arguments: [
        (
            #"{"error":{"message":"no","type":"server_error","code":500}}"#,
            ChatServerError(message: "no", type: "server_error", code: "500")
        ),
        (#"{"error":{"code":"1210","message":"bad"}}"#, ChatServerError(message: "bad", type: nil, code: "1210")),
        (#"{"error":"model not found"}"#, ChatServerError("model not found")),
        (#"{"error":{"odd":1}}"#, ChatServerError(#"{"odd":1}"#)),
        (
            #"{"code":1000,"msg":"Authentication Failed","success":false}"#,
            ChatServerError(message: "Authentication Failed", type: nil, code: "1000")
        ),
    ])
    func errors(_ event: String, _ expected: ChatServerError) throws {
        #expect(try read([event]).pieces == [.error(expected)])
        #expect(try ChatStreamReader.pieces(ofAnswer: Array(event.utf8)) == [.error(expected)])
    }

    @Test("An error event is an error whatever its data look like")
    func errorEvents() throws {
        var reader = ChatStreamReader()
        let text = try reader.push(Array("event: error\ndata: overloaded\n\n".utf8))
        #expect(text == [.error(ChatServerError("overloaded"))])
        let object = try reader.push(Array("event: error\ndata: {\"x\":1}\n\n".utf8))
        #expect(object == [.error(ChatServerError("{\"x\":1}"))])
    }

    @Test("What is no JSON object is refused")
    func garbage() {
        #expect(throws: Failure.self) { try read(["<html>"]) }
        #expect(throws: Failure.self) { try read(["[1]"]) }
        #expect(throws: Failure.self) { try ChatStreamReader.pieces(ofAnswer: Array("<html>".utf8)) }
        #expect(throws: Failure.self) { try ChatStreamReader.pieces(ofAnswer: Array("{}".utf8)) }
    }

    @Test("A whole answer gives the same pieces")
    func wholeAnswer() throws {
        let answer = """
            {"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"a","reasoning_content":"r"}}],\
            "usage":{"prompt_tokens":1,"completion_tokens":2}}
            """
        #expect(
            try ChatStreamReader.pieces(ofAnswer: Array(answer.utf8)) == [
                .reasoning("r"), .text("a"), .finish("stop"), .usage(ChatUsage(prompt: 1, cached: nil, completion: 2)),
            ])
    }
}
