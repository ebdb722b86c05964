/// A place in a text whose memory the caller holds open.
typealias Cursor = UnsafePointer<UInt8>

/// The bytes that mean something in JSON.
enum Byte {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let comma: UInt8 = 0x2C
    static let minus: UInt8 = 0x2D
    static let colon: UInt8 = 0x3A
    static let openBracket: UInt8 = 0x5B
    static let backslash: UInt8 = 0x5C
    static let closeBracket: UInt8 = 0x5D
    static let openBrace: UInt8 = 0x7B
    static let closeBrace: UInt8 = 0x7D
}

/// Moves through text. Every function stops at `end`, so that a mistake elsewhere cannot make it read beyond; those that
/// skip expect validated text and look only for what ends the value.
enum JSONScanner {
    @inline(__always)
    static func skipWhitespace(_ cursor: inout Cursor, _ end: Cursor) {
        guard cursor < end, cursor.pointee <= Byte.space else { return }
        skipWhitespaceRun(&cursor, end)
    }

    private static func skipWhitespaceRun(_ cursor: inout Cursor, _ end: Cursor) {
        var place = cursor
        while place < end {
            switch place.pointee {
            case Byte.space:
                // Indentation comes in long runs.
                while end - place >= 8, load(UInt64.self, place) == 0x2020_2020_2020_2020 { place += 8 }
                while place < end, place.pointee == Byte.space { place += 1 }
            case Byte.lineFeed, Byte.carriageReturn, Byte.tab:
                place += 1
            default:
                cursor = place
                return
            }
        }
        cursor = place
    }

    /// The first byte at which a string stops being plain ASCII text: a quote, a backslash, a control character or a byte
    /// above 0x7F; `end` when there is none.
    @inline(__always)
    static func plainEnd(_ start: Cursor, _ end: Cursor) -> Cursor {
        var place = start
        while end - place >= 16 {
            let block = load(SIMD16<UInt8>.self, place)
            let ends = either(lanes(block, equal: Byte.quote), lanes(block, equal: Byte.backslash))
            let index = firstIndex(either(ends, lanesOutsideText(block)))
            if index < 16 { return place + index }
            place += 16
        }
        while place < end, place.pointee >= Byte.space, place.pointee < 0x80, place.pointee != Byte.quote,
            place.pointee != Byte.backslash
        {
            place += 1
        }
        return place
    }

    /// The first backslash; `end` when there is none.
    @inline(__always)
    static func firstBackslash(_ start: Cursor, _ end: Cursor) -> Cursor {
        var place = start
        while end - place >= 16 {
            let block = load(SIMD16<UInt8>.self, place)
            let index = firstIndex(lanes(block, equal: Byte.backslash))
            if index < 16 { return place + index }
            place += 16
        }
        while place < end, place.pointee != Byte.backslash { place += 1 }
        return place
    }

    /// Behind the value that begins here.
    @inline(__always)
    static func valueEnd(_ start: Cursor, _ end: Cursor) -> Cursor {
        switch start.pointee {
        case Byte.quote: stringEnd(start, end)
        case Byte.openBrace, Byte.openBracket: containerEnd(start, end)
        default: wordEnd(start, end)
        }
    }

    /// Behind the string whose opening quote is here. Only quotes are looked for: one closes the string unless an odd number
    /// of backslashes stands before it, and the backslashes before two quotes are never the same ones.
    @inline(__always)
    static func stringEnd(_ start: Cursor, _ end: Cursor) -> Cursor {
        var place = firstQuote(start + 1, end)
        while place < end, isEscaped(place) { place = firstQuote(place + 1, end) }
        return place < end ? place + 1 : end
    }

    /// Behind the array or object whose opening bracket is here. In validated text brackets match, so that counting them is
    /// enough.
    static func containerEnd(_ start: Cursor, _ end: Cursor) -> Cursor {
        var depth = 0
        var place = start
        while true {
            place = firstStructure(place, end)
            guard place < end else { return end }
            switch place.pointee {
            case Byte.quote:
                place = stringEnd(place, end)
            case Byte.openBrace, Byte.openBracket:
                depth += 1
                place += 1
            default:
                depth -= 1
                place += 1
                if depth == 0 { return place }
            }
        }
    }

    /// Behind the number, `true`, `false` or `null` that begins here.
    @inline(__always)
    static func wordEnd(_ start: Cursor, _ end: Cursor) -> Cursor {
        var place = start
        while place < end {
            switch place.pointee {
            case Byte.comma, Byte.closeBrace, Byte.closeBracket, 0...Byte.space: return place
            default: place += 1
            }
        }
        return place
    }

    @inline(__always)
    private static func isEscaped(_ quote: Cursor) -> Bool {
        // The opening quote ends the run at the latest.
        var place = quote - 1
        while place.pointee == Byte.backslash { place -= 1 }
        return (quote - place) & 1 == 0
    }

    @inline(__always)
    private static func firstQuote(_ start: Cursor, _ end: Cursor) -> Cursor {
        var place = start
        while end - place >= 16 {
            let index = firstIndex(lanes(load(SIMD16<UInt8>.self, place), equal: Byte.quote))
            if index < 16 { return place + index }
            place += 16
        }
        while place < end, place.pointee != Byte.quote { place += 1 }
        return place
    }

    @inline(__always)
    private static func firstStructure(_ start: Cursor, _ end: Cursor) -> Cursor {
        var place = start
        while end - place >= 16 {
            let block = load(SIMD16<UInt8>.self, place)
            // With this bit set, '[' is '{' and ']' is '}'.
            let folded: SIMD16<UInt8> = block | SIMD16<UInt8>(repeating: 0x20)
            let brackets = either(lanes(folded, equal: Byte.openBrace), lanes(folded, equal: Byte.closeBrace))
            let index = firstIndex(either(brackets, lanes(block, equal: Byte.quote)))
            if index < 16 { return place + index }
            place += 16
        }
        while place < end {
            switch place.pointee {
            case Byte.quote, Byte.openBrace, Byte.closeBrace, Byte.openBracket, Byte.closeBracket: return place
            default: place += 1
            }
        }
        return place
    }

    // MARK: - Sixteen bytes at a time

    // The types are spelled out everywhere below: left to infer them, the compiler takes operators that work lane by lane.

    private typealias Lanes = SIMDMask<SIMD16<Int8>>

    @inline(__always)
    private static func lanes(_ block: SIMD16<UInt8>, equal byte: UInt8) -> Lanes {
        block .== SIMD16<UInt8>(repeating: byte)
    }

    /// Control characters and bytes above 0x7F: as signed numbers, both are below the space.
    @inline(__always)
    private static func lanesOutsideText(_ block: SIMD16<UInt8>) -> Lanes {
        unsafeBitCast(block, to: SIMD16<Int8>.self) .< SIMD16<Int8>(repeating: 0x20)
    }

    @inline(__always)
    private static func either(_ one: Lanes, _ other: Lanes) -> Lanes { one .| other }

    @inline(__always)
    private static func load<Value: BitwiseCopyable>(_ type: Value.Type, _ place: Cursor) -> Value {
        UnsafeRawPointer(place).loadUnaligned(as: type)
    }

    /// The index of the first lane that is true; 16 when none is.
    @inline(__always)
    private static func firstIndex(_ mask: Lanes) -> Int {
        let words = unsafeBitCast(mask, to: SIMD2<UInt64>.self)
        if words[0] | words[1] == 0 { return 16 }
        let low = UInt64(littleEndian: words[0])
        return low != 0
            ? low.trailingZeroBitCount >> 3 : 8 + UInt64(littleEndian: words[1]).trailingZeroBitCount >> 3
    }
}
