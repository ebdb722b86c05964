/// Whether, how hard, and about what the model thinks.
enum GLMThinkingRules {
    /// `thinking` and `reasoning_effort` as the model's row has them, from whichever spelling the client uses.
    ///
    /// Unless the client says otherwise, thinking is preserved (`clear_thinking: false`): when the server drops earlier
    /// reasoning, the prompt it renders changes with each turn and its cache misses.
    static func thinking(_ draft: inout GLMDraft) {
        var thinking = asked(&draft.body)
        guard let model = draft.model else {
            if let thinking { draft.body["thinking"] = thinking }
            return
        }
        let effort = draft.body["reasoning_effort"]?.string
        draft.body["reasoning_effort"] = nil
        if thinking == nil, effort == "none" || effort == "minimal" { thinking = ["type": "disabled"] }

        switch model.thinking {
        case .none:
            draft.body["thinking"] = nil
            if thinking?["type"]?.string == "enabled" || effort != nil { draft.note("\(model.id) does not think") }
            return
        case .always:
            if thinking?["type"]?.string == "disabled" {
                thinking?["type"] = "enabled"
                draft.note("\(model.id) always thinks")
                if !model.efforts.isEmpty { draft.body["reasoning_effort"] = "low" }
            }
        case .onOff, .effortScale: break
        }
        if let effort { setEffort(effort, of: model, thinking: thinking, &draft) }
        draft.body["thinking"] = preserved(thinking, of: model)
    }

    /// Puts reasoning that a client has stripped back into its answers: GLM wants all of it, unmodified and in order, and
    /// some models go in circles without it.
    static func replay(_ draft: inout GLMDraft) {
        guard draft.model?.thinking != GLMModel.Thinking.none, draft.body["thinking"]?["type"]?.string != "disabled"
        else {
            return
        }
        let remembered = draft.remembered
        var previous: JSONValue?
        draft.changeMessages { role, message in
            let answered = previous
            previous = message
            guard role == "assistant", message["reasoning_content"]?.string?.isEmpty ?? true else { return message }
            let keys = ReasoningMemory.keys(
                toolCalls: (message["tool_calls"]?.array ?? []).compactMap { $0["id"]?.string },
                text: message["content"]?.string ?? "", answering: answered.map { ReasoningMemory.Turn($0) })
            for key in keys {
                guard let reasoning = remembered(key) else { continue }
                var message = message
                message["reasoning_content"] = .string(reasoning)
                return message
            }
            return message
        }
        draft.local.turn = previous.map { ReasoningMemory.Turn($0) }
    }

    /// What the client asks for, in GLM's form, and its other spellings removed: `enable_thinking` and
    /// `chat_template_kwargs` are what clients of llama-server and vLLM send.
    private static func asked(_ body: inout JSONObject) -> JSONValue? {
        let arguments = body["chat_template_kwargs"]
        let enable =
            body["enable_thinking"]?.bool ?? arguments?["enable_thinking"]?.bool ?? arguments?["thinking"]?.bool
        let clear = arguments?["clear_thinking"]?.bool
        body["chat_template_kwargs"] = nil
        body["enable_thinking"] = nil

        var thinking = body["thinking"]?.object.map { JSONValue.object($0) }
        if let enable = body["thinking"]?.bool ?? enable, thinking == nil {
            thinking = ["type": enable ? "enabled" : "disabled"]
        }
        if let clear, thinking?["clear_thinking"] == nil {
            if thinking == nil { thinking = ["type": "enabled"] }
            thinking?["clear_thinking"] = .bool(clear)
        }
        return thinking
    }

    private static func setEffort(_ effort: String, of model: GLMModel, thinking: JSONValue?, _ draft: inout GLMDraft) {
        if thinking?["type"]?.string == "disabled" { return }
        if model.efforts.isEmpty {
            if effort != "none", effort != "minimal" { draft.note("\(model.id) ignores reasoning_effort") }
            return
        }
        let nearest = ["none": "low", "minimal": "low", "medium": "high", "xhigh": "max"]
        let value = model.efforts.contains(effort) ? effort : nearest[effort]
        if let value, model.efforts.contains(value) {
            draft.body["reasoning_effort"] = .string(value)
            if value != effort { draft.note("reasoning_effort \(effort) became \(value)") }
        } else {
            draft.note("reasoning_effort \(effort) is unknown and was left out")
        }
    }

    /// The field with earlier reasoning kept by default. Vision models are left alone: their schema has no clear_thinking.
    private static func preserved(_ thinking: JSONValue?, of model: GLMModel) -> JSONValue? {
        if model.vision, !model.streamsToolCalls { return thinking }
        guard var thinking else { return ["type": "enabled", "clear_thinking": false] }
        if thinking["type"]?.string == "enabled", thinking["clear_thinking"] == nil {
            thinking["clear_thinking"] = false
        }
        return thinking
    }
}
