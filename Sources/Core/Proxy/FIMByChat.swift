extension Exchange {
    /// Asks GLM, which has no tokens for it, for what stands in a gap: in a chat, without thinking, and only for who asked for
    /// that.
    func fillByChat(_ asked: ChatRequest, model: String, _ form: InfillForm) async throws {
        let body = InfillChat.body(asked.body, model: model)
        let transformed = GLMRequest.transform(body, model: model, stream: false, requestID: id) { _ in nil }
        proxy.log.write(
            .request(
                RequestEntry(
                    id: id, request: request, chat: asked, model: model, backend: "glm",
                    previewLimit: proxy.log.previewLimit)))
        let answer: JSONValue
        let usage: Usage
        do {
            (answer, usage) = try await proxy.backends.askGLM(
                transformed.body, transformed.local, model: model, requestID: id, limit: proxy.settings.answerLimit)
        } catch let error as APIError {
            proxy.metrics.count(.fim, model: model, failed: true)
            throw error
        }
        let event = InfillChat.event(answer, model: model)
        let text = event.bytes
        let view = JSONView(document: text, start: 0, end: text.count)
        proxy.metrics.count(.fim, model: model, usage: usage)
        let headers: HTTPHeaders = [
            "x-localcode-backend": "glm", "x-localcode-notes": "the middle was asked for in a chat",
        ]
        if asked.isStreaming {
            try await send(form.events(view), headers: headers, contentType: "text/event-stream")
        } else {
            try await send(form.whole(view) ?? event.bytes, headers: headers)
        }
        note(status: 200)
    }
}

/// A gap as a chat.
enum InfillChat {
    private static let instructions = """
        You complete code. The user sends a text with the mark <CURSOR> in it. Answer with exactly the text that belongs in \
        the place of the mark, no more than a few lines: no explanation, no code fence, nothing that stands there already.
        """

    /// The chat for a request of llama-server's form.
    static func body(_ request: JSONView, model: String) -> JSONValue {
        var text = ""
        for chunk in request["input_extra"]?.elements ?? request.elements {
            guard let content = chunk["text"]?.string else { continue }
            text += "File \(chunk["filename"]?.string ?? "of the same project"):\n\(content)\n\n"
        }
        text += request["input_prefix"]?.string ?? ""
        text += request["prompt"]?.string ?? ""
        text += "<CURSOR>" + (request["input_suffix"]?.string ?? "")
        var body = JSONObject()
        body["model"] = .string(model)
        body["messages"] = [
            ["role": "system", "content": .string(instructions)], ["role": "user", "content": .string(text)],
        ]
        body["thinking"] = ["type": "disabled"]
        let limit = request["n_predict"] ?? request["max_tokens"] ?? request["max_completion_tokens"]
        if let limit = limit?.int, limit > 0 { body["max_tokens"] = .number(limit) }
        for name in ["temperature", "top_p", "stop"] { body[name] = request[name].map { JSONValue($0) } }
        return .object(body)
    }

    /// llama-server's last event for a chat's answer.
    static func event(_ answer: JSONValue, model: String) -> JSONValue {
        let choice = answer["choices"]?[0]
        return [
            "index": 0, "content": .string(unfenced(choice?["message"]?["content"]?.string ?? "")), "stop": true,
            "model": .string(model), "stop_type": choice?["finish_reason"]?.string == "length" ? "limit" : "eos",
            "tokens_evaluated": answer["usage"]?["prompt_tokens"] ?? 0,
            "tokens_predicted": answer["usage"]?["completion_tokens"] ?? 0,
        ]
    }

    /// The inside of a code fence that is the whole answer.
    static func unfenced(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let inner = lines.reversed().drop { $0.allSatisfy(\.isWhitespace) }.reversed()
        guard inner.count >= 2, let first = inner.first, first.hasPrefix("```"), inner.last == "```" else {
            return text
        }
        return inner.dropFirst().dropLast().joined(separator: "\n")
    }
}
