import CProcess
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One run of a llama-server, from its start until it is reaped. It listens on a unix-domain socket in a directory that only
/// its owner can enter, and wants a key that nobody else is told. It ends with LocalCode, however that ends.
public final class EngineRun: Sendable {
    /// Where it keeps things. Directories are made.
    public struct Places: Sendable, Equatable {
        /// The file for what it prints; `NAME.1` has what was there before.
        public var log: String
        /// Below this the socket's directory is made. The path must be short.
        public var runtime: String
        /// The directory of the files that say which engines run.
        public var pids: String

        public init(log: String, runtime: String, pids: String) {
            self.log = log
            self.runtime = runtime
            self.pids = pids
        }
    }

    /// How long things may take.
    public struct Limits: Sendable, Equatable {
        /// From the start to the first token.
        public var ready: Duration
        /// To answer GET /slots; after that it counts as hung.
        public var answer: Duration
        /// To end when it is asked to; after that it is killed.
        public var stop: Duration

        public init(ready: Duration = .seconds(300), answer: Duration = .seconds(30), stop: Duration = .seconds(5)) {
            self.ready = ready
            self.answer = answer
            self.stop = stop
        }
    }

    /// How to talk to it.
    public let server: LlamaServer
    /// When its process was started.
    public let started = ContinuousClock.now
    let limits: Limits
    let process: EngineProcess
    let output: EngineOutput
    let course = Course()

    /// Starts an engine and returns when it has generated something.
    /// - Parameters:
    ///   - echo: called with each line that it prints, on a thread of the log's.
    /// - Throws: `EngineFailure`, with its last words, also when the task was cancelled. The process is then gone.
    public static func start(
        _ plan: LaunchPlan, places: Places, limits: Limits = Limits(), client: HTTPClient,
        echo: (@Sendable (String) -> Void)? = nil
    ) async throws(EngineFailure) -> EngineRun {
        let run = try await EngineRun(plan, places: places, limits: limits, client: client, echo: echo)
        do throws(EngineFailure) {
            try await run.becomeReady(plan)
        } catch {
            await run.stop()
            throw error
        }
        run.watch()
        return run
    }

    private init(
        _ plan: LaunchPlan, places: Places, limits: Limits, client: HTTPClient, echo: (@Sendable (String) -> Void)?
    ) async throws(EngineFailure) {
        let socket = try Self.prepare(places)
        let key = Self.makeKey()
        let arguments = plan.arguments(socket: socket)
        do throws(EngineFailure) {
            let log = try RotatingLog(path: places.log, echo: echo)
            log.append(["localcode: starting \(([plan.executable] + arguments).joined(separator: " "))"])
            let (output, writing) = try EngineOutput.make(log: log, secret: key)
            defer { close(writing) }
            do throws(EngineFailure) {
                process = try await EngineProcess.start(
                    plan.executable, arguments, environment: Self.environment(plan, key: key), output: writing,
                    atStart: { pid throws(EngineFailure) in try PidFile.write(pid, socket: socket, in: places.pids) },
                    atEnd: { [course] pid, end in
                        output.finish()
                        PidFile.remove(PidFile.path(of: pid, in: places.pids), socket: socket)
                        course.finish(end, limits: limits, lastLines: output.lastLines())
                    })
            } catch {
                output.finish()
                throw error
            }
            self.output = output
        } catch {
            PidFile.removeSocket(socket)
            throw error
        }
        self.limits = limits
        server = LlamaServer(.init(url: "http://localhost", unixSocket: socket, apiKey: key), client: client)
    }

    deinit { if course.intend(.stop) { process.signal(SIGKILL) } }

    /// The number of its process, and of the group that it leads.
    public var pid: Int32 { process.pid }

    /// Bytes that its process uses at the moment; nil when it has ended, or the system does not tell.
    public var memory: Int? { process.memory }

    /// Waits until its process has ended and nothing is left of it, whoever ended it and why.
    public func ending() async -> EngineEnding { await course.ending.wait() }

    /// Ends the process and what it has started; by force when it takes longer than `limits.stop`.
    public func stop() async {
        _ = course.intend(.stop)
        process.signal(SIGTERM)
        // Who is held up hears it, too.
        process.signal(SIGCONT)
        let force = Task.detached { [process, limits] in
            try await Task.sleep(for: limits.stop)
            process.signal(SIGKILL)
        }
        _ = await course.ending.wait()
        force.cancel()
    }

    // MARK: Before the start

    /// Makes the directories.
    /// - Returns: the path of the socket, in a directory of its own.
    private static func prepare(_ places: Places) throws(EngineFailure) -> String {
        do {
            try Directories.make(places.runtime)
            try Directories.make(places.pids)
            if let slash = places.log.lastIndex(of: "/") { try Directories.make(String(places.log[..<slash])) }
        } catch {
            throw EngineFailure(error.description)
        }
        var template = Array("\(places.runtime)/localcode-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw EngineFailure("cannot make a directory below \(places.runtime): \(String(cString: strerror(errno)))")
        }
        let directory = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        let socket = directory + "/engine.sock"
        guard socket.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else {
            rmdir(directory)
            throw EngineFailure("the path of the engine's socket is too long: \(socket)")
        }
        return socket
    }

    /// A key that cannot be guessed.
    private static func makeKey() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// What the engine inherits, with what the plan adds and the key, which is not among the arguments because everybody can
    /// see those. llama-server also takes its flags from variables: only the plan's count.
    private static func environment(_ plan: LaunchPlan, key: String) -> [String] {
        var variables: [String] = []
        var next = localcode_environment()
        while let text = next?.pointee {
            variables.append(String(cString: text))
            next = next?.advanced(by: 1)
        }
        let own = plan.environment.merging(["LLAMA_API_KEY": key]) { _, key in key }
        variables.removeAll { variable in
            let name = String(variable.prefix { $0 != "=" })
            return name.hasPrefix("LLAMA_ARG_") || own[name] != nil
        }
        return variables + own.map { "\($0.key)=\($0.value)" }.sorted()
    }

    // MARK: Its end

    /// What LocalCode wants of a run, and how it ended.
    final class Course: Sendable {
        /// Why LocalCode ends it.
        enum Intent: Sendable {
            case stop, hung
        }

        private struct State {
            var intent: Intent?
            var watch: Task<Void, Never>?
        }

        let ending = Outcome<EngineEnding>()
        private let state = Mutex(State())

        /// Remembers why LocalCode ends it; the first reason counts.
        /// - Returns: whether this is the first.
        func intend(_ intent: Intent) -> Bool {
            state.withLock { state in
                guard state.intent == nil else { return false }
                state.intent = intent
                return true
            }
        }

        /// Keeps the task that looks after it, which ends with it.
        func isWatched(by task: Task<Void, Never>) {
            state.withLock { $0.watch = task }
            if ending.value != nil { task.cancel() }
        }

        func finish(_ end: EngineProcess.End, limits: Limits, lastLines: [String]) {
            let (intent, watch) = state.withLock { ($0.intent, $0.watch) }
            switch (intent, end) {
            case (.stop, _): ending.fulfill(.stopped)
            case (.hung, _): ending.fulfill(.hung(limits.answer, lastLines: lastLines))
            case (nil, .exited(let status)): ending.fulfill(.exited(status, lastLines: lastLines))
            case (nil, .signaled(let signal)): ending.fulfill(.signaled(signal, lastLines: lastLines))
            }
            watch?.cancel()
        }
    }
}
