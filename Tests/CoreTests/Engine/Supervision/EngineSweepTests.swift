import Support
import Testing

@testable import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("EngineRun: what is left behind", .timeLimit(.minutes(1))) struct EngineSweepTests {
    private let stage: EngineStage
    private let socket: String
    /// A LocalCode that is gone: the number is this process's, the time of birth is not.
    private let gone = PidFile.Identity(pid: getpid(), birth: "long-ago/1")

    init() throws {
        stage = try EngineStage()
        try stage.directory.makeDirectory("pids")
        socket = try stage.directory.makeDirectory("run/localcode-abcdef") + "/engine.sock"
        try stage.directory.write("", to: "run/localcode-abcdef/engine.sock")
    }

    private func leave(_ engine: PidFile.Identity, owner: PidFile.Identity) throws {
        let file = PidFile(engine: engine, owner: owner, socket: socket)
        try stage.directory.write(file.text, to: "pids/\(engine.pid).pid")
    }

    @Test func anEngineWithoutItsOwnerIsEnded() async throws {
        let process = try ChildProcess("sleep", ["1000"], environment: [:])
        try leave(try #require(PidFile.Identity(of: process.pid)), owner: gone)
        #expect(await EngineRun.sweep(stage.places) == [process.pid])
        #expect(await process.waitForExit() == .signaled(SIGTERM))
        #expect(stage.leftovers.isEmpty)
    }

    @Test func anEngineWhoseOwnerRunsIsLeftAlone() async throws {
        let process = try ChildProcess("sleep", ["1000"], environment: [:])
        try leave(
            try #require(PidFile.Identity(of: process.pid)), owner: try #require(PidFile.Identity(of: getpid())))
        #expect(await EngineRun.sweep(stage.places).isEmpty)
        #expect(process.isRunning)
        #expect(Files.names(in: stage.places.pids) == ["\(process.pid).pid"])
        #expect(Files.names(in: stage.places.runtime) == ["localcode-abcdef"])
    }

    @Test func aProcessThatGotTheNumberIsLeftAlone() async throws {
        let process = try ChildProcess("sleep", ["1000"], environment: [:])
        var identity = try #require(PidFile.Identity(of: process.pid))
        identity.birth += "0"
        try leave(identity, owner: gone)
        #expect(await EngineRun.sweep(stage.places).isEmpty)
        #expect(process.isRunning)
        #expect(ProcessTable.birth(of: process.pid) != nil)
        #expect(stage.leftovers.isEmpty)
    }

    #if os(Linux)
        /// A wrapper may have ended, and its engine not.
        @Test func anEngineWhoseLeaderIsGoneIsEnded() async throws {
            let file = stage.directory.path + "/child"
            let leader = try ChildProcess(
                "/bin/sh", ["-c", "sh -c 'echo $$ > \(file); sleep 1000; :' sh \(socket) & exit 0"],
                environment: ["PATH": "/usr/bin:/bin"])
            let identity = PidFile.Identity(pid: leader.pid, birth: "before/1")
            let child = try await number(in: file)
            #expect(await leader.waitForExit() == .exited(0))
            try leave(identity, owner: gone)
            #expect(await EngineRun.sweep(stage.places) == [leader.pid])
            #expect(ProcessTable.birth(of: child) == nil)
            #expect(stage.leftovers.isEmpty)
        }
    #endif

    @Test func whoDoesNotListenIsKilled() async throws {
        let file = stage.directory.path + "/started"
        let process = try ChildProcess(
            "/bin/sh", ["-c", "trap '' TERM; echo $$ > \(file); while :; do sleep 1000; done"],
            environment: ["PATH": "/usr/bin:/bin"])
        _ = try await number(in: file)
        try leave(try #require(PidFile.Identity(of: process.pid)), owner: gone)
        #expect(await EngineRun.sweep(stage.places, patience: .milliseconds(200)) == [process.pid])
        #expect(await process.waitForExit() == .signaled(SIGKILL))
    }

    @Test func whatIsNoPidFileGoes() async throws {
        try stage.directory.write("", to: "pids/1.pid")
        try stage.directory.write("engine 1 x\nowner 1 x\nsocket /etc\n", to: "pids/2.pid")
        try stage.directory.write("kept", to: "pids/tiny.log")
        #expect(await EngineRun.sweep(stage.places).isEmpty)
        #expect(Files.names(in: stage.places.pids) == ["tiny.log"])
    }

    @Test func withoutADirectoryNoEngineIsEnded() async throws {
        var places = stage.places
        places.pids += "/none"
        #expect(await EngineRun.sweep(places).isEmpty)
    }

    @Test func aPidFileIsReadAsItWasWritten() throws {
        let file = PidFile(
            engine: .init(pid: 7, birth: "a/1"), owner: .init(pid: 8, birth: "a/2"), socket: "/with space/engine.sock")
        #expect(PidFile(file.text) == file)
        #expect(PidFile(file.text.replacing("engine 7", with: "engine x")) == nil)
        #expect(PidFile(file.text.replacing("engine 7", with: "engine -7")) == nil)
        #expect(PidFile(file.text.replacing("socket /", with: "socket ")) == nil)
    }

    #if os(Linux)
        @Test func aProcessesNameDoesNotConfuse() throws {
            let line = "42 (a) Z 1 (b) S 3 44 45 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 98765 100 200"
            let status = try #require(ProcessTable.Status(line))
            #expect(!status.hasEnded)
            #expect(status.group == 44)
            #expect(status.start == 98765)
            #expect(ProcessTable.Status("42 (sh) S 1") == nil)
            #expect(ProcessTable.Status(line.replacing(") S", with: ") Z"))?.hasEnded == true)
        }

        private static let role = "LOCALCODE_TEST_ENGINE_PARENT"

        @Test func noEngineOutlivesAParentThatIsKilled() async throws {
            let executable = Directories.resolved("/proc/self/exe")
            let parent = try ChildProcess(
                executable, ["--testing-library", "swift-testing", "--filter", "EngineSweepTests/parent"],
                environment: ["PATH": "/usr/bin:/bin", Self.role: stage.directory.path])
            let pid = try await number(in: stage.directory.path + "/pid")
            let engine = try #require(PidFile.Identity(of: pid))
            #expect(getpgid(pid) == pid)
            try await eventually { Files.names(in: stage.places.pids) == ["\(pid).pid"] ? () : nil }
            parent.send(SIGKILL)
            #expect(await parent.waitForExit() == .signaled(SIGKILL))
            try await eventually { engine.isAlive ? nil : () }
            // What it could not clear away goes with the next start.
            #expect(Files.names(in: stage.places.pids) == ["\(pid).pid"])
            #expect(await EngineRun.sweep(stage.places).isEmpty)
            #expect(Files.names(in: stage.places.pids).isEmpty)
            #expect(Files.names(in: stage.places.runtime) == ["localcode-abcdef"])
        }

        /// Plays the parent in a process of its own.
        @Test(.enabled(if: ProcessTable.text(of: "/proc/self/environ")?.contains(role) ?? false))
        func parent() async throws {
            let path = try #require(getenv(Self.role).map { String(cString: $0) })
            let places = EngineRun.Places(log: path + "/engine.log", runtime: path + "/run", pids: path + "/pids")
            _ = try await EngineRun.start(
                stage.script("echo $$ > \(path)/pid; exec sleep 1000"), places: places, client: stage.client)
        }
    #endif
}
