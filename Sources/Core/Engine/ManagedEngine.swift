import Subprocess
import Synchronization

#if canImport(Glibc)
    import Glibc
    import SystemPackage
#else
    import Darwin
    import System
#endif

/// A llama-server that LocalCode started: a child process that listens on a unix-domain socket in a directory of its own, so
/// that it needs no port and nobody else can reach it.
public struct ManagedEngine: Sendable {
    /// What to start.
    public struct Plan: Sendable, Equatable {
        /// A llama-server, or something that takes its options.
        public var executable: String
        /// A GGUF file. A chat template of the same name that ends in `.jinja` is used in the place of its own.
        public var model: String
        /// Where its output goes; replaced at each start.
        public var logFile: String
        /// Where it writes KV states and reads them; nil where none are kept.
        public var slotDirectory: String?
        /// Below this the socket's directory is made.
        public var temporaryDirectory: String

        public init(
            executable: String, model: String, logFile: String, slotDirectory: String? = nil,
            temporaryDirectory: String = "/tmp"
        ) {
            self.executable = executable
            self.model = model
            self.logFile = logFile
            self.slotDirectory = slotDirectory
            self.temporaryDirectory = temporaryDirectory
        }

        /// llama-server's arguments that a KV state depends on. Idle slots keep their state, several slots share one pool,
        /// and llama-server's own copies in memory are off, since ours are on the disk: with those, a slot that LocalCode
        /// fills could be overwritten. A state is saved with its checkpoints, of which a model with sliding windows has 32
        /// by default, each as large as its windows: eight are enough to go back a turn or to the beginning.
        public var stateArguments: [String] {
            [
                "--ctx-size", "16384", "--parallel", "2", "--kv-unified", "--no-cache-idle-slots", "--cache-ram", "0",
                "--ctx-checkpoints", "8",
            ]
        }

        /// Tells the executable from another build: a digest over parts of it.
        public var executableIdentity: String {
            ExecutableIdentity.digest(executable)?.hex ?? executable
        }

        /// All of llama-server's arguments.
        func arguments(socket: String) -> [String] {
            let name = model.split(separator: "/").last.map(String.init) ?? model
            let alias = name.hasSuffix(".gguf") ? String(name.dropLast(5)) : name
            let template = model.dropLast(name.count) + alias + ".jinja"
            return ["--model", model, "--alias", alias, "--host", socket, "--jinja"] + stateArguments
                + (slotDirectory.map { ["--slot-save-path", $0] } ?? [])
                + (Directories.isFile(String(template)) ? ["--chat-template-file", String(template)] : [])
        }
    }

    /// Why an engine is not there; says where its own words are.
    public struct StartFailure: Error, Sendable, CustomStringConvertible {
        /// The reason, and below it the engine's last lines.
        public let description: String
    }

    /// How to talk to it.
    public let server: LlamaServer
    private let process: Task<String, Never>
    private let directory: String

    /// Starts the engine and returns when it can take requests.
    /// - Throws: `StartFailure`, with the engine's last words.
    public static func start(_ plan: Plan, client: HTTPClient, within limit: Duration = .seconds(300)) async throws
        -> ManagedEngine
    {
        let directory = try makeDirectory(below: plan.temporaryDirectory)
        let socket = directory + "/engine.sock"
        let log: FileDescriptor
        do {
            log = try FileDescriptor.open(
                FilePath(plan.logFile), .writeOnly, options: [.create, .truncate, .append, .closeOnExec],
                permissions: .ownerReadWrite)
        } catch {
            rmdir(directory)
            throw StartFailure(description: "cannot write the engine's log \(plan.logFile): \(error)")
        }
        let process = Task { await run(plan, socket: socket, log: log) }
        let engine = ManagedEngine(
            server: LlamaServer(.init(url: "http://localhost", unixSocket: socket), client: client), process: process,
            directory: directory)
        do {
            try await engine.waitUntilReady(within: limit, plan: plan)
            return engine
        } catch {
            await engine.stop()
            throw error
        }
    }

    /// Returns when the process has ended, whoever ended it.
    /// - Returns: how, for a message: `it exited with status 1`.
    public func ending() async -> String { await process.value }

    /// Ends the process: SIGTERM, and SIGKILL after five seconds.
    public func stop() async {
        process.cancel()
        _ = await process.value
        unlink(directory + "/engine.sock")
        rmdir(directory)
    }

    private static func run(_ plan: Plan, socket: String, log: FileDescriptor) async -> String {
        var options = PlatformOptions()
        // A group of its own: Ctrl-C in the terminal is for LocalCode, which ends the engine when its requests are done.
        options.processGroupID = 0
        options.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(5))]
        do {
            let result = try await Subprocess.run(
                .path(FilePath(plan.executable)), arguments: Arguments(plan.arguments(socket: socket)),
                platformOptions: options, output: .fileDescriptor(log, closeAfterSpawningProcess: false),
                error: .fileDescriptor(log, closeAfterSpawningProcess: true))
            return switch result.terminationStatus {
            case .exited(let code): "it exited with status \(code)"
            case .signaled(let signal): "it was ended by signal \(signal)"
            }
        } catch {
            return "it cannot be run: \(error)"
        }
    }

    private func waitUntilReady(within limit: Duration, plan: Plan) async throws {
        let end = Mutex<String?>(nil)
        let watcher = Task { [process] in
            let reason = await process.value
            end.withLock { $0 = reason }
        }
        defer { watcher.cancel() }
        let deadline = ContinuousClock.now + limit
        while await server.problem() != nil {
            if let reason = end.withLock({ $0 }) {
                throw StartFailure(
                    description:
                        "the engine \(plan.executable) did not start: \(reason)\n\(Self.lastLines(of: plan.logFile))")
            }
            guard ContinuousClock.now < deadline else {
                throw StartFailure(
                    description:
                        "the engine \(plan.executable) was not ready within \(limit.components.seconds) s; see \(plan.logFile)"
                )
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private static func makeDirectory(below parent: String) throws(StartFailure) -> String {
        var template = Array("\(parent)/localcode-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw StartFailure(
                description: "cannot make a directory below \(parent): \(String(cString: strerror(errno)))")
        }
        return template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    private static func lastLines(of file: String, bytes: Int = 2000) -> String {
        guard let log = try? FileDescriptor.open(FilePath(file), .readOnly) else { return "" }
        defer { try? log.close() }
        let size = (try? log.seek(offset: 0, from: .end)) ?? 0
        _ = try? log.seek(offset: max(0, size - Int64(bytes)), from: .start)
        var text = [UInt8](repeating: 0, count: bytes)
        let count = (try? text.withUnsafeMutableBytes { try log.read(into: $0) }) ?? 0
        return String(decoding: text[..<count], as: UTF8.self)
    }
}
