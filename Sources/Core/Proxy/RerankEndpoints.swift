import Synchronization

extension Exchange {
    /// POST /v1/rerank and /v1/reranking, each without /v1 too, and /v2/rerank, where Cohere's newer clients look for it.
    func rerank() async throws {
        let body = try json()
        do {
            try await rerank(RerankRequest(body))
        } catch let error as APIError {
            note(status: error.status, error: error.message)
            try await send(
                RerankAnswer.body(of: error, RerankRequest.Shape(body)), status: error.status, headers: error.headers)
        }
    }

    private func rerank(_ request: RerankRequest) async throws {
        let backends = proxy.backends
        let name = request.model.flatMap { $0.isEmpty ? nil : $0 }
        let source = RerankSource.choose(
            model: name, models: backends.models, hasAttached: backends.attached != nil,
            isGLMConfigured: backends.isGLMConfigured, defaultModel: backends.defaultModel)
        guard let source else { throw Backends.noEngine }
        // Who names a chat model where there is one that ranks has mistaken it for another.
        if case .model(_, .chat) = source, backends.models.contains(where: { $0.mode == .rerank }),
            let refusal = modeRefusal(source.choice, .rerank)
        {
            throw refusal
        }
        let model =
            switch source {
            case .model(let name, _): name
            case .attached: name ?? backends.defaultModel
            case .glm: GLMReranker.model
            }
        let scores: RerankScores
        do {
            scores = try await self.scores(request, source, name: name)
        } catch {
            if !(error is CancellationError), !(error is ClientGone) {
                proxy.metrics.count(.rerank, model: model, failed: true)
            }
            throw error
        }
        proxy.metrics.count(.rerank, model: model, usage: scores.usage)
        let notes = RequestNotes(id: id, log: proxy.log)
        notes.add(scores.notes)
        var headers: HTTPHeaders = ["x-localcode-backend": source == .glm ? "glm" : "llama-server"]
        headers["x-localcode-notes"] = notes.take()
        try await send(RerankAnswer.body(scores, for: request, id: id, model: model), headers: headers)
        note(status: 200)
    }

    /// - Parameter name: the model that the client named.
    private func scores(_ request: RerankRequest, _ source: RerankSource, name: String?) async throws -> RerankScores {
        let documents = request.documents.map(\.text)
        if source == .glm {
            let glm = GLMReranker(
                glm: proxy.backends.glm, requestID: id, wantsRawScores: request.wantsRawScores)
            return try await glm.score(request.query, documents, request.limits)
        }
        let hold = EngineHold(try await proxy.backends.use(source.choice))
        do {
            let scores = try await reranker(source, hold, name: name)
                .score(request.query, documents, request.limits)
            await hold.release(scores.usage)
            return scores
        } catch {
            let ending = error is HTTPClientError ? await hold.use.ending() : nil
            await hold.release()
            if let ending { throw APIError(status: 502, message: ending, code: "upstream_broken") }
            throw (error as? HTTPClientError).map { APIError($0, from: "llama-server") } ?? error
        }
    }

    private func reranker(_ source: RerankSource, _ hold: EngineHold, name: String?) -> any Reranker {
        // A router needs to be told which of its models is meant.
        let engine = MeasuredEngine(
            server: hold.use.engine.server, model: source == .attached ? name : nil,
            answerLimit: proxy.settings.answerLimit)
        let chat = ChatReranker(engine: engine, prepared: { await hold.release() }) { [self] in
            try await judge($0, source.choice)
        }
        switch source {
        case .model(_, .rerank): return EngineReranker(engine: engine)
        case .model(_, .embedding): return EmbeddingReranker(engine: engine)
        case .model(_, .chat): return chat
        case .attached, .glm:
            return FirstAbleReranker(
                rerankers: [EngineReranker(engine: engine), EmbeddingReranker(engine: engine), chat])
        }
    }

    /// Asks a chat model, in a slot as any chat request.
    private func judge(_ chat: ChatRequest, _ choice: Backends.Choice) async throws -> JSONView {
        let turn = EngineTurn(
            proxy.backends, choice, chat, origin: RequestOrigin(kind: .rerank),
            model: choice.modelName ?? chat.model ?? "")
        do {
            let response = try await turn.send("/v1/chat/completions")
            let body = try await response.body.collect(upTo: 1 << 20)
            guard response.isSuccess, let answer = try? JSONView(validating: body) else {
                if let refusal = LlamaServer.InputTooLong(status: response.status, body: body) { throw refusal }
                throw LlamaServer.error(status: response.status, body: body)
            }
            // What the slot holds now is no conversation that anybody comes back to: nothing of it is kept.
            await turn.end(.refused, Usage())
            return answer
        } catch {
            await turn.end(.refused, Usage())
            throw error
        }
    }
}

/// A hold on an engine, of which the first release counts.
private final class EngineHold: Sendable {
    let use: EngineUse
    private let isReleased = Atomic(false)

    init(_ use: EngineUse) { self.use = use }

    func release(_ usage: Usage = Usage()) async {
        if !isReleased.exchange(true, ordering: .relaxed) { await use.release(usage) }
    }
}
