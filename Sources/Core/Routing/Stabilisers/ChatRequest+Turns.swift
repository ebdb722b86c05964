extension ChatRequest.Message {
    /// Whether it belongs to what a conversation begins with.
    var isSystem: Bool { role == "system" || role == "developer" }

    /// The texts of its content, as they are written.
    var texts: [JSONView] {
        guard let content else { return [] }
        if content.kind == .string { return [content] }
        return content.elements.compactMap { part in part["text"].flatMap { $0.kind == .string ? $0 : nil } }
    }

    /// Stands for its text; of parts, for the first that is no reminder, since these come and go. In another process it is
    /// another one, and two texts may have the same: it is a hint.
    var textHash: Int {
        var hasher = Hasher()
        if let text = texts.first(where: { !Reminders.isReminder($0) })?.text {
            hasher.combine(text.count)
            text.prefix(Self.hashedBytes).withUnsafeBytes { hasher.combine(bytes: $0) }
        }
        return hasher.finalize()
    }

    private static let hashedBytes = 4096
}

extension ChatRequest {
    /// The messages that the conversation begins with.
    var systemMessages: some Sequence<Message> { messages.prefix { $0.isSystem } }

    /// Walks over the user's messages.
    /// - Parameter body: gets each with its place among them, and whether it is the last message of all.
    func forEachUserMessage(_ body: (_ message: Message, _ ordinal: Int, _ isLast: Bool) -> Void) {
        var ordinal = 0
        var walk = messages.makeIterator()
        var next = walk.next()
        while let message = next {
            next = walk.next()
            guard message.role == "user" else { continue }
            body(message, ordinal, next == nil)
            ordinal += 1
        }
    }
}
