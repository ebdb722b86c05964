import Support
import Testing

@testable import LocalCodeCore

struct GLMRequestTests {
    /// What OpenCode's second version sends to a provider it does not know.
    private static let openCode = #"""
        {"model":"GLM-4.7","messages":[{"role":"system","content":"You are\u2028 an agent"},{"role":"user","content":"hi"},\#
        {"role":"assistant","content":null,"tool_calls":[{"id":"call_a","type":"function","function":{"name":"read","arguments":"{\"p\":1.0}"}}],"reasoning_content":"hm"},\#
        {"role":"tool","tool_call_id":"call_a","content":"x"}],\#
        "tools":[{"type":"function","function":{"name":"read","description":"d","parameters":{"type":"object","$schema":"s"},"strict":false}}],\#
        "stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":256000,"store":false}
        """#

    @Test("a request of OpenCode, whole")
    func openCodeRequest() throws {
        let made = GLMRequest.transform(
            try JSONValue(parsing: Array(Self.openCode.utf8)), model: "GLM-4.7", stream: true, requestID: "req-123456")
        #expect(
            made.body.description == #"""
                {"model":"glm-4.7","messages":[{"role":"system","content":"You are\u2028 an agent"},{"role":"user","content":"hi"},\#
                {"role":"assistant","content":"","tool_calls":[{"id":"call_a","type":"function","function":{"name":"read","arguments":"{\"p\":1.0}"}}],"reasoning_content":"hm"},\#
                {"role":"tool","tool_call_id":"call_a","content":"x"}],\#
                "tools":[{"type":"function","function":{"name":"read","description":"d","parameters":{"type":"object","$schema":"s"}}}],\#
                "stream":true,"max_tokens":131072,"thinking":{"type":"enabled","clear_thinking":false},"request_id":"req-123456","tool_stream":true}
                """#)
        #expect(made.notes == ["max_tokens lowered to 131072, the most of glm-4.7."])
        #expect(made.local.stream && made.local.includeUsage)
        let last = JSONValue.object(["role": "tool", "tool_call_id": "call_a", "content": "x"])
        #expect(made.local.turn == ReasoningMemory.Turn(last))
    }

    @Test("the rules change nothing in what they made, but for the id")
    func idempotent() throws {
        let first = GLMRequest.transform(
            try JSONValue(parsing: Array(Self.openCode.utf8)), model: "glm-4.7", stream: true, requestID: "req-123456")
        let second = GLMRequest.transform(first.body, model: "glm-4.7", stream: true, requestID: "req-123456")
        #expect(second.body.description == first.body.description)
        #expect(second.notes == [])
    }

    @Test("a conversation that grows keeps its prefix, byte for byte")
    func stablePrefix() throws {
        let start =
            #"{"role":"developer","content":[{"type":"text","text":"s"}]},{"role":"user","content":"a","name":"n"},"#
            + #"{"role":"assistant","content":null,"tool_calls":[{"function":{"name":"x.y","arguments":{"a":1.50}}}]},"#
            + #"{"role":"tool","content":[{"type":"text","text":"r"}]}"#
        func messages(_ text: String) throws -> String {
            let body = try JSONValue(parsing: Array("{\"messages\":[\(text)]}".utf8))
            let made = GLMRequest.transform(body, model: "glm-5.1", stream: true, requestID: "req-123456")
            return made.body["messages"]?.description ?? ""
        }
        let short = try messages(start)
        let long = try messages(start + #",{"role":"assistant","content":"done"},{"role":"user","content":"b"}"#)
        #expect(long.hasPrefix(short.dropLast()))
    }

    @Test("a note is fit for a header field")
    func notes() {
        var draft = GLMDraft(body: JSONObject(), model: "glm-4.7")
        draft.note("tool a\r\nx: é")
        #expect(draft.notes == ["tool a??x: ?."])
    }

    @Test("what is no object, or has no messages, is left for the gateway to refuse")
    func nonsense() {
        let list: JSONValue = [1, 2]
        #expect(GLMRequest.transform(list, model: "m", stream: false, requestID: "req-123456").body == list)
        let odd: JSONValue = [
            "messages": 7, "tools": "x", "stop": 5, "tool_choice": 3, "thinking": "yes", "temperature": "hot",
        ]
        let made = GLMRequest.transform(odd, model: "glm-4.7", stream: false, requestID: "req-123456")
        #expect(made.body["messages"] == 7)
        #expect(made.body["temperature"] == "hot")
    }

    @Test(
        "the gateway takes what comes out, and refuses what went in",
        arguments: [
            #"{"messages":[{"role":"developer","content":"d"},{"role":"user","content":"u"}]}"#,
            #"{"messages":[{"role":"user","content":[{"type":"text","text":""},{"type":"text","text":"u"}]}]}"#,
            #"{"messages":[{"role":"system","content":"only"}]}"#,
            #"{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":""},{"role":"user","content":"v"}]}"#,
            #"{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":null,"tool_calls":[{"id":1,"function":{"name":"f","arguments":{}}}]},{"role":"tool","tool_call_id":1,"content":[{"type":"text","text":"r"}]}]}"#,
            #"{"messages":[{"role":"user","content":"u"}],"max_tokens":999999}"#,
            #"{"messages":[{"role":"user","content":"u"}],"temperature":2,"top_p":0}"#,
            #"{"messages":[{"role":"user","content":"u"}],"stop":"x"}"#,
            #"{"messages":[{"role":"user","content":"u"}],"tools":[{"type":"function","function":{"name":"a.b"}}]}"#,
            #"{"messages":[{"role":"user","content":"u"}],"tools":[{"type":"function","function":{"name":"a","description":"d","parameters":{}}}],"tool_choice":"required"}"#,
            #"{"messages":[{"role":"user","content":"u"}],"thinking":{"type":"disabled"}}"#,
            #"{"messages":[{"role":"user","content":"u"}],"reasoning_effort":"minimal"}"#,
            #"{"messages":[{"role":"user","content":"u"}],"request_id":"x"}"#,
        ])
    func gateway(text: String) throws {
        var request = try JSONValue(parsing: Array(text.utf8))
        request["model"] = "glm-5.3"
        let gateway = FakeGLM()
        func status(_ body: JSONValue) -> Int {
            let headers: HTTPHeaders = ["Authorization": "Bearer id.secret"]
            return gateway.reply(
                method: "POST", path: "/api/paas/v4/chat/completions", headers: headers, body: body.bytes
            ).status
        }
        #expect(status(request) == 400)
        let made = GLMRequest.transform(request, model: "glm-5.3", stream: false, requestID: "req-123456")
        #expect(status(made.body) == 200)
    }
}
