/// The grammar of RFC 8259 in one pass, without recursion and without a copy.
struct JSONValidator {
    private let base: Cursor
    private let end: Cursor
    private let depthLimit: Int

    /// A text that is valid: where the outermost value stands, and where long ones end.
    struct Valid {
        let range: Range<Int>
        let marks: JSONMarks?
    }

    /// What there is to know of the text, or what is wrong with it.
    static func validate(_ bytes: [UInt8], limits: JSONLimits) -> Result<Valid, JSONFault> {
        guard bytes.count <= limits.bytes else {
            return .failure(JSONFault(kind: .tooLong(limit: limits.bytes), offset: max(0, limits.bytes)))
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            return .failure(JSONFault(kind: .byteOrderMark, offset: 0))
        }
        return bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return .failure(JSONFault(kind: .empty, offset: 0)) }
            let validator = JSONValidator(base: base, end: base + buffer.count, depthLimit: max(0, limits.depth))
            // One bit for each open container: set for an object. No text opens more than it has bytes.
            let words = min(validator.depthLimit, buffer.count) / 64 + 1
            return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: words) { stack in
                stack.initialize(repeating: 0)
                var cursor = base
                JSONScanner.skipWhitespace(&cursor, validator.end)
                let start = cursor
                var marks = JSONMarks.Builder(length: buffer.count)
                if let fault = validator.document(&cursor, stack, &marks) { return .failure(fault) }
                return .success(Valid(range: start - base..<cursor - base, marks: marks.finish()))
            }
        }
    }

    /// Reads the outermost value and leaves the cursor behind it.
    private func document(
        _ result: inout Cursor, _ stack: UnsafeMutableBufferPointer<UInt64>, _ marks: inout JSONMarks.Builder
    ) -> JSONFault? {
        var cursor = result
        var depth = 0
        var inObject = false
        guard cursor < end else { return fault(.empty, cursor) }

        value: while true {
            guard cursor < end else { return fault(.expected(.value), cursor) }
            switch cursor.pointee {
            case Byte.quote:
                let start = cursor - base
                if let fault = string(&cursor) { return fault }
                marks.string(from: start, to: cursor - base)
            case Byte.openBrace, Byte.openBracket:
                guard depth < depthLimit else { return fault(.tooDeep(limit: depthLimit), cursor) }
                push(inObject, stack, &depth)
                marks.openContainer(at: cursor - base)
                inObject = cursor.pointee == Byte.openBrace
                cursor += 1
                JSONScanner.skipWhitespace(&cursor, end)
                guard cursor < end else {
                    return fault(.expected(inObject ? .keyOrEnd : .valueOrEnd), cursor)
                }
                if inObject {
                    if cursor.pointee != Byte.closeBrace {
                        if let fault = key(&cursor, orEnd: true) { return fault }
                        continue value
                    }
                } else if cursor.pointee != Byte.closeBracket {
                    if cursor.pointee == Byte.comma { return fault(.expected(.valueOrEnd), cursor) }
                    continue value
                }
                cursor += 1
                inObject = pop(stack, &depth)
                marks.closeContainer(at: cursor - base)
            case Byte.minus, 0x30...0x39:
                if let fault = number(&cursor) { return fault }
            case 0x74:
                if let fault = word("true", &cursor) { return fault }
            case 0x66:
                if let fault = word("false", &cursor) { return fault }
            case 0x6E:
                if let fault = word("null", &cursor) { return fault }
            default:
                return fault(.expected(.value), cursor)
            }

            // Behind a value: the next one, or the end of as many containers as close here.
            while depth > 0 {
                JSONScanner.skipWhitespace(&cursor, end)
                let byte = cursor < end ? cursor.pointee : 0
                if byte == Byte.comma {
                    cursor += 1
                    JSONScanner.skipWhitespace(&cursor, end)
                    if inObject, let fault = key(&cursor, orEnd: false) { return fault }
                    continue value
                }
                guard byte == (inObject ? Byte.closeBrace : Byte.closeBracket) else {
                    return fault(.expected(inObject ? .commaOrBrace : .commaOrBracket), cursor)
                }
                cursor += 1
                inObject = pop(stack, &depth)
                marks.closeContainer(at: cursor - base)
            }
            result = cursor
            JSONScanner.skipWhitespace(&cursor, end)
            return cursor == end ? nil : fault(.trailing, cursor)
        }
    }

    @inline(__always)
    private func push(_ isObject: Bool, _ stack: UnsafeMutableBufferPointer<UInt64>, _ depth: inout Int) {
        let bit = UInt64(1) << UInt64(depth & 63)
        if isObject { stack[depth >> 6] |= bit } else { stack[depth >> 6] &= ~bit }
        depth += 1
    }

    @inline(__always)
    private func pop(_ stack: UnsafeMutableBufferPointer<UInt64>, _ depth: inout Int) -> Bool {
        depth -= 1
        return stack[depth >> 6] >> UInt64(depth & 63) & 1 == 1
    }

    /// A key, its colon and the whitespace around that.
    @inline(__always)
    private func key(_ cursor: inout Cursor, orEnd: Bool) -> JSONFault? {
        guard cursor < end, cursor.pointee == Byte.quote else {
            return fault(.expected(orEnd ? .keyOrEnd : .key), cursor)
        }
        if let fault = string(&cursor) { return fault }
        JSONScanner.skipWhitespace(&cursor, end)
        guard cursor < end, cursor.pointee == Byte.colon else { return fault(.expected(.colon), cursor) }
        cursor += 1
        JSONScanner.skipWhitespace(&cursor, end)
        return nil
    }

    @inline(__always)
    private func word(_ word: StaticString, _ cursor: inout Cursor) -> JSONFault? {
        for index in 0..<word.utf8CodeUnitCount {
            guard end - cursor > index, cursor[index] == word.utf8Start[index] else {
                return fault(.expected(.value), cursor)
            }
        }
        cursor += word.utf8CodeUnitCount
        return nil
    }

    private func number(_ cursor: inout Cursor) -> JSONFault? {
        var place = cursor
        if place.pointee == Byte.minus { place += 1 }
        if place < end, place.pointee == 0x30 {
            place += 1
            if place < end, isDigit(place.pointee) { return fault(.leadingZero, place - 1) }
        } else if let fault = digits(&place) {
            return fault
        }
        if place < end, place.pointee == 0x2E {
            place += 1
            if let fault = digits(&place) { return fault }
        }
        if place < end, place.pointee | 0x20 == 0x65 {
            place += 1
            if place < end, place.pointee == 0x2B || place.pointee == Byte.minus { place += 1 }
            if let fault = digits(&place) { return fault }
        }
        cursor = place
        return nil
    }

    @inline(__always)
    private func digits(_ cursor: inout Cursor) -> JSONFault? {
        guard cursor < end, isDigit(cursor.pointee) else { return fault(.digits, cursor) }
        repeat { cursor += 1 } while cursor < end && isDigit(cursor.pointee)
        return nil
    }

    @inline(__always)
    private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always)
    private func fault(_ kind: JSONFault.Kind, _ cursor: Cursor) -> JSONFault {
        JSONFault(kind: kind, offset: cursor - base)
    }
}

// MARK: - Strings

extension JSONValidator {
    private func string(_ cursor: inout Cursor) -> JSONFault? {
        var place = cursor + 1
        while true {
            place = JSONScanner.plainEnd(place, end)
            guard place < end else { return fault(.unterminatedString, end) }
            switch place.pointee {
            case Byte.quote:
                cursor = place + 1
                return nil
            case Byte.backslash:
                if let fault = escape(&place) { return fault }
            case 0x80...0xFF:
                repeat {
                    guard character(&place) else { return fault(.encoding, place) }
                } while place < end && place.pointee >= 0x80
            default:
                return fault(.controlCharacter, place)
            }
        }
    }

    /// An escape. Halves of surrogate pairs may stand alone: they are kept as they are written.
    @inline(__always)
    private func escape(_ cursor: inout Cursor) -> JSONFault? {
        guard end - cursor >= 2 else { return fault(.unterminatedString, end) }
        switch cursor[1] {
        case 0x6E, Byte.quote, Byte.backslash, 0x74, 0x72, 0x2F, 0x62, 0x66:
            cursor += 2
            return nil
        case 0x75:
            for index in 2..<6 {
                guard end - cursor > index else { return fault(.unterminatedString, end) }
                guard hexValue(cursor[index]) != nil else { return fault(.hexDigits, cursor + index) }
            }
            cursor += 6
            return nil
        default:
            return fault(.escape, cursor + 1)
        }
    }

    /// A character beyond ASCII, by table 3-7 of the Unicode standard: no overlong form, no surrogate, none above U+10FFFF.
    @inline(__always)
    private func character(_ cursor: inout Cursor) -> Bool {
        let first = cursor[0]
        let left = end - cursor
        switch first {
        case 0xC2...0xDF:
            guard left >= 2, isContinuation(cursor[1]) else { return false }
            cursor += 2
        case 0xE0...0xEF:
            guard left >= 3, isContinuation(cursor[1]), isContinuation(cursor[2]) else { return false }
            if first == 0xE0 && cursor[1] < 0xA0 || first == 0xED && cursor[1] >= 0xA0 { return false }
            cursor += 3
        case 0xF0...0xF4:
            guard left >= 4, isContinuation(cursor[1]), isContinuation(cursor[2]), isContinuation(cursor[3]) else {
                return false
            }
            if first == 0xF0 && cursor[1] < 0x90 || first == 0xF4 && cursor[1] >= 0x90 { return false }
            cursor += 4
        default:
            return false
        }
        return true
    }

    @inline(__always)
    private func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}

/// The value of a hexadecimal digit.
@inline(__always)
func hexValue(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte - 0x30)
    case 0x41...0x46: UInt32(byte - 0x37)
    case 0x61...0x66: UInt32(byte - 0x57)
    default: nil
    }
}
