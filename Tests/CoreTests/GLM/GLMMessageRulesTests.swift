import Testing

@testable import LocalCodeCore

struct GLMMessageRulesTests {
    @Test(
        "message rules, before and after",
        arguments: [
            GLMRuleCase.messages(
                "developer becomes system, names go, the rest keeps its spelling", "roles",
                #"{"role":"developer","content":"a\u0062"},{"name":"Bo","role":"user","content":"x","n":1.0}"#,
                #"{"role":"system","content":"a\u0062"},{"role":"user","content":"x","n":1.0}"#),
            .messages(
                "lists become texts, but for users", "text content",
                #"{"role":"system","content":[{"type":"text","text":"a\u0062"}]},"#
                    + #"{"role":"user","content":[{"type":"text","text":"x"},{"type":"text","text":"y"}]},"#
                    + #"{"role":"tool","content":[{"type":"text","text":"1"},{"type":"text","text":""},{"type":"text","text":"2"}]}"#,
                #"{"role":"system","content":"a\u0062"},"#
                    + #"{"role":"user","content":[{"type":"text","text":"x"},{"type":"text","text":"y"}]},"#
                    + #"{"role":"tool","content":"1\n2"}"#),
            .messages(
                "a user's empty text parts go", "text content",
                #"{"role":"user","content":[{"type":"text","text":""},{"type":"image_url","image_url":{"url":"data:,"}}]},"#
                    + #"{"role":"user","content":[{"type":"text","text":""}]}"#,
                #"{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:,"}}]},"#
                    + #"{"role":"user","content":"Continue."}"#),
            .messages(
                "an image in a tool's result is left out, and said so", "text content",
                #"{"role":"tool","content":[{"type":"text","text":"seen"},{"type":"image_url","image_url":{"url":"data:,"}}]}"#,
                #"{"role":"tool","content":"seen"}"#, notes: ["content other than text left out of tool messages"]),
            .messages(
                "an empty assistant goes, one with calls gets a text", "empty assistant",
                #"{"role":"assistant","content":""},{"role":"assistant","content":null,"tool_calls":[]},"#
                    + #"{"role":"assistant","tool_calls":[{"id":"a"}]},{"role":"assistant","content":null,"tool_calls":[{"id":"b"}]},"#
                    + #"{"role":"assistant","content":"said"},{"role":"user","content":""}"#,
                #"{"role":"assistant","tool_calls":[{"id":"a"}],"content":""},"#
                    + #"{"role":"assistant","content":"","tool_calls":[{"id":"b"}]},"#
                    + #"{"role":"assistant","content":"said"},{"role":"user","content":""}"#),
            .messages(
                "without a user there is one behind the system messages", "user turn",
                #"{"role":"system","content":"s"},{"role":"assistant","content":"a"}"#,
                #"{"role":"system","content":"s"},{"role":"user","content":"Continue."},{"role":"assistant","content":"a"}"#
            ),
            .messages(
                "with a user nothing is added", "user turn", #"{"role":"user","content":"u"}"#,
                #"{"role":"user","content":"u"}"#),
            .messages(
                "ids are strings and results name them", "tool call ids",
                #"{"role":"user","content":"u"},"#
                    + #"{"role":"assistant","content":"","tool_calls":[{"id":7,"type":"function"},{"id":null},{"id":"ok","type":"function"}]},"#
                    + #"{"role":"tool","tool_call_id":"ok","content":"3"},{"role":"tool","tool_call_id":7,"content":"1"},"#
                    + #"{"role":"tool","content":"2"}"#,
                #"{"role":"user","content":"u"},"#
                    + #"{"role":"assistant","content":"","tool_calls":[{"id":"7","type":"function"},{"id":"call_1_1","type":"function"},{"id":"ok","type":"function"}]},"#
                    + #"{"role":"tool","tool_call_id":"ok","content":"3"},{"role":"tool","tool_call_id":"7","content":"1"},"#
                    + #"{"role":"tool","content":"2","tool_call_id":"call_1_1"}"#),
            .messages(
                "arguments become texts", "tool call arguments",
                #"{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"b":1.0,"a":"x"}}},"#
                    + #"{"function":{"name":"g"}},{"function":{"name":"h","arguments":"{ }"}}]}"#,
                #"{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":"{\"b\":1.0,\"a\":\"x\"}"}},"#
                    + #"{"function":{"name":"g","arguments":"{}"}},{"function":{"name":"h","arguments":"{ }"}}]}"#),
        ])
    func rule(_ example: GLMRuleCase) throws {
        try example.check()
    }

    @Test("a made id is the same when the conversation has grown")
    func stableIDs() throws {
        let turn =
            #"{"role":"user","content":"u"},{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f"}}]}"#
        let short = try GLMRuleCase.messages("", "tool call ids", turn, "").applied()
        let long = try GLMRuleCase.messages("", "tool call ids", turn + #",{"role":"tool","content":"r"}"#, "")
            .applied()
        let prefix = JSONValue.array(short.messages).description.dropLast()
        #expect(JSONValue.array(long.messages).description.hasPrefix(prefix))
        #expect(long.messages.last?["tool_call_id"]?.string == "call_1_0")
    }
}
