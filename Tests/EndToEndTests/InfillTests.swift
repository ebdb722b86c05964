import LocalCodeCore
import Support
import Testing

/// Filling in the middle through `localcode serve`, on a real engine.
@Suite(.timeLimit(.minutes(5))) struct InfillTests {
    private static let prefix = (1...30).map { "let value\($0) = compute(\($0))\n" }.joined()
    private static let suffix = "\nlet sum = value1 + value2\nprint(sum)\n"

    private func body(_ typed: String = "let x", tokens: Int = 12) -> JSONValue {
        [
            "input_prefix": .string(Self.prefix + typed), "input_suffix": .string(Self.suffix),
            "n_predict": .number(tokens), "temperature": 0, "cache_prompt": true,
        ]
    }

    /// A model like `tiny` whose file names no tokens for filling gaps.
    private func plain(in home: TestHome) async throws -> String {
        var bytes = try TestFiles.bytes(of: try await TinyModel.tiny.path())
        for name in ["ggml.fim_", "<|fim_"] {
            let (old, new) = (Array(name.utf8), Array(name.replacing("fim", with: "xyz").utf8))
            var start = 0
            while let found = bytes[start...].firstRange(of: old) {
                bytes.replaceSubrange(found, with: new)
                start = found.upperBound
            }
        }
        let path = "\(home.directory.path)/plain.gguf"
        try TestFiles.write(bytes, to: path)
        return path
    }

    private func rig(slots: Int = 2, more: String = "") async throws -> EngineRig {
        try await EngineRig.start(
            models: "  coder:\n    path: '{tiny}'\n    context: 4096\n    slots: \(slots)\n\(more)")
    }

    // MARK: The same text

    @Test func bothEndpointsGiveTheSameText() async throws {
        let rig = try await rig()
        let http = try TestHTTP(rig.url)
        defer { withExtendedLifetime(rig) {} }
        let native = try await http.post("/infill", body())
        #expect(native.status == 200, "\(native.text)")
        let text = try #require(native.json["content"]?.string)
        #expect(!text.isEmpty)
        #expect(native.headers["x-localcode-slot"] != nil)

        let completion: JSONValue = [
            "prompt": .string(Self.prefix + "let x"), "suffix": .string(Self.suffix), "max_tokens": 12,
            "temperature": 0,
        ]
        let openAI = try await http.post("/v1/completions", completion)
        #expect(openAI.json["object"]?.string == "text_completion")
        #expect(openAI.json["model"]?.string == "coder")
        #expect(openAI.json["choices"]?[0]?["text"]?.string == text)
        #expect(openAI.json["choices"]?[0]?["finish_reason"]?.string == "length")
        #expect(openAI.json["usage"]?["completion_tokens"]?.int == 12)
        #expect(openAI.json["usage"]?["prompt_tokens"]?.int == native.json["tokens_evaluated"]?.int)

        var streamed = completion
        streamed["stream"] = true
        streamed["stream_options"] = ["include_usage": true]
        let events = try await http.post("/v1/completions", streamed).events
        #expect(events.last?.isDone == true)
        let chunks = try events.dropLast().map { try JSONValue(parsing: $0.data) }
        #expect(chunks.compactMap { $0["choices"]?[0]?["text"]?.string }.joined() == text)
        #expect(chunks.compactMap { $0["choices"]?[0]?["finish_reason"]?.string } == ["length"])
        #expect(chunks.last?["usage"]?["completion_tokens"]?.int == 12)

        var nativeStream = body()
        nativeStream["stream"] = true
        let pieces = try await http.post("/infill", nativeStream).events.map { try JSONValue(parsing: $0.data) }
        #expect(pieces.compactMap { $0["content"]?.string }.joined() == text)
        #expect(pieces.last?["stop"]?.bool == true)
        #expect(pieces.allSatisfy { $0["prompt_progress"] == nil })
    }

    // MARK: From keystroke to keystroke

    @Test func onlyWhatChangedIsEvaluated() async throws {
        let rig = try await rig()
        let http = try TestHTTP(rig.url)
        defer { withExtendedLifetime(rig) {} }
        let tail = try await http.post("/tokenize", ["content": .string(Self.suffix)])
        let behind = try #require(tail.json["tokens"]?.array?.count)
        var typed = "let "
        let first = try await http.post("/infill", body(typed))
        #expect(try #require(first.json["timings"]?["prompt_n"]?.int) > 200)
        for letter in "resultIsOk" {
            typed.append(letter)
            let answer = try await http.post("/infill", body(typed))
            // The new letter, what stands behind it, the marks of the gap and one token that every prompt costs.
            let read = try #require(answer.json["timings"]?["prompt_n"]?.int)
            #expect(read <= behind + 8, "\(read) tokens for a letter")
            #expect(answer.headers["x-localcode-slot"] == first.headers["x-localcode-slot"])
        }
    }

    @Test func tenQuickEditsCancelNineRequests() async throws {
        let rig = try await rig()
        let http = try TestHTTP(rig.url)
        let tail = try await http.post("/tokenize", ["content": .string(Self.suffix)])
        let behind = try #require(tail.json["tokens"]?.array?.count)
        var typed = "let "
        #expect(try await http.post("/infill", body(typed)).status == 200)
        var older: [Task<TestHTTP.Answer, any Error>] = []
        for letter in "superseded" {
            typed.append(letter)
            let isLast = older.count == 9
            let request = body(typed, tokens: isLast ? 4 : 3000)
            let arrived = rig.proxy.lines.filter { $0.contains("/infill") && $0.contains("→") }.count
            let task = Task { try await http.post("/infill", request) }
            // The next letter is typed when this request is there.
            while rig.proxy.lines.filter({ $0.contains("/infill") && $0.contains("→") }).count == arrived {
                guard !Task.isCancelled else { throw TestKitError("the request does not arrive") }
                await Task.yield()
            }
            if isLast {
                let last = try await task.value
                #expect(last.status == 200)
                #expect(last.json["timings"]?["predicted_n"]?.int == 4)
                // What was asked before left what it had read.
                #expect(try #require(last.json["timings"]?["prompt_n"]?.int) <= behind + 16)
            } else {
                older.append(task)
            }
        }
        for task in older {
            let answer = try await task.value
            #expect(answer.status == 409)
            #expect(answer.json["error"]?["code"]?.string == "superseded")
        }
    }

    @Test func aSupersededStreamSaysSo() async throws {
        let rig = try await rig()
        let http = try TestHTTP(rig.url)
        var streamed = body(tokens: 3000)
        streamed["stream"] = true
        let older = try await http.stream("/infill", streamed)
        var events: [ServerSentEvent] = []
        for try await event in older.events {
            if events.isEmpty { #expect(try await http.post("/infill", body("let xy", tokens: 4)).status == 200) }
            events.append(event)
        }
        let last = try JSONValue(parsing: try #require(events.last).data)
        #expect(last["error"]?["code"]?.string == "superseded")
        #expect(await rig.proxy.terminate() == .exited(0))
        #expect(rig.proxy.lines.filter { $0.contains("409") }.count == 1)
        #expect(!rig.proxy.lines.contains { $0.contains("499") })
    }

    @Test func aLongFileIsCutWhereItStays() async throws {
        let upstream = try RecordingServer { request in
            request.target.hasPrefix("/infill")
                ? .complete(#"{"content":"x","stop":true}"#) : .complete(#"{"status":"ok","data":[]}"#)
        }
        let proxy = try await LocalCodeProcess.serve(["--engine", upstream.url])
        defer { withExtendedLifetime(upstream) {} }
        let http = try TestHTTP(proxy.url)
        let lines = (1...600).map { "let value\($0) = compute(\($0))\n" }.joined()
        for typed in ["let x", "let xy"] {
            let body: JSONValue = [
                "input_prefix": .string(lines + typed), "input_suffix": .string(lines), "id_slot": 0,
                "input_extra": [
                    ["filename": "a", "text": "other"], ["filename": "b", "text": "let value600 = compute(600)"],
                ],
            ]
            #expect(try await http.post("/infill", body).status == 200)
        }
        let sent = try upstream.requests.filter { $0.target.hasPrefix("/infill") }.map {
            try JSONValue(parsing: $0.body)
        }
        let before = sent.compactMap { $0["input_prefix"]?.string }
        #expect(before.count == 2 && before[0] + "y" == before[1])
        #expect(before[0].hasPrefix("let value") && before[0].utf8.count < 8192)
        // Chunks that the text has itself are told once, and a slot that the client chose is not taken.
        #expect(sent.allSatisfy { $0["input_extra"]?.array?.count == 1 && $0["id_slot"] == nil })
    }

    @Test func anotherFileSupersedesNothing() async throws {
        let rig = try await rig()
        let http = try TestHTTP(rig.url)
        defer { withExtendedLifetime(rig) {} }
        var other = body()
        other["input_prefix"] = "func elsewhere() {\n    return nothing\n"
        other["input_suffix"] = "\n}\n"
        async let first = http.post("/infill", body(tokens: 400))
        async let second = http.post("/infill", other)
        #expect(try await first.status == 200)
        #expect(try await second.status == 200)
    }

    // MARK: Conversations

    @Test(arguments: [1, 2]) func aConversationStaysWarm(slots: Int) async throws {
        let rig = try await rig(slots: slots)
        let http = try TestHTTP(rig.url)
        var talk = Conversation(system: Prose.system(seed: 7))
        let first = try await talk.ask("hello", rig.url)
        for typed in ["a", "ab", "abc"] {
            // Editors think that slot 0 is theirs.
            var request = body(typed)
            request["id_slot"] = 0
            let answer = try await http.post("/infill", request)
            #expect(answer.status == 200)
            if slots > 1 { #expect(answer.headers["x-localcode-slot"] != first.slot.map(String.init)) }
        }
        let second = try await talk.ask("and then?", rig.url)
        #expect(second.cachedTokens >= first.promptTokens + first.answerTokens - 64)
        #expect(second.receipt?.source == (slots > 1 ? "resident" : "restored"))
        // Nor does another conversation take the lane.
        guard slots > 1 else { return }
        let lane = try await http.post("/infill", body("abcd")).headers["x-localcode-slot"]
        var stranger = Conversation(system: Prose.system(seed: 8))
        #expect(try await stranger.ask("hi", rig.url).slot.map(String.init) != lane)
        let again = try await http.post("/infill", body("abcde"))
        #expect(try #require(again.json["timings"]?["cache_n"]?.int) > 100)
    }

    // MARK: Who can

    @Test func aModelWithoutTheTokensNamesOneThatHasThem() async throws {
        let home = try TestHome()
        let path = try await plain(in: home)
        let rig = try await EngineRig.start(
            models: "  plain:\n    path: '\(path)'\n  coder:\n    path: '{tiny}'\n", home: home)
        let http = try TestHTTP(rig.url)
        // Without a name it goes to the one that can.
        #expect(try await http.post("/infill", body()).status == 200)
        #expect(rig.starts(of: "plain").isEmpty)
        var named = body()
        named["model"] = "plain"
        let refused = try await http.post("/infill", named)
        #expect(refused.status == 400)
        #expect(refused.json["error"]?["code"]?.string == "fim_not_supported")
        #expect(refused.json["error"]?["message"]?.string?.contains("ask for coder") == true)
        #expect(rig.starts(of: "plain").isEmpty)
    }

    @Test func anAttachedEngineThatCannotSaysSo() async throws {
        let home = try TestHome()
        let engine = try await TestEngine.start(["--model", try await plain(in: home)])
        let proxy = try await LocalCodeProcess.serve(["--engine", engine.url], home: home)
        let refused = try await TestHTTP(proxy.url).post("/infill", body())
        #expect(refused.status == 400)
        #expect(refused.json["error"]?["code"]?.string == "fim_not_supported")
        await engine.stop()
    }

    @Test func glmIsAskedOnlyByThoseWhoWantThat() async throws {
        let gateway = try GLMGateway(.text(["```\n", "middle", "\n```"]))
        let proxy = try await gateway.serve()
        defer { withExtendedLifetime(gateway) {} }
        let http = try TestHTTP(proxy.url)
        let refused = try await http.post("/infill", body())
        #expect(refused.status == 400)
        #expect(refused.json["error"]?["message"]?.string?.contains("x-localcode-fim: chat") == true)
        #expect(gateway.session.seen.isEmpty)
        let answer = try await http.post("/infill", body(), headers: ["x-localcode-fim": "chat"])
        #expect(answer.json["content"]?.string == "middle")
        let sent = try JSONValue(parsing: try #require(gateway.session.seen.first).body)
        #expect(sent["thinking"]?["type"]?.string == "disabled")
        #expect(sent["messages"]?[1]?["content"]?.string == Self.prefix + "let x<CURSOR>" + Self.suffix)
    }
}
