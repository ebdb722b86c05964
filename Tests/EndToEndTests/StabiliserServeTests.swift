import LocalCodeCore
import Support
import Testing

/// What stabilisers are worth, told by a real engine, and that `serve` uses those it is told to.
@Suite(.serialized, .timeLimit(.minutes(3))) struct StabiliserServeTests {
    private func serve(_ stabilisers: String) async throws -> StateRig {
        let home = try TestHome()
        try home.directory.write("routing:\n  stabilisers: [\(stabilisers)]\n", to: "localcode.yaml")
        return try await StateRig.start(engine: ["--ubatch-size", "256"], home: home)
    }

    /// OpenCode's system prompt: the date stands in front of what a project tells.
    private func system(_ day: String) -> JSONValue {
        let environment = "<env>\n  Working directory: /p\n  Today's date: \(day)\n</env>\n"
        return ["role": "system", "content": .string("You help.\n\(environment)\(Prose.system(800, seed: 1))")]
    }

    @Test(
        "a conversation goes on across midnight, and the next one begins with what it knows", arguments: [true, false])
    func midnight(isOn: Bool) async throws {
        let rig = try await serve(isOn ? "volatile-lines" : "")
        var talk = Conversation(system: "")
        func ask(_ text: String, day: String, session: String) async throws -> Reply {
            talk.say(text)
            let messages = [system(day)] + talk.messages.dropFirst()
            let reply = try await talk.send(
                rig.url, members: ["messages": .array(Array(messages))], headers: ["x-session-affinity": session])
            talk.hear(reply)
            return reply
        }
        _ = try await ask("one", day: "Mon Nov 23 2026", session: "ses_1")
        let evening = try await ask("two", day: "Mon Nov 23 2026", session: "ses_1")
        let morning = try await ask("three", day: "Tue Nov 24 2026", session: "ses_1")
        let noon = try await ask("four", day: "Tue Nov 24 2026", session: "ses_1")
        talk = Conversation(system: "")
        let other = try await ask("something else", day: "Wed Nov 25 2026", session: "ses_2")

        #expect(evening.promptTokens > 600 && noon.cachedTokens > 600)
        if isOn {
            #expect(morning.cachedTokens >= evening.promptTokens)
            #expect(other.cachedTokens > 600)
            #expect(morning.headers["x-localcode-notes"]?.contains("volatile-lines") ?? false)
        } else {
            #expect(morning.cachedTokens < 100)
            #expect(other.cachedTokens < 100)
        }
        print(
            "across midnight, volatile-lines \(isOn ? "on" : "off"): \(morning.promptTokens - morning.cachedTokens) of "
                + "\(morning.promptTokens) tokens read; a new session: "
                + "\(other.promptTokens - other.cachedTokens) of \(other.promptTokens)")
    }

    @Test("tools in another order, and another billing header, cost nothing without being asked for")
    func always() async throws {
        let rig = try await serve("")
        let tools = [Prose.tools("read_file"), Prose.tools("write_file"), Prose.tools("run")].compactMap { $0[0] }
        func ask(_ text: String, header: Int, tools: [JSONValue]) async throws -> Reply {
            let head = "x-anthropic-billing-header: cc_version=2.1.15; cch=\(header);"
            let content: JSONValue = [
                ["type": "text", "text": .string(head)], ["type": "text", "text": .string(Prose.system(400, seed: 2))],
            ]
            return try await Conversation(system: nil).send(
                rig.url,
                members: [
                    "messages": [["role": "system", "content": content], ["role": "user", "content": .string(text)]],
                    "tools": .array(tools),
                ], headers: ["x-session-affinity": "ses_1"])
        }
        let first = try await ask("one", header: 1, tools: tools)
        let second = try await ask("one", header: 2, tools: tools.reversed())
        #expect(first.cachedTokens < 100)
        #expect(second.promptTokens == first.promptTokens)
        #expect(second.cachedTokens >= first.promptTokens - 64)
    }

    @Test("what a model thought is put back where the client leaves it out", arguments: [true, false])
    func reasoning(isOn: Bool) async throws {
        let engine = try RecordingServer { request in
            guard request.target.hasSuffix("/completions") else {
                return .complete(#"{"status":"ok","data":[{"id":"tiny","object":"model"}]}"#)
            }
            return .events([
                #"{"choices":[{"index":0,"delta":{"reasoning_content":"I see."}}]}"#,
                #"{"choices":[{"index":0,"delta":{"content":"Yes."}}]}"#,
                #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#, "[DONE]",
            ])
        }
        let home = try TestHome()
        try home.directory.write("routing:\n  stabilisers: [\(isOn ? "reasoning" : "")]\n", to: "localcode.yaml")
        let proxy = try await LocalCodeProcess.serve(["--engine", engine.url], home: home)
        let question: JSONValue = ["role": "user", "content": "Is it?"]
        func ask(_ messages: [JSONValue]) async throws -> [JSONValue] {
            let body: JSONValue = ["messages": .array(messages), "stream": true]
            #expect(try await TestHTTP(proxy.url).post("/v1/chat/completions", body).status == 200)
            let sent = try #require(engine.requests.last { $0.target.hasSuffix("/completions") })
            return try JSONValue(parsing: sent.body)["messages"]?.array ?? []
        }
        _ = try await ask([question])
        let later = [question, ["role": "assistant", "content": "Yes."], ["role": "user", "content": "Sure?"]]
        var sent = try await ask(later)
        // The answer is remembered when the client has it: a request that comes at once may be too early.
        while isOn, sent[1]["reasoning_content"] == nil, !Task.isCancelled { sent = try await ask(later) }
        #expect(sent[1]["reasoning_content"] == (isOn ? "I see." : nil))
        #expect(sent[1]["content"] == "Yes." && sent.count == 3)
    }
}
