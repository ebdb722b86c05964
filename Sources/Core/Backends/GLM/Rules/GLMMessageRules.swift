/// What the gateway demands of messages.
enum GLMMessageRules {
    /// Stands for a user's turn where GLM insists on one and the client has none.
    static let placeholder: JSONValue = "Continue."

    /// There is no role `developer` and no `name`.
    static func roles(_ draft: inout GLMDraft) {
        draft.changeMessages { role, message in
            var message = message
            if role == "developer" { message["role"] = "system" }
            if message["name"] != nil { message["name"] = nil }
            return message
        }
    }

    /// Content lists are for users only, and an empty text part is refused with 1214 by some models and silences others.
    static func textContent(_ draft: inout GLMDraft) {
        var omitted: Set<String> = []
        draft.changeMessages { role, message in
            guard let parts = message["content"]?.array else { return message }
            var message = message
            let filled = parts.filter { !isEmptyText($0) }
            if role == "user" {
                guard filled.count != parts.count else { return message }
                message["content"] = filled.isEmpty ? placeholder : .array(filled)
                return message
            }
            let texts = filled.compactMap(text)
            if texts.count != filled.count { omitted.insert(role) }
            message["content"] = joined(texts)
            return message
        }
        for role in omitted.sorted() { draft.note("content other than text left out of \(role) messages") }
    }

    /// An assistant message needs text or tool calls; beside tool calls, no text is written `""`.
    static func emptyAssistant(_ draft: inout GLMDraft) {
        draft.changeMessages { role, message in
            guard role == "assistant" else { return message }
            var message = message
            if let calls = message["tool_calls"], calls.array?.isEmpty ?? calls.isNull { message["tool_calls"] = nil }
            let content = message["content"]
            if message["tool_calls"] != nil {
                if content?.isNull ?? true { message["content"] = "" }
                return message
            }
            let isEmpty = content?.isNull ?? true || content?.string?.isEmpty == true
            return isEmpty ? JSONValue?.none : message
        }
    }

    /// A conversation without a user's turn is refused with 1214: it gets one behind the system messages.
    static func userTurn(_ draft: inout GLMDraft) {
        var messages = draft.messages
        guard !messages.isEmpty, !messages.contains(where: { $0["role"]?.string == "user" }) else { return }
        let place = messages.firstIndex { $0["role"]?.string != "system" } ?? messages.endIndex
        messages.insert(["role": "user", "content": placeholder], at: place)
        draft.messages = messages
    }

    private static func isEmptyText(_ part: JSONValue) -> Bool {
        part["type"]?.string == "text" && (part["text"]?.string ?? "").isEmpty
    }

    /// The text of a content part; a refusal is text that was said.
    private static func text(_ part: JSONValue) -> JSONValue? {
        let text = part["text"] ?? part["refusal"]
        return text?.string == nil ? nil : text
    }

    /// Parts are put on lines of their own; a single one keeps its bytes.
    private static func joined(_ texts: [JSONValue]) -> JSONValue {
        if texts.count == 1 { return texts[0] }
        return .string(texts.compactMap(\.string).joined(separator: "\n"))
    }
}
