/// Makes JSON of text that was meant to be some: what models write when they miss the form, and what clients make of it.
///
/// The text's own words stay as they are; only the form is changed. It takes time and memory in proportion to the text.
public enum JSONRepair {
    /// Among the repairs of a text that ended too early: what it said at the end is missing.
    public static let cutOff = LenientJSON.Fix.cutOff.rawValue

    /// The object that a text stands for.
    /// - Returns: the object and what had to be repaired, a few words each (`trailing commas`), none if the text is a JSON
    ///   object as it is; nil if it cannot be made one.
    public static func object(_ text: String) -> (value: JSONValue, what: [String])? {
        container(text, isArrayAllowed: false)
    }

    /// The object or array that a text stands for, as `object`.
    public static func container(_ text: String) -> (value: JSONValue, what: [String])? {
        container(text, isArrayAllowed: true)
    }

    /// How often JSON may be wrapped in a string before it is given up.
    private static let wrappings = 4

    private static func container(_ text: String, isArrayAllowed: Bool) -> (value: JSONValue, what: [String])? {
        var text = text
        var fixes: [LenientJSON.Fix] = []
        for _ in 0..<wrappings {
            let bytes = Array(text.utf8)
            if let value = try? JSONValue(parsing: bytes) {
                if isAsked(value, isArrayAllowed) { return (value, fixes.map(\.rawValue)) }
                guard let inner = value.string else { return nil }
                text = inner
                fixes.append(.wrapped)
            } else if let inner = unescaped(bytes) {
                text = inner
                fixes.append(.escaped)
            } else {
                return read(bytes, isArrayAllowed).map { ($0.value, (fixes + $0.fixes).map(\.rawValue)) }
            }
        }
        return nil
    }

    private static func isAsked(_ value: JSONValue, _ isArrayAllowed: Bool) -> Bool {
        value.kind == .object || isArrayAllowed && value.kind == .array
    }

    /// The text of a string that lost its quotes: `{\"a\": 1}`.
    private static func unescaped(_ bytes: [UInt8]) -> String? {
        let start = bytes.drop { $0 <= Byte.space }
        guard start.first == Byte.openBrace || start.first == Byte.openBracket else { return nil }
        let next = start.dropFirst().drop { $0 <= Byte.space || $0 == Byte.openBrace || $0 == Byte.openBracket }
        guard next.starts(with: #"\""#.utf8) || next.starts(with: #"\n"#.utf8) else { return nil }
        return (try? JSONView(validating: [Byte.quote] + bytes + [Byte.quote]))?.string
    }

    private static func read(_ bytes: [UInt8], _ isArrayAllowed: Bool) -> (value: JSONValue, fixes: [LenientJSON.Fix])?
    {
        guard let start = start(in: bytes, isArrayAllowed) else { return nil }
        var reader = LenientJSON(bytes, at: start.place, isWithinObject: start.isWithinObject)
        guard var found = reader.read() else { return nil }
        // Some servers say `{}` before the arguments have come, and then all of them.
        var isSecond = false
        while found.isEmptyObject, reader.skip(to: Byte.openBrace), let next = reader.read() {
            found = next
            isSecond = true
        }
        guard let value = try? JSONValue(parsing: found.bytes), isAsked(value, isArrayAllowed) else { return nil }
        var fixes = found.fixes
        if isSecond { fixes.append(.several) }
        if start.hasFence { fixes.insert(.fence, at: 0) }
        if start.hasTextBefore || reader.hasTextBehind(fence: start.hasFence) { fixes.append(.surroundings) }
        return (value, fixes)
    }

    private struct Start {
        var place: Int
        var isWithinObject = false
        var hasFence = false
        var hasTextBefore = false
    }

    /// Where the JSON begins.
    private static func start(in bytes: [UInt8], _ isArrayAllowed: Bool) -> Start? {
        let fence = Array("```".utf8)
        var place = bytes.firstIndex { $0 > Byte.space } ?? bytes.count
        var start = Start(place: place)
        if bytes[place...].starts(with: [0xEF, 0xBB, 0xBF]) { place += 3 }
        let isBracket = { (byte: UInt8) in byte == Byte.openBrace || isArrayAllowed && byte == Byte.openBracket }
        let bracket = bytes[place...].firstIndex(where: isBracket)
        // Members without the braces around them.
        if bracket != place, LenientJSON(bytes, at: place).isAtKey {
            start.isWithinObject = true
            return start
        }
        guard let bracket else { return nil }
        start.place = bracket
        let before = bytes[place..<bracket]
        if let mark = before.indices.last(where: { before[$0...].starts(with: fence) }) {
            start.hasFence = true
            start.hasTextBefore = before[..<mark].contains { $0 > Byte.space && $0 != fence[0] }
        } else {
            start.hasTextBefore = before.contains { $0 > Byte.space }
        }
        return start
    }
}
