extension Exchange {
    /// POST /v1/chat/completions and /v1/completions.
    func complete(_ kind: ChatRequest.Kind) async throws {
        let chat = try ChatRequest(json(), kind: kind)
        let model = chat.model.flatMap { $0.isEmpty ? nil : $0 } ?? proxy.backends.defaultModel
        let choice = await proxy.backends.choose(model: model)
        if let refusal = modeRefusal(choice, .chat) { throw refusal }
        if let refusal = await imageRefusal(chat, choice, model: model) { throw refusal }
        let tape = await answerTape(chat, choice)
        let notes = RequestNotes(id: id, log: proxy.log)
        let upstream =
            switch choice {
            case .model, .attached: engineUpstream(chat, kind, choice, model: model, notes: notes, tape: tape)
            case .glm: try glmUpstream(chat, model: model, notes: notes)
            case .none: throw unknownModel(model)
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
        _ chat: ChatRequest, _ kind: ChatRequest.Kind, _ choice: Backends.Choice, model: String, notes: RequestNotes,
        tape: AnswerTape?
    ) -> Upstream {
        let path = kind == .chat ? "/v1/chat/completions" : "/v1/completions"
        let turn = EngineTurn(
            proxy.backends, choice, chat, session: SlotRequest.session(request.headers), model: model)
        return Upstream(
            name: "llama-server", model: choice.modelName ?? model, kind: RequestKind(chat), notes: notes, turn: turn,
            tape: tape,
            send: { try await turn.send(path) },
            error: { status, _, body in LlamaServer.error(status: status, body: body) })
    }

    /// Why a model is the wrong one for what is asked; nil when it is not.
    func modeRefusal(_ choice: Backends.Choice, _ mode: ModelEntry.Mode) -> APIError? {
        let models = proxy.backends.models
        guard let entry = models.first(where: { $0.name == choice.modelName }), entry.mode != mode else { return nil }
        let others = models.filter { $0.mode == mode }.map(\.name)
        let next = others.isEmpty ? "no configured model is" : "ask for \(others.joined(separator: " or "))"
        return APIError(
            status: 400, message: "the model '\(entry.name)' is there for \(entry.mode), not for \(mode): \(next)",
            param: "model", code: "wrong_mode")
    }

    func unknownModel(_ model: String) -> APIError {
        let names = proxy.backends.models.map(\.name)
        let near = Spelling.nearest(to: model, among: names).map { ": did you mean '\($0)'?" } ?? ""
        return APIError(
            status: 404,
            message:
                "there is no model '\(model)' here\(near.isEmpty ? "; there are \(names.joined(separator: ", "))" : near)",
            param: "model", code: "model_not_found")
    }

    /// Why a model cannot look at the request's images; nil when it can, when there are none, and when nobody knows. A
    /// server would say so as well, but only once it is loaded, and each in its own words.
    private func imageRefusal(_ chat: ChatRequest, _ choice: Backends.Choice, model: String) async -> APIError? {
        guard chat.hasImages else { return nil }
        var sees = true
        switch choice {
        case .model(let name): sees = proxy.backends.models.first { $0.name == name }?.projector != nil
        case .attached:
            let served = await proxy.backends.attached?.server.currentModels() ?? []
            sees = served.first.flatMap(\.inputModalities).map { $0.contains("image") } ?? true
        case .glm, .none: return nil
        }
        guard !sees else { return nil }
        let seeing = proxy.backends.models.filter { $0.projector != nil }.map(\.name)
        let next =
            seeing.isEmpty
            ? "give it a projector (mmproj) that fits, or send text only"
            : "ask for \(seeing.joined(separator: " or "))"
        return APIError(
            status: 400, message: "the model '\(model)' cannot look at images: \(next)", param: "messages",
            code: "image_not_supported")
    }
}
