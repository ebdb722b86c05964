/// Reads validated strings.
enum JSONString {
    /// The text between the quotes, its escapes resolved.
    static func decode(_ content: UnsafeBufferPointer<UInt8>) -> String {
        guard let base = content.baseAddress, !content.isEmpty else { return "" }
        let end = base + content.count
        guard JSONScanner.firstBackslash(base, end) < end else { return String(decoding: content, as: UTF8.self) }
        // No escape is shorter than the UTF-8 it stands for.
        return String(unsafeUninitializedCapacity: content.count) { output in
            guard let first = output.baseAddress else { return 0 }
            var target = first
            var cursor = base
            while cursor < end {
                let plainEnd = JSONScanner.firstBackslash(cursor, end)
                target.update(from: cursor, count: plainEnd - cursor)
                target += plainEnd - cursor
                cursor = plainEnd
                if cursor < end {
                    let encoded = utf8(scalar(&cursor, end))
                    withUnsafeBytes(of: encoded.bytes.littleEndian) { bytes in
                        for index in 0..<encoded.count { target[index] = bytes[index] }
                    }
                    target += encoded.count
                }
            }
            return target - first
        }
    }

    /// Whether the string from its opening quote to behind its closing one has this decoded content.
    @inline(__always)
    static func equals(_ start: Cursor, _ end: Cursor, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        let length = end - start - 2
        guard length >= key.count else { return false }
        var index = 0
        while index < key.count, start[1 + index] == key[index], start[1 + index] != Byte.backslash { index += 1 }
        if index == key.count { return length == key.count }
        // The plain part differs: equal only if an escape says the same.
        return start[1 + index] == Byte.backslash
            && equalsEscaped(start + 1 + index, end - 1, UnsafeBufferPointer(rebasing: key[index...]))
    }

    private static func equalsEscaped(_ start: Cursor, _ end: Cursor, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        var cursor = start
        var index = 0
        while cursor < end {
            guard cursor.pointee == Byte.backslash else {
                guard index < key.count, cursor.pointee == key[index] else { return false }
                cursor += 1
                index += 1
                continue
            }
            var encoded = utf8(scalar(&cursor, end))
            while encoded.count > 0 {
                guard index < key.count, UInt8(truncatingIfNeeded: encoded.bytes) == key[index] else { return false }
                encoded = (encoded.bytes >> 8, encoded.count - 1)
                index += 1
            }
        }
        return index == key.count
    }

    /// What the escape at the cursor stands for; moves behind it. Two escapes that form a surrogate pair count as one.
    private static func scalar(_ cursor: inout Cursor, _ end: Cursor) -> UInt32 {
        let kind = cursor[1]
        guard kind == 0x75 else {
            cursor += 2
            return switch kind {
            case 0x62: 0x08
            case 0x66: 0x0C
            case 0x6E: 0x0A
            case 0x72: 0x0D
            case 0x74: 0x09
            default: UInt32(kind)
            }
        }
        let unit = codeUnit(cursor)
        cursor += 6
        guard unit & 0xF800 == 0xD800 else { return unit }
        guard unit < 0xDC00, end - cursor >= 6, cursor[0] == Byte.backslash, cursor[1] == 0x75 else { return 0xFFFD }
        let low = codeUnit(cursor)
        guard low & 0xFC00 == 0xDC00 else { return 0xFFFD }
        cursor += 6
        return 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }

    private static func codeUnit(_ escape: Cursor) -> UInt32 {
        (2..<6).reduce(0) { value, index in value << 4 | (hexValue(escape[index]) ?? 0) }
    }

    /// The scalar in UTF-8, its first byte lowest.
    private static func utf8(_ scalar: UInt32) -> (bytes: UInt32, count: Int) {
        let last = 0x80 | scalar & 0x3F
        let second = 0x80 | scalar >> 6 & 0x3F
        let third = 0x80 | scalar >> 12 & 0x3F
        switch scalar {
        case 0..<0x80: return (scalar, 1)
        case 0x80..<0x800: return (0xC0 | scalar >> 6 | last << 8, 2)
        case 0x800..<0x10000: return (0xE0 | scalar >> 12 | second << 8 | last << 16, 3)
        default: return (0xF0 | scalar >> 18 | third << 8 | second << 16 | last << 24, 4)
        }
    }
}
