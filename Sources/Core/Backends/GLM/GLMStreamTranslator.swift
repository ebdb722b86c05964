/// GLM's stream made into OpenAI's, event by event.
///
/// Chunks that only carry text keep their bytes but for the few that are missing or too many. The usage is taken out of the
/// last chunk and sent behind it in one of its own if the client asked for it. A stream that does not say how it ended is
/// an error, however it ends.
public struct GLMStreamTranslator: Sendable {
    /// Something for the client.
    public enum Output: Sendable, Equatable {
        /// Bytes of the stream: one event and the empty line behind it.
        case frame([UInt8])
        /// The stream has failed and nothing follows. If no frame went before, the request can be tried again.
        case failure(UpstreamFailure)
    }

    /// Whether the stream is over; the upstream can be let go.
    public private(set) var isFinished = false
    /// Whether a frame has come out.
    public private(set) var hasBegun = false

    private let local: GLMRequest.LocalRules
    private let hasKey: Bool
    private var stops: StopWords
    private var calls: GLMToolCallAssembler
    private var hasReason = false
    private var usage: JSONValue?
    /// The fields that all chunks share.
    private var envelope = JSONObject()
    private var notes: GLMAnswerNotes

    /// A translator for one answer.
    /// - Parameters:
    ///   - local: what the request left to do.
    ///   - hasKey: whether a key is configured; without one, errors advise to set it.
    public init(local: GLMRequest.LocalRules, hasKey: Bool = true) {
        self.local = local
        self.hasKey = hasKey
        stops = StopWords(local.stopWords)
        calls = GLMToolCallAssembler(requestID: local.requestID, names: local.toolNames)
        notes = GLMAnswerNotes(turn: local.turn)
    }

    /// The answer's reasoning, once the stream is finished; nil if there was none.
    public var memory: ReasoningMemory.Entry? { hasReason ? notes.entry(toolCalls: calls.ids) : nil }

    /// What an event becomes.
    public mutating func push(_ event: ServerSentEvent) -> [Output] {
        guard !isFinished else { return [] }
        if event.isDone { return end("the stream ended without a finish_reason") }
        guard let view = try? JSONView(validating: event.data), view.kind == .object else {
            if event.event == "error" { return fail(event.data) }
            return fail(GLMError.broken("an event of the stream is not a JSON object"))
        }
        let chunk = GLMChunk(view)
        if chunk.failed || event.event == "error" { return fail(event.data) }
        if !hasReason, canPass(chunk), let bytes = chunk.event(isFirst: !hasBegun) {
            notes.add(reasoning: chunk.reasoning, content: chunk.content)
            hasBegun = true
            return [.frame(bytes)]
        }
        return rebuild(JSONValue(view).object ?? JSONObject(), reasoning: chunk.reasoning)
    }

    /// What is left to send when the connection ends.
    public mutating func finish() -> [Output] {
        isFinished ? [] : end("the stream broke off")
    }

    /// Whether nothing in a chunk's delta has to change.
    private func canPass(_ chunk: GLMChunk) -> Bool {
        if chunk.toolCalls == nil { return chunk.isText && stops.isEmpty }
        return chunk.continuedCall.map { calls.continues(index: $0) } ?? false
    }

    private mutating func rebuild(_ chunk: JSONObject, reasoning: JSONView?) -> [Output] {
        var chunk = chunk
        if let usage = chunk["usage"], !usage.isNull { self.usage = usage }
        chunk["usage"] = nil
        chunk["object"] = "chat.completion.chunk"
        let choices = chunk["choices"]?.array ?? []
        chunk["choices"] = []
        if envelope.isEmpty {
            for name in ["id", "object", "created", "model"] { envelope[name] = chunk[name] }
        }
        guard !hasReason else { return [] }
        guard var choice = choices.first?.object else { return isPlain(chunk) ? [] : [frame(chunk)] }

        var delta = choice["delta"]?.object ?? JSONObject()
        choice["delta"] = nil
        let reason = choice["finish_reason"]?.string ?? ""
        notes.add(reasoning: reasoning, content: nil)
        let stopped = change(&delta, isLast: !reason.isEmpty)

        var outputs: [Output] = []
        let isEnd = stopped || !reason.isEmpty
        if !delta.isEmpty || !isEnd && !isPlain(chunk) { outputs.append(frame(chunk, choice, delta, reason: nil)) }
        guard isEnd else { return outputs }
        switch stopped ? .reason("stop") : GLMFinishReason.meaning(of: reason, calls: !calls.ids.isEmpty) {
        case .failure(let failure): return outputs + fail(failure)
        case .reason(let word): outputs.append(frame(chunk, choice, JSONObject(), reason: word))
        }
        hasReason = true
        // The gateway would go on generating; letting it go costs the usage, which it only tells at the end.
        if stopped { outputs += end("") }
        return outputs
    }

    /// Makes a delta OpenAI's; empty when there is nothing to send. True if a stop word ended the text.
    private mutating func change(_ delta: inout JSONObject, isLast: Bool) -> Bool {
        delta["role"] = nil
        var stopped = false
        var text = delta["content"]?.string ?? ""
        if !stops.isEmpty {
            (text, stopped) = stops.push(text)
            if isLast || delta["tool_calls"]?.array != nil, !stopped { text += stops.flush() }
            delta["content"] = text.isEmpty ? JSONValue?.none : .string(text)
        } else if text.isEmpty {
            delta["content"] = nil
        }
        notes.add(content: text)
        if delta["reasoning_content"]?.string?.isEmpty ?? true { delta["reasoning_content"] = nil }

        var pieces = calls.push(delta["tool_calls"]?.array ?? [])
        if isLast { pieces += calls.finish() }
        delta["tool_calls"] = pieces.isEmpty || stopped ? JSONValue?.none : .array(pieces)
        return stopped
    }

    private mutating func frame(_ chunk: JSONObject, _ choice: JSONObject, _ delta: JSONObject, reason: String?)
        -> Output
    {
        var delta = delta
        if !hasBegun {
            var first: JSONObject = ["role": "assistant"]
            for (key, value) in delta { first[key] = value }
            delta = first
        }
        var choice = choice
        choice["index"] = choice["index"] ?? 0
        choice["delta"] = .object(delta)
        choice["finish_reason"] = reason.map { .string($0) } ?? JSONValue.null
        var chunk = chunk
        chunk["choices"] = [.object(choice)]
        return frame(chunk)
    }

    private mutating func frame(_ chunk: JSONObject) -> Output {
        hasBegun = true
        return .frame(ServerSentEvent.frame(JSONValue.object(chunk).bytes))
    }

    private mutating func end(_ complaint: String) -> [Output] {
        guard hasReason else { return fail(GLMError.broken(complaint)) }
        isFinished = true
        var outputs: [Output] = []
        if local.includeUsage, let usage {
            envelope["choices"] = []
            envelope["usage"] = usage
            outputs.append(frame(envelope))
        }
        return outputs + [.frame(ServerSentEvent.done)]
    }

    private mutating func fail(_ body: [UInt8]) -> [Output] {
        fail(GLMError.classify(status: 200, body: body, hasKey: hasKey))
    }

    private mutating func fail(_ failure: UpstreamFailure) -> [Output] {
        isFinished = true
        return [.failure(failure)]
    }

    /// Whether a chunk holds nothing beside what all chunks hold.
    private func isPlain(_ chunk: JSONObject) -> Bool {
        chunk.keys.allSatisfy { ["id", "object", "created", "model", "choices", "request_id"].contains($0) }
    }
}
