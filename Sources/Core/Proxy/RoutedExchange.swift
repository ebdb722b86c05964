extension Exchange {
    /// POST /v1/chat/completions and /v1/completions.
    func complete(_ kind: ChatRequest.Kind) async throws {
        let asked = try ChatRequest(json(), kind: kind)
        if kind == .completion, asked.suffix != nil {
            return try await privately { try await infill(completion: asked) }
        }
        let route = await Router(backends: proxy.backends, headers: request.headers).route(asked)
        let record = RouteRecord(
            id: id, route, desk: proxy.backends.routes, asked: asked.model,
            mayQuote: proxy.log.renderer.content != .none)
        defer { record.keep() }
        if let refusal = route.decision.refusal { throw refusal }
        try await LocalOnly.run(route.decision.isLocalOnly) {
            let (chat, changes) = try stabilised(asked, route, record)
            let notes = RequestNotes(id: id, log: proxy.log)
            logRequest(chat, route, record)
            notes.add(route.request.misunderstood + route.decision.notes + changes)
            try await answer(chat, route, record, notes)
        }
    }

    /// Asks those who may answer, one after the other, until one does.
    private func answer(
        _ asked: ChatRequest, _ route: Router.Route, _ record: RouteRecord, _ notes: RequestNotes
    ) async throws {
        var rest = route.candidates[...]
        var hasBegun = false
        while let candidate = rest.popFirst() {
            var attempt = RelayAttempt(
                others: rest, longer: route.longer(than: candidate, of: rest),
                patience: rest.isEmpty ? nil : proxy.backends.routes.configuration.patience, hasBegun: hasBegun)
            do {
                try await answer(asked, candidate, route, record, notes, &attempt)
                return settle(candidate, attempt, route, record)
            } catch let error as APIError {
                attempt.failure = attempt.failure ?? error
                settle(candidate, attempt, route, record)
                rest = attempt.next(after: error)
                hasBegun = attempt.hasBegun
                guard let next = rest.first else { return try await fail(error, attempt) }
                notes.add(["\(candidate.model) did not answer: \(error.message); \(next.model) is asked"])
            } catch {
                attempt.isAbandoned = true
                settle(candidate, attempt, route, record)
                throw error
            }
        }
    }

    /// Tells the client that nobody answers: as a status where that can still be, otherwise inside the stream.
    private func fail(_ error: APIError, _ attempt: RelayAttempt) async throws {
        guard attempt.hasBegun else { throw error }
        try? await responder.write(ServerSentEvent.frame(error.eventData))
        try? await responder.finish()
        note(status: error.status, error: error.message)
    }

    private func answer(
        _ asked: ChatRequest, _ candidate: Router.Candidate, _ route: Router.Route, _ record: RouteRecord,
        _ notes: RequestNotes, _ attempt: inout RelayAttempt
    ) async throws {
        let (choice, model) = (candidate.choice, candidate.model)
        record.begin(candidate)
        if let refusal = modeRefusal(choice, .chat) { throw refusal }
        guard choice != .none else { throw unknownModel(model) }
        let asked = named(asked, candidate)
        let prepared = try await prepared(asked, isEngine: choice != .glm, notes)
        let chat = prepared.chat
        let tape = await answerTape(chat, choice)
        if let earlier = await tape?.earlier() { return try await replay(earlier) }
        let upstream =
            choice == .glm
            ? try glmUpstream(
                chat, model: model, kind: route.request.kind, notes: notes, hasNext: !attempt.others.isEmpty)
            : engineUpstream(prepared, choice, model: model, origin: route.origin, notes: notes, tape: tape)
        let desk = proxy.backends.routes
        attempt.isProbe = desk.breakers.begin(candidate.upstream)
        attempt.isAsked = true
        defer { attempt.began = upstream.turn?.granted ?? attempt.began }
        try await relay(chat, to: upstream, &attempt)
        record.placed(upstream.turn?.receipt)
        if let answer = upstream.turn?.answer {
            Stabilisers.remember(
                answer, to: asked, enabled: desk.configuration.stabilisers, memory: desk.stabilisers)
        }
    }

    private func logRequest(_ chat: ChatRequest, _ route: Router.Route, _ record: RouteRecord) {
        guard let first = route.candidates.first, first.choice != .none else { return }
        var entry = RequestEntry(
            id: id, request: request, chat: chat, model: first.model,
            backend: first.choice == .glm ? "glm" : "llama-server", previewLimit: proxy.log.previewLimit)
        entry.kind = route.request.kind
        entry.route = record.report
        proxy.log.write(.request(entry))
    }

    /// A router of several models goes by the name in the body.
    private func named(_ chat: ChatRequest, _ candidate: Router.Candidate) -> ChatRequest {
        guard candidate.choice == .attached, let name = chat.model, !name.isEmpty, name != candidate.model else {
            return chat
        }
        return chat.edited([.set("model", JSONText.quoted(candidate.model))])
    }

    /// The request as the rules and stabilisers make it, and what they changed.
    private func stabilised(
        _ chat: ChatRequest, _ route: Router.Route, _ record: RouteRecord
    ) throws -> (chat: ChatRequest, changes: [String]) {
        var (chat, changes) = (chat, [String]())
        let edits = route.decision.overrides.edits(chat)
        if !edits.isEmpty {
            chat = chat.edited(edits)
            changes.append("the rule '\(route.decision.rule ?? "")' set fields of the request")
        }
        let desk = proxy.backends.routes
        let (stable, applied) = try Stabilisers.apply(
            chat, request: route.request, enabled: desk.configuration.stabilisers, memory: desk.stabilisers)
        record.stabilised(applied)
        return (stable, changes + applied.map { "stabilised: \($0)" })
    }

    /// What an attempt tells about its upstream.
    private func settle(
        _ candidate: Router.Candidate, _ attempt: RelayAttempt, _ route: Router.Route, _ record: RouteRecord
    ) {
        let desk = proxy.backends.routes
        record.end(attempt)
        if candidate.choice == .glm {
            proxy.backends.spend(attempt.spent(promptTokens: route.signals.promptTokens), on: candidate.model)
        }
        guard attempt.isAsked else { return }
        if attempt.isAbandoned, attempt.textBytes == 0 {
            // A client that has left tells nothing of who it did not wait for.
            if attempt.isProbe { desk.breakers.giveBack(candidate.upstream) }
            return
        }
        desk.breakers.note(candidate.upstream, failure: attempt.failure, isProbe: attempt.isProbe)
        guard attempt.failure == nil, !attempt.isAbandoned else { return }
        let model = String((candidate.choice.modelName ?? candidate.model).prefix(128))
        let waited = attempt.began - start
        desk.observe(
            attempt.usage, first: attempt.first.map { $0 - waited }, duration: .now - attempt.began, model: model,
            conversation: route.conversation)
    }
}

extension ChatRequest {
    /// The request with edits of its top level; as it is where they make it none.
    func edited(_ edits: [JSONEdit]) -> ChatRequest {
        guard !edits.isEmpty, let view = try? JSONView(validating: body.editing(edits)) else { return self }
        return (try? ChatRequest(view, kind: kind)) ?? self
    }
}
