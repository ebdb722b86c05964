/// A call that a model wrote as text.
struct TextCall: Sendable, Equatable {
    /// The tool's name as it was written.
    let name: String
    /// The arguments: where the form is JSON, in the model's own text, which may be none.
    let arguments: String
}

/// Reads calls out of the text that a `TextCallHead` begins.
struct TextCallReader: Sendable {
    let tools: OfferedTools

    /// The calls that a text consists of; nil if it is something else, or if one of them is of no tool on offer.
    /// - Parameters:
    ///   - isLenient: whether parts that are malformed or missing at its end are made up for.
    func calls(in text: ArraySlice<UInt8>, isLenient: Bool) -> [TextCall]? {
        var text = Self.trimmed(text)
        if text.first == UInt8(ascii: "`"), let inside = TextCallHeads.insideFence(text), let inside {
            text = Self.trimmed(Self.withoutFence(inside))
        }
        let calls: [TextCall]?
        if text.starts(with: TextCallHeads.toolCall) {
            calls = tagged(text.dropFirst(TextCallHeads.toolCall.count), isLenient: isLenient)
        } else if text.starts(with: TextCallHeads.function) {
            calls = functions(text, isLenient: isLenient)
        } else if text.starts(with: TextCallHeads.mistral) {
            calls = mistral(Self.trimmed(text.dropFirst(TextCallHeads.mistral.count)), isLenient: isLenient)
        } else if text.starts(with: TextCallHeads.python) {
            calls = json(text.dropFirst(TextCallHeads.python.count), isLenient: isLenient)
        } else {
            calls = json(text, isLenient: isLenient)
        }
        guard let calls, !calls.isEmpty, calls.allSatisfy({ tools.tool(meant: $0.name) != nil }) else { return nil }
        return calls
    }

    /// Behind `<tool_call>`.
    private func tagged(_ text: ArraySlice<UInt8>, isLenient: Bool) -> [TextCall]? {
        var text = Self.trimmed(text)
        if Self.hasSuffix(text, TextCallHeads.toolCallEnd) {
            text = Self.trimmed(text.dropLast(TextCallHeads.toolCallEnd.count))
        }
        if text.first == UInt8(ascii: "`"), let inside = TextCallHeads.insideFence(text), let inside {
            text = Self.trimmed(Self.withoutFence(inside))
        }
        switch text.first {
        case Byte.openBrace, Byte.openBracket: return json(text, isLenient: isLenient)
        case UInt8(ascii: "<"): return functions(text, isLenient: isLenient)
        default: return keysAndValues(text, isLenient: isLenient).map { [$0] }
        }
    }

    /// Behind `[TOOL_CALLS]`: a list, or a name with its arguments.
    private func mistral(_ text: ArraySlice<UInt8>, isLenient: Bool) -> [TextCall]? {
        if text.first == Byte.openBrace || text.first == Byte.openBracket { return json(text, isLenient: isLenient) }
        guard let brace = text.firstIndex(of: Byte.openBrace) else { return nil }
        let name = text[..<brace].prefix { $0 != Byte.openBracket && $0 > Byte.space }
        let arguments = text[brace...]
        guard isLenient || (try? JSONView(validating: Array(arguments))) != nil else { return nil }
        return [TextCall(name: Self.string(name), arguments: Self.string(arguments))]
    }

    // MARK: - JSON

    private func json(_ text: ArraySlice<UInt8>, isLenient: Bool) -> [TextCall]? {
        let bytes = Array(Self.trimmed(text))
        if let view = try? JSONView(validating: bytes) {
            guard view.kind == .array else { return call(view).map { [$0] } }
            let calls = view.elements.map { call($0) }
            return calls.contains { $0 == nil } ? nil : calls.compactMap { $0 }
        }
        guard isLenient, let repaired = repaired(bytes), let view = try? JSONView(validating: repaired) else {
            return nil
        }
        return json(view.text, isLenient: false)
    }

    private func repaired(_ bytes: [UInt8]) -> [UInt8]? {
        // With its brackets closed nothing of what it says is missing; a text that breaks off in a word is no call.
        for text in [bytes, JSONBalance.closed(bytes)].compactMap({ $0 }) {
            if (try? JSONView(validating: text)) != nil { return text }
            if let found = JSONRepair.container(Self.string(text)), Self.isMeant(found.what) {
                return found.value.bytes
            }
        }
        return nil
    }

    /// Whether repairs left all that was written.
    private static func isMeant(_ repairs: [String]) -> Bool {
        let losses: [LenientJSON.Fix] = [.cutOff, .stray, .surroundings, .several]
        return !losses.contains { repairs.contains($0.rawValue) }
    }

    private func call(_ view: JSONView) -> TextCall? {
        let function = view["function"]
        let body = function?.kind == .object ? function ?? view : view
        guard let name = body["name"]?.string ?? function?.string else { return nil }
        let arguments = ["arguments", "parameters", "input", "args"].lazy.compactMap { body[$0] }.first
        if let arguments {
            if arguments.isNull { return TextCall(name: name, arguments: "{}") }
            return TextCall(name: name, arguments: arguments.string ?? Self.string(arguments.text))
        }
        // Without a wrapper the other members are the arguments.
        let others = body.editing([.remove("name"), .remove("type"), .remove("id"), .remove("function")])
        return TextCall(name: name, arguments: Self.string(Self.trimmed(others[...])))
    }

    // MARK: - Bytes

    static func string(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text.drop { $0 <= Byte.space }
        while let last = text.last, last <= Byte.space { text.removeLast() }
        return text
    }

    static func hasSuffix(_ text: ArraySlice<UInt8>, _ suffix: [UInt8]) -> Bool {
        text.count >= suffix.count && text.suffix(suffix.count).elementsEqual(suffix)
    }

    private static func withoutFence(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = trimmed(text)
        while text.last == UInt8(ascii: "`") { text.removeLast() }
        return text
    }
}
