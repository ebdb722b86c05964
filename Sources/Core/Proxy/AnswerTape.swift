import Dispatch
import Synchronization

/// Records an answer on its way to the client, to be given again when the same request comes.
final class AnswerTape: Sendable {
    private let cache: AnswerCache
    private let key: Digest
    /// Of the engine that is to give the answer.
    let fingerprint: Digest
    /// Nil when it has become too long.
    private let body = Mutex<[UInt8]?>([])

    private static let queue = DispatchQueue(label: "answers")

    init(_ cache: AnswerCache, key: Digest, fingerprint: Digest) {
        self.cache = cache
        self.key = key
        self.fingerprint = fingerprint
    }

    /// The answer that was recorded earlier.
    func earlier() async -> StoredAnswer? {
        await withCheckedContinuation { continuation in
            Self.queue.async { [cache, key] in continuation.resume(returning: cache.lookup(key)) }
        }
    }

    func record(_ bytes: [UInt8]) {
        body.withLock { body in
            guard let count = body?.count else { return }
            guard count + bytes.count <= AnswerCache.longestBody else { return body = nil }
            body?.append(contentsOf: bytes)
        }
    }

    /// Keeps what was recorded, some time soon.
    func keep(contentType: String, log: RequestLog) {
        guard let body = body.withLock({ $0 }) else { return }
        let answer = StoredAnswer(status: 200, contentType: contentType, body: body, created: SystemTime.wall())
        Self.queue.async { [cache, key] in
            do {
                try cache.store(key, answer)
            } catch {
                log.say("localcode: warning: cannot keep an answer: \(error)")
            }
        }
    }
}

extension Exchange {
    /// A tape for this request; nil where its answer could be another one the next time, or nobody knows yet which engine
    /// will give it.
    func answerTape(_ chat: ChatRequest, _ choice: Backends.Choice) async -> AnswerTape? {
        guard let answers = proxy.backends.answers, AnswerCache.isEligible(chat),
            let fingerprint = await proxy.backends.running(choice)?.slots?.fingerprint()
        else { return nil }
        // What the engine gets, and what is mended of what it says.
        let key = AnswerCache.key(
            path: "\(request.path) \(proxy.settings.repairs)", fingerprint: fingerprint, body: chat.body.document)
        return AnswerTape(answers, key: key, fingerprint: fingerprint)
    }

    /// Gives a stored answer again, as it was.
    func replay(_ answer: StoredAnswer) async throws {
        let receipt = CacheReceipt(source: .answered)
        let headers: HTTPHeaders = [
            "Cache-Control": "no-store", "x-localcode-backend": "llama-server", "x-localcode-cache": receipt.header,
        ]
        try await send(answer.body, status: answer.status, headers: headers, contentType: answer.contentType)
        var entry = ResponseEntry(id: id, status: answer.status, duration: .now - start)
        entry.cache = receipt
        proxy.log.write(.response(entry))
    }
}
