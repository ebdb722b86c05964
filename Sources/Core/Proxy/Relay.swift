extension Exchange {
    /// Sends a request to its backend and the answer to the client.
    func relay(_ chat: ChatRequest, to upstream: Upstream) async throws {
        if chat.isStreaming { try await relayStream(upstream) } else { try await relayWhole(upstream) }
    }

    // MARK: A whole answer

    private func relayWhole(_ upstream: Upstream) async throws {
        do {
            let response = try await reaching(upstream) { try await upstream.send() }
            let limit = proxy.settings.answerLimit
            let received = try await reaching(upstream) { try await response.body.collect(upTo: limit) }
            guard response.isSuccess else { throw upstream.error(response.status, response.headers, received) }
            var body = try await upstream.translate?(received) ?? received
            var answer = ChatAnswer(previewLimit: proxy.log.previewLimit)
            var receipt: CacheReceipt?
            if let view = try? JSONView(validating: body) {
                log(answer.observe(view))
                if let turn = upstream.turn {
                    // What the model wrote is in the slot, whatever became of it.
                    if let came = try? JSONView(validating: received) { turn.observe(came) }
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
            if Self.failure(error, upstream) != nil {
                proxy.metrics.count(upstream.kind, model: upstream.model, failed: true)
            }
            throw error
        }
    }

    // MARK: A stream

    private func relayStream(_ upstream: Upstream) async throws {
        var stream = StreamState(answer: ChatAnswer(previewLimit: proxy.log.previewLimit))
        do {
            let response = try await head(of: upstream, &stream)
            guard response.isSuccess, response.mayBeEvents else {
                let body = try await response.body.collect(upTo: 1 << 20)
                guard response.isSuccess, (try? JSONView(validating: body))?["error"] == nil else {
                    throw upstream.error(response.status, response.headers, body)
                }
                throw APIError(
                    status: 502, message: "\(upstream.name) was asked for a stream and answered with something else",
                    code: "upstream_broken")
            }
            if upstream.turn?.isWatching != true { try await begin(upstream, &stream) }
            try await copy(response.body, upstream, &stream)
            let receipt = await upstream.turn?.end(stream.answer.error == nil ? .complete : .cut, stream.answer.usage)
            await keep(upstream, contentType: "text/event-stream")
            // What came too late for the head.
            if let receipt, receipt.slot != nil, !stream.hasReceipt {
                try await responder.write(Self.comment("x-localcode-cache: \(receipt.header)"))
            }
            if let notes = upstream.notes.take() {
                try await responder.write(Self.comment("x-localcode-notes: \(notes)"))
            }
            try await responder.finish()
            end(upstream, status: 200, stream.answer, first: stream.first, error: stream.answer.error, receipt: receipt)
        } catch {
            var failure = Self.failure(error, upstream)
            if error is HTTPClientError, let ending = await upstream.turn?.ending() {
                failure = APIError(status: 502, message: ending, code: "upstream_broken")
            }
            let stopped = error is CancellationError ? upstream.stopped?() : nil
            let receipt = await upstream.turn?.end(
                stream.hasStarted || stopped != nil ? .cut : .refused, stream.answer.usage)
            guard stream.hasBegun else {
                if let stopped { throw stopped }
                if failure != nil { proxy.metrics.count(upstream.kind, model: upstream.model, failed: true) }
                throw failure ?? error
            }
            if failure != nil, stream.isDone {
                // What breaks behind [DONE] has broken nothing.
                try? await responder.finish()
                end(upstream, status: 200, stream.answer, first: stream.first, receipt: receipt)
            } else if let failure = failure ?? stopped {
                // The head is out: the client learns of a failure from the stream itself, which then ends without [DONE].
                // This task may have been cancelled; that is told in one of its own.
                await Task { [responder] in
                    try? await responder.write(ServerSentEvent.frame(failure.eventData))
                    try? await responder.finish()
                }.value
                end(
                    upstream, status: failure.status, stream.answer, first: stream.first, error: failure.message,
                    receipt: receipt
                )
            } else {
                responder.abort()
                end(
                    upstream, status: 499, stream.answer, first: stream.first,
                    error: "the client closed the connection",
                    receipt: receipt)
            }
        }
    }

    private struct StreamState {
        var answer: ChatAnswer
        /// Whether the engine has said anything.
        var hasStarted = false
        /// Whether the head is out.
        var hasBegun = false
        /// Whether the head could tell what the cache did.
        var hasReceipt = false
        /// Whether there may still be events that tell how far the prompt was read.
        var mayShowProgress = true
        /// Whether the client has its [DONE].
        var isDone = false
        var first: Duration?
    }

    private func begin(_ upstream: Upstream, _ stream: inout StreamState) async throws {
        guard !stream.hasBegun else { return }
        let headers = headers(answerHeaders(upstream), contentType: "text/event-stream")
        try await responder.begin(status: 200, headers: headers)
        stream.hasBegun = true
        stream.hasReceipt = upstream.turn?.receipt?.actual != nil
        try await responder.keepAlive(every: proxy.settings.keepAlive, with: Self.comment)
    }

    private static let comment = Array(": keep-alive\n\n".utf8)

    /// A comment, which no client minds.
    private static func comment(_ text: String) -> [UInt8] {
        Array(": \(text.split(whereSeparator: \.isNewline).joined(separator: " "))\n\n".utf8)
    }

    /// Waits for the upstream's head; begins the client's answer when that takes longer than a client may be left alone.
    private func head(of upstream: Upstream, _ stream: inout StreamState) async throws -> HTTPResponse {
        let patience = proxy.settings.keepAlive
        return try await withThrowingTaskGroup(of: HTTPResponse?.self) { tasks in
            tasks.addTask { try await upstream.send() }
            tasks.addTask {
                try await Task.sleep(for: patience)
                return nil
            }
            defer { tasks.cancelAll() }
            while let next = try await tasks.next() {
                if let response = next { return response }
                try await begin(upstream, &stream)
                try await responder.write(await upstream.turn?.waitingText().map(Self.comment) ?? Self.comment)
                tasks.addTask {
                    try await Task.sleep(for: patience)
                    return nil
                }
            }
            throw CancellationError()
        }
    }

    private func copy(_ body: HTTPBody, _ upstream: Upstream, _ stream: inout StreamState) async throws {
        var relay = EventRelay()
        var translator = upstream.translator?()
        for try await bytes in body {
            let (ready, events) = try relay.push(bytes)
            // Looking at the events comes behind handing them on: it is nothing a client should wait for.
            defer { for event in events where !event.isDone { observe(event, upstream.turn, &stream) } }
            var shown = (ready: ready, events: events)
            if let turn = upstream.turn, turn.isWatching {
                // An engine's comments are for us: the client's head waits for what the engine says of its cache.
                if events.isEmpty, !stream.hasBegun { continue }
                shown = turn.forClient(ready, events, mayShowProgress: &stream.mayShowProgress)
                stream.hasStarted = true
                try await begin(upstream, &stream)
            }
            guard translator != nil else {
                try await hand(shown.ready, upstream)
                stream.isDone = stream.isDone || events.contains(where: \.isDone)
                continue
            }
            var translated: [UInt8] = []
            do {
                for event in shown.events { translated += try await translator?.translate(event) ?? [] }
            } catch {
                try await hand(translated, upstream)
                throw error
            }
            try await hand(translated, upstream)
            // GLM's end is told by its translator.
            if upstream.turn != nil { stream.isDone = stream.isDone || shown.events.contains(where: \.isDone) }
            if translator?.isFinished == true { break }
        }
        if translator != nil {
            try await hand(try await translator?.end() ?? [], upstream)
        } else if !stream.isDone, stream.answer.error == nil {
            throw APIError(
                status: 502, message: "\(upstream.name) ended the stream before its end", code: "upstream_broken")
        }
    }

    /// Gives the client what it gets of the upstream's answer.
    private func hand(_ bytes: [UInt8], _ upstream: Upstream) async throws {
        guard !bytes.isEmpty else { return }
        upstream.tape?.record(bytes)
        try await responder.write(bytes)
    }

    private func observe(_ event: ServerSentEvent, _ turn: EngineTurn?, _ stream: inout StreamState) {
        guard let chunk = try? JSONView(validating: event.data) else { return }
        turn?.observe(chunk)
        log(stream.answer.observe(chunk))
        if stream.first == nil, stream.answer.hasStarted { stream.first = .now - start }
    }

    // MARK: What both share

    private func answerHeaders(_ upstream: Upstream) -> HTTPHeaders {
        var headers: HTTPHeaders = ["Cache-Control": "no-store", "x-localcode-backend": upstream.name]
        if let notes = upstream.notes.take() { headers.add("x-localcode-notes", notes) }
        for (name, value) in upstream.turn?.headers ?? [:] { headers.add(name, value) }
        return headers
    }

    private func reaching<Value>(_ upstream: Upstream, _ body: () async throws -> Value) async throws -> Value {
        do { return try await body() } catch { throw Self.failure(error, upstream) ?? error }
    }

    /// What went wrong on the upstream's side; nil where it was the client that left.
    private static func failure(_ error: any Error, _ upstream: Upstream) -> APIError? {
        switch error {
        case let error as APIError: error
        case let error as HTTPClientError: APIError(error, from: upstream.name)
        case is CancellationError, is ClientGone: nil
        case let error as ServerSentEventTooLong:
            APIError(status: 502, message: "\(upstream.name) sent an event of more than \(error.limit) bytes")
        default: APIError(status: 500, message: "\(error)")
        }
    }

    private func log(_ events: [ChatAnswer.Event]) {
        for event in events {
            switch event {
            case .toolCall(let call): proxy.log.write(.toolCall(id: id, call))
            case .toolCallComplete(let name): proxy.log.write(.toolCallComplete(id: id, name: name))
            }
        }
    }

    /// Keeps a recorded answer, unless its engine became another one in between.
    private func keep(_ upstream: Upstream, contentType: String) async {
        guard let tape = upstream.tape, await upstream.turn?.isOf(tape.fingerprint) == true else { return }
        tape.keep(contentType: contentType, log: proxy.log)
    }

    /// Counts a request and logs how it ended.
    private func end(
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

    /// Whether it can be a stream of events: its type is theirs, or not told.
    fileprivate var mayBeEvents: Bool { headers["content-type"]?.lowercased().hasPrefix("text/event-stream") ?? true }
}
