import Synchronization

/// A request's turn with an engine: it waits for the engine, gets a slot, tells the engine which, looks at the answer, and
/// gives both back.
final class EngineTurn: Sendable {
    private struct State {
        var use: EngineUse?
        var lease: SlotLease?
        /// When engine and slot were there.
        var granted: ContinuousClock.Instant?
        var receipt: CacheReceipt?
        var recorder = AnswerRecorder()
        /// Whether the slot has read something else behind the request.
        var hasAskedAgain = false
        var isSettled = false
    }

    /// Whether the client wants to see how the prompt is read; otherwise only we do.
    let showsProgress: Bool
    private let backends: Backends
    private let choice: Backends.Choice
    private let chat: ChatRequest
    private let origin: RequestOrigin
    private let model: String
    private let state = Mutex(State())

    init(_ backends: Backends, _ choice: Backends.Choice, _ chat: ChatRequest, origin: RequestOrigin, model: String) {
        self.backends = backends
        self.choice = choice
        self.chat = chat
        self.origin = origin
        self.model = model
        showsProgress = chat.body["return_progress"]?.bool ?? false
    }

    /// Waits for the engine and a slot, and sends the request. An engine that ends before it has answered gets it again when
    /// it is back: once, since it may have ended because of it.
    func send(_ path: String) async throws -> HTTPResponse {
        var mayRepeat = true
        while true {
            // What was known of an engine that has ended is of no use any more.
            state.withLock { $0 = State() }
            let use = try await backends.use(choice)
            state.withLock { $0.use = use }
            do {
                return try await send(path, to: use.engine)
            } catch is SlotPool.Ended {
                await use.release()
            } catch let error as HTTPClientError where mayRepeat {
                mayRepeat = false
                let hasEnded = await use.hasEnded()
                await end(.refused, Usage())
                guard hasEnded else { throw error }
            } catch let error as HTTPClientError {
                let ending = await use.ending()
                await end(.refused, Usage())
                throw ending.map { APIError(status: 502, message: $0, code: "upstream_broken") } ?? error
            } catch {
                // A client that leaves while its prompt is being read leaves what was read of it.
                await end(error is CancellationError ? .cut : .refused, Usage())
                throw error
            }
        }
    }

    private func send(_ path: String, to engine: RunningEngine) async throws -> HTTPResponse {
        guard let slots = engine.slots else {
            state.withLock { $0.granted = .now }
            // A slot that the client chose is none of ours to give away.
            let body = chat.kind == .infill ? chat.body.editing([.remove("id_slot")]) : Array(chat.body.document)
            return try await engine.server.send("POST", path, body: body)
        }
        let lease = try await slots.acquire(chat, origin: origin, model: model)
        state.withLock {
            $0.lease = lease
            $0.granted = .now
            $0.receipt = lease.receipt
        }
        // Who has left by now has sent nothing: the slot holds what it held.
        if Task.isCancelled {
            await end(.refused, Usage())
            throw CancellationError()
        }
        var edits = lease.edits
        if chat.kind == .infill, lease.slot == nil { edits.append(.remove("id_slot")) }
        // The first thing the engine then says is how much of the prompt it has already.
        if lease.slot != nil, chat.isStreaming, !showsProgress {
            edits.append(.set("return_progress", Array("true".utf8)))
        }
        return try await engine.server.send("POST", path, body: chat.body.editing(edits))
    }

    /// Asks the engine something else while the turn goes on, in the same slot.
    /// - Parameter body: a request that is no stream.
    /// - Throws: `HTTPClientError`, `CancellationError`.
    func ask(_ path: String, _ body: JSONView) async throws -> HTTPResponse {
        let (use, lease) = state.withLock { state in
            state.hasAskedAgain = true
            return (state.use, state.lease)
        }
        guard let use else { throw CancellationError() }
        return try await use.engine.server.send("POST", path, body: body.editing(lease?.edits ?? []))
    }

    /// Whether it has a slot, or somebody who chooses one: its answer is then worth looking at.
    var isWatching: Bool { state.withLock { $0.lease != nil } }

    /// The answer as the client will send it back, as far as it came; nil where there is none of its own.
    var answer: JSONValue? { state.withLock { $0.hasAskedAgain ? nil : $0.recorder.message } }

    /// What is known of the cache so far; nil before there is a slot.
    var receipt: CacheReceipt? { state.withLock { $0.receipt } }

    /// When it began: waiting for engine and slot was over; nil: it is not yet.
    var granted: ContinuousClock.Instant? { state.withLock { $0.granted } }

    /// Why its engine broke the answer off, if that ended.
    func ending() async -> String? {
        guard let use = state.withLock({ $0.isSettled ? nil : $0.use }) else { return nil }
        return await use.ending()
    }

    /// Whether the engine that answered is the one that this was said of.
    func isOf(_ fingerprint: Digest) async -> Bool {
        await state.withLock({ $0.use })?.engine.slots?.fingerprint() == fingerprint
    }

    /// What it waits for, while it waits for its engine.
    func waitingText() async -> String? {
        guard case .model(let name) = choice, state.withLock({ $0.use == nil }) else { return nil }
        return await backends.fleet?.waitingText(name)
    }

    /// Takes an event that tells how far the prompt was read.
    /// - Returns: whether it was one.
    func takeProgress(_ chunk: JSONView) -> Bool {
        guard let progress = chunk["prompt_progress"], progress.kind == .object else { return false }
        let cached = progress["cache"]?.int
        state.withLock { state in state.receipt?.actual = cached.map { state.lease?.found($0) ?? $0 } }
        return true
    }

    /// Takes a chunk of the answer, or all of it.
    func observe(_ chunk: JSONView) { state.withLock { $0.recorder.observe(chunk) } }

    /// Gives slot and engine back; the first call counts.
    /// - Returns: what the cache did.
    @discardableResult func end(_ end: SlotOutcome.End, _ usage: Usage) async -> CacheReceipt? {
        let (use, lease, answer, isAlone) = state.withLock { state -> (EngineUse?, SlotLease?, JSONValue?, Bool) in
            guard !state.isSettled, let use = state.use else { return (nil, nil, nil, false) }
            state.isSettled = true
            let isAlone = !state.hasAskedAgain
            return (use, state.lease, isAlone ? state.recorder.message : nil, isAlone)
        }
        guard let use else { return receipt }
        // What was asked besides is in the slot too, in the answer's place: how much of it only the engine can tell.
        let outcome = SlotOutcome(usage: usage, answer: answer, end: end == .complete && !isAlone ? .cut : end)
        // A client that has gone has cancelled this task; slot and engine are given back all the same.
        let receipt = await Task { () -> CacheReceipt? in
            var receipt: CacheReceipt?
            if let lease { receipt = await use.engine.slots?.settle(lease, outcome) }
            await use.release(usage, isAfterRestore: receipt?.restoreMilliseconds != nil)
            return receipt
        }.value
        state.withLock { $0.receipt = receipt }
        return receipt
    }

    /// The fields that tell the client what the cache did; none where the engine chose and has not told yet.
    var headers: HTTPHeaders {
        guard let receipt, receipt.slot != nil || receipt.actual != nil else { return [:] }
        var headers: HTTPHeaders = ["x-localcode-cache": receipt.header]
        if let slot = receipt.slot { headers.add("x-localcode-slot", String(slot)) }
        return headers
    }
}
