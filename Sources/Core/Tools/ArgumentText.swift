/// The text of a call's arguments, which should be a JSON object in a string.
enum ArgumentText {
    /// The text to send instead; nil where the arguments are as they should be.
    /// - Parameter arguments: the member's value, if it is there.
    static func repaired(_ arguments: JSONView?) -> (text: String, what: String)? {
        guard let arguments, !arguments.isNull else { return ("{}", "there were none") }
        switch arguments.kind {
        case .string:
            let bytes = Array((arguments.string ?? "").utf8)
            let view = try? JSONView(validating: bytes)
            if view?.kind == .object { return whole(bytes).map { ($0, "half a surrogate pair") } }
            return repaired(bytes)
        case .object:
            return (String(decoding: arguments.text, as: UTF8.self), "an object, not a string")
        default:
            return raw(JSONValue(arguments))
        }
    }

    /// Whether a member's value holds the same arguments as this text, however it is spelled.
    static func isEqual(_ arguments: JSONView, _ text: String) -> Bool {
        guard arguments.kind == .string else { return false }
        if arguments.equals(text) { return true }
        guard let given = try? JSONValue(parsing: Array((arguments.string ?? "").utf8)),
            let known = try? JSONValue(parsing: Array(text.utf8))
        else { return false }
        return given == known
    }

    private static func repaired(_ bytes: [UInt8]) -> (text: String, what: String) {
        if bytes.allSatisfy({ $0 <= Byte.space }) { return ("{}", "there were none") }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let found = JSONRepair.object(text) else {
            return raw((try? JSONValue(parsing: bytes)) ?? .string(text))
        }
        let repaired = found.value.bytes
        return (whole(repaired) ?? String(decoding: repaired, as: UTF8.self), found.what.joined(separator: ", "))
    }

    /// What is no object, within one: the model still sees what it said.
    private static func raw(_ value: JSONValue) -> (text: String, what: String) {
        (JSONValue.object(["raw": value]).description, "quoted as raw, they are no object")
    }

    /// A JSON text in which each escape of half a surrogate pair is that of U+FFFD: JSON allows them, the engine's reader does
    /// not. Nil if there is none.
    private static func whole(_ bytes: [UInt8]) -> String? {
        var result: [UInt8]?
        var place = bytes.startIndex
        while let backslash = bytes[place...].firstIndex(of: Byte.backslash), backslash + 1 < bytes.count {
            place = backslash + 2
            guard let unit = unit(bytes, backslash), unit & 0xF800 == 0xD800 else { continue }
            place = backslash + 6
            if unit < 0xDC00, let low = self.unit(bytes, place), low & 0xFC00 == 0xDC00 {
                place += 6
                continue
            }
            if result == nil { result = bytes }
            result?.replaceSubrange(backslash..<backslash + 6, with: #"\ufffd"#.utf8)
        }
        return result.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The number in an escape `\uXXXX` at this place.
    private static func unit(_ bytes: [UInt8], _ place: Int) -> UInt32? {
        guard place + 6 <= bytes.count, bytes[place] == Byte.backslash, bytes[place + 1] == UInt8(ascii: "u") else {
            return nil
        }
        return bytes[place + 2..<place + 6].reduce(0) { value, byte in value << 4 | (hexValue(byte) ?? 0) }
    }
}
