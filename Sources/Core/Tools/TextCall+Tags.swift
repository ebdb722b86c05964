/// Calls whose arguments stand in tags, one by one: Qwen3-Coder's and GLM's.
extension TextCallReader {
    private static let parameter = Array("<parameter=".utf8)
    private static let parameterEnd = Array("</parameter>".utf8)
    private static let key = Array("<arg_key>".utf8)
    private static let keyEnd = Array("</arg_key>".utf8)
    private static let value = Array("<arg_value>".utf8)
    private static let valueEnd = Array("</arg_value>".utf8)

    /// `<function=name><parameter=key>value</parameter>…</function>`, one or several.
    func functions(_ text: ArraySlice<UInt8>, isLenient: Bool) -> [TextCall]? {
        var calls: [TextCall] = []
        var rest = text
        while rest.starts(with: TextCallHeads.function) {
            rest = rest.dropFirst(TextCallHeads.function.count)
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return nil }
            let name = Self.unquoted(rest[..<end])
            rest = Self.trimmed(rest[end...].dropFirst())
            let arguments: String
            if rest.first == Byte.openBrace {
                // Llama's custom tools have the form, and JSON within it.
                guard
                    let end = Self.range(of: TextCallHeads.functionEnd, in: rest)?.lowerBound
                        ?? (isLenient ? rest.endIndex : nil)
                else { return nil }
                let json = Self.trimmed(rest[..<end])
                guard isLenient || (try? JSONView(validating: Array(json))) != nil else { return nil }
                arguments = Self.string(json)
                rest = rest[end...]
            } else {
                var object = JSONObject()
                while rest.starts(with: Self.parameter) {
                    guard let (key, value, behind) = parameter(rest, isLenient: isLenient) else { return nil }
                    object[key] = typed(value, key: key, tool: name)
                    rest = behind
                }
                arguments = Self.string(JSONValue.object(object).bytes)
            }
            if rest.starts(with: TextCallHeads.functionEnd) {
                rest = Self.trimmed(rest.dropFirst(TextCallHeads.functionEnd.count))
            } else if !isLenient || !rest.isEmpty {
                return nil
            }
            calls.append(TextCall(name: name, arguments: arguments))
        }
        return rest.isEmpty ? calls : nil
    }

    private func parameter(
        _ text: ArraySlice<UInt8>, isLenient: Bool
    ) -> (key: String, value: ArraySlice<UInt8>, behind: ArraySlice<UInt8>)? {
        let text = text.dropFirst(Self.parameter.count)
        guard let head = text.firstIndex(of: UInt8(ascii: ">")), head - text.startIndex <= 256 else { return nil }
        let key = Self.unquoted(text[..<head])
        let inside = text[head...].dropFirst()
        // A value may well hold such tags; the one that ends it is followed by the next tag of the call.
        let next = [Self.parameter, TextCallHeads.functionEnd]
        var place = inside.startIndex
        while let found = inside[place...].firstIndex(of: UInt8(ascii: "<")) {
            let rest = inside[found...]
            if rest.starts(with: Self.parameterEnd) {
                let behind = Self.trimmed(rest.dropFirst(Self.parameterEnd.count))
                if next.contains(where: { behind.starts(with: $0) }) || isLenient && behind.isEmpty {
                    return (key, Self.withoutBreaks(inside[..<found]), behind)
                }
            } else if isLenient, next.contains(where: { rest.starts(with: $0) }) {
                return (key, Self.withoutBreaks(inside[..<found]), rest)
            }
            place = found + 1
        }
        // What breaks off in a value is no call.
        return nil
    }

    /// `name<arg_key>key</arg_key><arg_value>value</arg_value>…`.
    func keysAndValues(_ text: ArraySlice<UInt8>, isLenient: Bool) -> TextCall? {
        let name = text.prefix { $0 != UInt8(ascii: "<") && $0 > Byte.space }
        var rest = Self.trimmed(text[name.endIndex...])
        var object = JSONObject()
        while rest.starts(with: Self.key) {
            guard let keyEnd = Self.range(of: Self.keyEnd, in: rest) else { return nil }
            let key = Self.string(Self.trimmed(rest[..<keyEnd.lowerBound].dropFirst(Self.key.count)))
            let behind = Self.trimmed(rest[keyEnd.upperBound...])
            guard behind.starts(with: Self.value) else { return nil }
            let inside = behind.dropFirst(Self.value.count)
            guard let end = valueEnd(inside) else { return nil }
            object[key] = typed(inside[..<end.lowerBound], key: key, tool: Self.string(name))
            rest = Self.trimmed(inside[end.upperBound...])
        }
        guard rest.isEmpty else { return nil }
        return TextCall(name: Self.string(name), arguments: Self.string(JSONValue.object(object).bytes))
    }

    private func valueEnd(_ text: ArraySlice<UInt8>) -> Range<Int>? {
        var from = text.startIndex
        while let end = Self.range(of: Self.valueEnd, in: text[from...]) {
            let behind = Self.trimmed(text[end.upperBound...])
            if behind.isEmpty || behind.starts(with: Self.key) { return end }
            from = end.upperBound
        }
        return nil
    }

    // MARK: - Values

    /// A value of the type that the tool's schema gives it: text where that is a string, JSON where it is something else.
    private func typed(_ text: ArraySlice<UInt8>, key: String, tool: String) -> JSONValue {
        let string = JSONValue.string(Self.string(text))
        let schema = tools.tool(meant: tool).flatMap { tools.schema(of: $0) }
        let types = schema.flatMap { SchemaPlace(root: $0).step(.key(key))?.types }
        guard let value = try? JSONValue(parsing: Array(Self.trimmed(text))) else { return string }
        guard let types, !types.isEmpty else { return value.kind == .string ? string : value }
        if types.contains("string") { return value.isNull && types.contains("null") ? value : string }
        return value
    }

    static func unquoted(_ name: ArraySlice<UInt8>) -> String {
        let name = trimmed(name)
        guard name.count > 1, name.first == Byte.quote, name.last == Byte.quote else { return string(name) }
        return string(name.dropFirst().dropLast())
    }

    /// Without the line break behind the opening tag and the one before the closing tag.
    private static func withoutBreaks(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text
        if text.first == Byte.carriageReturn, text.dropFirst().first == Byte.lineFeed { text.removeFirst() }
        if text.first == Byte.lineFeed { text.removeFirst() }
        if text.last == Byte.lineFeed { text.removeLast() }
        if text.last == Byte.carriageReturn { text.removeLast() }
        return text
    }

    static func range(of tag: [UInt8], in text: ArraySlice<UInt8>) -> Range<Int>? {
        let found = text.withUnsafeBufferPointer { text -> Int? in
            var place = 0
            while place + tag.count <= text.count {
                if text[place] == tag[0], text[place..<place + tag.count].elementsEqual(tag) { return place }
                place += 1
            }
            return nil
        }
        return found.map { text.startIndex + $0..<text.startIndex + $0 + tag.count }
    }
}
