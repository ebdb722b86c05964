import Synchronization

/// What was seen of GLM's reasoning, so that it can be given back; shared by all requests.
public final class SharedReasoning: Sendable {
    private let memory = Mutex(ReasoningMemory())

    public init() {}

    func lookup(_ key: ReasoningMemory.Key) -> String? { memory.withLock { $0.lookup(key) } }

    func insert(_ entry: ReasoningMemory.Entry?) {
        guard let entry else { return }
        memory.withLock { $0.insert(entry) }
    }
}

extension Exchange {
    /// The request as GLM takes it, and its answer as OpenAI's clients do.
    /// - Parameter hasNext: whether somebody else can be asked, who is worth more than waiting here.
    func glmUpstream(
        _ chat: ChatRequest, model: String, kind: RequestKind, notes: RequestNotes, hasNext: Bool = false
    ) throws(APIError) -> Upstream {
        guard chat.kind == .chat else {
            throw APIError(
                status: 400,
                message: "GLM has no text completions: send messages to /v1/chat/completions, or use a llama-server",
                param: "model", code: "unsupported_endpoint")
        }
        let glm = proxy.backends.glm
        let retries = hasNext ? RetryPolicy.beforeFallback : glm.retries
        let reasoning = proxy.backends.reasoning
        let transformed = GLMRequest.transform(
            JSONValue(chat.body), model: model, stream: chat.isStreaming, requestID: id,
            remembered: { reasoning.lookup($0) })
        let local = transformed.local
        notes.add(transformed.notes)
        let structured = GLMStructured(
            transformed, proxy.backends, model: model, notes: notes, limit: proxy.settings.answerLimit)
        return Upstream(
            name: "glm", model: model, kind: kind, notes: notes,
            send: { [id] in
                do { return try await glm.send(transformed.body.bytes, requestID: id, retries: retries) } catch let
                    failure
                    as UpstreamFailure
                {
                    throw APIError(failure)
                }
            },
            error: { status, headers, body in
                APIError(GLMError.classify(status: status, body: body, headers: headers, hasKey: glm.hasKey))
            },
            translate: { body in
                do {
                    let answer = try GLMResponse.translate(JSONValue(parsing: body), local: local, hasKey: glm.hasKey)
                    reasoning.insert(answer.memory)
                    return (try await structured?.settle(answer.body) ?? answer.body).bytes
                } catch let failure as UpstreamFailure {
                    throw APIError(failure)
                } catch let error as JSONError {
                    throw APIError.brokenGLM(error)
                }
            },
            translator: {
                let translation = GLMTranslation(
                    translator: GLMStreamTranslator(local: local, hasKey: glm.hasKey), reasoning: reasoning)
                return structured?.stream(translation) ?? translation
            })
    }
}

/// GLM's stream translator at its place in the relay.
private struct GLMTranslation: StreamTranslator {
    var translator: GLMStreamTranslator
    let reasoning: SharedReasoning

    var isFinished: Bool { translator.isFinished }

    mutating func translate(_ event: ServerSentEvent) async throws -> [UInt8] { try bytes(translator.push(event)) }

    mutating func end() async throws -> [UInt8] {
        let rest = try bytes(translator.finish())
        reasoning.insert(translator.memory)
        return rest
    }

    private func bytes(_ outputs: [GLMStreamTranslator.Output]) throws(APIError) -> [UInt8] {
        var bytes: [UInt8] = []
        for output in outputs {
            switch output {
            case .frame(let frame): bytes += frame
            case .failure(let failure): throw APIError(failure)
            }
        }
        return bytes
    }
}

extension APIError {
    init(_ failure: UpstreamFailure) {
        self.init(
            status: failure.httpStatus, message: failure.message, type: failure.type, code: failure.code,
            headers: failure.headers)
    }
}
