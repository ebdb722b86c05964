import LocalCodeCore
import Testing

@Suite("Signals: conversations")
struct ContentSignalsTests {
    private func signals(_ text: String, kind: ChatRequest.Kind = .chat) throws -> ContentSignals {
        ContentSignals(try ChatRequest(JSONView(validating: Array(text.utf8)), kind: kind))
    }

    private func conversation(_ messages: JSONValue..., more: [(String, JSONValue)] = []) throws -> ContentSignals {
        var object = JSONObject()
        object["messages"] = .array(messages)
        for (key, value) in more { object[key] = value }
        return ContentSignals(try ChatRequest(JSONView(validating: JSONValue.object(object).bytes), kind: .chat))
    }

    private func user(_ text: String) -> JSONValue { ["role": "user", "content": .string(text)] }

    private func call(_ id: String, _ tool: String) -> JSONValue {
        [
            "role": "assistant", "content": "",
            "tool_calls": [
                ["id": .string(id), "type": "function", "function": ["name": .string(tool), "arguments": "{}"]]
            ],
        ]
    }

    private func result(_ id: String, _ text: String) -> JSONValue {
        ["role": "tool", "tool_call_id": .string(id), "content": .string(text)]
    }

    @Test("the last user turn is read, not those before it")
    func lastTurn() throws {
        let found = try conversation(
            user("Fix this function:\n```swift\nlet a = 1\n```"), ["role": "assistant", "content": "done"],
            user("Was machst du als nächstes?"))
        #expect(found.codeShare == 0)
        #expect(found.languages == [])
        #expect(found.textLanguage == "de")
        #expect(found.isQuestion == true)
        #expect(found.length == "Was machst du als nächstes?".utf8.count)
    }

    @Test("calls since the last user turn, and tools that failed in a row")
    func toolLoop() throws {
        let edit = [call("1", "edit"), result("1", "Error: oldString not found")]
        let read = [call("2", "read"), result("2", "the file")]
        func loop(_ steps: [[JSONValue]]) throws -> ContentSignals {
            let messages = [user("x"), call("0", "bash"), user("fix it")] + steps.joined()
            let body: JSONValue = ["messages": .array(messages), "tools": [[:], [:]]]
            return ContentSignals(try ChatRequest(JSONView(validating: body.bytes), kind: .chat))
        }
        let once = try loop([edit])
        #expect(once.toolDepth == 1)
        #expect(once.tools == 2)
        #expect(once.failures == nil)
        let twice = try loop([edit, read, edit])
        #expect(twice.toolDepth == 3)
        #expect(twice.failures?.tool == "edit")
        #expect(twice.failures?.count == 2)
        #expect(try loop([edit, edit, [call("3", "edit"), result("3", "ok")]]).failures == nil)
        let invalid = #"{"error":{"type":"tool.execution","message":"no"},"content":[]}"#
        #expect(try loop([edit, [call("4", "edit"), result("4", invalid)]]).failures?.count == 2)
    }

    @Test("Anthropic's results of tools are none of the user's turns")
    func anthropic() throws {
        let use: JSONValue = [
            "role": "assistant", "content": [["type": "tool_use", "id": "t", "name": "Bash", "input": [:]]],
        ]
        let failed: JSONValue = [
            "role": "user",
            "content": [["type": "tool_result", "tool_use_id": "t", "is_error": true, "content": "exit code 1"]],
        ]
        let found = try conversation(user("Run the tests"), use, failed, use, failed)
        #expect(found.length == "Run the tests".utf8.count)
        #expect(found.toolDepth == 2)
        #expect(found.failures?.tool == "Bash")
    }

    @Test("messages that a client wrote in the user's name are none of the user's")
    func updates() throws {
        let found = try conversation(
            user("Fix it"), call("1", "shell"), result("1", "ok"),
            user("<system-update>\nToday's date is now: Tue\n</system-update>"),
            [
                "role": "user",
                "content": [
                    ["type": "text", "text": "Attached media from tool result:"],
                    ["type": "image_url", "image_url": ["url": "data:image/png;base64,AAAA"]],
                ],
            ])
        #expect(found.length == "Fix it".utf8.count)
        #expect(found.toolDepth == 1)
        #expect(found.images == 1)
        let reminded: JSONValue = [
            "role": "user",
            "content": [
                ["type": "text", "text": "<system-reminder>\nYou must not write code"],
                ["type": "text", "text": "Fix it"],
            ],
        ]
        #expect(try conversation(reminded).length == "Fix it".utf8.count)
    }

    @Test("tokens are told by length, without the bytes of pictures")
    func tokens() throws {
        let text = String(repeating: "word ", count: 8000)
        let plain = try conversation(user(text))
        #expect((9_900...10_100).contains(plain.promptTokens))
        #expect(plain.contextTokens == plain.promptTokens + 1024)
        let long = try conversation(user(text), more: [("max_tokens", 32000)])
        #expect(long.contextTokens == long.promptTokens + 4096)
        let short = try conversation(user(text), more: [("max_tokens", 10), ("tools", [.string(text)])])
        #expect((19_900...20_100).contains(short.promptTokens))
        #expect(short.contextTokens == short.promptTokens + 10)
        let picture: JSONValue = [
            "role": "user",
            "content": [["type": "image_url", "image_url": ["url": .string("data:image/png;base64," + text)]]],
        ]
        #expect(try conversation(picture).promptTokens < 1000)
    }

    @Test("completions have a text as well, and gaps have none")
    func completion() throws {
        let found = try signals(#"{"prompt":"def f(x):\n    return x"}"#, kind: .completion)
        #expect(found.languages == ["python"])
        #expect(try signals(#"{"input_prefix":"a","input_suffix":"b"}"#, kind: .infill).length == 0)
    }

    @Test("of a long text, the beginning and the end are read")
    func longText() throws {
        let filler = String(repeating: "plain words of no meaning at all \\\\ ", count: 5000)
        let found = try conversation(user("Traceback (most recent call last):\n\(filler)\nWhy is the parser slow?"))
        #expect(found.hasStackTrace)
        #expect(found.isQuestion == true)
        #expect(found.length > 150_000)
    }

    @Test("odd values say nothing")
    func odd() throws {
        for body in [
            #"{"messages":[{"role":"user"}]}"#, #"{"messages":[{"role":"user","content":[7,{"text":7},{"type":[]}]}]}"#,
            #"{"messages":[{"role":"assistant","content":null,"tool_calls":[7,{"function":7}]}],"tools":[]}"#,
            #"{"messages":[{"role":"tool","tool_call_id":7,"content":"error"},{"role":"tool","content":[[[]]]}]}"#,
        ] {
            let found = try signals(body)
            #expect(found.length == 0)
            #expect(found.failures == nil)
            #expect(found.isQuestion == nil)
        }
        #expect(try signals(#"{"messages":[{"role":"user","content":"\ud800 \udfff\ud800"}]}"#).textLanguage == nil)
    }
}
