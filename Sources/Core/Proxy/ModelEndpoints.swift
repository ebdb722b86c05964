extension Exchange {
    /// GET /v1/models.
    func listModels() async throws {
        let entries = await modelEntries()
        var body = Array(#"{"object":"list","data":["#.utf8)
        body += entries.map(\.entry).joined(separator: [0x2C])
        body += Array("]}".utf8)
        try await send(body)
        note(status: 200)
    }

    /// GET /v1/models/{id}.
    func showModel(_ id: String) async throws {
        let entries = await modelEntries()
        guard let match = entries.first(where: { $0.id == id || $0.aliases.contains(id) }) else {
            throw APIError(
                status: 404, message: "there is no model '\(id)' here; GET /v1/models lists them", param: "model",
                code: "model_not_found")
        }
        try await send(match.entry)
        note(status: 200)
    }

    /// The engine's models as it describes them, then GLM's; the default model is among them in any case.
    private func modelEntries() async -> [LlamaServer.Model] {
        let backends = proxy.backends
        var entries = await backends.engine?.currentModels() ?? []
        if backends.isGLMConfigured || backends.engine == nil {
            entries += GLMModels.all.filter { model in !entries.contains { $0.id == model.id } }.map {
                Self.entry(of: $0)
            }
        }
        if !entries.contains(where: { $0.id == backends.defaultModel || $0.aliases.contains(backends.defaultModel) }) {
            entries.append(Self.entry(id: backends.defaultModel, ownedBy: "localcode"))
        }
        return entries
    }

    private static func entry(of model: GLMModel) -> LlamaServer.Model {
        entry(id: model.id, ownedBy: "zai", context: model.contextTokens, output: model.maxOutputTokens)
    }

    private static func entry(id: String, ownedBy: String, context: Int? = nil, output: Int? = nil) -> LlamaServer.Model
    {
        var object: JSONObject = ["id": .string(id), "object": "model", "created": 0, "owned_by": .string(ownedBy)]
        object["context_window"] = context.map { .number($0) }
        object["max_output_tokens"] = output.map { .number($0) }
        return LlamaServer.Model(id: id, aliases: [], entry: JSONValue.object(object).bytes)
    }

    /// GET /health: whether a request for the default model would find somebody to answer it.
    func health() async throws {
        let backends = proxy.backends
        if let engine = backends.engine, await backends.choose(model: backends.defaultModel) == .engine,
            let problem = await engine.problem()
        {
            throw APIError(status: 503, message: problem, code: "no_backend", headers: ["Retry-After": "2"])
        }
        let name = GLMModels.displayName(of: backends.defaultModel)
        let object: JSONObject = ["status": "ok", "provider": "LocalCode", "model": .string(name)]
        try await send(JSONValue.object(object).bytes)
        note(status: 200)
    }
}
