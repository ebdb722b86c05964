extension Exchange {
    /// POST /infill, as llama-server has it.
    func infill() async throws {
        try await fill(try ChatRequest(json(), kind: .infill), .native)
    }

    /// POST /completions with a suffix: the same, in OpenAI's words.
    func infill(completion: ChatRequest) async throws {
        let body = completion.body
        guard let prompt = body["prompt"], prompt.kind == .string else {
            throw APIError.invalid("prompt", "'prompt' must be a string where there is a 'suffix'")
        }
        guard body["n"]?.int ?? 1 == 1 else {
            throw APIError.invalid("n", "one text is filled in at a time: leave 'n' out, or ask again")
        }
        let suffix = completion.suffix ?? prompt
        let edited = body.editing([
            .set("input_prefix", Array(prompt.text)), .set("input_suffix", Array(suffix.text)), .remove("prompt"),
            .remove("suffix"), .remove("n"), .remove("echo"), .remove("best_of"),
        ])
        guard let view = try? JSONView(validating: edited) else {
            throw APIError.invalid("prompt", "'prompt' is no text")
        }
        let form = InfillForm.completion(
            id: "cmpl-\(id)", model: completion.model ?? "", includesUsage: completion.includesUsage)
        try await fill(try ChatRequest(view, kind: .infill), form)
    }

    private func fill(_ asked: ChatRequest, _ form: InfillForm) async throws {
        let (choice, model) = try await infillChoice(asked)
        let form = form.naming(model)
        if choice == .glm { return try await fillByChat(asked, model: model, form) }
        let notes = RequestNotes(id: id, log: proxy.log)
        let turn = EngineTurn(
            proxy.backends, choice, asked, session: SlotRequest.session(request.headers), model: model)
        // What can be filled is known to those who have the files; an engine that was attached tells by refusing.
        let able = await proxy.backends.infillModels.names(proxy.backends.models)
        let upstream = Upstream(
            name: "llama-server", model: choice.modelName ?? model, kind: .fim, notes: notes, turn: turn,
            send: { try await turn.send("/infill") },
            error: { status, _, body in
                status == 501 ? Self.cannotFill(model, able) : LlamaServer.error(status: status, body: body)
            },
            translate: { body in (try? JSONView(validating: body)).flatMap { form.whole($0) } ?? body },
            translator: { InfillStream(form: form) })
        proxy.log.write(
            .request(
                RequestEntry(
                    id: id, request: request, chat: asked, model: model, backend: upstream.name,
                    previewLimit: proxy.log.previewLimit)))
        do {
            let client = [request.headers["user-agent"], SlotRequest.session(request.headers)]
            let place = InfillPlace(asked.body, client: client.compactMap { $0 }.joined(separator: " "))
            try await proxy.backends.infills.run(place) { try await relay(asked, to: upstream) }
        } catch is InfillSuperseded {
            throw APIError(
                status: 409, message: "a newer request for the same file came", code: "superseded")
        }
    }

    /// Who fills the gap: the model that is named, else the first one that can.
    private func infillChoice(_ asked: ChatRequest) async throws -> (choice: Backends.Choice, model: String) {
        let backends = proxy.backends
        let name = asked.model.flatMap { $0.isEmpty ? nil : $0 }
        if name == nil {
            let able = await backends.infillModels.names(backends.models)
            if let first = able.first { return (.model(first), first) }
        }
        let model = name ?? backends.defaultModel
        let choice = await backends.choose(model: model)
        switch choice {
        case .none: throw unknownModel(model)
        case .attached: return (choice, model)
        case .model(let name):
            if let refusal = modeRefusal(choice, .chat) { throw refusal }
            guard let entry = backends.models.first(where: { $0.name == name }) else { return (choice, model) }
            guard await backends.infillModels.canFill(entry) != false else {
                throw Self.cannotFill(name, await backends.infillModels.names(backends.models))
            }
            return (choice, model)
        case .glm:
            guard request.headers["x-localcode-fim"]?.lowercased() == "chat" else {
                let able = await backends.infillModels.names(backends.models)
                let others = able.isEmpty ? "" : ", or ask for \(able.joined(separator: " or "))"
                throw APIError(
                    status: 400,
                    message:
                        "GLM does not fill in the middle: with the header 'x-localcode-fim: chat' it is asked in a chat\(others)",
                    param: "model", code: "fim_not_supported")
            }
            return (choice, model)
        }
    }

    private static func cannotFill(_ model: String, _ able: [String]) -> APIError {
        let next =
            able.isEmpty
            ? "no configured model can; one of Qwen2.5-Coder, CodeGemma, StarCoder2 or their kind is needed"
            : "ask for \(able.joined(separator: " or "))"
        return APIError(
            status: 400, message: "the model '\(model)' has no tokens for filling in the middle: \(next)",
            param: "model",
            code: "fim_not_supported")
    }
}

/// llama-server's stream of a filled gap, which ends with its last event and without a mark.
private struct InfillStream: StreamTranslator {
    let form: InfillForm
    private(set) var isFinished = false

    init(form: InfillForm) { self.form = form }

    mutating func translate(_ event: ServerSentEvent) async throws -> [UInt8] {
        guard let view = try? JSONView(validating: event.data) else { return [] }
        if let error = view["error"], error.kind == .object {
            throw LlamaServer.error(status: error["code"]?.int ?? 500, body: event.data)
        }
        isFinished = view["stop"]?.bool == true
        return form.events(view)
    }

    mutating func end() async throws -> [UInt8] {
        guard isFinished else {
            throw APIError(
                status: 502, message: "llama-server ended the stream before its end", code: "upstream_broken")
        }
        return []
    }
}
