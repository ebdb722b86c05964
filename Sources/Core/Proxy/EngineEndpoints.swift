extension Exchange {
    /// Hands the request to the engine as it is, and its answer back.
    /// - Parameters:
    ///   - path: where llama-server has this endpoint: some only with /v1, some only without, and a few under both names
    ///     with different meanings.
    ///   - mode: what its model has to be for, where not any will do.
    ///   - kind: what its tokens are counted as; nil: there are none.
    ///   - body: what to send instead of the client's body.
    ///   - then: called with the engine when it may have done it, that is, unless it refused.
    func passToEngine(
        _ path: String, mode: ModelEntry.Mode? = nil, kind: RequestKind? = nil, body changed: [UInt8]? = nil,
        then: @Sendable @escaping (EngineUse) async -> Void = { _ in }
    ) async throws {
        let named = request.method == "POST" ? try json()["model"]?.string : queryValue("model")
        let choice = await engineChoice(model: named, mode: mode)
        if let mode, let refusal = modeRefusal(choice, mode) { throw refusal }
        let use = try await proxy.backends.use(choice)
        var usage = Usage()
        do {
            let body = try await pass(path, to: use, changed ?? request.body, then: then)
            if kind != nil, let counts = (try? JSONView(validating: body))?["usage"] { usage.read(usage: counts) }
        } catch {
            await use.release()
            if let kind, !(error is CancellationError), !(error is ClientGone) {
                proxy.metrics.count(kind, model: choice.modelName ?? named ?? "", failed: true)
            }
            throw error
        }
        await use.release()
        if let kind { proxy.metrics.count(kind, model: choice.modelName ?? named ?? "", usage: usage) }
    }

    /// POST /apply-template: of what an engine gets when this chat is asked.
    func applyTemplate() async throws {
        let chat = try await engineChat()
        try await passToEngine("/apply-template", body: chat.body.document)
    }

    /// POST /lora-adapters: the body is llama-server's list of ids and scales, which count for all requests that say nothing
    /// else. KV states belong to the scales they were made under.
    func scaleAdapters() async throws {
        try await passToEngine("/lora-adapters") { [fleet = proxy.backends.fleet, body = request.body] use in
            await use.engine.slots?.adaptersChanged()
            await fleet?.noteAdapterScales(body, of: use.model)
        }
    }

    /// The engine that a request is for which no model but an engine's own can answer: the model it names, else the first
    /// one of its kind.
    func engineChoice(model: String?, mode: ModelEntry.Mode? = nil) async -> Backends.Choice {
        let backends = proxy.backends
        let name = model.flatMap { $0.isEmpty ? nil : $0 }
        if let name, let entry = backends.models.first(where: { $0.isCalled(name) }) { return .model(entry.name) }
        if let mode, mode != .chat, let entry = backends.models.first(where: { $0.mode == mode }) {
            return .model(entry.name)
        }
        switch await backends.choose(model: name ?? backends.defaultModel) {
        case .model(let name): return .model(name)
        case .attached: return .attached
        case .glm, .none: break
        }
        if backends.attached != nil { return .attached }
        return backends.models.first.map { .model($0.name) } ?? .none
    }

    /// - Returns: the answer's body.
    private func pass(
        _ path: String, to use: EngineUse, _ sent: [UInt8], then: @Sendable @escaping (EngineUse) async -> Void
    ) async throws -> [UInt8] {
        let response: HTTPResponse
        let body: [UInt8]
        do {
            response = try await use.engine.server.send(
                request.method == "HEAD" ? "GET" : request.method, path + (request.query.map { "?\($0)" } ?? ""),
                body: request.method == "POST" ? sent : nil)
            body = try await response.body.collect(upTo: proxy.settings.answerLimit)
        } catch {
            // Whether it was done cannot be told. A client that leaves does not stop what follows from it.
            await Task { await then(use) }.value
            if let error = error as? HTTPClientError { throw APIError(error, from: "llama-server") }
            throw error
        }
        guard response.isSuccess else { throw LlamaServer.error(status: response.status, body: body) }
        await Task { await then(use) }.value
        try await send(
            body, status: response.status, headers: ["x-localcode-backend": "llama-server"],
            contentType: response.headers["content-type"])
        note(status: response.status)
        return body
    }
}
