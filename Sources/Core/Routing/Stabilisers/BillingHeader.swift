/// Claude Code's system prompt begins with `x-anthropic-billing-header: cc_version=…; cch=…;`, another one in each request, as a
/// part of its own or as the first line. It is for Anthropic's servers and tells a model nothing.
enum BillingHeader {
    static func edits(_ chat: ChatRequest) -> BodyEdits {
        var edits = BodyEdits()
        /// System messages, counted from 0, of which nothing is left.
        var emptied: Set<Int> = []
        for (index, message) in chat.systemMessages.enumerated() {
            guard let content = message.content else { continue }
            if content.kind == .string, let rest = rest(of: content) {
                edits.replace(content, with: rest)
                if rest.count == 2 { emptied.insert(index) }
            } else if content.kind == .array, let parts = parts(of: content) {
                edits.replace(content, with: ToolDefinitions.text(of: parts))
                if parts.isEmpty { emptied.insert(index) }
            }
        }
        return emptied.isEmpty ? edits : leavingOut(emptied, chat)
    }

    /// The parts without the header; nil where it is in none.
    private static func parts(of content: JSONView) -> [ArraySlice<UInt8>]? {
        var (parts, isChanged) = ([ArraySlice<UInt8>](), false)
        for part in content.elements {
            guard let text = part["text"], let rest = rest(of: text) else {
                parts.append(part.text)
                continue
            }
            isChanged = true
            if rest.count > 2 { parts.append(part.editing([.set("text", rest)])[...]) }
        }
        return isChanged ? parts : nil
    }

    /// The messages without those that consisted of the header; as they are where no others would be left.
    private static func leavingOut(_ emptied: Set<Int>, _ chat: ChatRequest) -> BodyEdits {
        var edits = BodyEdits()
        let kept = chat.messages.enumerated().filter { !emptied.contains($0.offset) }.map(\.element.view.text)
        if let messages = chat.body["messages"], !kept.isEmpty {
            edits.replace(messages, with: ToolDefinitions.text(of: kept))
        }
        return edits
    }

    private static let name = Array("x-anthropic-billing-header:".utf8)

    /// A string without the header at its beginning and the line breaks behind it; nil if it has none.
    private static func rest(of string: JSONView) -> [UInt8]? {
        guard string.kind == .string else { return nil }
        var rest = string.text.dropFirst()
        guard rest.starts(with: name) else { return nil }
        rest = rest.dropFirst(name.count)
        // Only `name=value;`, so that nothing is lost where a converter puts the prompt into the same line.
        while let pair = pair(rest) { rest = pair }
        while rest.starts(with: lineBreak) { rest = rest.dropFirst(lineBreak.count) }
        return [Byte.quote] + rest
    }

    private static let lineBreak = Array(#"\n"#.utf8)

    /// What is behind spaces and one `name=value` with its semicolon; nil where there is none.
    private static func pair(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let start = text.drop { $0 == Byte.space }
        let value = start.drop { $0 == UInt8(ascii: "_") || UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 }
        guard value.startIndex > start.startIndex, value.first == UInt8(ascii: "=") else { return nil }
        let end = value.drop {
            ![UInt8(ascii: ";"), Byte.space, Byte.backslash, Byte.quote].contains($0)
        }
        return end.first == UInt8(ascii: ";") ? end.dropFirst() : end
    }
}
