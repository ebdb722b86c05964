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

    /// The configured models, the attached engine's as it describes them, GLM's, then virtual ones; the default model is among them in any
    /// case.
    private func modelEntries() async -> [LlamaServer.Model] {
        let backends = proxy.backends
        var entries: [LlamaServer.Model] = []
        for model in backends.models { entries.append(await entry(of: model)) }
        func isNew(_ id: String) -> Bool { !entries.contains { $0.id == id || $0.aliases.contains(id) } }
        entries += await backends.attached?.server.currentModels().filter { isNew($0.id) } ?? []
        if backends.isGLMConfigured || (backends.attached == nil && backends.models.isEmpty) {
            entries += GLMModels.all.filter { isNew($0.id) }.map { Self.entry(of: $0) }
        }
        for virtual in backends.routes.configuration.virtualModels where isNew(virtual.name) {
            entries.append(Self.entry(id: virtual.name, ownedBy: "localcode"))
        }
        if isNew(backends.defaultModel) { entries.append(Self.entry(id: backends.defaultModel, ownedBy: "localcode")) }
        return entries
    }

    /// What the configuration says of it, and while it runs what its engine says of the weights.
    private func entry(of model: ModelEntry) async -> LlamaServer.Model {
        let context = model.context ?? LaunchPlanBuilder.context
        var object = Self.object(
            id: model.name, ownedBy: "localcode", aliases: model.aliases,
            context: model.mode == .chat && context > 0 ? context : nil)
        if model.mode != .chat { object["mode"] = .string(model.mode.rawValue) }
        let inputs: JSONValue = model.projector == nil ? ["text"] : ["text", "image"]
        object["architecture"] = ["input_modalities": inputs, "output_modalities": ["text"]]
        if let engine = await proxy.backends.fleet?.running(model.name),
            let served = await engine.server.currentModels().first(where: { $0.id == model.name }),
            let meta = (try? JSONValue(parsing: served.entry))?["meta"]
        {
            object["meta"] = meta
        }
        return LlamaServer.Model(id: model.name, aliases: model.aliases, entry: JSONValue.object(object).bytes)
    }

    private static func entry(of model: GLMModel) -> LlamaServer.Model {
        entry(id: model.id, ownedBy: "zai", context: model.contextTokens, output: model.maxOutputTokens)
    }

    private static func entry(
        id: String, ownedBy: String, context: Int? = nil, output: Int? = nil
    ) -> LlamaServer.Model {
        let object = object(id: id, ownedBy: ownedBy, context: context, output: output)
        return LlamaServer.Model(id: id, aliases: [], entry: JSONValue.object(object).bytes)
    }

    private static func object(
        id: String, ownedBy: String, aliases: [String] = [], context: Int? = nil, output: Int? = nil
    ) -> JSONObject {
        var object: JSONObject = ["id": .string(id), "object": "model", "created": 0, "owned_by": .string(ownedBy)]
        if !aliases.isEmpty { object["aliases"] = .array(aliases.map { .string($0) }) }
        object["context_window"] = context.map { .number($0) }
        object["max_output_tokens"] = output.map { .number($0) }
        return object
    }

    /// GET /health: whether a request for the default model would find somebody to answer it.
    func health() async throws {
        let backends = proxy.backends
        switch await backends.choose(model: backends.defaultModel) {
        case .attached:
            if let problem = await backends.attached?.server.problem() { throw Self.unhealthy(problem) }
        case .model(let name):
            if let problem = await backends.fleet?.problem(name) { throw Self.unhealthy(problem) }
        case .glm, .none: break
        }
        let name = GLMModels.displayName(of: backends.defaultModel)
        let object: JSONObject = ["status": "ok", "provider": "LocalCode", "model": .string(name)]
        try await send(JSONValue.object(object).bytes)
        note(status: 200)
    }

    private static func unhealthy(_ problem: String) -> APIError {
        APIError(status: 503, message: problem, code: "no_backend", headers: ["Retry-After": "2"])
    }
}
