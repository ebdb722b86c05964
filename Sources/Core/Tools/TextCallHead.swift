/// What the beginning of a text says of whether it is a call.
enum TextCallHead: Sendable, Equatable {
    /// It may become one.
    case more
    /// It is none.
    case no
    /// It is one, if what follows keeps its promise.
    case call(TextCallForm)
}

/// How a call's text goes on and ends.
struct TextCallForm: Sendable, Equatable {
    enum End: Sendable, Equatable {
        /// With these bytes.
        case tag([UInt8])
        /// With the bracket that closes the first one.
        case bracket
    }

    let end: End
    /// Where the first bracket stands, for one that ends with a bracket.
    var start = 0
    /// Whether it must be all of the answer.
    var isWhole = false
    /// Whether a code fence stands around it.
    var hasFence = false
}

/// Recognises the beginnings of calls. All of them are told from ordinary text within a few words: by the name of a tool, or
/// by the key that a call begins with.
struct TextCallHeads: Sendable {
    static let toolCall = Array("<tool_call>".utf8)
    static let toolCallEnd = Array("</tool_call>".utf8)
    static let function = Array("<function=".utf8)
    static let functionEnd = Array("</function>".utf8)
    static let mistral = Array("[TOOL_CALLS]".utf8)
    static let python = Array("<|python_tag|>".utf8)

    /// The longest name of a tool, in bytes.
    private static let longestName = 128
    /// The most white space between the parts of a beginning.
    private static let longestSpace = 64

    let tools: OfferedTools

    /// What stands at the beginning of a text, as one of the markers.
    func marker(_ text: ArraySlice<UInt8>) -> TextCallHead {
        if let rest = Self.rest(of: text, behind: Self.toolCall) { return rest.map(tagged) ?? .more }
        if let rest = Self.rest(of: text, behind: Self.function) { return rest.map(function) ?? .more }
        if let rest = Self.rest(of: text, behind: Self.mistral) { return rest.map(mistral) ?? .more }
        if let rest = Self.rest(of: text, behind: Self.python) {
            return rest.map { json($0, isNameOffered: false) } ?? .more
        }
        return .no
    }

    /// What stands at the beginning of an answer: an object of JSON, or a code fence with a call in it.
    func whole(_ text: ArraySlice<UInt8>) -> TextCallHead {
        var head: TextCallHead
        var hasFence = false
        if text.first == UInt8(ascii: "`") {
            guard let inside = Self.insideFence(text) else { return .no }
            guard let inside, let first = inside.first else { return .more }
            hasFence = true
            head = first == Byte.openBrace || first == Byte.openBracket ? json(inside, isNameOffered: true) : .no
            if head == .no { head = marker(inside) }
        } else {
            head = json(text, isNameOffered: true)
        }
        guard case .call(var form) = head else { return head }
        form.isWhole = true
        form.hasFence = hasFence
        return .call(form)
    }

    // MARK: - The styles

    private func tagged(_ text: ArraySlice<UInt8>) -> TextCallHead {
        let form = TextCallHead.call(TextCallForm(end: .tag(Self.toolCallEnd)))
        guard let text = Self.skipSpace(text) else { return .no }
        switch text.first {
        case nil: return .more
        case Byte.openBrace, Byte.openBracket:
            let head = json(text, isNameOffered: false)
            return if case .call = head { form } else { head }
        case UInt8(ascii: "`"):
            guard let inside = Self.insideFence(text) else { return .no }
            guard let inside, !inside.isEmpty else { return .more }
            let head = json(inside, isNameOffered: false)
            return if case .call = head { form } else { head }
        case UInt8(ascii: "<"):
            guard let rest = Self.rest(of: text, behind: Self.function) else { return .no }
            let head = rest.map(function) ?? .more
            return if case .call = head { form } else { head }
        default:
            return name(text, before: ["<arg_key>", "</tool_call>"]).map { $0 ? form : .more } ?? .no
        }
    }

    /// Behind `<function=`.
    private func function(_ text: ArraySlice<UInt8>) -> TextCallHead {
        let name = text.prefix { $0 > Byte.space && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") }
        guard name.count <= Self.longestName else { return .no }
        guard name.endIndex < text.endIndex else { return .more }
        let isNamed = text[name.endIndex] == UInt8(ascii: ">") && isMeant(Self.unquoted(name))
        return isNamed ? .call(TextCallForm(end: .tag(Self.functionEnd))) : .no
    }

    /// Behind `[TOOL_CALLS]`.
    private func mistral(_ text: ArraySlice<UInt8>) -> TextCallHead {
        guard let text = Self.skipSpace(text) else { return .no }
        switch text.first {
        case nil: return .more
        case Byte.openBrace, Byte.openBracket: return json(text, isNameOffered: false)
        default:
            guard let isNamed = name(text, before: ["[ARGS]", "[CALL_ID]", "{"]) else { return .no }
            guard isNamed else { return .more }
            let brace = text.firstIndex(of: Byte.openBrace)
            return brace.map { .call(TextCallForm(end: .bracket, start: $0)) } ?? .more
        }
    }

    /// An object with a call, or a list of such.
    /// - Parameter isNameOffered: whether the name must come first, and be that of a tool.
    private func json(_ text: ArraySlice<UInt8>, isNameOffered: Bool) -> TextCallHead {
        guard let start = Self.skipSpace(text) else { return .no }
        guard let bracket = start.first else { return .more }
        guard bracket == Byte.openBrace || bracket == Byte.openBracket else { return .no }
        let form = TextCallHead.call(TextCallForm(end: .bracket, start: start.startIndex))
        var rest = start.dropFirst()
        if bracket == Byte.openBracket {
            guard let next = Self.skipSpace(rest) else { return .no }
            guard let brace = next.first else { return .more }
            guard brace == Byte.openBrace else { return .no }
            rest = next.dropFirst()
        }
        guard let (key, behind) = Self.word(rest) else { return .no }
        guard let behind else { return .more }
        switch String(decoding: key, as: UTF8.self) {
        case "name":
            guard let colon = Self.skipSpace(behind) else { return .no }
            guard let mark = colon.first else { return .more }
            guard mark == Byte.colon, let (name, end) = Self.word(colon.dropFirst()) else { return .no }
            guard end != nil else { return .more }
            let isTool = isNameOffered ? tools.contains(String(decoding: name, as: UTF8.self)) : isMeant(name)
            return isTool ? form : .no
        case "type", "function": return form
        case "arguments", "parameters", "id": return isNameOffered ? .no : form
        default: return .no
        }
    }

    // MARK: - Parts

    private func isMeant(_ name: ArraySlice<UInt8>) -> Bool {
        tools.tool(meant: String(decoding: name, as: UTF8.self)) != nil
    }

    /// Whether a tool's name stands here with one of these behind it: true, false for what is not all there yet; nil if not.
    private func name(_ text: ArraySlice<UInt8>, before marks: [String]) -> Bool? {
        let isPart = { (byte: UInt8) in
            byte > Byte.space && ![UInt8(ascii: "<"), Byte.openBracket, Byte.openBrace].contains(byte)
        }
        let name = text.prefix(while: isPart)
        guard name.count <= Self.longestName else { return nil }
        let isAll = name.endIndex < text.endIndex
        let word = String(decoding: name, as: UTF8.self)
        guard isAll else { return tools.names.contains { $0.utf8.starts(with: name) } ? false : nil }
        guard tools.contains(word), let behind = Self.skipSpace(text[name.endIndex...]) else { return nil }
        for mark in marks where behind.starts(with: mark.utf8) { return true }
        return marks.contains { $0.utf8.starts(with: behind) } ? false : nil
    }

    /// What stands behind a marker: nil if it does not begin the text; an inner nil if the text ends before it does.
    private static func rest(of text: ArraySlice<UInt8>, behind marker: [UInt8]) -> ArraySlice<UInt8>?? {
        if text.starts(with: marker) { return .some(text.dropFirst(marker.count)) }
        return marker.starts(with: text) ? .some(nil) : nil
    }

    /// Nil where there is more white space than there may be.
    private static func skipSpace(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let rest = text.drop { $0 <= Byte.space }
        return text.count - rest.count <= longestSpace ? rest : nil
    }

    /// A word in quotes, and what stands behind it; nil if there is none. Without what stands behind it is not all there yet.
    private static func word(
        _ text: ArraySlice<UInt8>
    ) -> (word: ArraySlice<UInt8>, behind: ArraySlice<UInt8>?)? {
        guard let text = skipSpace(text) else { return nil }
        guard let quote = text.first else { return (text, nil) }
        guard quote == Byte.quote || quote == UInt8(ascii: "'") else { return nil }
        let inside = text.dropFirst()
        let word = inside.prefix { $0 != quote && $0 != Byte.backslash && $0 >= Byte.space }
        guard word.count <= longestName else { return nil }
        guard word.endIndex < text.endIndex else { return (word, nil) }
        return text[word.endIndex] == quote ? (word, text[word.endIndex...].dropFirst()) : nil
    }

    private static func unquoted(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard name.count > 1, let first = name.first, first == name.last, first == Byte.quote else { return name }
        return name.dropFirst().dropLast()
    }

    /// What stands within a code fence: nil if none begins the text; an inner nil if its first line is not all there.
    static func insideFence(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>?? {
        let ticks = text.prefix { $0 == UInt8(ascii: "`") }
        let isAll = ticks.endIndex < text.endIndex
        guard ticks.count >= 3 || !isAll, ticks.count < 8 else { return nil }
        let line = text[ticks.endIndex...].prefix { $0 != Byte.lineFeed }
        let isLanguage = line.allSatisfy { byte in
            byte == Byte.space || byte == Byte.carriageReturn || byte == UInt8(ascii: "_") || byte == Byte.minus
                || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
        }
        guard isLanguage, line.count <= 16 else { return nil }
        guard line.endIndex < text.endIndex else { return .some(nil) }
        return skipSpace(text[line.endIndex...]).map { .some($0) }
    }
}
