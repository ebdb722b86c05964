extension Exchange {
    /// POST /v1/chat/completions and /v1/completions.
    func complete(_ kind: ChatRequest.Kind) async throws {
        let chat = try ChatRequest(json(), kind: kind)
        let model = chat.model.flatMap { $0.isEmpty ? nil : $0 } ?? proxy.backends.defaultModel
        let choice = await proxy.backends.choose(model: model)
        let tape = choice == .engine ? await answerTape(chat) : nil
        let upstream =
            switch choice {
            case .engine: try engineUpstream(chat, kind, model: model, tape: tape)
            case .glm: try glmUpstream(chat, model: model)
            }
        proxy.log.write(
            .request(
                RequestEntry(
                    id: id, request: request, chat: chat, model: model, backend: upstream.name,
                    previewLimit: proxy.log.previewLimit)))
        if let earlier = await tape?.earlier() { return try await replay(earlier) }
        try await relay(chat, to: upstream)
    }

    /// The engine gets the client's bytes as they are, but for the slot.
    private func engineUpstream(
        _ chat: ChatRequest, _ kind: ChatRequest.Kind, model: String, tape: AnswerTape?
    ) throws(APIError)
        -> Upstream
    {
        let engine = try engine()
        let path = kind == .chat ? "/v1/chat/completions" : "/v1/completions"
        let turn = proxy.backends.slots.map {
            EngineTurn($0, chat, session: SlotRequest.session(request.headers), model: model)
        }
        return Upstream(
            name: "llama-server", turn: turn, tape: tape,
            send: { [body = request.body] in
                guard let turn else { return try await engine.send("POST", path, body: body) }
                return try await turn.send(to: engine, path)
            },
            error: { status, _, body in LlamaServer.error(status: status, body: body) })
    }

    func engine() throws(APIError) -> LlamaServer {
        guard let engine = proxy.backends.engine else {
            throw APIError(
                status: 501, message: "\(request.path) needs a llama-server: start one, or name it with --engine URL",
                code: "no_engine")
        }
        return engine
    }
}
