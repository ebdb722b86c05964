/// A stream of chat chunks of which the text is held back until it is complete, since only a whole text can be held against
/// a schema. What the model thinks goes on at once.
struct HeldText: Sendable {
    /// The chunks from the first one with text on, `[DONE]` included.
    private var held: [ServerSentEvent] = []
    private var text: [UInt8] = []
    private var size = 0
    private var finishReason: String?
    private var callsTools = false
    private let limit: Int

    /// - Parameter limit: the most bytes to hold.
    init(limit: Int) { self.limit = limit }

    /// Takes a chunk.
    /// - Returns: whether it can go on as it is.
    /// - Throws: `APIError` when there is more than can be held.
    mutating func holds(_ event: ServerSentEvent) throws(APIError) -> Bool {
        let choice = (try? JSONView(validating: event.data))?["choices"]?.elements.first { _ in true }
        let content = choice?["delta"]?["content"]
        if content?.kind == .string { text.append(contentsOf: Array((content?.string ?? "").utf8)) }
        if let reason = choice?["finish_reason"]?.string { finishReason = reason }
        if choice?["delta"]?["tool_calls"]?.kind == .array { callsTools = true }
        let isEnd = event.isDone || finishReason != nil
        guard !held.isEmpty || !text.isEmpty || isEnd || callsTools else { return false }
        size += event.data.count
        guard size <= limit else {
            throw APIError(
                status: 502, message: "the answer is longer than \(limit) bytes, and has to be checked as a whole",
                code: "upstream_broken")
        }
        held.append(event)
        return true
    }

    /// The answer as it would have come in one piece; as much of it as is needed to check it.
    var answer: JSONValue {
        var message: JSONValue = ["role": "assistant", "content": .string(String(decoding: text, as: UTF8.self))]
        if callsTools { message["tool_calls"] = [JSONValue.null] }
        return ["choices": [["message": message, "finish_reason": finishReason.map { .string($0) } ?? .null]]]
    }

    /// All that was held.
    var frames: [UInt8] { held.flatMap { ServerSentEvent.frame($0.data) } }

    /// All that was held, with this text in the place of its own.
    func frames(text: String) -> [UInt8] {
        var isTold = false
        return held.flatMap { event -> [UInt8] in
            guard let chunk = try? JSONValue(parsing: event.data), var choices = chunk["choices"]?.array,
                var delta = choices.first?["delta"], delta["content"]?.kind == .string
            else { return ServerSentEvent.frame(event.data) }
            delta["content"] = isTold ? nil : .string(text)
            let isNothing = delta.object?.isEmpty ?? true
            if isTold, isNothing, choices[0]["finish_reason"]?.isNull ?? true { return [] }
            isTold = true
            choices[0]["delta"] = delta
            var edited = chunk
            edited["choices"] = .array(choices)
            return ServerSentEvent.frame(edited.bytes)
        }
    }
}
