/// The programs of `bench cache` and `bench replay`: a llama-server as it comes, and another one with LocalCode in front.
struct MeasuredPrograms: Sendable {
    var engine: BenchEngine
    var localCode: String
    /// A temporary directory.
    var root: String
    var environment: [String: String]

    static let bare = "bare"

    /// One way to a model.
    struct Side: Sendable {
        /// Whom to ask.
        var endpoint: Endpoint
        var engine: RestartableProgram
        /// Below this its states are; nil where it keeps none.
        var states: String?
    }

    /// Runs all of them as long as `body` runs.
    func withBoth<Value: Sendable>(
        _ body: @Sendable (_ bare: Side, _ localCode: Side) async throws -> Value
    ) async throws -> Value {
        try await withEngine(.bare, Self.bare) { bare, endpoint in
            let bareSide = Side(endpoint: endpoint, engine: bare)
            return try await withLocalCode { try await body(bareSide, $0) }
        }
    }

    /// stillwarm in front of an engine of its own.
    func withStillwarm<Value: Sendable>(
        python: String, _ body: @Sendable (Side) async throws -> Value
    ) async throws -> Value {
        let (directory, slots) = try directories("stillwarm")
        return try await withEngine(.behindOther(slots: slots), "stillwarm") { program, endpoint in
            let driver = try StillwarmProgram.program(
                python: python, engine: endpoint, model: engine.model, contextSize: engine.contextSize, slots: slots,
                directory: directory, environment: environment)
            return try await driver.run { endpoint, _ in
                try await body(Side(endpoint: endpoint, engine: program, states: slots))
            }
        }
    }

    private func withLocalCode<Value: Sendable>(_ body: @Sendable (Side) async throws -> Value) async throws -> Value {
        let (directory, slots) = try directories("localcode")
        return try await withEngine(.behindLocalCode(slots: slots), "localcode") { engine, endpoint in
            var program = BenchProgram.localCode(
                name: "localcode", executable: localCode, upstream: endpoint, logFormat: "pretty", directory: directory,
                environment: environment)
            program.arguments += [
                "--slot-dir", slots, "--engine-id", "bench", "--save-idle", "1s", "--cache-min-free", "256M",
            ]
            return try await program.run { serve, _ in
                try await body(Side(endpoint: serve, engine: engine, states: directory))
            }
        }
    }

    private func withEngine<Value: Sendable>(
        _ role: BenchEngine.Role, _ name: String,
        _ body: @Sendable (RestartableProgram, Endpoint) async throws -> Value
    ) async throws -> Value {
        let directory = "\(root)/engine-\(name)"
        try makeDirectory(directory)
        let port = try LoopbackSocket.freePort()
        let program = engine.program(
            "the engine (\(name))", role, port: port, directory: directory, environment: environment)
        return try await RestartableProgram.with(program, body)
    }

    private func directories(_ name: String) throws -> (own: String, slots: String) {
        let own = "\(root)/\(name)"
        try makeDirectory(own)
        try makeDirectory(own + "/slots")
        return (own, own + "/slots")
    }
}
