/// Lengths, randomness and stop words.
enum GLMSamplingRules {
    /// `max_completion_tokens` is called `max_tokens`, and more than the model's cap is refused with 1210.
    static func maxTokens(_ draft: inout GLMDraft) {
        let newer = draft.body["max_completion_tokens"]
        draft.body["max_completion_tokens"] = nil
        if draft.body["max_tokens"]?.isNull ?? true { draft.body["max_tokens"] = newer?.isNull ?? true ? nil : newer }
        guard let wanted = draft.body["max_tokens"]?.double else { return }
        if wanted < 1 {
            // Other servers' spelling of "no limit".
            draft.body["max_tokens"] = nil
        } else if let model = draft.model, wanted > Double(model.maxOutputTokens) {
            draft.body["max_tokens"] = .number(model.maxOutputTokens)
            draft.note("max_tokens lowered to \(model.maxOutputTokens), the most of \(model.id)")
        }
    }

    /// Temperature is in (0, 1] and greedy decoding is `do_sample: false`; top_p is in [0.01, 1].
    static func temperature(_ draft: inout GLMDraft) {
        if draft.body["temperature"]?.isNull == true { draft.body["temperature"] = nil }
        if draft.body["top_p"]?.isNull == true { draft.body["top_p"] = nil }
        if let temperature = draft.body["temperature"]?.double {
            if temperature <= 0 {
                draft.body["temperature"] = nil
                draft.body["do_sample"] = false
            } else if temperature > 1 {
                draft.body["temperature"] = 1
                draft.note("temperature lowered to 1, the most of GLM")
            }
        }
        if let topP = draft.body["top_p"]?.double {
            if topP < 0.01 { draft.body["top_p"] = 0.01 }
            if topP > 1 { draft.body["top_p"] = 1 }
        }
    }

    /// `stop` is a list, of which the gateway honours one word: the rest is enforced here.
    static func stop(_ draft: inout GLMDraft) {
        guard let stop = draft.body["stop"] else { return }
        let given = stop.array ?? [stop]
        let words = given.filter { $0.string?.isEmpty != true && !$0.isNull }
        guard let first = words.first else {
            draft.body["stop"] = nil
            return
        }
        if stop.array == nil || given.count != 1 { draft.body["stop"] = [first] }
        guard words.count > 1 else { return }
        draft.local.stopWords = words.dropFirst().compactMap(\.string)
        draft.note("GLM takes one stop word: the others are enforced by LocalCode")
    }
}
