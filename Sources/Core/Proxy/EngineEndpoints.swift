extension Exchange {
    /// Hands the request to the engine as it is, and its answer back.
    /// - Parameter path: where llama-server has this endpoint: some only with /v1, some only without, and a few under both
    ///   names with different meanings.
    func passToEngine(_ path: String) async throws { try await passToEngine(path) { _ in } }

    /// POST /lora-adapters: the body is llama-server's list of ids and scales, which count for all requests that say nothing
    /// else. KV states belong to the scales they were made under.
    func scaleAdapters() async throws {
        try await passToEngine("/lora-adapters") { await $0.slots?.forget() }
    }

    private func passToEngine(_ path: String, then: (RunningEngine) async -> Void) async throws {
        let named = request.method == "POST" ? try json()["model"]?.string : request.queryValue("model")
        let choice = await engineChoice(model: named)
        let use = try await proxy.backends.use(choice)
        do {
            try await pass(path, to: use.engine, then: then)
        } catch {
            await use.release()
            throw error
        }
        await use.release()
    }

    /// The engine that a request is for which no model but an engine's own can answer.
    func engineChoice(model: String?) async -> Backends.Choice {
        let backends = proxy.backends
        let choice = await backends.choose(model: model.flatMap { $0.isEmpty ? nil : $0 } ?? backends.defaultModel)
        switch choice {
        case .model, .attached: return choice
        case .glm, .none: break
        }
        if backends.attached != nil { return .attached }
        return backends.models.first.map { .model($0.name) } ?? .none
    }

    private func pass(
        _ path: String, to engine: RunningEngine, then: (RunningEngine) async -> Void
    ) async throws {
        let response: HTTPResponse
        let body: [UInt8]
        do {
            response = try await engine.server.send(
                request.method == "HEAD" ? "GET" : request.method, path + (request.query.map { "?\($0)" } ?? ""),
                body: request.method == "POST" ? request.body : nil)
            body = try await response.body.collect(upTo: proxy.settings.answerLimit)
        } catch let error as HTTPClientError {
            throw APIError(error, from: "llama-server")
        }
        guard response.isSuccess else { throw LlamaServer.error(status: response.status, body: body) }
        await then(engine)
        try await send(
            body, status: response.status, headers: ["x-localcode-backend": "llama-server"],
            contentType: response.headers["content-type"])
        note(status: response.status)
    }
}
