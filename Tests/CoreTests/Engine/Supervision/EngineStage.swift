import Support

@testable import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A place for the engines of a test.
struct EngineStage {
    let directory: TestDirectory
    let client: HTTPClient

    init() throws {
        directory = try TestDirectory()
        client = try HTTPClient()
    }

    var places: EngineRun.Places {
        EngineRun.Places(
            log: directory.path + "/logs/engine.log", runtime: directory.path + "/run", pids: directory.path + "/pids")
    }

    /// What is left in the directories of sockets and pid files.
    var leftovers: [String] { Files.names(in: places.runtime) + Files.names(in: places.pids) }

    /// What the engines have printed.
    func log() throws -> String { String(decoding: try TestFiles.bytes(of: places.log), as: UTF8.self) }

    /// A real engine.
    func engine(
        _ model: TinyModel = .tiny, _ flags: [String] = [], mode: ModelEntry.Mode = .chat, speculation: [String] = []
    ) async throws -> LaunchPlan {
        let path = try await model.path()
        return engine(path: path, flags, mode: mode, speculation: speculation, python: try TestPlaces.python())
    }

    func engine(
        path: String, _ flags: [String] = [], mode: ModelEntry.Mode = .chat, speculation: [String] = [], python: String
    ) -> LaunchPlan {
        let own = [
            "--model", path, "--ctx-size", "2048", "--parallel", "2", "--threads", "1", "--no-warmup", "--slots",
            "--slot-save-path", directory.path,
        ]
        var entry = ModelEntry(name: "tiny", source: .file(path))
        entry.mode = mode
        let launcher = "\(TestPlaces.repository)/scripts/engine/llama-server.py"
        return LaunchPlan(
            entry: entry, executable: python,
            flags: [LaunchPlan.Flag("-I", [launcher] + own + flags, comment: "")], speculation: speculation)
    }

    /// A shell script in the place of an engine; `$1` is the path of its socket.
    func script(_ text: String, environment: [String: String] = [:]) -> LaunchPlan {
        LaunchPlan(
            entry: ModelEntry(name: "script", source: .file("/none")), executable: "/bin/sh",
            flags: [LaunchPlan.Flag("-c", [text], comment: "")], environment: environment)
    }

    func start(
        _ plan: LaunchPlan, limits: EngineRun.Limits = .init(), echo: (@Sendable (String) -> Void)? = nil
    ) async throws(EngineFailure) -> EngineRun {
        try await EngineRun.start(plan, places: places, limits: limits, client: client, echo: echo)
    }

    /// Starts what cannot become ready.
    func failure(
        _ plan: LaunchPlan, limits: EngineRun.Limits = .init(), echo: (@Sendable (String) -> Void)? = nil
    ) async throws -> EngineFailure {
        do {
            let run = try await start(plan, limits: limits, echo: echo)
            await run.stop()
        } catch {
            return error
        }
        throw TestKitError("the engine started")
    }
}

/// Looks until something is so; the test's time limit ends a vain search.
func eventually<Found>(_ look: () throws -> Found?) async throws -> Found {
    while true {
        if let found = try look() { return found }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// Waits for a number that a process writes into a file.
func number(in path: String) async throws -> Int32 {
    try await eventually {
        guard let text = ProcessTable.text(of: path), text.hasSuffix("\n") else { return nil }
        return Int32(text.dropLast())
    }
}
