import Dispatch
import Support
import Testing

@testable import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("EngineRun: the process", .timeLimit(.minutes(1))) struct EngineProcessTests {
    @Test func itsExitIsToldWithItsLastLines() async throws {
        let stage = try EngineStage()
        let failure = try await stage.failure(stage.script("echo one; echo; echo two >&2; printf three; exit 7"))
        #expect(failure.message == "the engine /bin/sh did not start: it exited with status 7")
        #expect(failure.lastLines == ["one", "two", "three"])
        #expect(failure.description.hasSuffix("; its last lines:\n  one\n  two\n  three"))
        #expect(stage.leftovers.isEmpty)
    }

    @Test func theLastTwentyLinesAreTold() async throws {
        let stage = try EngineStage()
        let failure = try await stage.failure(stage.script("seq 1 500; exit 1"))
        #expect(failure.lastLines == (481...500).map(String.init))
    }

    @Test func whatCannotBeRunIsAFailure() async throws {
        let stage = try EngineStage()
        let plan = LaunchPlan(
            entry: ModelEntry(name: "none", source: .file("/none")), executable: stage.directory.path + "/none",
            flags: [])
        let failure = try await stage.failure(plan)
        #expect(
            failure.message == "the engine \(stage.directory.path)/none cannot be run: No such file or directory")
        #expect(stage.leftovers.isEmpty)
    }

    @Test func itInheritsTheEnvironmentAndNothingElse() async throws {
        let stage = try EngineStage()
        // A descriptor that is not marked, as somebody else's library may have it.
        let open = dup(STDERR_FILENO)
        #expect(open > STDERR_FILENO)
        defer { close(open) }
        setenv("LOCALCODE_TEST_INHERITED", "inherited", 1)
        setenv("LLAMA_ARG_TEST", "not inherited", 1)
        defer {
            unsetenv("LOCALCODE_TEST_INHERITED")
            unsetenv("LLAMA_ARG_TEST")
        }
        _ = try await stage.failure(
            stage.script(
                """
                env
                echo "input: $(cat | wc -c)"
                echo descriptors: $(ls /dev/fd)
                grep -E 'Sig(Blk|Ign)' /proc/self/status
                exit 1
                """, environment: ["PLANNED": "yes", "LLAMA_ARG_PLANNED": "too"]))
        let log = try stage.log()
        #expect(log.contains("\nLOCALCODE_TEST_INHERITED=inherited\n"))
        #expect(!log.contains("LLAMA_ARG_TEST"))
        #expect(log.contains("\nPLANNED=yes\n"))
        #expect(log.contains("\nLLAMA_ARG_PLANNED=too\n"))
        #expect(log.contains("\nLLAMA_API_KEY=***\n"))
        #expect(log.contains("input: 0"))
        // The fourth is the directory that ls reads.
        #expect(log.contains("\ndescriptors: 0 1 2 3\n"))
        #if os(Linux)
            // Signal 32 is the C library's own.
            for mask in ["SigBlk", "SigIgn"] {
                let digits = try #require(log.split(separator: "\(mask):\t").last?.prefix(16))
                #expect(try #require(UInt64(digits, radix: 16)) & 0x7FFF_FFFF == 0, "\(mask): \(digits)")
            }
        #endif
    }

    @Test func whoDoesNotListenIsKilled() async throws {
        let stage = try EngineStage()
        let plan = stage.script("trap '' TERM; echo $$ > \(stage.directory.path)/pid; while :; do sleep 1000; done")
        let failure = try await stage.failure(plan, limits: .init(ready: .milliseconds(300), stop: .milliseconds(300)))
        #expect(failure.message.contains("was not ready within "))
        let pid = try await number(in: stage.directory.path + "/pid")
        #expect(ProcessTable.birth(of: pid) == nil)
        #expect(stage.leftovers.isEmpty)
    }

    @Test func whatItStartedEndsWithIt() async throws {
        let stage = try EngineStage()
        let file = stage.directory.path + "/child"
        _ = try await stage.failure(stage.script("sleep 1000 & echo $! > \(file); exit 1"))
        let child = try await number(in: file)
        try await eventually { ProcessTable.birth(of: child) == nil ? () : nil }
    }

    @Test func aStartThatIsCancelledEndsTheProcess() async throws {
        let stage = try EngineStage()
        let file = stage.directory.path + "/pid"
        let start = Task {
            try await stage.failure(
                stage.script("echo $$ > \(file); exec sleep 1000"), limits: .init(stop: .seconds(60)))
        }
        let pid = try await number(in: file)
        #expect(ProcessTable.birth(of: pid) != nil)
        try await eventually { Files.names(in: stage.places.pids) == ["\(pid).pid"] ? () : nil }
        start.cancel()
        #expect(try await start.value.message.hasSuffix("the start was cancelled"))
        #expect(ProcessTable.birth(of: pid) == nil)
        #expect(stage.leftovers.isEmpty)
    }

    @Test func aPidFileThatCannotBeWrittenIsAFailure() async throws {
        let stage = try EngineStage()
        try stage.directory.write("", to: "pids")
        let failure = try await stage.failure(stage.script("exec sleep 1000"))
        #expect(failure.message.contains("\(stage.directory.path)/pids"))
        #expect(stage.leftovers.isEmpty)
    }

    @Test func aLongPathIsAFailure() async throws {
        let stage = try EngineStage()
        var places = stage.places
        places.runtime += "/" + String(repeating: "x", count: 120)
        await #expect(throws: EngineFailure.self) {
            try await EngineRun.start(stage.script("exec sleep 1000"), places: places, client: stage.client)
        }
        #expect(Files.names(in: places.runtime).isEmpty)
    }

    /// A terminal that is halted must not halt the engine.
    @Test func anEngineDoesNotWaitForWhoReadsItsLines() async throws {
        let stage = try EngineStage()
        let isHalted = DispatchSemaphore(value: 0)
        let script = "yes 0123456789012345678901234567890123456789 | head -n 100000; echo done; exit 3"
        let failure = try await stage.failure(stage.script(script), echo: { _ in isHalted.wait() })
        #expect(failure.message.hasSuffix("it exited with status 3"))
        #expect(failure.lastLines.last == "done")
        for _ in 0...200_000 { isHalted.signal() }
    }
}

@Suite("EngineRun: the log", .timeLimit(.minutes(1))) struct RotatingLogTests {
    @Test func aFullFileIsPutAside() throws {
        let directory = try TestDirectory()
        let path = directory.path + "/log"
        let log = try RotatingLog(path: path, limit: 100)
        for number in 1...5 {
            log.append(["\(number)" + String(repeating: ".", count: 58)])
            log.flush()
        }
        #expect(Files.names(in: directory.path).sorted() == ["log", "log.1"])
        #expect(try TestFiles.bytes(of: path).count == 60)
        #expect(try TestFiles.bytes(of: path).first == UInt8(ascii: "5"))
        #expect(try TestFiles.bytes(of: path + ".1").first == UInt8(ascii: "4"))
    }

    @Test func whatIsThereIsContinuedAndCounted() throws {
        let directory = try TestDirectory()
        let path = try directory.write(String(repeating: "x", count: 90) + "\n", to: "log")
        let log = try RotatingLog(path: path, limit: 100)
        log.append(["short"])
        log.flush()
        #expect(try TestFiles.bytes(of: path).count == 97)
        log.append(["another"])
        log.flush()
        #expect(try TestFiles.bytes(of: path) == Array("another\n".utf8))
    }

    @Test func linesThatFindNoRoomAreCounted() throws {
        let directory = try TestDirectory()
        let isHalted = DispatchSemaphore(value: 0)
        let echoed = EchoedLines()
        let log = try RotatingLog(
            path: directory.path + "/log",
            echo: { line in
                if line == "first" { isHalted.wait() }
                echoed.append(String(line.prefix(40)))
            })
        log.append(["first"])
        // A second round of the thread takes what has come by then.
        let line = String(repeating: "x", count: 300_000)
        log.append([line, line, line, line, line])
        isHalted.signal()
        log.flush(within: .seconds(60))
        #expect(echoed.all.last == "localcode: 2 lines were dropped")
    }

    @Test func whatCannotBeWrittenIsAFailure() throws {
        let directory = try TestDirectory()
        #expect(throws: EngineFailure.self) { try RotatingLog(path: directory.path) }
    }
}
