/// Moves lines that change from the system prompt to the user: a date in the system prompt makes everything behind it new at
/// midnight, and a session's id lets no two sessions share anything.
///
/// What has changed is told behind the newest message of the user, and stays there in all later turns. What a conversation
/// begins with stands behind its first message, even if nobody remembers that it was put there.
enum VolatileLines {
    /// What was told behind a message.
    struct Told: Sendable, Equatable {
        /// The message's place among the user's.
        let ordinal: Int
        /// As it is written in JSON.
        var texts: [VolatileLine: [UInt8]]
    }

    static func edits(_ chat: ChatRequest, _ conversation: inout StabilisedConversation) -> BodyEdits {
        let cut = VolatileCut(chat)
        let turns = Turns(chat, told: conversation.told)
        guard !cut.found.isEmpty, let first = turns.first, let newest = turns.newest else { return BodyEdits() }

        // What was told to messages that are not there any more is told anew.
        var told = Array(conversation.told.prefix(turns.told.count))
        var contents = turns.told
        if told.count >= StabilisedConversation.limit { (told, contents) = ([], []) }
        let known = told.reduce(into: [:]) { $0.merge($1.texts) { $1 } }
        let changed = cut.found.filter { known[$0.key] != $0.value }
        if told.isEmpty {
            told.append(Told(ordinal: first.ordinal, texts: changed))
            contents.append(first.message)
        } else if !changed.isEmpty, turns.isNewestLast || newest.ordinal > conversation.newest {
            // In the middle of a loop of tool calls it can wait: the messages behind the user's have been read.
            if told[told.count - 1].ordinal == newest.ordinal {
                told[told.count - 1].texts.merge(changed) { $1 }
            } else {
                told.append(Told(ordinal: newest.ordinal, texts: changed))
                contents.append(newest.message)
            }
        }
        conversation.told = told
        conversation.newest = newest.ordinal
        var edits = cut.edits
        for (told, message) in zip(told, contents) {
            if let content = message.content { edits.replace(content, with: content.adding(reminder(told.texts))) }
        }
        return edits
    }

    /// The messages of the user that matter here: those that have a content to add to.
    private struct Turns {
        var first: (message: ChatRequest.Message, ordinal: Int)?
        var newest: (message: ChatRequest.Message, ordinal: Int)?
        var isNewestLast = false
        /// Those that something was told to, as far as they are still there.
        var told: [ChatRequest.Message] = []

        init(_ chat: ChatRequest, told known: [Told]) {
            chat.forEachUserMessage { message, ordinal, isLast in
                guard message.content?.kind == .string || message.content?.kind == .array else { return }
                if first == nil { first = (message, ordinal) }
                newest = (message, ordinal)
                isNewestLast = isLast
                if told.count < known.count, known[told.count].ordinal == ordinal {
                    told.append(message)
                }
            }
        }
    }

    /// The lines as a text in JSON, without its quotes.
    private static func reminder(_ texts: [VolatileLine: [UInt8]]) -> [UInt8] {
        let lines = VolatileLine.allCases.compactMap { texts[$0] }
        return Array(#"<system-reminder>\n"#.utf8) + lines.joined(separator: Array(#"\n"#.utf8))
            + Array(#"\n</system-reminder>"#.utf8)
    }
}

extension JSONView {
    /// A content with a text behind what it has.
    /// - Parameter text: as it is written in JSON, without its quotes.
    fileprivate func adding(_ text: [UInt8]) -> [UInt8] {
        if kind == .string { return self.text.dropLast() + Array(#"\n\n"#.utf8) + text + [Byte.quote] }
        let separator = elements.first { _ in true } == nil ? [] : [Byte.comma]
        let part = Array(#"{"type":"text","text":""#.utf8) + text + Array(#""}"#.utf8)
        return self.text.dropLast() + separator + part + [Byte.closeBracket]
    }
}
