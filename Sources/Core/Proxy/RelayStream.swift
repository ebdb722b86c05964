extension Exchange {
    /// Sends a request for a stream and hands its events on as they come.
    func relayStream(_ upstream: Upstream, _ attempt: inout RelayAttempt) async throws {
        var stream = StreamState(
            answer: ChatAnswer(previewLimit: proxy.log.previewLimit), hasBegun: attempt.hasBegun,
            deadline: attempt.patience.map { .now + $0 })
        defer {
            attempt.hasBegun = stream.hasBegun
            attempt.take(stream.answer)
            attempt.first = stream.first
        }
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
            if let error = stream.answer.error {
                attempt.failure = APIError(status: 500, message: error, code: "upstream_error")
            }
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
            attempt.failure = failure
            if let failure, !stream.hasHanded, !attempt.next(after: failure).isEmpty {
                proxy.metrics.count(upstream.kind, model: upstream.model, failed: true)
                throw failure
            }
            guard stream.hasBegun else {
                if let stopped { throw stopped }
                if failure != nil { proxy.metrics.count(upstream.kind, model: upstream.model, failed: true) }
                throw failure ?? error
            }
            if failure != nil, stream.isDone {
                // What breaks behind [DONE] has broken nothing.
                attempt.failure = nil
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
                attempt.isAbandoned = true
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
        var hasBegun: Bool
        /// Whether the client has got anything of the answer itself.
        var hasHanded = false
        /// When it is given up if nothing of the answer has come.
        var deadline: ContinuousClock.Instant?
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
        let deadline = stream.deadline
        return try await withThrowingTaskGroup(of: HTTPResponse?.self) { tasks in
            tasks.addTask { try await Self.limited(deadline, upstream) { try await upstream.send() } }
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

    /// An engine that fails before it has begun says so in its stream, which others may do better.
    private static func checkBeginning(
        _ events: [ServerSentEvent], _ upstream: Upstream, _ stream: StreamState
    ) throws(APIError) {
        guard !stream.hasHanded, let first = events.first(where: { !$0.isDone }),
            let error = (try? JSONView(validating: first.data))?["error"], error.kind == .object
        else { return }
        throw upstream.error(error["code"]?.int ?? 500, [:], first.data)
    }

    /// Waits for something until a deadline, if there is one.
    private static func limited<Value: Sendable>(
        _ deadline: ContinuousClock.Instant?, _ upstream: Upstream,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let deadline else { return try await body() }
        do {
            return try await withTimeLimit(max(.zero, deadline - .now), body)
        } catch is TimeLimitExceeded {
            throw APIError(
                status: 504, message: "\(upstream.name) took too long to begin its answer", code: "patience_exceeded")
        }
    }

    private static func next(
        _ iterator: inout HTTPBody.AsyncIterator, until deadline: ContinuousClock.Instant?, _ upstream: Upstream
    ) async throws -> [UInt8]? {
        guard deadline != nil else { return try await iterator.next() }
        // All copies of it read the same body.
        return try await limited(deadline, upstream) { [iterator] in
            var iterator = iterator
            return try await iterator.next()
        }
    }

    private func copy(_ body: HTTPBody, _ upstream: Upstream, _ stream: inout StreamState) async throws {
        var relay = EventRelay()
        var translator = upstream.translator?()
        var iterator = body.makeAsyncIterator()
        while let bytes = try await Self.next(
            &iterator, until: stream.hasHanded || stream.answer.hasStarted ? nil : stream.deadline, upstream)
        {
            let (ready, events) = try relay.push(bytes)
            // Looking at the events comes behind handing them on: it is nothing a client should wait for.
            defer { for event in events where !event.isDone { observe(event, upstream.turn, &stream) } }
            var shown = (ready: ready, events: events)
            if let turn = upstream.turn, turn.isWatching {
                // An engine's comments are for us: the client's head waits for what the engine says of its cache.
                if events.isEmpty, !stream.hasBegun { continue }
                try Self.checkBeginning(events, upstream, stream)
                shown = turn.forClient(ready, events, mayShowProgress: &stream.mayShowProgress)
                stream.hasStarted = true
                try await begin(upstream, &stream)
            }
            guard translator != nil else {
                try await hand(shown.ready, upstream, &stream)
                stream.isDone = stream.isDone || events.contains(where: \.isDone)
                continue
            }
            var translated: [UInt8] = []
            do {
                for event in shown.events { translated += try await translator?.translate(event) ?? [] }
            } catch {
                try await hand(translated, upstream, &stream)
                throw error
            }
            try await hand(translated, upstream, &stream)
            // GLM's end is told by its translator.
            if upstream.turn != nil { stream.isDone = stream.isDone || shown.events.contains(where: \.isDone) }
            if translator?.isFinished == true { break }
        }
        if translator != nil {
            try await hand(try await translator?.end() ?? [], upstream, &stream)
        } else if !stream.isDone, stream.answer.error == nil {
            throw APIError(
                status: 502, message: "\(upstream.name) ended the stream before its end", code: "upstream_broken")
        }
    }

    /// Gives the client what it gets of the upstream's answer.
    private func hand(_ bytes: [UInt8], _ upstream: Upstream, _ stream: inout StreamState) async throws {
        guard !bytes.isEmpty else { return }
        stream.hasHanded = true
        upstream.tape?.record(bytes)
        try await responder.write(bytes)
    }

    private func observe(_ event: ServerSentEvent, _ turn: EngineTurn?, _ stream: inout StreamState) {
        guard let chunk = try? JSONView(validating: event.data) else { return }
        turn?.observe(chunk)
        log(stream.answer.observe(chunk))
        if stream.first == nil, stream.answer.hasStarted { stream.first = .now - start }
    }
}

extension HTTPResponse {
    /// Whether it can be a stream of events: its type is theirs, or not told.
    fileprivate var mayBeEvents: Bool { headers["content-type"]?.lowercased().hasPrefix("text/event-stream") ?? true }
}
