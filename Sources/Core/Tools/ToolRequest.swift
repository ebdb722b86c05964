/// What is done to a request's tools, and to the calls of its earlier turns, before an upstream gets it.
public enum ToolRequest {
    /// What the request became.
    public struct Prepared: Sendable {
        /// The request to send: the very one that came, where nothing had to change.
        public var chat: ChatRequest
        /// What was changed, a few words each: `messages[5].tool_calls[0].arguments repaired: trailing commas`.
        public var notes: [String] = []
        /// Calls of answers that stand in it as the model wrote them, as text: if the engine refuses the request, `ToolMemory`
        /// should forget these.
        public var replayed: [String] = []
    }

    /// The request with what `repairs` allow. What need not change keeps its bytes and its place, and the same conversation
    /// comes out the same each time, or no cache would find its beginning.
    /// - Parameters:
    ///   - memory: answers as the models gave them.
    ///   - isEngine: whether a llama-server gets it; GLM has rules of its own for tools.
    /// - Throws: a 400 for a `tool_choice` that names no tool on offer, and for content of a kind that no engine takes.
    public static func prepare(
        _ chat: ChatRequest, repairs: ToolRepairs, memory: ToolMemory, isEngine: Bool
    ) throws(APIError) -> Prepared {
        guard chat.kind == .chat else { return Prepared(chat: chat) }
        var edits = BodyEdits()
        var notes = ToolNotes()
        var history = ToolHistory(repairs: repairs, memory: memory, model: chat.model, isEngine: isEngine)
        if history.hasWork { try history.prepare(chat, &edits, &notes) }
        if isEngine { try prepareTools(chat, repairs, memory, &edits, &notes) }
        guard !edits.isEmpty else { return Prepared(chat: chat) }

        let document = chat.body.document
        let bytes = edits.applied(to: document, in: document.indices)
        guard let body = try? JSONView(validating: bytes) else { return Prepared(chat: chat) }
        return Prepared(
            chat: try ChatRequest(body, kind: chat.kind), notes: notes.list, replayed: history.replayed)
    }

    /// The tools that are left by the choice, in a form that engines take.
    private static func prepareTools(
        _ chat: ChatRequest, _ repairs: ToolRepairs, _ memory: ToolMemory, _ edits: inout BodyEdits,
        _ notes: inout ToolNotes
    ) throws(APIError) {
        var list = chat.tools
        if repairs.contains(.choice), let given = chat.toolChoice, let choice = try ToolChoice(given, tools: chat.tools)
        {
            edits.replace(given, with: JSONText.quoted(choice.word))
            notes.add(choice.note)
            list = choice.tools ?? list
        }
        guard let tools = chat.tools, let list else { return }
        if repairs.contains(.schema) {
            let verdict = memory.lists.verdict(on: list.text) { ToolDefinitions.clean(list) }
            for note in verdict.notes { notes.add(note) }
            if let changed = verdict.changed { return edits.replace(tools, with: changed) }
        }
        if list.document != tools.document { edits.replace(tools, with: Array(list.text)) }
    }
}
