/// Tools of a list stand in no order that would mean anything, but a prompt with another order is another prompt.
enum ToolOrder {
    /// Longer lists are left as they are, in bytes.
    private static let limit = 1 << 20

    static func edits(_ chat: ChatRequest, _ conversation: inout StabilisedConversation) -> BodyEdits {
        var edits = BodyEdits()
        guard let tools = chat.tools, tools.text.count <= limit, tools.elements.first(where: { _ in true }) != nil
        else { return edits }
        guard let first = conversation.tools else {
            conversation.tools = Array(tools.text)
            return edits
        }
        if first[...] == tools.text { return edits }
        let known = JSONView(document: first, start: 0, end: first.count).elements.map(\.text)
        let now = tools.elements.map(\.text)
        guard counts(known) == counts(now) else {
            conversation.tools = Array(tools.text)
            return edits
        }
        edits.replace(tools, with: first)
        return edits
    }

    private static func counts(_ tools: [ArraySlice<UInt8>]) -> [ArraySlice<UInt8>: Int] {
        tools.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}
