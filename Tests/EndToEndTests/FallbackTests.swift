import LocalCodeCore
import Support
import Synchronization
import Testing

/// Who is asked when somebody does not answer, how often, and what the client learns of it: the table of docs/routing.md.
@Suite(.timeLimit(.minutes(3))) struct FallbackTests {
    private static let both = "  fallback: {tiny: [glm-4.7], glm-4.7: [tiny]}"

    // MARK: GLM does not answer

    @Test func whatGLMRefusesForItsOwnSakeTheEngineAnswers() async throws {
        let rig = try await FallbackRig.start(routing: Self.both, engine: { FallbackRig.answer($0) })
        let table: [(code: Int, tries: Int)] = [
            (1302, 2), (1303, 2), (1313, 2), (1305, 1), (1312, 1), (1113, 1), (1304, 1), (1308, 1), (1309, 1),
            (1310, 1), (1311, 1), (1314, 1), (1316, 1), (1000, 1), (1220, 1), (500, 2), (1234, 2), (1211, 1),
        ]
        for (number, row) in table.enumerated() {
            let before = rig.asked
            let answer = try await rig.ask("glm-4.7", "code \(row.code)", stream: number.isMultiple(of: 2))
            #expect(answer.status == 200 && answer.isDone, "\(row.code): \(answer.raw.text)")
            #expect(answer.text == "from here", "\(row.code)")
            #expect(answer.raw.headers["x-localcode-backend"] == "llama-server", "\(row.code)")
            #expect(rig.asked.glm - before.glm == row.tries, "\(row.code)")
            #expect(rig.asked.engine - before.engine == 1, "\(row.code)")
            // An answer in between keeps GLM from being left alone.
            #expect(try await rig.ask("glm-4.7").text == "from GLM", "\(row.code)")
        }
    }

    @Test(arguments: [
        (1210, 400, "invalid_request"), (1214, 400, "invalid_request"), (1301, 400, "content_filter"),
        (1300, 400, "content_filter"),
    ])
    func whatIsWrongWithARequestIsWrongEverywhere(code: Int, status: Int, name: String) async throws {
        let rig = try await FallbackRig.start(routing: Self.both, engine: { FallbackRig.answer($0) })
        for stream in [false, true] {
            let answer = try await rig.ask("glm-4.7", "code \(code)", stream: stream)
            #expect(answer.status == status && answer.code == name, "\(answer.raw.text)")
        }
        #expect(rig.asked == (0, 2))
    }

    @Test func aGatewayThatBreaksOffIsAskedTwice() async throws {
        let rig = try await FallbackRig.start(routing: Self.both, engine: { FallbackRig.answer($0) }, glm: { _ in nil })
        let answer = try await rig.ask("glm-4.7")
        #expect(answer.status == 200 && answer.text == "from here", "\(answer.raw.text)")
        #expect(rig.asked == (1, 2))
    }

    // MARK: The engine does not answer

    @Test func aDeadEngineIsReplacedByGLM() async throws {
        let engine = try await TestEngine.start()
        let glm = try FallbackRig.gateway()
        let home = try TestHome()
        try home.directory.write("routing:\n\(Self.both)\n", to: "localcode.yaml")
        let proxy = try await LocalCodeProcess.serve(
            ["--engine", engine.url, "--glm-url", glm.url + "/api/paas/v4"],
            environment: ["ZAI_API_KEY": "id.secret"], home: home)
        let client = try TestHTTP(proxy.url)
        let alive = try await client.post("/v1/chat/completions", EngineRig.hello("tiny"))
        #expect(alive.headers["x-localcode-backend"] == "llama-server")
        await engine.kill()
        for stream in [false, true] {
            let answer = FallbackAnswer(
                try await client.post("/v1/chat/completions", FallbackRig.body("tiny", stream: stream)))
            #expect(answer.status == 200 && answer.text == "from GLM" && answer.isDone, "\(answer.raw.text)")
        }
        #expect(glm.requests.count == 2)
    }

    @Test func aModelThatCannotBeLoadedIsReplacedByGLM() async throws {
        let glm = try FallbackRig.gateway()
        let home = try await EngineRig.prepare(
            models: "  coder: {path: \"{tiny}\", threads: 1}\n  broken: {path: no.gguf, threads: 1}",
            settings: "routing: {fallback: {broken: [glm-4.7]}}")
        try home.directory.write("no model at all", to: "no.gguf")
        let proxy = try await LocalCodeProcess.serve(
            ["--glm-url", glm.url + "/api/paas/v4"], environment: ["ZAI_API_KEY": "id.secret"], home: home)
        let answer = FallbackAnswer(
            try await TestHTTP(proxy.url).post("/v1/chat/completions", FallbackRig.body("broken", stream: true)))
        #expect(answer.status == 200 && answer.text == "from GLM", "\(answer.raw.text)")
        #expect(glm.requests.count == 1)
    }

    @Test(arguments: [(503, "unavailable_error"), (500, "server_error")])
    func anErrorOfTheEnginesOwnGoesOn(status: Int, type: String) async throws {
        let rig = try await FallbackRig.start(routing: Self.both, engine: { _ in FallbackRig.error(status, type) })
        let answer = try await rig.ask("tiny", stream: true)
        #expect(answer.status == 200 && answer.text == "from GLM", "\(answer.raw.text)")
        #expect(rig.asked == (1, 1))
    }

    @Test func anErrorOfTheClientsOwnDoesNot() async throws {
        let rig = try await FallbackRig.start(
            routing: Self.both, engine: { _ in FallbackRig.error(400, "invalid_request_error") })
        #expect(try await rig.ask("tiny").status == 400)
        #expect(rig.asked == (1, 0))
    }

    // MARK: Time

    @Test func whoTakesTooLongToBeginIsGivenUp() async throws {
        let rig = try await FallbackRig.start(
            routing: Self.both + "\n  patience: 300ms", options: ["--keep-alive", "20ms"],
            engine: { _ in ScriptedResponse([.waitForClientToLeave]) })
        let answer = try await rig.ask("tiny", stream: true)
        #expect(answer.status == 200 && answer.text == "from GLM" && answer.isDone, "\(answer.raw.text)")
        // The head was out by then, with comments behind it.
        #expect(answer.raw.text.hasPrefix(":"))
        #expect(rig.asked == (1, 1))
        guard case .clientLeft = try await rig.engine.exchange(chat(rig.engine)).ending() else {
            Issue.record("the engine still works on it")
            return
        }
    }

    @Test func headAndCommentsAreNoBeginning() async throws {
        let rig = try await FallbackRig.start(
            routing: Self.both + "\n  patience: 300ms",
            engine: { _ in .chunked([.text(": wait\n\n"), .waitForClientToLeave]) })
        let answer = try await rig.ask("tiny", stream: true)
        #expect(answer.text == "from GLM" && answer.isDone, "\(answer.raw.text)")
        #expect(rig.asked == (1, 1))
    }

    @Test func whoHasBegunMayTakeHisTime() async throws {
        let gate = Gate()
        let rig = try await FallbackRig.start(
            routing: Self.both + "\n  patience: 2s",
            engine: { _ in
                .chunked([
                    .event(FallbackRig.chunk("slow")), .wait(gate), .event(FallbackRig.chunk("ly")), .event("[DONE]"),
                ])
            })
        let stream = try await TestHTTP(rig.proxy.url).stream(
            "/v1/chat/completions", FallbackRig.body("tiny", stream: true))
        var text = ""
        for try await event in stream.events {
            text += (try? JSONValue(parsing: event.data))?["choices"]?[0]?["delta"]?["content"]?.string ?? ""
            if text == "slow" {
                // Longer than the patience, were it still running.
                try await Task.sleep(for: .milliseconds(2200))
                gate.open()
            }
        }
        #expect(text == "slowly")
        #expect(rig.asked == (1, 0))
    }

    @Test func behindTheFirstTokenThereIsNoOther() async throws {
        let rig = try await FallbackRig.start(
            routing: Self.both, engine: { _ in .chunked([.event(FallbackRig.chunk("half an")), .close]) },
            glm: { _ in .errorInStream(after: ["One"], code: 1234) })
        for (model, text) in [("tiny", "half an"), ("glm-4.7", "One")] {
            let answer = try await rig.ask(model, stream: true)
            #expect(answer.status == 200 && answer.text == text && !answer.isDone, "\(answer.raw.text)")
            #expect(answer.code != nil, "\(answer.raw.text)")
        }
        #expect(rig.asked == (1, 1))
    }

    @Test func aClientThatLeavesIsNotFollowed() async throws {
        let rig = try await FallbackRig.start(
            routing: Self.both, options: ["--keep-alive", "20ms"],
            engine: { _ in ScriptedResponse([.waitForClientToLeave]) })
        let asking = Task { try await rig.ask("tiny", stream: true) }
        while rig.asked.engine == 0, !Task.isCancelled { await Task.yield() }
        asking.cancel()
        _ = try await rig.engine.exchange(chat(rig.engine)).ending()
        #expect(try await rig.ask("glm-4.7").text == "from GLM")
        #expect(rig.asked == (1, 1))
    }

    /// The number of the first chat among the requests of a server.
    private func chat(_ server: RecordingServer) -> Int {
        server.requests.firstIndex { $0.target.hasSuffix("/completions") } ?? 0
    }

    // MARK: Context

    @Test func aPromptThatIsTooLongGoesWhereThereIsMoreRoom() async throws {
        let rig = try await FallbackRig.start(
            routing: "  fallback: {glm-4.5: [glm-4.5-air, glm-4.7]}", engine: { FallbackRig.answer($0) },
            glm: { request in
                let model = (try? JSONValue(parsing: request.body))?["model"]?.string
                return model == "glm-4.7" ? .text(["long"]) : .error(code: 1261)
            })
        let answer = try await rig.ask("glm-4.5", stream: true)
        #expect(answer.text == "long", "\(answer.raw.text)")
        // glm-4.5-air has no more room than glm-4.5.
        #expect(rig.glmModels == ["glm-4.5", "glm-4.7"])
    }

    @Test func whereNobodyHasMoreRoomTheClientLearnsThatItHasToCompact() async throws {
        let rig = try await FallbackRig.start(
            routing: "  fallback: {glm-4.7: [glm-4.5-air, glm-4.5]}", engine: { FallbackRig.answer($0) })
        for stream in [false, true] {
            let answer = try await rig.ask("glm-4.7", "code 1261", stream: stream)
            #expect(answer.status == 400 && answer.code == APIError.contextLengthExceeded, "\(answer.raw.text)")
        }
        #expect(rig.glmModels == ["glm-4.7", "glm-4.7"])
    }

    @Test func anEngineThatIsFullIsFollowedByAModelThatIsNot() async throws {
        let rig = try await FallbackRig.start(
            routing: Self.both, engine: { _ in FallbackRig.error(400, "exceed_context_size_error") })
        #expect(try await rig.ask("tiny").text == "from GLM")
        #expect(rig.asked == (1, 1))
    }

    @Test func whoIsLeftAloneIsNobodyWithMoreRoom() async throws {
        let sent = Mutex(0)
        let rig = try await FallbackRig.start(
            routing: "  fallback: {glm-4.5: [tiny]}", engine: { _ in FallbackRig.error(503, "unavailable_error") },
            glm: { request in
                let scenario = FallbackRig.scenario(request)
                guard scenario == .error(code: 1302) else { return scenario }
                return sent.withLock { sent in
                    sent += 1
                    return sent < 3 ? scenario : .text(["at last"])
                }
            })
        for _ in 1...3 { #expect(try await rig.ask("tiny").status == 503) }
        // The client learns that it has to make its conversation shorter, and nothing of tiny.
        let answer = try await rig.ask("glm-4.5", "code 1261")
        #expect(answer.status == 400 && answer.code == APIError.contextLengthExceeded, "\(answer.raw.text)")
        #expect(rig.asked == (3, 1))
        // Nobody else can be asked, so that GLM is asked more than twice.
        #expect(try await rig.ask("glm-4.5", "code 1302").text == "at last")
        #expect(rig.asked == (3, 4))
    }

    // MARK: Nobody answers, and nobody is asked

    @Test func whereNobodyAnswersTheClientGetsTheLastError() async throws {
        let rig = try await FallbackRig.start(
            routing: "  fallback: {tiny: [glm-4.7, glm-4.6]}",
            engine: { _ in FallbackRig.error(503, "unavailable_error") }, glm: { _ in .error(code: 1308) })
        for stream in [false, true] {
            let answer = try await rig.ask("tiny", stream: stream)
            #expect(answer.status == 429 && answer.code == "insufficient_quota", "\(answer.raw.text)")
            #expect(answer.raw.headers["x-should-retry"] == "false")
        }
        #expect(rig.glmModels == ["glm-4.7", "glm-4.6", "glm-4.7", "glm-4.6"])
    }

    @Test func withoutAFallbackNothingChanges() async throws {
        let rig = try await FallbackRig.start(
            routing: "  patience: 1ms", engine: { _ in FallbackRig.error(503, "unavailable_error") })
        #expect(try await rig.ask("tiny").status == 503)
        #expect(try await rig.ask("glm-4.7", "code 1308").status == 429)
        #expect(rig.asked == (1, 1))
    }

    @Test func whoFailedThreeTimesIsLeftAlone() async throws {
        let rig = try await FallbackRig.start(
            routing: "  fallback: {tiny: [glm-4.7]}", engine: { _ in FallbackRig.error(503, "unavailable_error") })
        for number in 1...6 {
            let answer = try await rig.ask("tiny", stream: number.isMultiple(of: 2))
            #expect(answer.status == 200 && answer.text == "from GLM", "\(number): \(answer.raw.text)")
            #expect(rig.asked == (min(number, 3), number))
        }
        // Where there is nobody else, it is asked all the same: the client learns what is wrong.
        #expect(try await rig.ask("another").status == 503)
        #expect(rig.asked == (4, 6))
    }
}
