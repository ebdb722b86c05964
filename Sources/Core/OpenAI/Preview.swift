/// The beginning of a text that may be long, and how long it was.
public struct Preview: Sendable, Equatable {
    /// At most `limit` characters from the beginning.
    public private(set) var text = ""
    /// Whether there was more.
    public private(set) var isCut = false
    /// Characters in `text`, which takes a walk over it to count.
    private var count = 0

    public init() {}

    public init(_ text: String, limit: Int) { append(text, limit: limit) }

    /// Appends the characters that still fit.
    public mutating func append(_ more: some StringProtocol, limit: Int) {
        guard !isCut, !more.isEmpty else { return }
        let head = more.prefix(limit - count)
        text += head
        count += head.count
        isCut = head.endIndex != more.endIndex
    }

    /// Whether it is a JSON text, of which nothing is missing then.
    var isJSON: Bool { !isCut && (try? JSONView(validating: Array(text.utf8))) != nil }

    mutating func append(_ value: JSONView, limit: Int) {
        guard !isCut, let more = value.string(prefix: limit * 12) else { return }
        append(more.text, limit: limit)
        isCut = isCut || more.isCut
    }
}

extension JSONView {
    /// A string's beginning, without decoding what is behind it: about `length` bytes.
    func string(prefix length: Int) -> (text: String, isCut: Bool)? {
        guard kind == .string, range.count > length + 2 else { return string.map { ($0, false) } }
        let inside = text.dropFirst().dropLast()
        let limit = inside.startIndex + length
        var cut = inside.startIndex
        while cut < limit {
            let next = cut + Self.characterLength(inside[cut...])
            if next > limit { break }
            cut = next
        }
        let piece = [UInt8(ascii: "\"")] + inside[..<cut] + [UInt8(ascii: "\"")]
        return (try? JSONView(validating: piece))?.string.map { ($0, true) }
    }

    /// How many bytes of a string's inside belong together: an escape (a surrogate pair is two), or a UTF-8 sequence.
    private static func characterLength(_ bytes: ArraySlice<UInt8>) -> Int {
        let start = bytes.startIndex
        guard bytes[start] == UInt8(ascii: "\\") else {
            return 1 + bytes.dropFirst().prefix(3).prefix { $0 & 0xC0 == 0x80 }.count
        }
        guard bytes[start + 1] == UInt8(ascii: "u") else { return 2 }
        let isHighHalf = bytes[start + 2] | 0x20 == UInt8(ascii: "d") && "89abAB".utf8.contains(bytes[start + 3])
        let hasSecond =
            bytes.count >= 12 && bytes[start + 6] == UInt8(ascii: "\\") && bytes[start + 7] == UInt8(ascii: "u")
        return isHighHalf && hasSecond ? 12 : 6
    }
}
