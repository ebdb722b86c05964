import Support
import Testing

@testable import LocalCodeCore

struct GLMResponseTests {
    private func translated(
        _ scenario: FakeGLM.Scenario, _ local: GLMRequest.LocalRules = .init(requestID: "req")
    ) throws -> GLMResponse.Translated {
        let request: JSONValue = ["model": "glm-4.7", "messages": [["role": "user", "content": "u"]]]
        let reply = FakeGLM(scenario).reply(
            method: "POST", path: "/api/paas/v4/chat/completions", headers: ["authorization": "Bearer id.secret"],
            body: request.bytes)
        return try GLMResponse.translate(JSONValue(parsing: reply.body), local: local)
    }

    @Test("text and reasoning pass, and are remembered")
    func text() throws {
        var local = GLMRequest.LocalRules(requestID: "req")
        let turn = ReasoningMemory.Turn(["role": "user", "content": "u"])
        local.turn = turn
        let answer = try translated(.reasoned(["hm"], ["Hello"]), local)
        let message = answer.body["choices"]?[0]?["message"]
        #expect(message?["content"]?.string == "Hello")
        #expect(message?["reasoning_content"]?.string == "hm")
        #expect(answer.body["usage"]?["total_tokens"] == 122)
        #expect(answer.memory == ReasoningMemory.Entry(keys: [.init(text: "Hello", answering: turn)], reasoning: "hm"))
    }

    @Test("calls lose their index and get their names back")
    func calls() throws {
        var local = GLMRequest.LocalRules(requestID: "req")
        local.toolNames = ["a_b": "a.b"]
        let answer = try translated(.calls([FakeGLM.Call(id: "call_-7", name: "a_b", arguments: ["{\"x\":1}"])]), local)
        #expect(
            answer.body["choices"]?[0]?["message"]?["tool_calls"]?.description
                == #"[{"id":"call_-7","type":"function","function":{"name":"a.b","arguments":"{\"x\":1}"}}]"#)
        #expect(answer.body["choices"]?[0]?["finish_reason"]?.string == "tool_calls")
    }

    @Test("reasons are OpenAI's")
    func reasons() throws {
        #expect(
            try translated(.sensitive(after: ["a"])).body["choices"]?[0]?["finish_reason"]?.string == "content_filter")
        #expect(throws: UpstreamFailure.self) { try translated(.networkError(after: ["a"])) }
    }

    @Test("a stop word cuts the text")
    func stopWords() throws {
        var local = GLMRequest.LocalRules(requestID: "req")
        local.stopWords = ["END"]
        let answer = try translated(.text(["a EN", "D b"]), local)
        #expect(answer.body["choices"]?[0]?["message"]?["content"]?.string == "a ")
    }

    @Test("a 200 that reports a failure is one")
    func unsuccessful() throws {
        #expect(throws: UpstreamFailure.self) { try translated(.unsuccessful(code: 1000, message: "no")) }
        do {
            _ = try translated(.unsuccessful(code: 1308, message: "used up"))
        } catch let failure as UpstreamFailure {
            #expect(failure.httpStatus == 429 && failure.retry == .no && failure.upstreamCode == "1308")
        }
        #expect(throws: UpstreamFailure.self) { try GLMResponse.translate(["choices": []], local: .init()) }
    }
}
