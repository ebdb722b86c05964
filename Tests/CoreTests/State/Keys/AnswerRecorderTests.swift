import LocalCodeCore
import Testing

@Suite struct AnswerRecorderTests {
    private func record(_ chunks: [String], limit: Int = 4 << 20) throws -> JSONValue? {
        var recorder = AnswerRecorder(limit: limit)
        for chunk in chunks { recorder.observe(try JSONView(validating: Array(chunk.utf8))) }
        return recorder.message
    }

    private func delta(_ delta: String) -> String {
        #"{"id":"x","object":"chat.completion.chunk","choices":[{"index":0,"finish_reason":null,"delta":{\#(delta)}}]}"#
    }

    /// Chunks as llama-server sends them.
    private var stream: [String] {
        [
            delta(#""role":"assistant","content":null"#), delta(#""reasoning_content":"I should""#),
            delta(#""reasoning_content":" look.\n""#), delta(#""content":"Let me""#), delta(#""content":" see é.\n""#),
            delta(
                #""tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"read","arguments":"{"}}]"#
            ),
            delta(#""tool_calls":[{"index":0,"function":{"arguments":"\"path\":\"a b\","}}]"#),
            delta(#""tool_calls":[{"index":0,"function":{"arguments":"\"n\":1}"}}]"#),
            delta(
                #""tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"ls","arguments":"{}"}}]"#
            ),
            #"{"choices":[{"finish_reason":"tool_calls","index":0,"delta":{}}]}"#,
            #"{"choices":[],"usage":{"prompt_tokens":1}}"#,
        ]
    }

    @Test func aStreamBecomesTheMessage() throws {
        let expected = try JSONValue(
            parsing: Array(
                #"""
                {"role":"assistant","content":"Let me see é.\n","reasoning_content":"I should look.\n","tool_calls":[
                 {"id":"call_1","type":"function","function":{"name":"read","arguments":"{\"path\":\"a b\",\"n\":1}"}},
                 {"id":"call_2","type":"function","function":{"name":"ls","arguments":"{}"}}]}
                """#.utf8))
        #expect(try record(stream) == expected)
    }

    @Test func aWholeAnswerBecomesTheSame() throws {
        let whole = #"""
            {"choices":[{"finish_reason":"tool_calls","index":0,"message":{"role":"assistant","content":"Let me see é.\n",
             "reasoning_content":"I should look.\n","tool_calls":[
             {"type":"function","function":{"name":"read","arguments":"{\"path\":\"a b\",\"n\":1}"},"id":"call_1"},
             {"type":"function","function":{"name":"ls","arguments":"{}"},"id":"call_2"}]}}]}
            """#
        #expect(try record([whole]) == record(stream))
    }

    /// What OpenCode and others send in the next turn.
    @Test(arguments: [
        #"{"role":"assistant","content":"Let me see é.","reasoning_content":"I should look.\n","tool_calls":[CALLS]}"#,
        #"{"role":"assistant","content":"Let me see é.\n","tool_calls":[CALLS],"reasoning_content":"I should look."}"#,
        #"{"tool_calls":[CALLS],"content":[{"type":"text","text":"Let me see é.\n"}],"reasoning_content":"I should look.","role":"assistant","refusal":null}"#,
    ])
    func theNextTurnMeetsTheChain(_ message: String) throws {
        let calls = #"""
            {"id":"call_1","type":"function","function":{"name":"read","arguments":"{\"path\": \"a b\", \"n\": 1}"}},
            {"id":"call_2","type":"function","function":{"name":"ls","arguments":""}}
            """#
        let answered = message.split(separator: "CALLS", omittingEmptySubsequences: false).joined(separator: calls)
        let fingerprint = SHA256.digest([])
        let beginning = #"{"role":"system","content":"You code."},{"role":"user","content":"Go"}"#
        func chain(_ messages: String) throws -> PrefixChain {
            let view = try JSONView(validating: Array(#"{"messages":[\#(messages)]}"#.utf8))
            return PrefixChain(try ChatRequest(view, kind: .chat), fingerprint: fingerprint)
        }
        let recorded = try #require(try record(stream))
        let expected = try chain(beginning).appending(recorded)
        let next = try chain(
            "\(beginning),\(answered),{\"role\":\"tool\",\"tool_call_id\":\"call_1\",\"content\":\"x\"}")
        #expect(expected.boundaries.count == 3)
        #expect(next.sharedCount(with: expected) == 3)
        #expect(expected.boundaries[2] == next.boundaries[2])
    }

    @Test func callsWithoutAnIndex() throws {
        let value = try record([
            delta(#""tool_calls":[{"id":"a","function":{"name":"f","arguments":"{"}}]"#),
            delta(#""tool_calls":[{"function":{"arguments":"}"}}]"#),
            delta(#""tool_calls":[{"id":"b","function":{"name":"g","arguments":"{}"}}]"#),
        ])
        #expect(value?["tool_calls"]?.array?.count == 2)
        #expect(value?["tool_calls"]?[0]?["function"]?["arguments"]?.string == "{}")
        #expect(value?["tool_calls"]?[1]?["id"]?.string == "b")
        #expect(value?["content"] == nil)
    }

    @Test func interleavedCallsAreToldApart() throws {
        let value = try record([
            delta(#""tool_calls":[{"index":1,"id":"b","function":{"name":"g","arguments":"["}}]"#),
            delta(#""tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}]"#),
            delta(#""tool_calls":[{"index":1,"function":{"arguments":"]"}},{"index":0,"function":{"arguments":"}"}}]"#),
        ])
        let arguments = value?["tool_calls"]?.array?.map { $0["function"]?["arguments"]?.string }
        #expect(arguments == ["[]", "{}"])
    }

    @Test func onlyTheFirstChoiceCounts() throws {
        let value = try record([
            #"{"choices":[{"index":1,"delta":{"content":"B"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"A"}}]}"#,
        ])
        #expect(value == ["role": "assistant", "content": "A"])
    }

    @Test(arguments: [
        "{}", "[]", "7", #"{"choices":[]}"#, #"{"choices":null}"#, #"{"choices":[{"delta":{"content":""}}]}"#,
        #"{"choices":[{"delta":{"content":null,"role":"assistant"}}]}"#, #"{"choices":[{"delta":[1]}]}"#,
        #"{"choices":[{"delta":{"content":7,"tool_calls":{}}}]}"#, #"{"error":{"message":"no"}}"#,
    ])
    func nothingIsNoMessage(_ chunk: String) throws {
        #expect(try record([chunk]) == nil)
    }

    @Test func aLongAnswerIsNoMessage() throws {
        let chunk = delta(#""content":"0123456789""#)
        #expect(try record(Array(repeating: chunk, count: 10), limit: 100)?["content"]?.string?.count == 100)
        #expect(try record(Array(repeating: chunk, count: 11), limit: 100) == nil)
        #expect(try record(Array(repeating: chunk, count: 200), limit: 100) == nil)
        let calls = (0..<5000).map { #"{"index":\#($0)}"# }.joined(separator: ",")
        #expect(try record([delta(#""tool_calls":[\#(calls)]"#)], limit: 1 << 20) == nil)
    }
}
