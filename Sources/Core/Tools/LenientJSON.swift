/// Reads an object or array that is nearly JSON and writes it as JSON, without recursion.
///
/// What is not JSON is taken for what it most likely was meant to be; each such guess is noted once.
struct LenientJSON {
    /// What was read.
    struct Found {
        let bytes: [UInt8]
        let fixes: [Fix]
        var isEmptyObject: Bool { bytes.count == 2 && bytes[0] == Byte.openBrace }
    }

    /// What comes next within the innermost container.
    private enum Expected {
        case key, colon, value, end
    }

    private struct Open {
        let isObject: Bool
        /// Where it begins in the output.
        let start: Int
        var isEmpty = true
        /// Where the member that is being read begins in the output, with its comma.
        var member = 0
    }

    let text: [UInt8]
    var place: Int
    var output: [UInt8] = []
    private(set) var fixes: [Fix] = []
    private var open: [Open] = []
    private var expected = Expected.value
    private var hasComma = false
    private let isWithinObject: Bool

    /// Deeper texts are not repaired.
    private static let depth = 128

    /// - Parameters:
    ///   - place: of the opening bracket.
    ///   - isWithinObject: whether the braces are missing, and the first key is there.
    init(_ text: [UInt8], at place: Int, isWithinObject: Bool = false) {
        self.text = text
        self.place = place
        self.isWithinObject = isWithinObject
    }

    var byte: UInt8? { place < text.count ? text[place] : nil }
    var isInObject: Bool { open.last?.isObject ?? false }

    mutating func note(_ fix: Fix) { if !fixes.contains(fix) { fixes.append(fix) } }

    /// Moves to the next byte of this value; false, and nowhere, if there is something else before it.
    mutating func skip(to wanted: UInt8) -> Bool {
        let next = text[place...].firstIndex { $0 > Byte.space }
        guard let next, text[next] == wanted else { return false }
        place = next
        return true
    }

    /// Whether there is anything behind what was read.
    func hasTextBehind(fence: Bool) -> Bool {
        text[place...].contains { $0 > Byte.space && !(fence && $0 == UInt8(ascii: "`")) }
    }

    /// Reads from the bracket on to the one that closes it, or the end.
    /// - Returns: nil if it is nested too deeply, or is nothing.
    mutating func read() -> Found? {
        (output, fixes, open) = ([], [], [])
        if isWithinObject {
            note(.braces)
            begin(isObject: true)
        } else {
            guard let byte, byte == Byte.openBrace || byte == Byte.openBracket else { return nil }
            begin(isObject: byte == Byte.openBrace)
            place += 1
        }
        while !open.isEmpty {
            guard open.count <= Self.depth else { return nil }
            skipBlank()
            guard let byte else {
                finish()
                break
            }
            switch expected {
            case .key: readKey(byte)
            case .colon: readColon(byte)
            case .value: readValue(byte)
            case .end: readEnd(byte)
            }
        }
        return Found(bytes: output, fixes: fixes)
    }

    // MARK: - Containers

    private mutating func begin(isObject: Bool) {
        open.append(Open(isObject: isObject, start: output.count))
        output.append(isObject ? Byte.openBrace : Byte.openBracket)
        expected = isObject ? .key : .value
        hasComma = false
    }

    /// Closes the innermost container.
    private mutating func close() {
        guard let closed = open.popLast() else { return }
        output.append(closed.isObject ? Byte.closeBrace : Byte.closeBracket)
        expected = .end
        hasComma = false
    }

    /// A closing bracket: what is open within the container it belongs to is closed as well; where it belongs to none, it
    /// stands for the right one.
    private mutating func close(_ bracket: UInt8) {
        place += 1
        if hasComma { note(.trailingComma) }
        let isBrace = bracket == Byte.closeBrace
        if isInObject == isBrace { return close() }
        note(.brackets)
        if let matching = open.lastIndex(where: { $0.isObject == isBrace }) {
            while open.count > matching + 1 { close() }
        }
        close()
    }

    /// The end of the text: a member without a value goes, everything else is closed.
    private mutating func finish() {
        if isWithinObject, open.count == 1, expected == .end { return close() }
        note(.cutOff)
        while let last = open.last {
            if last.isObject, expected == .colon || expected == .value { output.removeSubrange(last.member...) }
            close()
        }
    }

    // MARK: - Members and elements

    private mutating func beginMember() {
        guard let last = open.indices.last else { return }
        open[last].member = output.count
        if !open[last].isEmpty { output.append(Byte.comma) }
        open[last].isEmpty = false
        hasComma = false
    }

    private mutating func readKey(_ byte: UInt8) {
        switch byte {
        case Byte.closeBrace, Byte.closeBracket:
            close(byte)
        case Byte.comma:
            note(.trailingComma)
            place += 1
        case Byte.colon, Byte.openBrace, Byte.openBracket, UInt8(ascii: "="):
            note(.stray)
            place += 1
        default:
            beginMember()
            if let quote = Quote(text, at: place) {
                readString(quote, isKey: true)
            } else {
                readKeyWord()
            }
            expected = .colon
        }
    }

    private mutating func readColon(_ byte: UInt8) {
        output.append(Byte.colon)
        expected = .value
        switch byte {
        case Byte.colon:
            place += 1
        case UInt8(ascii: "="):
            note(.missingColon)
            place += text[place...].starts(with: "=>".utf8) ? 2 : 1
        case Byte.comma, Byte.closeBrace, Byte.closeBracket:
            writeMissingValue()
        default:
            note(.missingColon)
        }
    }

    private mutating func readValue(_ byte: UInt8) {
        switch byte {
        case Byte.closeBrace, Byte.closeBracket:
            if isInObject { writeMissingValue() }
            close(byte)
        case Byte.comma where isInObject:
            writeMissingValue()
        case Byte.comma:
            note(.trailingComma)
            place += 1
        default:
            if !isInObject { beginMember() }
            if byte == Byte.openBrace || byte == Byte.openBracket {
                begin(isObject: byte == Byte.openBrace)
                place += 1
                return
            }
            if let quote = Quote(text, at: place) {
                readString(quote, isKey: false)
            } else {
                readWord()
            }
            expected = .end
        }
    }

    private mutating func readEnd(_ byte: UInt8) {
        switch byte {
        case Byte.closeBrace, Byte.closeBracket:
            return close(byte)
        case Byte.comma:
            hasComma = true
            place += 1
        default:
            note(.missingComma)
        }
        expected = isInObject ? .key : .value
    }

    private mutating func writeMissingValue() {
        note(.missingValue)
        output += Array("null".utf8)
        expected = .end
    }

    // MARK: - Blanks

    private mutating func skipBlank() {
        while let byte {
            if byte <= Byte.space {
                place += 1
            } else if byte == UInt8(ascii: "/"), text[place...].starts(with: "//".utf8) {
                note(.comments)
                place = text[place...].firstIndex(of: Byte.lineFeed) ?? text.count
            } else if byte == UInt8(ascii: "/"), text[place...].starts(with: "/*".utf8) {
                note(.comments)
                place = Self.behind("*/", in: text, from: place + 2)
            } else {
                return
            }
        }
    }

    private static func behind(_ mark: String, in text: [UInt8], from start: Int) -> Int {
        var place = min(start, text.count)
        while place < text.count, !text[place...].starts(with: mark.utf8) { place += 1 }
        return min(place + mark.utf8.count, text.count)
    }
}
