/// What a request is for: figures are kept for each kind, since speculation that pays for one costs time with another.
public enum RequestKind: String, Sendable, CaseIterable {
    /// A turn of an agent: it offers tools.
    case turn
    /// A turn of an agent that may only plan.
    case plan
    /// OpenCode wants a title for a session.
    case title
    /// A few lines about what was done.
    case summary
    /// A conversation is to be replaced by its summary.
    case compaction
    /// A sub-agent that may change things.
    case subagent
    /// A sub-agent that only looks for things.
    case explore
    /// A message for a commit.
    case commit
    /// The answer has a form: JSON, or what a grammar allows.
    case structured
    /// A chat with pictures and without tools.
    case vision
    case chat
    /// A text completion.
    case completion
    /// The middle between two texts.
    case fim
    case embedding
    case rerank

    /// The lane that such requests wait in, unless somebody says otherwise.
    public var lane: RequestLane {
        switch self {
        case .title, .summary: .background
        case .subagent, .explore: .subagent
        case .fim: .fim
        default: .main
        }
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
