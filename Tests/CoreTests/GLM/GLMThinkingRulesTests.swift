import Synchronization
import Testing

@testable import LocalCodeCore

struct GLMThinkingRulesTests {
    private static let kept = #""thinking":{"type":"enabled","clear_thinking":false}"#
    private static let off = #""thinking":{"type":"disabled"}"#

    @Test(
        "thinking, before and after",
        arguments: [
            GLMRuleCase("thinking is preserved by default", "thinking", "{}", "{\(kept)}"),
            GLMRuleCase(
                "also when it was only asked for", "thinking", #"{"thinking":{"type":"enabled"}}"#, "{\(kept)}"),
            GLMRuleCase(
                "a client's word counts", "thinking", #"{"thinking":{"type":"enabled","clear_thinking":true}}"#,
                #"{"thinking":{"type":"enabled","clear_thinking":true}}"#),
            GLMRuleCase("off is off", "thinking", "{\(off)}", "{\(off)}"),
            GLMRuleCase("enable_thinking", "thinking", #"{"enable_thinking":false}"#, "{\(off)}"),
            GLMRuleCase(
                "chat_template_kwargs", "thinking",
                #"{"chat_template_kwargs":{"enable_thinking":true,"clear_thinking":true}}"#,
                #"{"thinking":{"type":"enabled","clear_thinking":true}}"#),
            GLMRuleCase("no effort is no thinking", "thinking", #"{"reasoning_effort":"none"}"#, "{\(off)}"),
            GLMRuleCase(
                "an effort that would be ignored", "thinking", #"{"reasoning_effort":"high"}"#, "{\(kept)}",
                notes: ["glm-4.7 ignores reasoning_effort"]),
            GLMRuleCase(
                "an effort that is obeyed", "thinking", #"{"reasoning_effort":"medium"}"#,
                "{\"reasoning_effort\":\"medium\",\(kept)}",
                model: "glm-5.2"),
            GLMRuleCase(
                "the nearest effort", "thinking", #"{"reasoning_effort":"medium"}"#,
                "{\"reasoning_effort\":\"high\",\(kept)}",
                model: "glm-5.3", notes: ["reasoning_effort medium became high"]),
            GLMRuleCase(
                "always on", "thinking", "{\(off)}",
                #"{"thinking":{"type":"enabled","clear_thinking":false},"reasoning_effort":"low"}"#, model: "glm-5.3",
                notes: ["glm-5.3 always thinks"]),
            GLMRuleCase(
                "never on", "thinking", #"{"enable_thinking":true}"#, "{}", model: "glm-4-flash-250414",
                notes: ["glm-4-flash-250414 does not think"]),
            GLMRuleCase(
                "an old vision model that cannot stop", "thinking", "{\(off)}", #"{"thinking":{"type":"enabled"}}"#,
                model: "glm-4.1v-thinking-flash", notes: ["glm-4.1v-thinking-flash always thinks"]),
            GLMRuleCase("what is no object counts for nothing", "thinking", #"{"thinking":"yes"}"#, "{\(kept)}"),
            GLMRuleCase("but a truth value for its meaning", "thinking", #"{"thinking":false}"#, "{\(off)}"),
            GLMRuleCase("vision models are left alone", "thinking", "{}", "{}", model: "glm-4.6v"),
            GLMRuleCase(
                "so are unknown ones", "thinking", #"{"reasoning_effort":"high","enable_thinking":false}"#,
                "{\"reasoning_effort\":\"high\",\(off)}", model: "glm-9"),
        ])
    func rule(_ example: GLMRuleCase) throws {
        try example.check()
    }

    @Test("reasoning that a client stripped comes back, by the call's id and by the text in its place")
    func replay() throws {
        let ask = JSONValue.object(["role": "user", "content": "go"])
        let result = JSONValue.object(["role": "tool", "tool_call_id": "call_1", "content": "42"])
        var memory = ReasoningMemory()
        let byCall = try #require(ReasoningMemory.Entry(keys: [.init(toolCall: "call_1")], reasoning: "I must call"))
        let textKey = ReasoningMemory.Key(text: "It is 42.", answering: .init(result))
        let byText = try #require(ReasoningMemory.Entry(keys: [textKey], reasoning: "so it is"))
        memory.insert(byCall)
        memory.insert(byText)
        let call: JSONValue = ["id": "call_1", "type": "function", "function": ["name": "f", "arguments": "{}"]]
        let body: JSONValue = [
            "messages": [
                ask, ["role": "assistant", "content": "", "tool_calls": [call]], result,
                ["role": "assistant", "content": "It is 42.\n"], ["role": "user", "content": "thanks"],
                ["role": "assistant", "content": "It is 42."], ["role": "user", "content": "again"],
                ["role": "assistant", "content": "mine", "reasoning_content": "own"],
            ]
        ]
        let held = SharedMemory(memory)
        let made = GLMRequest.transform(body, model: "glm-4.7", stream: false, requestID: "req-123456") {
            held.lookup($0)
        }
        let reasoning = (made.body["messages"]?.array ?? []).map { $0["reasoning_content"]?.string }
        #expect(reasoning == [nil, "I must call", nil, "so it is", nil, nil, nil, "own"])

        var quiet = body
        quiet["thinking"] = ["type": "disabled"]
        let none = GLMRequest.transform(quiet, model: "glm-4.7", stream: false, requestID: "req-123456") {
            held.lookup($0)
        }
        #expect(none.body["messages"]?[1]?["reasoning_content"] == nil)
    }
}

private final class SharedMemory: Sendable {
    private let memory: Mutex<ReasoningMemory>
    init(_ memory: ReasoningMemory) { self.memory = Mutex(memory) }
    func lookup(_ key: ReasoningMemory.Key) -> String? { memory.withLock { $0.lookup(key) } }
}
