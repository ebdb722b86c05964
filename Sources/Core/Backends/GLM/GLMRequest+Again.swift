extension GLMRequest {
    /// A request that asks for its answer once more, in one piece.
    /// - Parameters:
    ///   - body: the request as it was sent.
    ///   - answer: the text that came.
    ///   - problems: what is wrong with it, a sentence each.
    ///   - requestID: a fresh id.
    static func again(_ body: JSONValue, answer: String, problems: [String], requestID: String) -> JSONValue {
        var body = body
        let complaint =
            "Your answer does not satisfy the JSON schema:\n"
            + problems.map { "- \($0)\n" }.joined()
            + "Answer again with one JSON value that satisfies it, and with nothing else."
        // An assistant message without text is refused.
        let said: [JSONValue] = answer.isEmpty ? [] : [["role": "assistant", "content": .string(answer)]]
        body["messages"] = .array(
            (body["messages"]?.array ?? []) + said + [["role": "user", "content": .string(complaint)]])
        for name in ["tools", "tool_choice", "tool_stream"] { body[name] = nil }
        body["stream"] = false
        body["request_id"] = .string(requestID)
        return body
    }
}
