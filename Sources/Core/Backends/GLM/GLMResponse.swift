/// An answer of GLM that came in one piece, made into OpenAI's.
public enum GLMResponse {
    /// What an answer became.
    public struct Translated: Sendable, Equatable {
        /// The body for the client.
        public let body: JSONValue
        /// The answer's reasoning; nil if there was none.
        public let memory: ReasoningMemory.Entry?
    }

    /// The answer for the client.
    /// - Throws: what went wrong, where the body is an error or says that the generation failed.
    public static func translate(
        _ response: JSONValue, local: GLMRequest.LocalRules, hasKey: Bool = true
    ) throws(UpstreamFailure) -> Translated {
        guard var body = response.object else { throw GLMError.broken("the answer is not a JSON object") }
        let hasError = body["error"].map { !$0.isNull } ?? false
        if hasError || body["success"]?.bool == false {
            throw GLMError.classify(status: 200, body: response.bytes, hasKey: hasKey)
        }
        guard var choice = body["choices"]?[0], let message = choice["message"]?.object else {
            throw GLMError.broken("the answer has no choices")
        }
        var calls = GLMToolCallAssembler(requestID: local.requestID, names: local.toolNames)
        let (changed, stopped) = change(message, &calls, local)
        choice["message"] = .object(changed)
        if let reason = choice["finish_reason"]?.string {
            switch stopped ? .reason("stop") : GLMFinishReason.meaning(of: reason, calls: !calls.ids.isEmpty) {
            case .failure(let failure): throw failure
            case .reason(let word): if word != reason { choice["finish_reason"] = .string(word) }
            }
        }
        body["choices"] = [choice]
        if body["object"] == nil { body["object"] = "chat.completion" }
        return Translated(body: .object(body), memory: memory(of: changed, toolCalls: calls.ids, local))
    }

    private static func change(
        _ message: JSONObject, _ calls: inout GLMToolCallAssembler, _ local: GLMRequest.LocalRules
    ) -> (JSONObject, stopped: Bool) {
        var message = message
        message["role"] = "assistant"
        if message["content"] == nil { message["content"] = JSONValue.null }
        var stopped = false
        if !local.stopWords.isEmpty, let text = message["content"]?.string {
            var stops = StopWords(local.stopWords)
            let result = stops.push(text)
            stopped = result.stopped
            if stopped { message["content"] = .string(result.text) }
        }
        let made = stopped ? [] : calls.whole(message["tool_calls"]?.array ?? [])
        message["tool_calls"] = made.isEmpty ? JSONValue?.none : .array(made)
        return (message, stopped)
    }

    private static func memory(
        of message: JSONObject, toolCalls ids: [String], _ local: GLMRequest.LocalRules
    ) -> ReasoningMemory.Entry? {
        let text = message["content"]?.string ?? ""
        let keys = ReasoningMemory.keys(toolCalls: ids, text: text, answering: local.turn)
        return ReasoningMemory.Entry(keys: keys, reasoning: message["reasoning_content"]?.string ?? "")
    }
}
