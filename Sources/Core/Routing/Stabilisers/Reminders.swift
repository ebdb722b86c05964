/// Reminders that a client puts behind the user's newest message, and takes out again when there is a newer one: OpenCode 1 does
/// so in plan mode, and each turn after it. A message that is not the newest any more gets back what it had.
enum Reminders {
    /// The reminders of a message.
    struct Found: Sendable, Equatable {
        /// A part of a content, as JSON text.
        struct Part: Sendable, Equatable {
            let index: Int
            let text: [UInt8]
        }

        /// Of the message's text.
        let hash: Int
        let parts: [Part]

        var cost: Int { parts.reduce(128) { $0 + $1.text.count + 64 } }
    }

    /// Longer ones are not remembered, in bytes.
    private static let limit = 1 << 16

    static func edits(_ chat: ChatRequest, _ conversation: inout StabilisedConversation) -> BodyEdits {
        var edits = BodyEdits()
        let known = conversation.reminders
        var newest: (message: ChatRequest.Message, ordinal: Int)?
        chat.forEachUserMessage { message, ordinal, _ in
            // One that is behind this one now: that makes this one old.
            if let (message, ordinal) = newest, let found = known[ordinal], let content = message.content,
                found.hash == message.textHash, let changed = putBack(found, content)
            {
                edits.replace(content, with: changed)
            }
            newest = (message, ordinal)
        }
        guard let newest else { return edits }
        let found = Found(hash: newest.message.textHash, parts: parts(newest.message.content))
        conversation.reminders = known.filter { $0.key < newest.ordinal }
        if conversation.reminders.count >= StabilisedConversation.limit { conversation.reminders = [:] }
        if !found.parts.isEmpty, found.cost <= limit { conversation.reminders[newest.ordinal] = found }
        return edits
    }

    /// Whether a text is a reminder, as clients mark them.
    static func isReminder(_ text: JSONView) -> Bool {
        let inside = text.text.dropFirst()
        return beginnings.contains { inside.starts(with: $0) }
    }

    /// As most clients write it, and as those do that escape what means something in HTML.
    private static let beginnings = ["<system-reminder>", #"\u003csystem-reminder\u003e"#].map { Array($0.utf8) }

    private static func parts(_ content: JSONView?) -> [Found.Part] {
        guard let content, content.kind == .array else { return [] }
        return content.elements.enumerated().compactMap { index, part in
            guard let text = part["text"], text.kind == .string, isReminder(text) else { return nil }
            return Found.Part(index: index, text: Array(part.text))
        }
    }

    /// The content with the reminders that it does not have; nil where it has them all.
    private static func putBack(_ found: Found, _ content: JSONView) -> [UInt8]? {
        // A client that has one text only sends it without parts.
        var parts = content.elements.map { Array($0.text) }
        if content.kind == .string {
            parts = [Array(#"{"type":"text","text":"#.utf8) + content.text + [Byte.closeBrace]]
        } else if content.kind != .array {
            return nil
        }
        let missing = found.parts.filter { !parts.contains($0.text) }
        guard !missing.isEmpty else { return nil }
        for part in missing { parts.insert(part.text, at: min(part.index, parts.count)) }
        return ToolDefinitions.text(of: parts.map { $0[...] })
    }
}
