#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A home directory of a test's own: nothing of the user's configuration, data or keys is seen or touched.
public final class TestHome: Sendable {
    /// The directory: it holds `.config`, `data`, `cache`, `state` and `run`.
    public let directory: TestDirectory

    public init() throws {
        directory = try TestDirectory()
        for name in [".config/localcode", "data", "cache", "state", "run"] { try directory.makeDirectory(name) }
    }

    /// The environment of a program started in it.
    public var environment: [String: String] {
        [
            "HOME": directory.path,
            "XDG_CONFIG_HOME": "\(directory.path)/.config",
            "XDG_DATA_HOME": "\(directory.path)/data",
            "XDG_CACHE_HOME": "\(directory.path)/cache",
            "XDG_STATE_HOME": "\(directory.path)/state",
            "XDG_RUNTIME_DIR": "\(directory.path)/run",
            "TMPDIR": "\(directory.path)/run",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TERM": "dumb",
        ]
    }

    /// Provides an engine and a default model in it, as the set-up command does.
    public func provideEngine(model: TinyModel = .tiny) async throws {
        try await TestEngine.provide(in: directory, data: "data", model: model)
    }
}

/// The release binary, running.
public final class LocalCodeProcess: Sendable {
    /// What it listens on: `http://HOST:PORT`.
    public let url: String
    /// Its home.
    public let home: TestHome
    /// The process.
    public let process: ChildProcess
    private let arguments: [String]
    private let environment: [String: String]

    private init(
        url: String, home: TestHome, process: ChildProcess, arguments: [String], environment: [String: String]
    ) {
        self.url = url
        self.home = home
        self.process = process
        self.arguments = arguments
        self.environment = environment
    }

    /// The port of `url`.
    public var port: Int { url.split(separator: ":").last.flatMap { Int($0) } ?? 0 }

    /// What it has written to standard error so far, line by line.
    public var lines: [String] { process.standardError.split(separator: "\n").map(String.init) }

    /// Waits for a line on standard error that contains this text.
    public func line(containing text: String) async -> String? {
        await process.firstErrorLine { $0.contains(text) ? String($0) : nil }
    }

    /// Starts `localcode serve` and waits until it can serve.
    /// - Parameters:
    ///   - environment: Variables besides those of the home.
    ///   - port: 0: the kernel chooses.
    public static func serve(
        _ arguments: [String] = [], environment: [String: String] = [:], home: TestHome? = nil, port: Int = 0
    ) async throws -> LocalCodeProcess {
        let home = try home ?? TestHome()
        let process = try ChildProcess(
            TestPlaces.binary(), ["serve", "--port", "\(port)"] + arguments,
            environment: home.environment.merging(environment) { $1 }, directory: home.directory.path)
        let prefix = "localcode: listening on "
        let url = await process.firstErrorLine { line in
            line.hasPrefix(prefix) ? String(line.dropFirst(prefix.count)) : nil
        }
        guard let url else {
            let (status, _, errors) = await process.collect()
            throw TestKitError("localcode serve did not start (\(status)):\n\(errors)")
        }
        return LocalCodeProcess(
            url: url, home: home, process: process, arguments: arguments, environment: environment)
    }

    /// Asks it to end and waits until it has; `lines` is complete then.
    @discardableResult public func terminate() async -> ChildProcess.Status {
        process.send(SIGTERM)
        return await process.collect().status
    }

    /// Kills it.
    public func kill() async {
        process.send(SIGKILL)
        _ = await process.waitForExit()
    }

    /// Kills it if it still runs, and starts another with the same arguments in the same home, at the same port.
    public func restart() async throws -> LocalCodeProcess {
        await kill()
        return try await Self.serve(arguments, environment: environment, home: home, port: port)
    }

    /// What a command gave.
    public struct Result: Sendable {
        /// How it ended.
        public let status: ChildProcess.Status
        /// Standard output.
        public let output: String
        /// Standard error.
        public let errors: String
    }

    /// Runs `localcode` with these arguments to its end.
    public static func run(
        _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:], home: TestHome? = nil
    ) async throws -> Result {
        let home = try home ?? TestHome()
        let process = try ChildProcess(
            TestPlaces.binary(), arguments, environment: home.environment.merging(environment) { $1 },
            directory: home.directory.path, input: input)
        let (status, output, errors) = await process.collect()
        return Result(status: status, output: String(decoding: output, as: UTF8.self), errors: errors)
    }
}
