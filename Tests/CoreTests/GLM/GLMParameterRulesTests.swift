import Testing

@testable import LocalCodeCore

struct GLMParameterRulesTests {
    @Test(
        "parameter rules, before and after",
        arguments: [
            GLMRuleCase(
                "the model in the gateway's spelling, the stream as wanted", "model and stream",
                #"{"model":"GLM-4.7","stream":false}"#, #"{"model":"glm-4.7","stream":true}"#, stream: true),
            GLMRuleCase(
                "an unknown model passes", "model and stream", #"{"a":1}"#, #"{"a":1,"model":"Glm-X"}"#, model: "Glm-X"),
            GLMRuleCase(
                "the newer name of max_tokens", "max_tokens", #"{"max_completion_tokens":100}"#, #"{"max_tokens":100}"#),
            GLMRuleCase(
                "a limit over the cap", "max_tokens", #"{"max_tokens":256000}"#, #"{"max_tokens":98304}"#,
                model: "glm-4.5-air",
                notes: ["max_tokens lowered to 98304, the most of glm-4.5-air"]),
            GLMRuleCase(
                "no cap is known of a new model", "max_tokens", #"{"max_tokens":256000}"#, #"{"max_tokens":256000}"#,
                model: "glm-9"),
            GLMRuleCase("no limit", "max_tokens", #"{"max_tokens":-1}"#, "{}"),
            GLMRuleCase(
                "temperature 0 is greedy", "temperature and top_p", #"{"temperature":0,"top_p":0}"#,
                #"{"top_p":0.01,"do_sample":false}"#),
            GLMRuleCase(
                "temperature has a top", "temperature and top_p", #"{"temperature":1.5,"top_p":1.2}"#,
                #"{"temperature":1,"top_p":1}"#,
                notes: ["temperature lowered to 1, the most of GLM"]),
            GLMRuleCase(
                "numbers in range keep their spelling", "temperature and top_p",
                #"{"temperature":0.70,"top_p":9.5e-1}"#,
                #"{"temperature":0.70,"top_p":9.5e-1}"#),
            GLMRuleCase("a stop word becomes a list", "stop", #"{"stop":"END"}"#, #"{"stop":["END"]}"#),
            GLMRuleCase(
                "of several stop words one is sent", "stop", #"{"stop":["","A","B","C"]}"#, #"{"stop":["A"]}"#,
                notes: ["GLM takes one stop word: the others are enforced by LocalCode"]),
            GLMRuleCase("no stop words", "stop", #"{"stop":[]}"#, "{}"),
            GLMRuleCase(
                "the user is called user_id, hints go, and what is missed is told", "foreign fields",
                #"{"user":"user-1234","store":false,"stream_options":{"include_usage":true},"seed":5,"logprobs":false,"n":2,"other":1}"#,
                #"{"other":1,"user_id":"user-1234"}"#, notes: ["GLM has no seed", "GLM gives one answer, not n = 2"]),
            GLMRuleCase("a short user is too short", "foreign fields", #"{"user":"me","n":1}"#, "{}"),
            GLMRuleCase(
                "our own request id", "request_id", #"{"request_id":"theirs-1"}"#, #"{"request_id":"req-123456"}"#),
            GLMRuleCase(
                "calls are streamed where the model can", "tool_stream", #"{"tools":[{}]}"#,
                #"{"tools":[{}],"tool_stream":true}"#,
                stream: true),
            GLMRuleCase("not without a stream", "tool_stream", #"{"tools":[{}]}"#, #"{"tools":[{}]}"#),
            GLMRuleCase(
                "not by a model that cannot", "tool_stream", #"{"tools":[{}]}"#, #"{"tools":[{}]}"#, model: "glm-4.5",
                stream: true),
            GLMRuleCase(
                "a schema goes to the last system message", "response_format",
                #"{"messages":[{"role":"system","content":"s"},{"role":"user","content":"u"}],"#
                    + #""response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}}"#,
                #"{"messages":[{"role":"system","content":"s\n\nAnswer with one JSON value that satisfies this JSON schema, and "#
                    + #"with nothing else:\n{\"type\":\"object\"}"},{"role":"user","content":"u"}],"#
                    + #""response_format":{"type":"json_object"}}"#,
                notes: ["response_format json_schema became json_object: the schema is in the system message"]),
            GLMRuleCase(
                "json_object is as it is", "response_format", #"{"response_format":{"type":"json_object"}}"#,
                #"{"response_format":{"type":"json_object"}}"#),
        ])
    func rule(_ example: GLMRuleCase) throws {
        try example.check()
    }

    @Test("what is left for the answer's side is written down")
    func local() throws {
        let stop = try GLMRuleCase("", "stop", #"{"stop":["A","B","C"]}"#, "").applied()
        #expect(stop.local.stopWords == ["B", "C"])
        let usage = try GLMRuleCase("", "foreign fields", #"{"stream_options":{"include_usage":true}}"#, "").applied()
        #expect(usage.local.includeUsage)
        let schema = try GLMRuleCase("", "response_format", #"{"json_schema":{"type":"array"},"messages":[]}"#, "")
            .applied()
        #expect(schema.local.schema == ["type": "array"])
        #expect(schema.messages.first?["role"]?.string == "system")
    }

    @Test("a request id is 6 to 64 characters")
    func requestIDs() {
        for (given, sent) in [
            ("ab", "localcode-ab"), (String(repeating: "x", count: 70), String(repeating: "x", count: 64)),
        ] {
            var draft = GLMDraft(body: JSONObject(), model: "glm-4.7", requestID: given)
            GLMFieldRules.requestID(&draft)
            #expect(draft.body["request_id"]?.string == sent)
        }
    }
}
