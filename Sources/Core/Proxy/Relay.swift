extension Exchange {
    /// Sends a request to its backend and the answer to the client.
    /// - Throws: what kept it from being answered, as long as the client has got nothing of an answer. Where the head is out
    ///   by then, that is so only if somebody else is to be asked.
    func relay(_ chat: ChatRequest, to upstream: Upstream, _ attempt: inout RelayAttempt) async throws {
        if chat.isStreaming {
            try await relayStream(upstream, &attempt)
        } else {
            try await relayWhole(upstream, &attempt)
        }
    }

    /// The same, where nobody else could be asked.
    func relay(_ chat: ChatRequest, to upstream: Upstream) async throws {
        var attempt = RelayAttempt()
        try await relay(chat, to: upstream, &attempt)
    }

    // MARK: A whole answer

    private func relayWhole(_ upstream: Upstream, _ attempt: inout RelayAttempt) async throws {
        do {
            let response = try await reaching(upstream) { try await upstream.send() }
            let limit = proxy.settings.answerLimit
            let received = try await reaching(upstream) { try await response.body.collect(upTo: limit) }
            guard response.isSuccess else { throw upstream.error(response.status, response.headers, received) }
            let came = try? JSONView(validating: received)
            if let came {
                var said = ChatAnswer(previewLimit: 0)
                _ = said.observe(came)
                attempt.take(said)
            }
            var body = try await upstream.translate?(received) ?? received
            var answer = ChatAnswer(previewLimit: proxy.log.previewLimit)
            var receipt: CacheReceipt?
            if let view = try? JSONView(validating: body) {
                log(answer.observe(view))
                if let turn = upstream.turn {
                    // What the model wrote is in the slot, whatever became of it.
                    if let came { turn.observe(came) }
                    receipt = await turn.end(.complete, answer.usage)
                    body = view.tellingCachedTokens() ?? body
                }
            }
            // What is no JSON tells nothing of the slot, and is handed on all the same.
            await upstream.turn?.end(.cut, answer.usage)
            let contentType = response.headers["content-type"] ?? "application/json"
            upstream.tape?.record(body)
            await keep(upstream, contentType: contentType)
            try await send(
                body, status: response.status, headers: answerHeaders(upstream), contentType: contentType)
            end(upstream, status: response.status, answer, error: answer.error, receipt: receipt)
        } catch {
            // Without an answer the slot holds what it held, unless the engine was stopped in the middle of one.
            let stopped = error is CancellationError ? upstream.stopped?() : nil
            await upstream.turn?.end(error is APIError ? .refused : .cut, Usage())
            if let stopped { throw stopped }
            attempt.failure = Self.failure(error, upstream)
            if attempt.failure != nil {
                proxy.metrics.count(upstream.kind, model: upstream.model, failed: true)
            }
            throw attempt.failure ?? error
        }
    }

    // MARK: What both share

    func answerHeaders(_ upstream: Upstream) -> HTTPHeaders {
        var headers: HTTPHeaders = [
            "Cache-Control": "no-store", "x-localcode-backend": upstream.name, "x-localcode-model": upstream.model,
        ]
        if let notes = upstream.notes.take() { headers.add("x-localcode-notes", notes) }
        for (name, value) in upstream.turn?.headers ?? [:] { headers.add(name, value) }
        return headers
    }

    func reaching<Value>(_ upstream: Upstream, _ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch { throw Self.failure(error, upstream) ?? error }
    }

    /// What went wrong on the upstream's side; nil where it was the client that left.
    static func failure(_ error: any Error, _ upstream: Upstream) -> APIError? {
        switch error {
        case let error as APIError: error
        case let error as HTTPClientError: APIError(error, from: upstream.name)
        case is CancellationError, is ClientGone: nil
        case let error as ServerSentEventTooLong:
            APIError(status: 502, message: "\(upstream.name) sent an event of more than \(error.limit) bytes")
        default: APIError(status: 500, message: "\(error)")
        }
    }

    func log(_ events: [ChatAnswer.Event]) {
        for event in events {
            switch event {
            case .toolCall(let call): proxy.log.write(.toolCall(id: id, call))
            case .toolCallComplete(let name): proxy.log.write(.toolCallComplete(id: id, name: name))
            }
        }
    }

    /// Keeps a recorded answer, unless its engine became another one in between.
    func keep(_ upstream: Upstream, contentType: String) async {
        guard let tape = upstream.tape, await upstream.turn?.isOf(tape.fingerprint) == true else { return }
        tape.keep(contentType: contentType, log: proxy.log)
    }

    /// Counts a request and logs how it ended.
    func end(
        _ upstream: Upstream, status: Int, _ answer: ChatAnswer, first: Duration? = nil, error: String? = nil,
        receipt: CacheReceipt? = nil
    ) {
        proxy.metrics.count(
            upstream.kind, model: upstream.model, usage: answer.usage, failed: error != nil && status != 499,
            isAfterRestore: receipt?.restoreMilliseconds != nil)
        var entry = ResponseEntry(
            id: id, status: status, answer: answer, error: error, timeToFirstToken: first, duration: .now - start)
        entry.cache = receipt
        entry.kind = upstream.kind
        proxy.log.write(.response(entry))
    }
}

extension HTTPResponse {
    /// Whether it is the answer itself: no redirection, which nobody would follow, and no error.
    var isSuccess: Bool { 200..<300 ~= status }

}
