import LocalCodeCore
import Support
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What is told of engines and of guessing ahead, and what is made of it.
@Suite(.serialized, .timeLimit(.minutes(3))) struct EngineFiguresTests {
    private static let models = """
          plain: {path: "{tiny}", threads: 1, flash-attention: off}
          fast: {like: plain, speculation: ngram-map-k, ngram-match: 4, ngram-max: 16, aliases: [quick]}
        """

    /// A prompt whose answer repeats itself.
    private func repetitive(_ model: String, seed: UInt64 = 4, tokens: Int = 200) -> JSONValue {
        var body = EngineRig.hello(model, tokens: tokens)
        body["messages"] = [["role": "user", "content": .string(Prose.text(60, seed: seed))]]
        return body
    }

    private func report(_ name: String, _ rig: EngineRig) async throws -> JSONValue {
        let models = try await TestHTTP(rig.url).get("/localcode/models").json["models"]?.array ?? []
        return try #require(models.first { $0["name"]?.string == name })
    }

    @Test func theFiguresAreThoseOfTheAnswers() async throws {
        let rig = try await EngineRig.start(models: Self.models, options: ["--log-format", "json"])
        let answer = try await rig.post(repetitive("quick"))
        let timings = try #require(answer.json["timings"])
        let drafted = try #require(timings["draft_n"]?.int)
        let accepted = try #require(timings["draft_n_accepted"]?.int)
        var turn = repetitive("plain", tokens: 12)
        turn["tools"] = [["type": "function", "function": ["name": "look", "parameters": ["type": "object"]]]]
        #expect(try await rig.post(turn).status == 200)

        let fast = try await report("fast", rig)
        #expect(fast["state"] == "ready" && fast["loads"] == 1 && fast["speculation"] == ["ngram-map-k"])
        #expect(fast["memory_bytes"]?.int ?? 0 > 1 << 20)
        let chat = try #require(fast["kinds"]?["chat"])
        #expect(chat["drafted_tokens"]?.int == drafted && chat["accepted_tokens"]?.int == accepted)
        #expect(chat["completion_tokens"] == timings["predicted_n"] && chat["requests"] == 1)
        let plain = try await report("plain", rig)
        #expect(plain["kinds"]?["turn"]?["requests"] == 1 && plain["kinds"]?["turn"]?["drafted_tokens"] == 0)
        #expect(plain["kinds"]?["turn"]?["tokens_per_second"]?.double ?? 0 > 0)

        let page = try await TestHTTP(rig.url).get("/metrics").text
        #expect(page.contains("localcode_drafted_tokens_total{model=\"fast\",kind=\"chat\"} \(drafted)\n"))
        #expect(page.contains("localcode_model_state{model=\"plain\",state=\"ready\"} 1\n"))
        let line = try #require(await rig.proxy.line(containing: "\"drafted_tokens\":\(drafted)"))
        #expect(line.contains("\"accepted_tokens\":\(accepted)") && line.contains("\"kind\":\"chat\""))
    }

    @Test func theNextStartTriesWhatIsNotMeasuredYet() async throws {
        let rig = try await EngineRig.start(
            models: Self.models.replacing("fast: {", with: "fast: {governor: true, slots: 1, "))
        for seed in UInt64(1)...10 { #expect(try await rig.post(repetitive("fast", seed: seed)).status == 200) }
        #expect(rig.starts(of: "fast").count == 1)
        kill(try #require(rig.starts(of: "fast").last).pid, SIGKILL)
        #expect(try await rig.post(repetitive("fast")).json["timings"]?["draft_n"] == nil)
        #expect(rig.starts(of: "fast").map { $0.value(of: "--spec-type") } == ["ngram-map-k", nil])
        #expect(try await report("fast", rig)["speculation"] == [])
        await rig.proxy.terminate()
        let records = try JSONValue(
            parsing: TestFiles.bytes(of: "\(rig.home.directory.path)/state/localcode/speculation.json"))
        let setups = try #require(records["models"]?.object?.first { _ in true }?.value.object)
        #expect(setups.keys.contains("none") && setups.count == 2)
    }
}
