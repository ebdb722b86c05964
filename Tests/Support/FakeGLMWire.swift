import LocalCodeCore

/// The bytes of the gateway's answers.
enum FakeGLMWire {
    static let streamHeaders: HTTPHeaders = ["Content-Type": "text/event-stream;charset=UTF-8"]

    static func reply(_ answer: FakeGLM.Answer, to request: JSONValue) -> FakeGLM.Reply {
        var answer = answer
        if request["thinking"]?["type"]?.string == "disabled" { answer.reasoning = [] }
        if let word = request["stop"]?[0]?.string { answer.text = cut(answer.text, at: word) }
        if request["stream"]?.bool == true {
            return FakeGLM.Reply(status: 200, headers: streamHeaders, pieces: frames(answer, request))
        }
        let body = whole(answer, request).bytes
        return FakeGLM.Reply(status: 200, headers: ["Content-Type": "application/json; charset=UTF-8"], pieces: [body])
    }

    /// One event: role in every text delta, no finish_reason before the last chunk.
    static func frame(model: String, delta: JSONValue, finishReason: String? = nil, usage: JSONValue? = nil) -> [UInt8]
    {
        var choice: JSONValue = ["index": 0]
        if let finishReason { choice["finish_reason"] = .string(finishReason) }
        choice["delta"] = delta
        var chunk: JSONValue = [
            "id": "20261124101500abcdef0123456789", "created": 1_795_000_000, "object": "chat.completion.chunk",
            "model": .string(model), "choices": [choice],
        ]
        if let usage { chunk["usage"] = usage }
        return ServerSentEvent.frame(chunk.bytes)
    }

    private static func frames(_ answer: FakeGLM.Answer, _ request: JSONValue) -> [[UInt8]] {
        let model = request["model"]?.string ?? ""
        var frames = answer.reasoning.map {
            frame(model: model, delta: ["role": "assistant", "reasoning_content": .string($0)])
        }
        frames += answer.text.map { frame(model: model, delta: ["role": "assistant", "content": .string($0)]) }
        for (index, call) in answer.calls.enumerated() {
            let inPieces = request["tool_stream"]?.bool == true
            let first = inPieces ? "" : call.arguments.joined()
            frames.append(frame(model: model, delta: ["tool_calls": [callObject(call, index, first)]]))
            for piece in inPieces ? call.arguments : [] {
                let rest: JSONValue = ["index": .number(index), "function": ["arguments": .string(piece)]]
                frames.append(frame(model: model, delta: ["tool_calls": [rest]]))
            }
        }
        let last: JSONValue = ["role": "assistant", "content": ""]
        frames.append(frame(model: model, delta: last, finishReason: reason(answer), usage: usage(answer)))
        return frames + [ServerSentEvent.done]
    }

    private static func whole(_ answer: FakeGLM.Answer, _ request: JSONValue) -> JSONValue {
        var message: JSONValue = ["content": .string(answer.text.joined()), "role": "assistant"]
        if !answer.reasoning.isEmpty { message["reasoning_content"] = .string(answer.reasoning.joined()) }
        if !answer.calls.isEmpty {
            let calls = answer.calls.enumerated().map { callObject($1, $0, $1.arguments.joined()) }
            message["tool_calls"] = .array(calls)
        }
        let choice: JSONValue = ["finish_reason": .string(reason(answer)), "index": 0, "message": message]
        return [
            "choices": [choice], "created": 1_795_000_000, "id": "20261124101500abcdef0123456789",
            "model": request["model"] ?? "", "object": "chat.completion", "request_id": request["request_id"] ?? "",
            "usage": usage(answer),
        ]
    }

    private static func callObject(_ call: FakeGLM.Call, _ index: Int, _ arguments: String) -> JSONValue {
        [
            "id": .string(call.id), "index": .number(index), "type": "function",
            "function": ["name": .string(call.name), "arguments": .string(arguments)],
        ]
    }

    private static func reason(_ answer: FakeGLM.Answer) -> String {
        answer.finishReason ?? (answer.calls.isEmpty ? "stop" : "tool_calls")
    }

    private static func usage(_ answer: FakeGLM.Answer) -> JSONValue {
        let written = answer.reasoning.count + answer.text.count + answer.calls.count
        return [
            "completion_tokens": .number(written),
            "completion_tokens_details": ["reasoning_tokens": .number(answer.reasoning.count)],
            "prompt_tokens": 120, "prompt_tokens_details": ["cached_tokens": 64],
            "total_tokens": .number(120 + written),
        ]
    }

    /// The pieces up to a stop word.
    private static func cut(_ pieces: [String], at word: String) -> [String] {
        let whole = pieces.joined()
        let parts = whole.split(separator: word, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, var left = parts.first.map(String.init) else { return pieces }
        var kept: [String] = []
        for piece in pieces where !left.isEmpty {
            kept.append(String(left.prefix(piece.count)))
            left = String(left.dropFirst(piece.count))
        }
        return kept
    }
}
