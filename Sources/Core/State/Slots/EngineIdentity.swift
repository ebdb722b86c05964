/// Which engine this is: what its states are kept under.
public struct EngineIdentity: Sendable, Equatable {
    /// Everything that its states depend on.
    public let fingerprint: Fingerprint
    /// Whether the fingerprint holds beyond this run of the engine.
    public let isDurable: Bool
    /// The name of its model.
    public let model: String
    /// Tells this run of the engine from another one; nil where the engine has nothing to tell it by.
    public let run: String?

    /// What is known of an engine besides what it says itself.
    public enum Source: Sendable, Equatable {
        /// LocalCode started it: the executable, and the arguments that matter for a state.
        case managed(executable: String, arguments: [String])
        /// Somebody else did. `id`: the user's word for how it was started, to be changed whenever that changes.
        case attached(id: String?)
    }

    /// Asks the engine.
    /// - Throws: `LlamaServer.Refusal`.
    public static func read(_ server: LlamaServer, _ source: Source) async throws -> EngineIdentity {
        let props = try await server.json("/props")
        let models = try await server.json("/v1/models")
        let adapters = try? await server.json("/lora-adapters")
        return EngineIdentity(props: props, models: models, adapters: adapters, source: source)
    }

    init(props: JSONView, models: JSONView, adapters: JSONView?, source: Source) {
        let path = props["model_path"]?.string ?? ""
        let entry = models["data"]?.elements.first { _ in true }
        model = entry?["id"]?.string ?? path.split(separator: "/").last.map(String.init) ?? "unknown"
        run = props["media_marker"]?.string
        var components: [String: String] = [
            "build": props["build_info"]?.string ?? "",
            "slots": props["total_slots"].map { String(decoding: $0.text, as: UTF8.self) } ?? "",
            "context-per-slot": props["default_generation_settings"]?["n_ctx"].map {
                String(decoding: $0.text, as: UTF8.self)
            } ?? "",
            "chat-template": SHA256.digest(Array((props["chat_template"]?.string ?? "").utf8)).hex,
            "modalities": props["modalities"].map(Self.canonical) ?? "",
            "lora": adapters.map(Self.canonical) ?? "",
            "model-meta": entry?["meta"].map(Self.canonical) ?? "",
        ]
        // Of a server on another machine the file cannot be seen; then its owner's word has to do.
        if let digest = try? GGUFIdentity.digest(path: path) { components["model"] = digest.hex }
        switch source {
        case .managed(let executable, let arguments):
            components["executable"] = executable
            components["arguments"] = JSONValue.array(arguments.map { .string($0) }).text
            isDurable = components["model"] != nil
        case .attached(let id):
            components["engine-id"] = id ?? ""
            isDurable = id != nil
        }
        if !isDurable { components["run"] = run ?? "unknown-\(UInt64.random(in: 0 ... .max))" }
        fingerprint = Fingerprint(components.map { .init(name: $0.key, value: $0.value) })
    }

    private static func canonical(_ view: JSONView) -> String {
        String(decoding: CanonicalJSON.bytes(of: view), as: UTF8.self)
    }
}

extension JSONValue {
    /// As text.
    var text: String { String(decoding: bytes, as: UTF8.self) }
}
