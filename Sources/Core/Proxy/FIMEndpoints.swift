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
        if choice != .glm, let problem = await proxy.backends.grammars.problem(of: asked) { throw problem }
        let form = form.naming(model)
        let session = RequestClass(headers: request.headers, body: asked.body).conversation
        let client = [request.headers["user-agent"], session].compactMap { $0 }.joined(separator: " ")
        // An editor types in one place. Other programs may want several completions at a time.
        let place = form == .native || session != nil ? InfillPlace(asked.body, client: client) : nil
        let entry = proxy.backends.models.first { $0.name == choice.modelName }
        let near = near(asked, batch: entry?.batch ?? 2048, client: client)
        try await proxy.backends.infills.run(place) { ticket in
            guard choice == .glm else {
                return try await fill(near, by: choice, model: model, session: session, form, ticket)
            }
            do {
                try await fillByChat(near, model: model, form)
            } catch is CancellationError where ticket.isSuperseded {
                throw Self.superseded
            }
        }
    }

    private func fill(
        _ asked: ChatRequest, by choice: Backends.Choice, model: String, session: String?, _ form: InfillForm,
        _ ticket: InfillTicket
    ) async throws {
        let notes = RequestNotes(id: id, log: proxy.log)
        let turn = EngineTurn(
            proxy.backends, choice, asked, origin: RequestOrigin(session: session, kind: .fim), model: model)
        // What can be filled is known to those who have the files; an engine that was attached tells by refusing.
        let able = await proxy.backends.infillModels.names(proxy.backends.models)
        let upstream = Upstream(
            name: "llama-server", model: choice.modelName ?? model, kind: .fim, notes: notes, turn: turn,
            send: { try await turn.send("/infill") },
            stopped: { ticket.isSuperseded ? Self.superseded : nil },
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
        try await relay(asked, to: upstream)
    }

    private static let superseded = APIError(
        status: 409, message: "a newer request for the same file came", code: "superseded",
        headers: ["x-should-retry": "false"])

    /// The request with the text around the gap, and the chunks of other files, as `FIMContext` gives them: llama-server cuts
    /// between any two tokens, and elsewhere after every letter, so that it would read all of a long prompt again.
    private func near(_ asked: ChatRequest, batch: Int, client: String) -> ChatRequest {
        let (prefix, suffix) = (asked.body["input_prefix"]?.string, asked.body["input_suffix"]?.string)
        let extra = asked.body["input_extra"].map(FIMChunk.list)
        let near = proxy.backends.infills.context(
            prefix: prefix ?? "", suffix: suffix ?? "", extra: extra ?? [], client: client,
            budget: FIMContext.Budget(near: batch * 3))
        var edits: [JSONEdit] = []
        if let prefix, near.prefix.utf8.count < prefix.utf8.count {
            edits.append(.set("input_prefix", JSONValue.string(near.prefix).bytes))
        }
        if let suffix, near.suffix.utf8.count < suffix.utf8.count {
            edits.append(.set("input_suffix", JSONValue.string(near.suffix).bytes))
        }
        if let extra, extra != near.chunks {
            edits.append(.set("input_extra", JSONValue.array(near.chunks.map(\.wire)).bytes))
        }
        guard !edits.isEmpty, let view = try? JSONView(validating: asked.body.editing(edits)) else { return asked }
        return (try? ChatRequest(view, kind: .infill)) ?? asked
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
