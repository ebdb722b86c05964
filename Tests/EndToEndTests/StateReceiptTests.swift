import LocalCodeCore
import Support
import Testing

/// What LocalCode adds to an engine's answers, and what it takes out of them.
@Suite(.timeLimit(.minutes(3))) struct StateReceiptTests {
    private static let ask: JSONValue = ["messages": [["role": "user", "content": "hi"]], "stream": true]
    private static let progress =
        #"{"choices":[{"delta":{"role":"assistant","content":null}}],"prompt_progress":{"total":9,"cache":4,"processed":0}}"#
    private static let text = #"{"choices":[{"index":0,"delta":{"content":"x"}}]}"#

    /// Plays a llama-server that tells nothing about its slots.
    private func upstream(_ script: ScriptedResponse) throws -> RecordingServer {
        try RecordingServer { request in
            request.target.hasSuffix("/completions") ? script : .complete(#"{"status":"ok","data":[]}"#)
        }
    }

    private func events(_ script: [String], _ body: JSONValue) async throws -> [String] {
        let upstream = try upstream(.events(script))
        let proxy = try await LocalCodeProcess.serve(["--engine", upstream.url])
        defer { withExtendedLifetime(upstream) {} }
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", body)
        return answer.events.map { String(decoding: $0.data, as: UTF8.self) }
    }

    @Test func cachedTokensAreToldWhereTheEngineLeavesThemOut() async throws {
        let last = #"{"choices":[],"usage":{"prompt_tokens":9},"timings":{"cache_n":4,"prompt_n":5}}"#
        let told =
            #"{"choices":[],"usage":{"prompt_tokens":9,"prompt_tokens_details":{"cached_tokens":4}},"#
            + #""timings":{"cache_n":4,"prompt_n":5}}"#
        #expect(try await events([Self.text, last, "[DONE]"], Self.ask) == [Self.text, told, "[DONE]"])
    }

    @Test func whatTheEngineTellsStays() async throws {
        let last =
            #"{"choices":[],"usage":{"prompt_tokens_details":{"cached_tokens":7}},"timings":{"cache_n":4,"prompt_n":5}}"#
        #expect(try await events([Self.text, last, "[DONE]"], Self.ask) == [Self.text, last, "[DONE]"])
    }

    @Test func progressIsForThoseWhoAskForIt() async throws {
        let script = [Self.progress, Self.text, "[DONE]"]
        #expect(try await events(script, Self.ask) == [Self.text, "[DONE]"])
        var asking = Self.ask
        asking["return_progress"] = true
        #expect(try await events(script, asking) == script)
    }

    @Test func aStreamTellsInItsHeadWhatTheEngineFoundInItsCache() async throws {
        let rig = try await StateRig.start()
        var conversation = Conversation(system: String(repeating: "You are helpful. ", count: 20))
        let first = try await conversation.ask("hello", rig.url)
        #expect(first.headers["x-localcode-cache"]?.hasPrefix("cold; expected=0; actual=0") == true)
        #expect(first.headers["x-localcode-slot"] == "0")
        let second = try await conversation.ask("again", rig.url)
        let receipt = try #require(second.headers["x-localcode-cache"])
        #expect(receipt.hasPrefix("resident; "))
        #expect(receipt.contains("actual=\(second.cachedTokens)"))
        #expect(await rig.proxy.line(containing: "resident \(second.cachedTokens) of") != nil)
    }

    @Test func aDeterministicRequestIsAnsweredFromTheDiskTheSecondTime() async throws {
        let rig = try await StateRig.start(serve: ["--answer-cache", "1MiB"])
        let client = try TestHTTP(rig.url)
        for isStreaming in [false, true] {
            let body: JSONValue = [
                "messages": [["role": "user", "content": "hello"]], "max_tokens": 8, "temperature": 0,
                "stream": .bool(isStreaming),
            ]
            let first = try await client.post("/v1/chat/completions", body)
            #expect(first.headers["x-localcode-cache"]?.hasPrefix("answered") == false)
            let second = try await client.post("/v1/chat/completions", body)
            #expect(second.headers["x-localcode-cache"] == "answered")
            #expect(second.text == first.text)
            #expect(second.headers["content-type"] == first.headers["content-type"])
        }
        let warm: JSONValue = [
            "messages": [["role": "user", "content": "hello"]], "max_tokens": 8, "temperature": 0.7,
        ]
        for _ in 0..<2 {
            let answer = try await client.post("/v1/chat/completions", warm)
            #expect(answer.headers["x-localcode-cache"] != "answered")
        }
    }

    @Test func withoutTheOptionNoAnswerIsKept() async throws {
        let rig = try await StateRig.start()
        let body: JSONValue = [
            "messages": [["role": "user", "content": "hello"]], "max_tokens": 8, "temperature": 0,
        ]
        for _ in 0..<2 {
            let answer = try await TestHTTP(rig.url).post("/v1/chat/completions", body)
            #expect(answer.headers["x-localcode-cache"] != "answered")
        }
    }

    @Test func withoutACacheTheEngineGetsWhatTheClientSent() async throws {
        let upstream = try upstream(.complete(#"{"choices":[]}"#))
        let proxy = try await LocalCodeProcess.serve(["--engine", upstream.url, "--no-cache"])
        defer { withExtendedLifetime(upstream) {} }
        let answer = try await TestHTTP(proxy.url).post("/v1/chat/completions", Self.ask)
        #expect(answer.headers["x-localcode-cache"] == nil)
        #expect(!upstream.requests.contains { $0.target.hasPrefix("/slots") })
        #expect(upstream.requests.first { $0.target.hasSuffix("/completions") }?.body == Self.ask.bytes)
    }
}
