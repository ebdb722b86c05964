/// Clients leave out what a model thought when they send its answers again, so that its prompt is another one than what the
/// engine has read and written.
enum DroppedReasoning {
    private static let field = "reasoning_content"
    /// The names under which clients carry it.
    private static let fields = [field, "reasoning", "reasoning_text"]

    /// - Parameter remembered: what a model thought, if it is known.
    static func edits(_ chat: ChatRequest, remembered: (ReasoningMemory.Key) -> String?) -> BodyEdits {
        var edits = BodyEdits()
        var previous: JSONView?
        for message in chat.messages {
            let answered = previous
            previous = message.view
            guard message.role == "assistant", !hasReasoning(message.view) else { continue }
            guard let reasoning = keys(message.view, answering: answered).lazy.compactMap(remembered).first else {
                continue
            }
            edits.replace(message.view, with: message.view.editing([.set(field, JSONText.quoted(reasoning))]))
        }
        return edits
    }

    /// What to remember of an answer; nil where nothing was thought.
    static func entry(_ answer: JSONValue, to chat: ChatRequest) -> ReasoningMemory.Entry? {
        guard let reasoning = answer[field]?.string, let answer = try? JSONView(validating: answer.bytes) else {
            return nil
        }
        var last: JSONView?
        for message in chat.messages { last = message.view }
        return ReasoningMemory.Entry(keys: keys(answer, answering: last), reasoning: reasoning)
    }

    private static func hasReasoning(_ message: JSONView) -> Bool {
        fields.contains { field in message[field].map { $0.string?.isEmpty == false } ?? false }
    }

    private static func keys(_ answer: JSONView, answering turn: JSONView?) -> [ReasoningMemory.Key] {
        ReasoningMemory.keys(
            toolCalls: (answer["tool_calls"]?.elements ?? answer.elements).compactMap { $0["id"]?.string },
            text: answer["content"]?.string ?? "", answering: turn.flatMap(Self.turn))
    }

    /// A turn is told from others by what a prefix chain makes of it.
    private static func turn(_ message: JSONView) -> ReasoningMemory.Turn? {
        var canonical: [UInt8] = []
        CanonicalMessage.write(message, to: &canonical)
        return (try? JSONValue(parsing: canonical)).map { ReasoningMemory.Turn($0) }
    }
}
