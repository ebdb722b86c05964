import Synchronization

/// A request's turn with an engine: it gets a slot, tells the engine which, looks at the answer, and gives the slot back.
final class EngineTurn: Sendable {
    private struct State {
        var lease: SlotLease?
        var receipt: CacheReceipt?
        var recorder = AnswerRecorder()
        var isSettled = false
    }

    /// Whether the client wants to see how the prompt is read; otherwise only we do.
    let showsProgress: Bool
    private let pool: SlotPool
    private let chat: ChatRequest
    private let session: String?
    private let model: String
    private let state = Mutex(State())

    init(_ pool: SlotPool, _ chat: ChatRequest, session: String?, model: String) {
        self.pool = pool
        self.chat = chat
        self.session = session
        self.model = model
        showsProgress = chat.body["return_progress"]?.bool ?? false
    }

    /// Waits for a slot and sends the request.
    func send(to engine: LlamaServer, _ path: String) async throws -> HTTPResponse {
        let lease = try await pool.acquire(chat, session: session, model: model)
        state.withLock {
            $0.lease = lease
            $0.receipt = lease.receipt
        }
        var edits = lease.edits
        // The first thing the engine then says is how much of the prompt it has already.
        if lease.slot != nil, chat.isStreaming, !showsProgress {
            edits.append(.set("return_progress", Array("true".utf8)))
        }
        do {
            return try await engine.send("POST", path, body: chat.body.editing(edits))
        } catch {
            await end(.refused, Usage())
            throw error
        }
    }

    /// What is known of the cache so far; nil before there is a slot.
    var receipt: CacheReceipt? { state.withLock { $0.receipt } }

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

    /// Gives the slot back; the first call counts.
    /// - Returns: what the cache did.
    @discardableResult func end(_ end: SlotOutcome.End, _ usage: Usage) async -> CacheReceipt? {
        let (lease, answer) = state.withLock { state -> (SlotLease?, JSONValue?) in
            guard !state.isSettled, let lease = state.lease else { return (nil, nil) }
            state.isSettled = true
            return (lease, state.recorder.message)
        }
        guard let lease else { return receipt }
        let outcome = SlotOutcome(usage: usage, answer: answer, end: end)
        // A client that has gone has cancelled this task; the slot is given back all the same.
        let receipt = await Task { [pool] in await pool.settle(lease, outcome) }.value
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
