extension Exchange {
    /// The request as its backend may see it. What needs no change keeps its bytes.
    func prepared(
        _ chat: ChatRequest, isEngine: Bool = true, _ notes: RequestNotes
    ) async throws -> ToolRequest.Prepared {
        let backends = proxy.backends
        let images = try await ImageParts.prepare(
            chat, for: isEngine ? .engine : .glm, policy: proxy.settings.images, fetch: backends.images.fetch)
        notes.add(images.notes)
        let tools = try ToolRequest.prepare(
            images.chat, repairs: proxy.settings.repairs, memory: backends.toolMemory, isEngine: isEngine)
        notes.add(tools.notes)
        if isEngine, let problem = await backends.grammars.problem(of: chat) { throw problem }
        return tools
    }

    /// The chat that the body is, as an engine may see it.
    func engineChat() async throws -> ChatRequest {
        try await prepared(try ChatRequest(json(), kind: .chat), RequestNotes(id: id, log: proxy.log)).chat
    }

    /// The engine gets these bytes as they are, but for the slot.
    func engineUpstream(
        _ prepared: ToolRequest.Prepared, _ choice: Backends.Choice, model: String, origin: RequestOrigin,
        notes: RequestNotes, tape: AnswerTape?
    ) -> Upstream {
        let chat = prepared.chat
        let path = chat.kind == .chat ? "/v1/chat/completions" : "/v1/completions"
        let turn = EngineTurn(proxy.backends, choice, chat, origin: origin, model: model)
        var translate: (@Sendable (_ body: [UInt8]) async throws -> [UInt8])?
        var translator: (@Sendable () -> any StreamTranslator)?
        if let mender = toolMender(chat, path, turn, notes) {
            translate = { body in try await ToolAnswer(mender: mender).mended(body) }
            translator = { ToolStream(mender) }
        }
        return Upstream(
            name: "llama-server", model: choice.modelName ?? model, kind: origin.kind, notes: notes, turn: turn,
            tape: tape,
            send: { try await turn.send(path) },
            error: { [memory = proxy.backends.toolMemory] status, _, body in
                // It may be what was put back that it does not take.
                memory.forget(prepared.replayed)
                return LlamaServer.error(status: status, body: body)
            },
            translate: translate, translator: translator)
    }

    /// What is done about the answer's tool calls; nil for a request without tools.
    private func toolMender(
        _ chat: ChatRequest, _ path: String, _ turn: EngineTurn, _ notes: RequestNotes
    ) -> ToolMender? {
        let limit = proxy.settings.answerLimit
        return ToolMender(
            chat, repairs: proxy.settings.repairs, memory: proxy.backends.toolMemory, note: { notes.add($0) },
            again: { retry in
                let response = try await turn.ask(path, JSONView(validating: retry.body))
                let body = try await response.body.collect(upTo: limit)
                return response.isSuccess ? try JSONValue(parsing: body) : nil
            })
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
}
