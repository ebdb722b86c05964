import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A server that the bench starts, and stops again whatever happens.
struct BenchProgram: Sendable {
    var name: String
    var executable: String
    var arguments: [String]
    var environment: [String: String]
    /// A directory of its own: it works there, and its output goes to `log` there.
    var directory: String
    /// How to learn where it listens.
    var readiness: Readiness

    enum Readiness: Sendable {
        /// It listens on a port that we chose.
        case port(UInt16)
        /// It prints a line that starts with this and goes on with its URL.
        case line(String)
        /// An engine that listens on a port that we chose, and answers /health with 200 once its model is loaded.
        case health(UInt16)

        /// Nanoseconds.
        var patience: UInt64 {
            if case .health = self { BenchEngine.patience } else { 15_000_000_000 }
        }
    }

    var logPath: String { directory + "/log" }

    /// Runs the program as long as `body` runs.
    /// - Parameter body: Gets where it listens, and its process.
    func run<Value: Sendable>(_ body: (Endpoint, Int32) async throws -> Value) async throws -> Value {
        let log = try FileDescriptor.open(
            FilePath(logPath), .writeOnly, options: [.create, .truncate, .append],
            permissions: [.ownerReadWrite])
        var options = PlatformOptions()
        // Ctrl-C is for us alone: we stop the children in order.
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(3))]
        let variables = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        let outcome = try await Subprocess.run(
            .path(FilePath(executable)), arguments: Arguments(arguments),
            environment: .custom(Dictionary(variables) { _, last in last }),
            workingDirectory: FilePath(directory), platformOptions: options,
            input: .none, output: .fileDescriptor(log, closeAfterSpawningProcess: false),
            error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            let process = execution.processIdentifier.value
            let value = try await body(try await waitUntilReady(process), process)
            await execution.teardown(using: options.teardownSequence)
            return value
        }
        return outcome.takeClosureResult()
    }

    private func waitUntilReady(_ process: Int32) async throws -> Endpoint {
        let limit = monotonicNanoseconds() + readiness.patience
        while monotonicNanoseconds() < limit {
            try Interruption.check()
            switch readiness {
            case .port(let port):
                let endpoint = Endpoint(port: port)
                if isListening(endpoint) { return endpoint }
            case .line(let prefix):
                let log = readText(logPath) ?? ""
                if let line = log.split(separator: "\n").first(where: { $0.hasPrefix(prefix) }),
                    let endpoint = Endpoint(url: String(line.dropFirst(prefix.count)))
                {
                    return endpoint
                }
            case .health(let port):
                let endpoint = Endpoint(port: port)
                if await isHealthy(endpoint) { return endpoint }
            }
            // A child that has ended is a zombie until it is waited for, so `kill` would still find it.
            let state = readText("/proc/\(process)/stat").flatMap(ProcessUsage.state(stat:))
            if kill(process, 0) != 0 || state == "Z" { break }
            try await Task.sleep(for: .milliseconds(5))
        }
        let log = (readText(logPath) ?? "").suffix(600)
        throw Failure("\(name) does not start: \(executable) \(arguments.joined(separator: " "))\n\(log)")
    }

    private func isHealthy(_ endpoint: Endpoint) async -> Bool {
        guard isListening(endpoint) else { return false }
        let answer = try? await onOwnThread {
            try EngineClient(endpoint: endpoint, patience: 1_000_000_000).get("/health")
        }
        return answer?.status == 200
    }

    private func isListening(_ endpoint: Endpoint) -> Bool {
        guard let socket = try? LoopbackSocket.connect(to: endpoint) else { return false }
        defer { closeDescriptor(socket) }
        var state = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
        return poll(&state, 1, 50) == 1 && state.revents & Int16(POLLERR | POLLHUP) == 0
    }
}

/// A temporary directory that is gone when `body` has ended.
func withTemporaryDirectory<Value: Sendable>(
    _ environment: [String: String], _ body: (String) async throws -> Value
) async throws -> Value {
    let parent = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(parent)/localcode-bench-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
        throw Failure("cannot make a directory in \(parent): \(lastSystemError())")
    }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { removeTree(path) }
    return try await body(path)
}

private func removeTree(_ path: String) {
    guard let directory = opendir(path) else {
        unlink(path)
        return
    }
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name == "." || name == ".." { continue }
        let child = "\(path)/\(name)"
        var information = stat()
        if lstat(child, &information) == 0, information.st_mode & S_IFMT == S_IFDIR {
            removeTree(child)
        } else {
            unlink(child)
        }
    }
    closedir(directory)
    rmdir(path)
}
