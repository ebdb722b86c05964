import LocalCodeCore

/// What can be done with the slots of a running engine: by the `serve` that owns them, or without one. Both answer in the
/// same JSON; all throw `Failure`.
struct StateService: Sendable {
    /// Who does the work: `localcode serve at http://127.0.0.1:4242`.
    let name: String
    /// `{"engine":{"fingerprint","model","components"},"slots":[…]}`
    let slots: @Sendable () async throws -> JSONValue
    /// Saves a slot under a name: `{"entry":{…}}`. By its number, or by the beginning of a conversation's key.
    let save: @Sendable (_ name: String, _ slot: Int?, _ conversation: String?) async throws -> JSONValue
    /// Loads what was saved under a name: `{"slot","tokens","ms"}`.
    let load: @Sendable (_ name: String, _ slot: Int?) async throws -> JSONValue
    /// Sees to it that a chat request's state is in the store: `{"tokens","bytes","seconds","was_there","verified","key"}`.
    let warm: @Sendable (_ body: [UInt8]) async throws -> JSONValue
    /// To be called at the end.
    let close: @Sendable () async -> Void
}

extension Option {
    /// The options by which a command finds an engine: a `serve` in front of it, or the engine itself.
    static let reachingEngine: [Option] = [
        .host, .port, .apiKey, .engine, .engineKey, .slotDirectory, .engineID, .cacheDirectory, .cacheSize,
        .cacheEntries, .cacheTimeToLive, .cacheFreeDisk, .cachePolicy,
    ]
}

extension StateService {
    /// The `serve` that answers where the settings say; else the llama-server that they name.
    static func find(_ invocation: Invocation) async throws -> StateService {
        let serve = try ServeClient(invocation)
        let (client, origin) = (serve.client, serve.origin)
        switch (await serve.presence(), invocation["engine"]) {
        case (.localCode, _):
            return serve.service
        case (.absent, let url?), (.other, let url?):
            return try await engine(url: url, invocation, client)
        case (.absent(let reason), nil):
            throw Failure(
                "no 'localcode serve' answers at \(origin): \(reason)",
                hint: "start it, or name a running llama-server with --engine URL and --slot-dir DIR")
        case (.other, nil):
            throw Failure(
                "what answers at \(origin) is no LocalCode", hint: "say where it listens with --host and --port")
        }
    }
}
