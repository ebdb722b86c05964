extension RequestOverrides {
    /// What has to change in a request's body so that it says what the rule does; nothing where it does already.
    public func edits(_ chat: ChatRequest) -> [JSONEdit] {
        var edits: [JSONEdit] = []
        for (name, value) in fields {
            let now = chat.body[name]
            if value.isNull {
                if now != nil { edits.append(.remove(name)) }
            } else if now.map({ JSONValue($0) != value }) ?? true {
                edits.append(.set(name, value.bytes))
            }
        }
        if let other = Self.otherLimit(fields), chat.body[other] != nil { edits.append(.remove(other)) }
        if let reasons, chat.kind == .chat { edits += Self.thinking(reasons, chat.body, set: fields) }
        return edits
    }

    /// OpenAI's limit has two names, and who reads both takes the newer one.
    private static func otherLimit(_ fields: JSONObject) -> String? {
        let names = ["max_tokens", "max_completion_tokens"]
        return fields[names[0]] != nil && fields[names[1]] == nil
            ? names[1] : fields[names[1]] != nil && fields[names[0]] == nil ? names[0] : nil
    }

    /// Chat templates read `enable_thinking` among their arguments, which GLM's rules understand as well. Where a client says
    /// the same in other words, these have to agree.
    private static func thinking(_ isOn: Bool, _ body: JSONView, set fields: JSONObject) -> [JSONEdit] {
        var edits: [JSONEdit] = []
        let now = fields["chat_template_kwargs"] ?? body["chat_template_kwargs"].map { JSONValue($0) }
        var arguments = now?.object ?? [:]
        if arguments["enable_thinking"]?.bool != isOn {
            arguments["enable_thinking"] = .bool(isOn)
            edits.append(.set("chat_template_kwargs", JSONValue.object(arguments).bytes))
        }
        if let said = body["enable_thinking"]?.bool, said != isOn {
            edits.append(.set("enable_thinking", JSONValue.bool(isOn).bytes))
        }
        if let said = body["thinking"].map({ JSONValue($0) }) {
            let type: JSONValue = isOn ? "enabled" : "disabled"
            if var thinking = said.object {
                if thinking["type"] != type {
                    thinking["type"] = type
                    edits.append(.set("thinking", JSONValue.object(thinking).bytes))
                }
            } else if let bool = said.bool, bool != isOn {
                edits.append(.set("thinking", JSONValue.bool(isOn).bytes))
            }
        }
        return edits
    }
}
