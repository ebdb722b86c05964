import Support
import Synchronization
import Testing

@testable import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("EngineRun: a real engine", .timeLimit(.minutes(3))) struct EngineRunTests {
    @Test func anEngineThatIsReadyGeneratesAndLeavesNothingBehind() async throws {
        let stage = try EngineStage()
        let run = try await stage.start(try await stage.engine())
        let slots = try await run.server.slots()
        #expect(slots.count == 2)
        #expect(slots.allSatisfy { !$0.isProcessing })
        #expect(try #require(run.memory) > 10_000_000)
        #expect(getpgid(run.pid) == run.pid)
        let socket = try #require(run.server.address.unixSocket)
        let directory = String(socket.dropLast("/engine.sock".count))
        var status = stat()
        #expect(stat(directory, &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(Files.names(in: stage.places.pids) == ["\(run.pid).pid"])

        await run.stop()
        #expect(await run.ending() == .stopped)
        #expect(stage.leftovers.isEmpty)
        #expect(ProcessTable.birth(of: run.pid) == nil)
        #expect(run.memory == nil)
    }

    @Test func itsKeyIsWantedAndSeenNowhere() async throws {
        let stage = try EngineStage()
        let run = try await stage.start(try await stage.engine())
        let key = try #require(run.server.address.apiKey)
        let socket = try #require(run.server.address.unixSocket)
        #expect(key.count == 64)
        #expect(try await TestHTTP("unix:\(socket)").get("/slots").status == 401)
        #expect(
            try await TestHTTP("unix:\(socket)").get("/slots", headers: ["Authorization": "Bearer \(key)"]).status
                == 200)
        #if os(Linux)
            let arguments = try #require(ProcessTable.text(of: "/proc/\(run.pid)/cmdline"))
            #expect(arguments.contains(socket))
            #expect(!arguments.contains(key))
        #endif
        await run.stop()
        let log = try stage.log()
        #expect(log.contains(socket))
        #expect(!log.contains(key))
    }

    @Test func twoRunsHaveTwoKeys() async throws {
        let stage = try EngineStage()
        let one = try await stage.start(try await stage.engine())
        let two = try await stage.start(try await stage.engine())
        #expect(one.server.address != two.server.address)
        #expect(one.server.address.apiKey != two.server.address.apiKey)
        await one.stop()
        #expect(try await two.server.slots().count == 2)
        await two.stop()
    }

    @Test func anEngineThatIsKilledIsToldWithItsLastLines() async throws {
        let stage = try EngineStage()
        let run = try await stage.start(try await stage.engine())
        kill(run.pid, SIGKILL)
        let ending = await run.ending()
        guard case .signaled(SIGKILL, let lines) = ending else {
            Issue.record("\(ending)")
            return
        }
        #expect(lines.contains { $0.contains("listening on unix:") })
        #expect(ending.description.contains("signal 9"))
        #expect(stage.leftovers.isEmpty)
        // It stays what it is.
        await run.stop()
        #expect(await run.ending() == ending)
    }

    @Test func anEngineThatHangsIsKilled() async throws {
        let stage = try EngineStage()
        let limit = Duration.seconds(1)
        let run = try await stage.start(try await stage.engine(), limits: .init(answer: limit))
        kill(run.pid, SIGSTOP)
        let ending = await run.ending()
        guard case .hung(limit, _) = ending else {
            Issue.record("\(ending)")
            return
        }
        #expect(ProcessTable.birth(of: run.pid) == nil)
        #expect(stage.leftovers.isEmpty)
    }

    @Test func anEngineThatWorksDoesNotHang() async throws {
        let stage = try EngineStage()
        let run = try await stage.start(try await stage.engine(), limits: .init(answer: .milliseconds(600)))
        for _ in 0..<3 {
            let body: JSONValue = ["prompt": "the and", "n_predict": 1500, "ignore_eos": true]
            let answer = try await run.server.send("POST", "/completion", body: body.bytes)
            _ = try await answer.body.collect(upTo: 1 << 24)
        }
        #expect(run.course.ending.value == nil)
        await run.stop()
        #expect(await run.ending() == .stopped)
    }

    @Test func aStoppedProcessStillStops() async throws {
        let stage = try EngineStage()
        let run = try await stage.start(try await stage.engine(), limits: .init(stop: .seconds(60)))
        kill(run.pid, SIGSTOP)
        await run.stop()
        #expect(await run.ending() == .stopped)
    }

    @Test func whoLetsGoOfARunEndsIt() async throws {
        let stage = try EngineStage()
        var run: EngineRun? = try await stage.start(try await stage.engine())
        let pid = try #require(run?.pid)
        run = nil
        try await eventually { ProcessTable.birth(of: pid) == nil ? () : nil }
        try await eventually { stage.leftovers.isEmpty ? () : nil }
    }

    @Test(arguments: [
        (TinyModel.rank, ModelEntry.Mode.rerank, ["--reranking"]),
        (.tiny, .embedding, ["--embeddings", "--pooling", "mean"]),
    ])
    func otherModesAreAskedForWhatTheyDo(model: TinyModel, mode: ModelEntry.Mode, flags: [String]) async throws {
        let stage = try EngineStage()
        let run = try await stage.start(try await stage.engine(model, flags, mode: mode))
        await run.stop()
        #expect(await run.ending() == .stopped)
    }

    @Test(arguments: [
        (TinyModel.rank, ModelEntry.Mode.chat, ["--reranking"]),
        (.tiny, .rerank, ["--embeddings", "--pooling", "mean"]),
        (.tiny, .embedding, ["--embeddings"]),
    ])
    func whatCannotDoItsWorkIsNotReady(model: TinyModel, mode: ModelEntry.Mode, flags: [String]) async throws {
        let stage = try EngineStage()
        let failure = try await stage.failure(try await stage.engine(model, flags, mode: mode))
        #expect(failure.message.contains("could not generate: "))
        #expect(stage.leftovers.isEmpty)
    }

    @Test func aModelThatIsTruncatedFailsInTheEnginesWords() async throws {
        let stage = try EngineStage()
        let whole = try TestFiles.bytes(of: try await TinyModel.tiny.path())
        let path = stage.directory.path + "/cut.gguf"
        try TestFiles.write(Array(whole.dropLast(whole.count / 2)), to: path)
        let failure = try await stage.failure(stage.engine(path: path, python: try TestPlaces.python()))
        #expect(failure.message.hasSuffix("did not start: it exited with status 1"))
        #expect(failure.lastLines.contains { $0.contains("corrupted or incomplete") })
        #expect(failure.description.contains("corrupted or incomplete"))
        #expect(stage.leftovers.isEmpty)
    }

    @Test func speculationThatIsWantedIsThere() async throws {
        let stage = try EngineStage()
        let flags = ["--spec-draft-model", try await TinyModel.draft.path(), "--spec-type", "draft-simple"]
        let run = try await stage.start(try await stage.engine(.tiny, flags, speculation: ["draft-simple"]))
        await run.stop()
    }

    /// Without a kind, llama-server loads a draft and leaves it alone.
    @Test func speculationThatIsNotThereIsAFailure() async throws {
        let stage = try EngineStage()
        let flags = ["--spec-draft-model", try await TinyModel.draft.path()]
        let failure = try await stage.failure(try await stage.engine(.tiny, flags, speculation: ["draft-simple"]))
        #expect(failure.message.hasPrefix("the engine does not speculate, although it was started to (draft-simple)"))
        #expect(stage.leftovers.isEmpty)
    }

    @Test func theLineThatSaysWhyIsFound() {
        let lines = [
            "srv load: loading draft model '/m/draft.gguf'",
            "common_speculative: the target and draft vocabs are not compatible - tokens will be translated",
            "srv init: no error here",
        ]
        #expect(EngineRun.reasonAgainstSpeculation(lines) == lines[1])
        #expect(EngineRun.reasonAgainstSpeculation(["load: loading draft model"]) == nil)
    }

    @Test func linesAreEchoedWithoutTheKey() async throws {
        let stage = try EngineStage()
        let lines = EchoedLines()
        let run = try await stage.start(try await stage.engine(), echo: { lines.append($0) })
        await run.stop()
        #expect(lines.all.contains { $0.contains("listening on unix:") })
        #expect(lines.all.joined(separator: "\n") + "\n" == (try stage.log()))
    }
}

final class EchoedLines: Sendable {
    private let lines = Mutex<[String]>([])

    func append(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}
