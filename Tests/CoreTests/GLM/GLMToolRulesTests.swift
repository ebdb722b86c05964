import Testing

@testable import LocalCodeCore

struct GLMToolRulesTests {
    private static let two =
        #""tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"b"}}]"#
    private static let onlyB = #""tools":[{"type":"function","function":{"name":"b"}}]"#
    private static let forced = "tool_choice required became auto: GLM does not force calls"

    @Test(
        "tool rules, before and after",
        arguments: [
            GLMRuleCase(
                "auto stays", "tool_choice", "{\(two),\"tool_choice\":\"auto\"}", "{\(two),\"tool_choice\":\"auto\"}"),
            GLMRuleCase("none offers nothing", "tool_choice", "{\(two),\"tool_choice\":\"none\"}", "{}"),
            GLMRuleCase(
                "required becomes auto", "tool_choice", "{\(two),\"tool_choice\":\"required\"}",
                "{\(two),\"tool_choice\":\"auto\"}",
                notes: [forced]),
            GLMRuleCase(
                "a named tool is offered alone", "tool_choice",
                "{\(two),\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"b\"}}}",
                "{\(onlyB),\"tool_choice\":\"auto\"}",
                notes: ["tool_choice b became auto with that tool alone: GLM does not force calls"]),
            GLMRuleCase(
                "allowed tools are offered alone", "tool_choice",
                "{\(two),\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"b\"}}]}}}",
                "{\(onlyB),\"tool_choice\":\"auto\"}"),
            GLMRuleCase("an empty list of tools goes", "tool_choice", #"{"tools":[],"tool_choice":"auto"}"#, "{}"),
            GLMRuleCase(
                "a function is described and has parameters", "tool definitions",
                #"{"tools":[{"function":{"name":"a","strict":false}},{"type":"web_search","web_search":{}}]}"#,
                #"{"tools":[{"function":{"name":"a","description":"a","parameters":{"type":"object","properties":{}}},"type":"function"},"#
                    + #"{"type":"web_search","web_search":{}}]}"#),
            GLMRuleCase(
                "a complete function keeps its bytes", "tool definitions",
                #"{"tools":[{"type":"function","function":{"parameters":{"type":"object","max":1.0},"description":"\u0064","name":"a"}}]}"#,
                #"{"tools":[{"type":"function","function":{"parameters":{"type":"object","max":1.0},"description":"\u0064","name":"a"}}]}"#
            ),
            GLMRuleCase(
                "names are spelt as GLM takes them, also in earlier calls", "tool names",
                #"{"tools":[{"function":{"name":"srv.get"}},{"function":{"name":"srv_get"}}],"#
                    + #""messages":[{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"srv.get","arguments":"{}"}}]}]}"#,
                #"{"tools":[{"function":{"name":"srv_get_2"}},{"function":{"name":"srv_get"}}],"#
                    + #""messages":[{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"srv_get_2","arguments":"{}"}}]}]}"#
            ),
        ])
    func rule(_ example: GLMRuleCase) throws {
        try example.check()
    }

    @Test("spellings are valid, different from each other, and lead back")
    func spellings() throws {
        let long = String(repeating: "é", count: 40)
        let names = ["a.b", "a/b", "a_b", "", long, long + "x", "fine-1"]
        let spelling = GLMToolRules.spellings(names)
        #expect(Set(spelling.keys) == Set(names).subtracting(["a_b", "fine-1"]))
        let used = Array(spelling.values) + ["a_b", "fine-1"]
        #expect(Set(used).count == used.count)
        for name in spelling.values {
            #expect(1...64 ~= name.count && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
        }
        let draft = try GLMRuleCase("", "tool names", #"{"tools":[{"function":{"name":"a.b"}}]}"#, "").applied()
        #expect(draft.local.toolNames == ["a_b": "a.b"])
    }
}
