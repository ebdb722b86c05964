/// Fields of the body itself.
enum GLMFieldRules {
    /// The model's id in the gateway's spelling, and the kind of answer LocalCode wants.
    static func modelAndStream(_ draft: inout GLMDraft) {
        if draft.body["model"]?.string != draft.modelID { draft.body["model"] = .string(draft.modelID) }
        if draft.body["stream"]?.bool ?? false != draft.local.stream {
            draft.body["stream"] = .bool(draft.local.stream)
        }
    }

    /// Fields of OpenAI and of llama-server that are not in GLM's API. The gateway would take them without a word and do
    /// nothing, so those that change the answer are said to be missing.
    static func foreign(_ draft: inout GLMDraft) {
        draft.local.includeUsage = draft.body["stream_options"]?["include_usage"]?.bool ?? false
        if let user = draft.body["user"]?.string, draft.body["user_id"] == nil, 6...128 ~= user.utf8.count {
            draft.body["user_id"] = .string(user)
        }
        for name in silent { draft.body[name] = nil }
        for name in missed {
            guard let value = draft.body[name] else { continue }
            draft.body[name] = nil
            if asksForSomething(value) { draft.note("GLM has no \(name)") }
        }
        if let count = draft.body["n"] {
            draft.body["n"] = nil
            if let count = count.int, count > 1 { draft.note("GLM gives one answer, not n = \(count)") }
        }
    }

    /// Our own id, 6 to 64 characters, for their log and ours; a client's is replaced, because a duplicate is refused.
    static func requestID(_ draft: inout GLMDraft) {
        let id = draft.local.requestID
        draft.body["request_id"] = .string(String((id.utf8.count < 6 ? "localcode-" + id : id).prefix(64)))
    }

    /// Without `tool_stream`, the arguments of a call come in one piece after a long silence.
    static func toolStream(_ draft: inout GLMDraft) {
        guard draft.local.stream, !draft.tools.isEmpty, draft.model?.streamsToolCalls == true else { return }
        if draft.body["tool_stream"] == nil { draft.body["tool_stream"] = true }
    }

    /// Hints that no answer depends on.
    private static let silent = [
        "localcode", "localcode_kind", "x_localcode", "stream_options", "parallel_tool_calls", "store",
        "prompt_cache_key", "promptCacheKey", "prompt_cache_retention", "metadata", "service_tier", "safety_identifier",
        "user", "strict", "verbosity", "cache_prompt", "id_slot",
        "reasoning_format", "timings_per_token", "return_progress",
    ]

    /// Fields an answer depends on.
    private static let missed = [
        "seed", "logprobs", "top_logprobs", "presence_penalty", "frequency_penalty", "logit_bias", "modalities",
        "audio",
        "prediction", "web_search_options", "functions", "function_call", "grammar", "top_k", "min_p", "typical_p",
        "repeat_penalty", "repeat_last_n", "mirostat", "samplers", "lora", "ignore_eos",
    ]

    /// Whether a value is more than a way to say nothing: null, false, 0, an empty list or object.
    private static func asksForSomething(_ value: JSONValue) -> Bool {
        if value.isNull || value.bool == false || value.double == 0 { return false }
        return value.array?.isEmpty != true && value.object?.isEmpty != true
    }
}
