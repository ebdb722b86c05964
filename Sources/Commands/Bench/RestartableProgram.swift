#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A server of a measurement that can be stopped and started again while others go on.
actor RestartableProgram {
    private let program: BenchProgram
    private var running: (task: Task<Void, any Error>, stop: AsyncStream<Void>.Continuation, process: Int32)?

    init(_ program: BenchProgram) { self.program = program }

    /// The process; nil when it is stopped.
    var process: Int32? { running?.process }

    /// Runs the program as long as `body` does; `body` may stop and start it.
    static func with<Value: Sendable>(
        _ program: BenchProgram, _ body: (RestartableProgram, Endpoint) async throws -> Value
    ) async throws -> Value {
        let restartable = RestartableProgram(program)
        let result: Result<Value, any Error>
        do {
            let endpoint = try await restartable.start()
            result = .success(try await body(restartable, endpoint))
        } catch {
            result = .failure(error)
        }
        try? await restartable.stop()
        return try result.get()
    }

    @discardableResult
    func start() async throws -> Endpoint {
        let (stops, stop) = AsyncStream<Void>.makeStream()
        let (starts, started) = AsyncStream<(Endpoint, Int32)>.makeStream()
        let task = Task { [program] in
            defer { started.finish() }
            try await program.run { endpoint, process in
                started.yield((endpoint, process))
                for await _ in stops {}
            }
        }
        for await (endpoint, process) in starts {
            running = (task, stop, process)
            return endpoint
        }
        // It did not come up: the task knows why.
        try await task.value
        throw Failure("\(program.name) has ended")
    }

    /// Asks it to end, and waits until it has.
    func stop() async throws {
        guard let (task, stop, _) = running else { return }
        running = nil
        stop.finish()
        try await task.value
    }

    func restart() async throws {
        try await stop()
        try await start()
    }

    /// Ends it without giving it a chance to put anything away.
    func kill() async throws {
        guard let process else { return }
        _ = sendSignal(process, SIGKILL)
        try await stop()
    }
}

private func sendSignal(_ process: Int32, _ signal: Int32) -> Int32 { kill(process, signal) }
