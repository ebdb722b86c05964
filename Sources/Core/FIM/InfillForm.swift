/// How an answer to a request for the middle is given: llama-server's own form, or that of OpenAI's completions.
enum InfillForm: Sendable, Equatable {
    case native
    case completion(id: String, model: String, includesUsage: Bool)

    /// The same for the model that answers, where the client named none.
    func naming(_ name: String) -> InfillForm {
        guard case .completion(let id, "", let includesUsage) = self else { return self }
        return .completion(id: id, model: name, includesUsage: includesUsage)
    }

    /// llama-server's answer in this form; nil where it is that already.
    func whole(_ answer: JSONView) -> [UInt8]? {
        guard case .completion(let id, let model, _) = self, answer["content"]?.kind == .string else { return nil }
        var body = Self.frame(id, model, answer, text: answer["content"] ?? answer, isLast: true)
        body["usage"] = Self.usage(answer)
        body["timings"] = answer["timings"].map { JSONValue($0) }
        return JSONValue.object(body).bytes
    }

    /// An event of llama-server's stream in this form.
    func events(_ event: JSONView) -> [UInt8] {
        let isLast = event["stop"]?.bool == true
        guard case .completion(let id, let model, let includesUsage) = self else {
            return ServerSentEvent.frame(event.text)
        }
        var bytes: [UInt8] = []
        let content = event["content"].flatMap { $0.kind == .string ? $0 : nil }
        if let content, content.range.count > 2 || isLast {
            var body = Self.frame(id, model, event, text: content, isLast: isLast)
            if isLast { body["timings"] = event["timings"].map { JSONValue($0) } }
            bytes += ServerSentEvent.frame(JSONValue.object(body).bytes)
        }
        guard isLast else { return bytes }
        if includesUsage {
            var body = JSONObject()
            body["id"] = .string(id)
            body["object"] = "text_completion"
            body["created"] = .number(Int(SystemTime.wall()))
            body["model"] = .string(model)
            body["choices"] = []
            body["usage"] = Self.usage(event)
            bytes += ServerSentEvent.frame(JSONValue.object(body).bytes)
        }
        return bytes + ServerSentEvent.done
    }

    private static func frame(
        _ id: String, _ model: String, _ answer: JSONView, text: JSONView, isLast: Bool
    ) -> JSONObject {
        let reason: JSONValue =
            !isLast
            ? .null : answer["stop_type"]?.string == "limit" || answer["truncated"]?.bool == true ? "length" : "stop"
        var body = JSONObject()
        body["id"] = .string(id)
        body["object"] = "text_completion"
        body["created"] = .number(Int(SystemTime.wall()))
        body["model"] = .string(model)
        body["choices"] = [["index": 0, "text": JSONValue(text), "logprobs": .null, "finish_reason": reason]]
        return body
    }

    private static func usage(_ answer: JSONView) -> JSONValue {
        var usage = Usage()
        if let timings = answer["timings"] { usage.read(timings: timings) }
        let prompt = answer["tokens_evaluated"]?.int ?? usage.prompt ?? 0
        let completion = answer["tokens_predicted"]?.int ?? usage.completion ?? 0
        return [
            "prompt_tokens": .number(prompt), "completion_tokens": .number(completion),
            "total_tokens": .number(prompt + completion),
            "prompt_tokens_details": ["cached_tokens": .number(usage.cached ?? 0)],
        ]
    }
}
