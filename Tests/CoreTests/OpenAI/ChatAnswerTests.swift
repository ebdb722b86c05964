import Testing

@testable import LocalCodeCore

@Suite struct ChatAnswerTests {
    private func observe(_ chunks: [String], limit: Int = 20) throws -> (ChatAnswer, [ChatAnswer.Event]) {
        var answer = ChatAnswer(previewLimit: limit)
        var events: [ChatAnswer.Event] = []
        for chunk in chunks { events += answer.observe(try JSONView(validating: Array(chunk.utf8))) }
        return (answer, events)
    }

    @Test func putsAStreamTogether() throws {
        let (answer, events) = try observe([
            #"{"model":"m","choices":[{"delta":{"role":"assistant","content":null},"finish_reason":null}]}"#,
            #"{"choices":[{"delta":{"reasoning_content":"think"}}]}"#, #"{"choices":[{"delta":{"content":"Hel"}}]}"#,
            #"{"choices":[{"delta":{"content":"lo"}}]}"#, #"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#,
            #"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}}"#,
        ])
        #expect(answer.model == "m")
        #expect(answer.content.text == "Hello")
        #expect(answer.reasoning.text == "think")
        #expect(answer.finishReason == "stop")
        #expect(answer.usage.prompt == 9)
        #expect(answer.usage.completion == 2)
        #expect(answer.usage.cached == 4)
        #expect(events.isEmpty)
    }

    @Test func theFrameAloneIsNoStart() throws {
        let (answer, _) = try observe([
            #"{"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#
        ])
        #expect(!answer.hasStarted)
    }

    @Test func llamaServersTimingsCountTheWholePrompt() throws {
        let (answer, _) = try observe([
            #"{"choices":[],"timings":{"cache_n":17,"prompt_n":1,"predicted_n":4,"predicted_per_second":50.5}}"#
        ])
        #expect(answer.usage.prompt == 18)
        #expect(answer.usage.cached == 17)
        #expect(answer.usage.completion == 4)
        #expect(answer.usage.tokensPerSecond == 50.5)
    }

    @Test func toolCallsAreAnnouncedAndEnded() throws {
        func delta(_ call: String) -> String { #"{"choices":[{"delta":{"tool_calls":[\#(call)]}}]}"# }
        let (answer, events) = try observe([
            delta(#"{"index":0,"function":{"name":"read","arguments":""}}"#),
            delta(#"{"index":0,"function":{"arguments":"{\"a\":1}"}}"#),
            delta(#"{"index":1,"function":{"name":"write","arguments":"{\"text\":\"0123456789"}}"#),
            delta(#"{"index":1,"function":{"arguments":"0123456789\"}"}}"#),
            #"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#,
        ])
        #expect(answer.toolCalls.map(\.name) == ["read", "write"])
        guard events.count == 4, case .toolCall(let first) = events[0], case .toolCall(let second) = events[2] else {
            Issue.record("\(events)")
            return
        }
        #expect(first.arguments.text == #"{"a":1}"#)
        #expect(events[1] == .toolCallComplete(name: "read"))
        #expect(second.arguments.isCut)
        #expect(events[3] == .toolCallComplete(name: "write"))
    }

    @Test func aWholeAnswerIsSeenAtOnce() throws {
        let (answer, events) = try observe([
            #"{"choices":[{"message":{"content":"hi","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]},"#
                + #""finish_reason":"tool_calls"}]}"#
        ])
        #expect(answer.content.text == "hi")
        #expect(events.count == 2)
    }

    @Test func anErrorEventIsRemembered() throws {
        let (answer, _) = try observe([#"{"error":{"message":"slot exploded"}}"#])
        #expect(answer.error == "slot exploded")
    }

    @Test(arguments: ["a\\n", "\\ud83d\\ude00", "é", "😀", "\\\"", "ab"])
    func aPreviewIsTheTextsBeginningWhereverItIsCut(unit: String) throws {
        let literal = "\"" + String(repeating: unit, count: 400) + "\""
        let view = try JSONView(validating: Array(literal.utf8))
        let whole = try #require(view.string)
        for length in 0..<60 {
            let (text, isCut) = try #require(view.string(prefix: length))
            #expect(whole.hasPrefix(text))
            #expect(isCut)
        }
        var preview = Preview()
        preview.append(view, limit: 10)
        #expect(preview.text == String(whole.prefix(10)))
        #expect(preview.isCut)
    }

    @Test func interleavedCallsKeepTheirArguments() throws {
        func delta(_ index: Int, _ function: String) -> String {
            #"{"choices":[{"delta":{"tool_calls":[{"index":\#(index),"function":{\#(function)}}]}}]}"#
        }
        let (answer, events) = try observe([
            delta(0, #""name":"read","arguments":"""#), delta(1, #""name":"write","arguments":"""#),
            delta(0, #""arguments":"{\"a\":""#), delta(1, #""arguments":"{\"b\":""#), delta(0, #""arguments":"1}""#),
            delta(1, #""arguments":"2}""#), #"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#,
        ])
        #expect(answer.toolCalls.map(\.arguments.text) == [#"{"a":1}"#, #"{"b":2}"#])
        #expect(
            events == [
                .toolCall(answer.toolCalls[0]), .toolCallComplete(name: "read"), .toolCall(answer.toolCalls[1]),
                .toolCallComplete(name: "write"),
            ])
    }

    @Test(arguments: ["-1", "9223372036854775807", "1.5", "\"0\"", "null"])
    func anyIndexIsBorne(index: String) throws {
        let call = #"{"choices":[{"delta":{"tool_calls":[{"index":\#(index),"function":{"name":"f"}}]}}]}"#
        #expect(try observe([call, call]).0.toolCalls.map(\.name) == ["f"])
    }

    @Test func figuresOfAnySizeAreBorne() throws {
        let (answer, _) = try observe([
            #"{"timings":{"cache_n":1,"prompt_n":9223372036854775807,"predicted_per_second":1e300}}"#
        ])
        #expect(answer.usage.prompt == nil)
        #expect(answer.usage.tokensPerSecond == 1e300)
    }

    @Test func namesAreCut() throws {
        let long = String(repeating: "n", count: 5000)
        let (answer, _) = try observe([
            #"{"model":"\#(long)","choices":[{"message":{"tool_calls":[{"function":{"name":"\#(long)"}}]},"#
                + #""finish_reason":"\#(long)"}]}"#
        ])
        #expect(answer.model?.count == 128)
        #expect(answer.finishReason?.count == 128)
        #expect(answer.toolCalls.first?.name.count == 128)
    }
}
