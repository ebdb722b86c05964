/// A chat message in canonical JSON, without what clients spell in different ways when they send the same conversation again:
///
/// - A member that is null, an empty string or an empty array counts as absent. (`content` beside tool calls is each of
///   these, with one client or another.)
/// - A content of one part of text counts as that text.
/// - White space at the ends of an assistant's `content` and `reasoning_content` does not count: clients trim it.
/// - A tool call's `arguments` count as the JSON they contain, where they do; none at all, and `{}`, count as absent. Its
///   `index`, and its `type` if that is `function`, do not count.
/// - `cache_control` does not count, in a message and in a part of its content.
///
/// A message or a part of one with more than 64 members is written as it stands.
enum CanonicalMessage {
    /// Writes a message.
    static func write<Sink: ByteSink>(_ message: JSONView, to sink: inout Sink) {
        guard let members = CanonicalMembers(message) else { return CanonicalJSON.write(message, to: &sink) }
        let isAssistant = members["role"]?.equals("assistant") ?? false
        var separator = Separator()
        sink.write("{")
        for (key, value) in members.list where !key.equals("cache_control") {
            if key.equals("content") {
                if let text = text(ofContent: value) {
                    writeText(key, text, isTrimmed: isAssistant, &separator, to: &sink)
                } else if !isEmpty(value) {
                    separator.write(key, to: &sink)
                    writeParts(value, to: &sink)
                }
            } else if isAssistant, key.equals("reasoning_content"), value.kind == .string {
                writeText(key, value, isTrimmed: true, &separator, to: &sink)
            } else if key.equals("tool_calls"), value.kind == .array, !isEmpty(value) {
                separator.write(key, to: &sink)
                writeCalls(value, to: &sink)
            } else if !isEmpty(value) {
                separator.write(key, to: &sink)
                CanonicalJSON.write(value, to: &sink)
            }
        }
        sink.write("}")
    }

    /// Whether a member with this value counts as absent.
    static func isEmpty(_ value: JSONView) -> Bool {
        switch value.kind {
        case .null: true
        case .string: value.range.count == 2
        case .array: value.elements.first { _ in true } == nil
        default: false
        }
    }

    // MARK: - Content

    /// The text of a content that is nothing else.
    private static func text(ofContent content: JSONView) -> JSONView? {
        if content.kind == .string { return content }
        guard content.kind == .array else { return nil }
        var parts = content.elements.makeIterator()
        guard let part = parts.next(), parts.next() == nil, let members = CanonicalMembers(part) else { return nil }
        guard members["type"]?.equals("text") ?? false, let text = members["text"], text.kind == .string else {
            return nil
        }
        let isPlain = members.list.allSatisfy {
            $0.key.equals("type") || $0.key.equals("text") || $0.key.equals("cache_control")
        }
        return isPlain ? text : nil
    }

    private static func writeText<Sink: ByteSink>(
        _ key: JSONView, _ text: JSONView, isTrimmed: Bool, _ separator: inout Separator, to sink: inout Sink
    ) {
        text.document.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            var start = base + text.start + 1
            var end = base + text.end - 1
            if isTrimmed { CanonicalString.trim(&start, &end) }
            guard start < end else { return }
            separator.write(key, to: &sink)
            sink.write("\"")
            CanonicalString.write(start, end, to: &sink)
            sink.write("\"")
        }
    }

    private static func writeParts<Sink: ByteSink>(_ content: JSONView, to sink: inout Sink) {
        guard content.kind == .array else { return CanonicalJSON.write(content, to: &sink) }
        var separator = Separator()
        sink.write("[")
        for part in content.elements {
            separator.write(to: &sink)
            guard let members = CanonicalMembers(part) else {
                CanonicalJSON.write(part, to: &sink)
                continue
            }
            var inner = Separator()
            sink.write("{")
            for (key, value) in members.list where !key.equals("cache_control") {
                inner.write(key, to: &sink)
                CanonicalJSON.write(value, to: &sink)
            }
            sink.write("}")
        }
        sink.write("]")
    }

    // MARK: - Tool calls

    private static func writeCalls<Sink: ByteSink>(_ calls: JSONView, to sink: inout Sink) {
        var separator = Separator()
        sink.write("[")
        for call in calls.elements {
            separator.write(to: &sink)
            guard let members = CanonicalMembers(call) else {
                CanonicalJSON.write(call, to: &sink)
                continue
            }
            var inner = Separator()
            sink.write("{")
            for (key, value) in members.list where !isEmpty(value) && !key.equals("index") {
                if key.equals("type"), value.equals("function") { continue }
                inner.write(key, to: &sink)
                if key.equals("function") {
                    writeFunction(value, to: &sink)
                } else {
                    CanonicalJSON.write(value, to: &sink)
                }
            }
            sink.write("}")
        }
        sink.write("]")
    }

    private static func writeFunction<Sink: ByteSink>(_ function: JSONView, to sink: inout Sink) {
        guard let members = CanonicalMembers(function) else { return CanonicalJSON.write(function, to: &sink) }
        var separator = Separator()
        sink.write("{")
        for (key, value) in members.list where !isEmpty(value) {
            let value = key.equals("arguments") ? arguments(value) : value
            guard let value else { continue }
            separator.write(key, to: &sink)
            CanonicalJSON.write(value, to: &sink)
        }
        sink.write("}")
    }

    /// The JSON within the string, if it is JSON; nil if there are no arguments in it.
    private static func arguments(_ value: JSONView) -> JSONView? {
        let parsed = value.string.flatMap { try? JSONView(validating: Array($0.utf8)) } ?? value
        let isNothing = isEmpty(parsed) || parsed.kind == .object && parsed.members.first { _ in true } == nil
        return isNothing ? nil : parsed
    }
}

/// Puts commas between the parts of a container.
private struct Separator {
    private var isFirst = true

    @inline(__always)
    mutating func write<Sink: ByteSink>(to sink: inout Sink) {
        if !isFirst { sink.write(",") }
        isFirst = false
    }

    @inline(__always)
    mutating func write<Sink: ByteSink>(_ key: JSONView, to sink: inout Sink) {
        write(to: &sink)
        CanonicalJSON.write(key, to: &sink)
        sink.write(":")
    }
}
