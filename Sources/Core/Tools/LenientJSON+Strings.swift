/// What opens and closes a string.
struct Quote {
    /// The bytes of the opening and of the closing mark.
    let opening: [UInt8]
    let closings: [[UInt8]]

    var isJSON: Bool { opening == [Byte.quote] }

    /// The mark that stands here; nil if none does.
    init?(_ text: [UInt8], at place: Int) {
        guard place < text.count else { return nil }
        switch text[place] {
        case Byte.quote, UInt8(ascii: "'"):
            let single = [text[place]]
            let triple = single + single + single
            // Two are an empty string, three begin one that may hold quotes and line breaks.
            opening = text[place...].starts(with: triple) ? triple : single
            closings = [opening]
        case UInt8(ascii: "`"):
            opening = [text[place]]
            closings = [opening]
        case 0xE2:
            // Typographic marks: each may be closed by the other, or by a plain one.
            let marks: [[UInt8]] = [[0xE2, 0x80, 0x9C], [0xE2, 0x80, 0x9D], [0xE2, 0x80, 0x98], [0xE2, 0x80, 0x99]]
            guard let mark = marks.firstIndex(where: { text[place...].starts(with: $0) }) else { return nil }
            opening = marks[mark]
            closings = mark < 2 ? [marks[1], [Byte.quote]] : [marks[3], [UInt8(ascii: "'")]]
        default:
            return nil
        }
    }
}

extension LenientJSON {
    /// Reads a string from its opening mark to behind its closing one.
    mutating func readString(_ quote: Quote, isKey: Bool) {
        if !quote.isJSON { note(.quotes) }
        place += quote.opening.count
        output.append(Byte.quote)
        while let byte {
            if byte == Byte.backslash {
                readEscape()
            } else if byte < Byte.space {
                note(.controls)
                writeControl(byte)
                place += 1
            } else if let closing = quote.closings.first(where: { $0[0] == byte && text[place...].starts(with: $0) }) {
                place += closing.count
                if isKey || quote.opening.count == 3 && closing.count == 3 && quote.opening[0] < 0x80 || isEnd(place) {
                    return output.append(Byte.quote)
                }
                note(.innerQuotes)
                for byte in closing { writePlain(byte) }
            } else {
                writePlain(byte)
                place += 1
            }
        }
        note(.cutOff)
        output.append(Byte.quote)
    }

    private mutating func writePlain(_ byte: UInt8) {
        if byte == Byte.quote { output.append(Byte.backslash) }
        output.append(byte)
    }

    private mutating func writeControl(_ byte: UInt8) {
        output += JSONText.quoted(String(Unicode.Scalar(byte))).dropFirst().dropLast()
    }

    /// Reads a backslash and what it stands before.
    private mutating func readEscape() {
        let start = place
        place += 1
        guard let byte else { return note(.cutOff) }
        place += 1
        switch byte {
        case Byte.quote, Byte.backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            output += text[start..<place]
            return
        case UInt8(ascii: "u"):
            let digits = text[place...].prefix(4).prefix { hexValue($0) != nil }
            if digits.count == 4 {
                place += 4
                output += text[start..<place]
                return
            }
            if place + digits.count == text.count {
                place = text.count
                return note(.cutOff)
            }
            output += [Byte.backslash, Byte.backslash, byte]
        case UInt8(ascii: "x"):
            let digits = text[place...].prefix(2).prefix { hexValue($0) != nil }
            if digits.count == 2 {
                output += Array(#"\u00"#.utf8) + digits
                place += 2
            } else {
                output += [Byte.backslash, Byte.backslash, byte]
            }
        case UInt8(ascii: "'"), UInt8(ascii: "`"):
            output.append(byte)
        case 0..<Byte.space:
            writeControl(byte)
        default:
            // A path or a pattern: the backslash itself was meant.
            output += [Byte.backslash, Byte.backslash, byte]
        }
        note(.escapes)
    }

    // MARK: - Where a string ends

    /// How far a key is looked for.
    private static let longestKey = 128

    /// Whether a quote before this place closes its string: what follows is what follows a value. Otherwise it belongs to the
    /// text, and nobody escaped it.
    private func isEnd(_ place: Int) -> Bool {
        guard let next = nextPlace(place) else { return true }
        if isComment(next) { return true }
        switch text[next] {
        case Byte.closeBrace, Byte.closeBracket:
            // Within code a bracket is followed by more code.
            guard let behind = nextPlace(next + 1) else { return true }
            return [Byte.comma, Byte.closeBrace, Byte.closeBracket, UInt8(ascii: "`")].contains(text[behind])
        case Byte.comma:
            guard let behind = nextPlace(next + 1) else { return true }
            return isInObject ? text[behind] == Byte.closeBrace || isKey(behind) : isElement(behind)
        default:
            guard isInObject else { return Quote(text, at: next) != nil }
            // Without a comma a key must look like one: in quotes, or on a line of its own.
            let isPlain = Quote(text, at: next) != nil || text[place..<next].contains(Byte.lineFeed)
            return isPlain && isKey(next)
        }
    }

    /// Whether a key in quotes, with its colon, stands where the text is read.
    var isAtKey: Bool { Quote(text, at: place) != nil && isKey(place, mayBeCutOff: false) }

    /// Whether a key that is in quotes, or the next element, stands behind this place.
    func isFollowed(_ place: Int) -> Bool {
        guard let next = nextPlace(place) else { return false }
        if isComment(next) { return true }
        return isInObject ? Quote(text, at: next) != nil && isKey(next) : isElement(next)
    }

    private func isComment(_ place: Int) -> Bool {
        text[place...].starts(with: "//".utf8) || text[place...].starts(with: "/*".utf8)
    }

    private func nextPlace(_ place: Int) -> Int? { text[place...].firstIndex { $0 > Byte.space } }

    private func isKey(_ start: Int, mayBeCutOff: Bool = true) -> Bool {
        let limit = min(text.count, start + Self.longestKey)
        var end: Int
        if let quote = Quote(text, at: start) {
            end = start + quote.opening.count
            while end < limit, !quote.closings.contains(where: { text[end...].starts(with: $0) }) {
                // A key with a line break in it is text.
                if text[end] < Byte.space { return false }
                end += 1
            }
            guard end < limit else { return mayBeCutOff && end == text.count }
            end += quote.closings.first { text[end...].starts(with: $0) }?.count ?? 1
        } else {
            end = start
            while end < limit, Self.isWordByte(text[end]) { end += 1 }
            guard end > start else { return false }
        }
        return nextPlace(min(end, text.count)).map { text[$0] == Byte.colon } ?? mayBeCutOff
    }

    private func isElement(_ start: Int) -> Bool {
        switch text[start] {
        case Byte.openBrace, Byte.openBracket, Byte.closeBracket, Byte.minus, UInt8(ascii: "0")...UInt8(ascii: "9"):
            return true
        default: break
        }
        if Quote(text, at: start) != nil { return true }
        let word = text[start...].prefix(8).prefix(while: Self.isWordByte)
        return Self.literal(word) != nil
    }

    /// Whether this byte may stand in a word that is a name.
    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...: true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"): true
        default: false
        }
    }
}
