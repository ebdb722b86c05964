import LocalCodeCore
import Support
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Engines that die, hang, or lose the LocalCode that started them.
@Suite(.serialized, .timeLimit(.minutes(3))) struct EngineLifeTests {
    private func conversation() -> Conversation {
        var talk = Conversation(system: Prose.system(seed: 1))
        talk.options["model"] = "coder"
        return talk
    }

    /// Reading token by token is slow even with a tiny model, so that keeping states pays.
    private static let coder = "  coder: {path: \"{tiny}\", threads: 1, flash-attention: off, micro-batch: 1}"

    @Test func anEngineThatIsKilledInMidStreamComesBackWithItsStates() async throws {
        let rig = try await EngineRig.start(models: Self.coder)
        var talk = conversation()
        let first = try await talk.ask("hello", rig.url)
        try await rig.settle("coder")
        let stream = try await TestHTTP(rig.url).stream(
            "/v1/chat/completions", EngineRig.hello("coder", stream: true, tokens: 8000))
        var events: [ServerSentEvent] = []
        for try await event in stream.events {
            if events.count == 3 { kill(try #require(rig.starts.last).pid, SIGKILL) }
            events.append(event)
        }
        let last = try #require(events.last)
        #expect(!last.isDone)
        let error = try JSONValue(parsing: last.data)["error"]
        #expect(error?["code"]?.string == "upstream_broken")
        #expect(error?["message"]?.string?.contains("the engine of 'coder' broke off: it was killed") == true)
        let second = try await talk.ask("and then?", rig.url)
        #expect(second.receipt?.source == "restored")
        #expect(second.cachedTokens >= first.promptTokens + first.answerTokens - 64)
        #expect(rig.starts.count == 2)
        #expect(await rig.proxy.line(containing: "coder is started again") != nil)
    }

    @Test func aRequestThatWasNotAnsweredYetIsSentAgain() async throws {
        let rig = try await EngineRig.start(models: Self.coder)
        #expect(try await rig.post(EngineRig.hello("coder")).status == 200)
        kill(try #require(rig.starts.last).pid, SIGKILL)
        #expect(try await rig.post(EngineRig.hello("coder")).status == 200)
        #expect(rig.starts.count == 2)
    }

    @Test func anEngineThatHangsIsReplaced() async throws {
        let rig = try await EngineRig.start(models: Self.coder, options: ["--engine-timeout", "1s"])
        #expect(try await rig.post(EngineRig.hello("coder")).status == 200)
        let engine = try #require(rig.starts.last).pid
        kill(engine, SIGSTOP)
        // It is taken for a process that still runs until it has said nothing for the time it is given.
        _ = try await rig.post(EngineRig.hello("coder"))
        #expect(await rig.proxy.line(containing: "coder is started again") != nil)
        #expect(!EngineRig.isAlive(engine))
        #expect(try await rig.post(EngineRig.hello("coder")).status == 200)
    }

    @Test func noEngineIsLeftWhenLocalCodeIsKilled() async throws {
        let rig = try await EngineRig.start(models: Self.coder)
        #expect(try await rig.post(EngineRig.hello("coder")).status == 200)
        let engine = try #require(rig.starts.last).pid
        #expect(EngineRig.isAlive(engine))
        await rig.proxy.kill()
        while EngineRig.isAlive(engine), !Task.isCancelled { await Task.yield() }
        #expect(!EngineRig.isAlive(engine))
    }

    /// The end comes while a long prompt is read: what the slot held before is saved as soon as the engine notices.
    @Test func theEndInAPromptLosesNothing() async throws {
        let options = ["--save-idle", "1h", "--grace", "0s"]
        let rig = try await EngineRig.start(models: Self.coder, options: options)
        var talk = conversation()
        let first = try await talk.ask("hello", rig.url)
        var long = talk
        long.say(Prose.text(4000, seed: 9))
        let reading = Task { [long] in try await long.send(rig.url) }
        while try await TestHTTP(rig.url).get("/localcode/slots").json["slots"]?.array?
            .contains(where: { $0["state"]?.string == "busy" }) != true, !Task.isCancelled
        {}
        #expect(await rig.proxy.terminate() == .exited(0))
        _ = try? await reading.value
        let next = try await EngineRig.start(models: Self.coder, home: rig.home)
        let second = try await talk.ask("and then?", next.url)
        #expect(second.cachedTokens >= first.promptTokens + first.answerTokens - 64)
    }

    @Test func noEngineIsLeftAtTheEnd() async throws {
        let rig = try await EngineRig.start(models: Self.coder)
        #expect(try await rig.post(EngineRig.hello("coder")).status == 200)
        let engine = try #require(rig.starts.last).pid
        #expect(await rig.proxy.terminate() == .exited(0))
        #expect(!EngineRig.isAlive(engine))
        #expect(TestFiles.below("\(rig.home.directory.path)/state").filter { $0.hasSuffix(".pid") } == [])
    }

    @Test func theKeyOfAnEngineIsNowhereToBeSeen() async throws {
        let rig = try await EngineRig.start(models: Self.coder, options: ["--verbose"])
        #expect(try await rig.post(EngineRig.hello("coder")).status == 200)
        let start = try #require(rig.starts.last)
        #expect(!start.arguments.contains { $0.hasPrefix("--api-key") })
        let socket = try #require(start.value(of: "--host"))
        // Without the key it refuses whoever comes.
        #expect(try await TestHTTP("unix:\(socket)").get("/props").status == 401)
    }

    @Test func whatWaitsForAnEngineIsToldSo() async throws {
        let rig = try await EngineRig.start(models: Self.coder, options: ["--keep-alive", "1ms"])
        let answer = try await rig.post(EngineRig.hello("coder", stream: true))
        #expect(answer.text.contains(": loading coder"))
        #expect(answer.events.last?.isDone == true)
    }
}
