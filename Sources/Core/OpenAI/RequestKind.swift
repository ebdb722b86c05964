/// What a request is for: figures are kept for each kind, since speculation that pays for one costs time with another.
public enum RequestKind: String, Sendable, CaseIterable {
    /// OpenCode wants a title for a session.
    case title
    /// A turn of an agent: it offers tools.
    case turn
    /// The answer has a form: JSON, or what a grammar allows.
    case structured
    case chat
    /// A text completion.
    case completion
    /// The middle between two texts.
    case fim
    case embedding
    case rerank
}

extension RequestKind {
    /// The kind of a chat or text completion.
    public init(_ chat: ChatRequest) {
        if chat.kind == .infill {
            self = .fim
        } else if chat.kind == .completion {
            self = .completion
        } else if chat.tools?.elements.contains(where: { _ in true }) ?? false {
            self = .turn
        } else if Self.isTitle(chat) {
            self = .title
        } else {
            self = chat.isJSON || chat.grammar != nil ? .structured : .chat
        }
    }

    /// OpenCode's request for a title comes at the same moment as the first turn and under the same session.
    private static func isTitle(_ chat: ChatRequest) -> Bool {
        guard let first = chat.messages.first(where: { _ in true }), first.role == "system" else { return false }
        return first.beginning(64).hasPrefix("You are a title generator")
    }
}

extension ChatRequest.Message {
    /// The beginning of its text, or of the first part that has one.
    func beginning(_ limit: Int) -> String {
        var preview = Preview()
        if content?.kind == .array {
            let part = content?.elements.first { $0["text"] != nil }
            if let text = part?["text"] { preview.append(text, limit: limit) }
        } else if let content, content.kind == .string {
            preview.append(content, limit: limit)
        }
        return preview.text
    }
}
