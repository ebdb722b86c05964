import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A running llama-server with a tiny model: the real server, as scripts/engine/llama-server.py starts it. It ends with
/// its last reference and with the test process.
public final class TestEngine: Sendable {
    /// Its first address: `http://127.0.0.1:PORT`, or `unix:PATH`.
    public let url: String
    /// The process.
    public let process: ChildProcess
    private let arguments: [String]

    private init(url: String, process: ChildProcess, arguments: [String]) {
        self.url = url
        self.process = process
        self.arguments = arguments
    }

    /// The port of `url`.
    public var port: Int { url.split(separator: ":").last.flatMap { Int($0) } ?? 0 }

    /// Everything it has logged so far.
    public var logs: String { process.standardError }

    /// Starts an engine on a port chosen by the kernel and waits until it answers.
    /// - Parameter arguments: llama-server's flags; they come last, so they replace the kit's own: one thread (tests run
    ///   in parallel, and more only spin), 8,192 tokens of context, metrics, and the name of the model, such as `tiny`.
    public static func start(_ arguments: String..., model: TinyModel = .tiny) async throws -> TestEngine {
        try await start(arguments, model: model)
    }

    /// As above, with the flags in an array.
    public static func start(_ arguments: [String], model: TinyModel = .tiny) async throws -> TestEngine {
        let own = [
            "--model", try await model.path(), "--host", "127.0.0.1", "--port", "0", "--ctx-size", "8192",
            "--threads", "1", "--no-warmup", "--metrics", "--slots", "--alias", model.rawValue,
        ]
        return try await start(exactly: own + arguments)
    }

    /// Starts an engine with these flags and no others.
    public static func start(exactly arguments: [String]) async throws -> TestEngine {
        let process = try ChildProcess(
            TestPlaces.python(), ["-I", launcher] + arguments, environment: ["PATH": "/usr/bin:/bin"])
        let prefix = "llama-server: listening on "
        let url = await process.firstErrorLine { line in
            line.firstRange(of: prefix).map { String(line[$0.upperBound...]) }
        }
        guard let url else {
            let (status, _, errors) = await process.collect()
            throw TestKitError("the engine did not start (\(status)):\n\(errors)")
        }
        return TestEngine(url: url, process: process, arguments: arguments)
    }

    /// Ends the engine and waits until it is gone.
    public func stop() async {
        process.send(SIGTERM)
        _ = await process.waitForExit()
    }

    /// Kills it as a crash or the kernel would.
    public func kill(_ signal: Int32 = SIGKILL) async {
        process.send(signal)
        _ = await process.waitForExit()
    }

    /// Kills it if it still runs, and starts another with the same flags at the same address. What is not on disk is
    /// lost.
    /// - Parameter extra: More flags, or other values of the ones given before.
    public func restart(_ extra: [String] = []) async throws -> TestEngine {
        await kill()
        return try await Self.start(exactly: arguments + (url.hasPrefix("unix:") ? [] : ["--port", "\(port)"]) + extra)
    }

    /// What it says of its slots.
    public func slots() async throws -> [JSONValue] { try await TestHTTP(url).get("/slots").json.array ?? [] }

    /// Asks for an action on a slot: `save`, `restore` or `erase`.
    public func slot(_ id: Int, _ action: String, _ file: String? = nil) async throws -> TestHTTP.Answer {
        try await TestHTTP(url).post(
            "/slots/\(id)?action=\(action)", file.map { ["filename": .string($0)] } ?? [:])
    }

    static let launcher = "\(TestPlaces.repository)/scripts/engine/llama-server.py"

    /// Puts an engine and a default model where the set-up command puts them below this data directory, so that
    /// LocalCode starts it by itself.
    /// - Parameter data: A value of XDG_DATA_HOME inside `directory`, relative to it.
    public static func provide(in directory: TestDirectory, data: String, model: TinyModel = .tiny) async throws {
        try directory.makeDirectory("\(data)/localcode/engine")
        try directory.makeDirectory("\(data)/localcode/models")
        try directory.write(
            "#!/bin/sh\nexec '\(TestPlaces.python())' -I '\(launcher)' \"$@\"\n",
            to: "\(data)/localcode/engine/llama-server", mode: 0o700)
        try directory.link("\(data)/localcode/models/default.gguf", to: try await model.path())
    }
}
