/// Reads the characters of literals and classes.
enum GrammarCharacters {
    /// A character in a literal or class, an escape or the thing itself.
    /// - Parameter text: with a zero behind the end.
    /// - Returns: its code point and the place behind it.
    static func read(_ text: [UInt8], at place: Int) throws(GrammarFinding) -> (value: UInt32, next: Int) {
        let byte = text[place]
        if byte == Byte.backslash { return try readEscape(text, at: place) }
        if byte < 0x80 { return (UInt32(byte), place + 1) }
        let count = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
        var value = UInt32(byte) & (0xFF >> UInt32(count + 1))
        var next = place + 1
        while next < place + count, next < text.count, text[next] & 0xC0 == 0x80 {
            value = value << 6 | UInt32(text[next] & 0x3F)
            next += 1
        }
        return (value, next)
    }

    private static func readEscape(_ text: [UInt8], at place: Int) throws(GrammarFinding) -> (value: UInt32, next: Int)
    {
        let byte = place + 1 < text.count ? text[place + 1] : 0
        switch byte {
        case UInt8(ascii: "n"): return (0x0A, place + 2)
        case UInt8(ascii: "r"): return (0x0D, place + 2)
        case UInt8(ascii: "t"): return (0x09, place + 2)
        case Byte.backslash, Byte.quote, Byte.openBracket, Byte.closeBracket, Byte.minus:
            return (UInt32(byte), place + 2)
        case UInt8(ascii: "x"): return try readHex(text, at: place, digits: 2)
        case UInt8(ascii: "u"): return try readHex(text, at: place, digits: 4)
        case UInt8(ascii: "U"): return try readHex(text, at: place, digits: 8)
        default: throw unknownEscape(text, at: place)
        }
    }

    private static func readHex(
        _ text: [UInt8], at place: Int, digits: Int
    ) throws(GrammarFinding) -> (value: UInt32, next: Int) {
        var value: UInt32 = 0
        for index in place + 2..<place + 2 + digits {
            guard index < text.count, let digit = Character(Unicode.Scalar(text[index])).hexDigitValue else {
                let letter = Character(Unicode.Scalar(text[place + 1]))
                throw GrammarFinding("expected \(digits) hexadecimal digits behind '\\\(letter)'", at: place)
            }
            value = value << 4 | UInt32(digit)
        }
        return (value, place + 2 + digits)
    }

    private static func unknownEscape(_ text: [UInt8], at place: Int) -> GrammarFinding {
        guard place + 1 < text.count - 1, text[place + 1] > Byte.space else {
            return GrammarFinding("a '\\' at the end of a line is no escape", at: place, hint: #"write "\\" for one"#)
        }
        let rest = String(decoding: text[(place + 1)..<min(place + 5, text.count - 1)], as: UTF8.self)
        let letter = rest.unicodeScalars.first.map(String.init) ?? ""
        let hint =
            switch letter {
            case "d": "write [0-9]"
            case "w": "write [A-Za-z0-9] with what else belongs to it"
            case "s": #"write [ \t\n]"#
            default:
                #"there are \n \r \t \\ \" \[ \] \- \xHH \uHHHH and \UHHHHHHHH; other characters stand for themselves"#
            }
        return GrammarFinding("unknown escape '\\\(letter)'", at: place, hint: hint)
    }

    /// The code points of a literal that was parsed.
    static func literal(_ text: [UInt8], _ range: Range<Int>) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(range.count)
        var place = range.lowerBound
        while place < range.upperBound, let (value, next) = try? read(text, at: place) {
            result.append(value)
            place = next
        }
        return result
    }

    /// The ranges of a class as they were written, the ends of a range that runs backwards as well.
    static func ranges(_ text: [UInt8], _ range: Range<Int>) -> [(low: UInt32, high: UInt32)] {
        var result: [(low: UInt32, high: UInt32)] = []
        var place = range.lowerBound
        while place < range.upperBound, let (low, next) = try? read(text, at: place) {
            place = next
            var high = low
            if place + 1 < range.upperBound, text[place] == Byte.minus,
                let (end, behind) = try? read(text, at: place + 1)
            {
                high = end
                place = behind
            }
            result.append((low, high))
        }
        return result
    }

    /// Where bytes are no UTF-8.
    static func firstInvalid(_ text: [UInt8], end: Int) -> Int? {
        text.withUnsafeBufferPointer { text in
            var place = 0
            while place < end {
                let count = length(text, place, end)
                guard count > 0 else { return place }
                place += count
            }
            return nil
        }
    }

    /// The number of bytes of the character that begins here; 0: there is none (Unicode 16, table 3-7).
    static func length(_ text: UnsafeBufferPointer<UInt8>, _ place: Int, _ end: Int) -> Int {
        let first = text[place]
        if first < 0x80 { return 1 }
        let count =
            switch first {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 0
            }
        guard count > 0, place + count <= end else { return 0 }
        let second: ClosedRange<UInt8> =
            switch first {
            case 0xE0: 0xA0...0xBF
            case 0xED: 0x80...0x9F
            case 0xF0: 0x90...0xBF
            case 0xF4: 0x80...0x8F
            default: 0x80...0xBF
            }
        guard second ~= text[place + 1] else { return 0 }
        for index in 2..<max(2, count) where text[place + index] & 0xC0 != 0x80 { return 0 }
        return count
    }
}
