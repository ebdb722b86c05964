import Testing

@testable import LocalCodeCore

@Suite struct LogFormatTests {
    private let time = LogTime(clock: "14:03:07.042", utc: "2026-11-24T13:03:07.042Z")
    private let pretty = LogRenderer(format: .pretty, content: .preview, hasColor: false)

    private var request: RequestEntry {
        var entry = RequestEntry(id: "lc-1", method: "POST", path: "/v1/chat/completions", client: "opencode")
        entry.model = "glm-4.7"
        entry.backend = "glm"
        entry.isStreaming = true
        entry.messages = [("system", 1), ("user", 2)]
        entry.tools = ["bash", "edit"]
        entry.last = ("user", Preview("fix\nit \u{1B}[31m" + String(repeating: "x", count: 200), limit: 20))
        return entry
    }

    @Test func aRequestInATerminal() {
        #expect(
            pretty.render(.request(request), at: time) == """
                14:03:07.042 → POST /v1/chat/completions glm-4.7 via glm from opencode stream 3 messages (1 system, 2 user) lc-1
                               user: "fix\\nit \\u{1b}[31mxxxxxxxx…"
                               [Tool Request] bash, edit

                """)
    }

    @Test func anAnswerInATerminal() throws {
        var answer = ChatAnswer()
        _ = answer.observe(
            try JSONView(
                validating: Array(
                    #"{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7012,"#
                        .utf8)
                    + Array(#""completion_tokens":121,"prompt_tokens_details":{"cached_tokens":6900}}}"#.utf8)))
        let entry = ResponseEntry(
            id: "lc-1", status: 200, answer: answer, timeToFirstToken: .milliseconds(310), duration: .milliseconds(2310)
        )
        #expect(
            pretty.render(.response(entry), at: time) == """
                14:03:07.042 ← 200 · stop · 7012 prompt (6900 cached) · 121 completion · TTFT 310 ms · 60 tok/s · 2.31 s lc-1
                               assistant: "ok"

                """)
    }

    @Test func guessesAreShownWithTheirShareAndTheKindOfTheRequest() throws {
        var answer = ChatAnswer()
        answer.usage.completion = 121
        answer.usage.drafted = 120
        answer.usage.accepted = 84
        var entry = ResponseEntry(id: "lc-1", status: 200, answer: answer, duration: .seconds(1))
        entry.kind = .turn
        #expect(pretty.render(.response(entry), at: time).contains(" · 121 completion · 84 of 120 drafted · "))
        let json = LogRenderer(format: .json, content: .none, hasColor: false)
        let object = try JSONValue(parsing: Array(json.render(.response(entry), at: time).utf8))
        #expect(object["drafted_tokens"] == 120 && object["accepted_tokens"] == 84 && object["kind"] == "turn")
        var turn = request
        turn.kind = .turn
        #expect(pretty.render(.request(turn), at: time).contains(" from opencode stream turn 3 messages "))
        #expect(try JSONValue(parsing: Array(json.render(.request(turn), at: time).utf8))["kind"] == "turn")
        turn.kind = .chat
        #expect(pretty.render(.request(turn), at: time) == pretty.render(.request(request), at: time))
    }

    @Test func aToolCallInATerminal() {
        var call = ChatAnswer.ToolCall()
        call.name = "bash"
        call.arguments = Preview(#"{"command":"ls"}"#, limit: 10)
        #expect(
            pretty.render(.toolCall(id: "lc-1", call), at: time)
                == "14:03:07.042   [Tool Call] bash({\"command\"…) lc-1\n")
        #expect(
            pretty.render(.toolCallComplete(id: "lc-1", name: "bash"), at: time)
                == "14:03:07.042   [Tool Call Complete] bash lc-1\n")
    }

    @Test func withoutContentNothingOfItIsShown() {
        let silent = LogRenderer(format: .pretty, content: .none, hasColor: false)
        var call = ChatAnswer.ToolCall()
        call.name = "bash"
        call.arguments = Preview("secret", limit: 10)
        #expect(!silent.render(.toolCall(id: "lc-1", call), at: time).contains("secret"))
        let json = LogRenderer(format: .json, content: .none, hasColor: false)
        #expect(!json.render(.request(request), at: time).contains("fix"))
    }

    @Test func eachLineForAProgramIsAnObject() throws {
        let json = LogRenderer(format: .json, content: .preview, hasColor: false)
        let line = json.render(.request(request), at: time)
        #expect(line.hasSuffix("\n"))
        #expect(line.dropLast().allSatisfy { $0 != "\n" })
        let object = try JSONValue(parsing: Array(line.utf8.dropLast()))
        #expect(object["time"]?.string == time.utc)
        #expect(object["messages"] == ["system": 1, "user": 2])
        #expect(object["last"]?["content"]?.string?.hasPrefix("fix\nit") == true)
        #expect(LogRenderer(format: .off, content: .full, hasColor: false).render(.request(request), at: time).isEmpty)
    }

    @Test(arguments: [
        ("a\u{0}b", "a\\u{0}b"), ("\u{1B}]0;x\u{7}", "\\u{1b}]0;x\\u{7}"), ("\u{9B}31m", "\\u{9b}31m"),
        ("\u{202E}abc", "\\u{202e}abc"), ("a\u{2028}b", "a\\u{2028}b"), ("👩‍💻 é\t", "👩‍💻 é\\t"), ("plain", "plain"),
    ])
    func nothingReachesTheTerminalButText(text: String, shown: String) {
        #expect(LogRenderer.escape(text) == shown)
    }

    @Test(arguments: [
        (Duration.microseconds(840), "0.8 ms"), (.milliseconds(310), "310 ms"), (.milliseconds(2250), "2.25 s"),
        (.seconds(61), "61.00 s"),
    ])
    func timesAreShort(duration: Duration, text: String) {
        #expect(LogRenderer.time(duration) == text)
    }

    @Test(arguments: [
        ("opencode/1.18.34 ai-sdk/provider-utils/4", "opencode"), ("OpenAI/Python 1.2", "openai-python"),
        ("AsyncOpenAI/Python 1.2", "openai-python"), ("curl/7.88.1", "curl"), ("", "unknown"),
    ])
    func clientsAreKnownByTheirFirstWord(agent: String, client: String) {
        #expect(RequestEntry.client(agent) == client)
    }

    @Test func nothingReachesTheTerminalButTextFromJSONEither() throws {
        let odd = "\u{9B}31m \u{7F} \u{202E} \u{E0041} é 👩‍💻 \u{1B}"
        var entry = request
        entry.last = ("user", Preview(odd, limit: 100))
        let line = LogRenderer(format: .json, content: .full, hasColor: false).render(.request(entry), at: time)
        #expect(!line.unicodeScalars.contains { ["\u{9B}", "\u{7F}", "\u{202E}", "\u{E0041}", "\u{1B}"].contains($0) })
        #expect(line.contains("é 👩‍💻"))
        #expect(try JSONValue(parsing: Array(line.utf8))["last"]?["content"]?.string == odd)
    }

    @Test(arguments: [1e300, -1e300, .infinity, 0])
    func anySpeedCanBeShown(speed: Double) {
        var answer = ChatAnswer()
        answer.usage.tokensPerSecond = speed
        let entry = ResponseEntry(id: "lc-1", status: 200, answer: answer, duration: .seconds(1))
        #expect(pretty.render(.response(entry), at: time).contains("tok/s"))
    }

    @Test func aRequestOfManyNamesIsDescribedInFew() throws {
        let long = String(repeating: "x", count: 5000)
        let messages = (0..<5000).map { #"{"role":"r\#($0)"}"# } + [#"{"role":"\#(long)","content":"last"}"#]
        let tools = (0..<5000).map { #"{"function":{"name":"\#($0)\#(long)"}}"# }
        let body = #"{"messages":[\#(messages.joined(separator: ","))],"tools":[\#(tools.joined(separator: ","))]}"#
        let chat = try ChatRequest(JSONView(validating: Array(body.utf8)), kind: .chat)
        let entry = RequestEntry(
            id: "lc-1", request: HTTPServerRequest(method: "POST", path: "/"), chat: chat, model: long, backend: "b",
            previewLimit: 10)
        #expect(entry.messages.count == 8)
        #expect(entry.messages.last?.role == "other")
        #expect(entry.messages.reduce(0) { $0 + $1.count } == 5001)
        #expect(entry.tools.count == 1000)
        #expect(entry.tools.allSatisfy { $0.count == 128 })
        #expect(entry.model?.count == 128)
        #expect(entry.last?.role.count == 128)
        #expect(entry.last?.text.text == "last")
    }
}
