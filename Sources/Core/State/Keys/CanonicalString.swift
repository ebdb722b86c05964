/// Strings in their canonical form: escaped is only what must be, in the shortest way (RFC 8785, 3.2.2.2).
enum CanonicalString {
    /// Writes a validated string, or whole characters of one.
    /// - Parameters:
    ///   - start: its opening quote, or the first of the characters.
    ///   - end: behind its closing quote, or behind the characters.
    @inline(__always)
    static func write<Sink: ByteSink>(_ start: Cursor, _ end: Cursor, to sink: inout Sink) {
        let plainEnd = JSONScanner.firstBackslash(start, end)
        if plainEnd == end { return sink.write(start, end) }
        writeEscaped(start, plainEnd, end, to: &sink)
    }

    /// Leaves out white space at both ends: spaces, tabs and line breaks, as long as they are not written as `\\u` escapes.
    static func trim(_ start: inout Cursor, _ end: inout Cursor) {
        while start < end {
            if start.pointee == Byte.space {
                start += 1
            } else if end - start >= 2, start.pointee == Byte.backslash, isSpace(start[1]) {
                start += 2
            } else {
                break
            }
        }
        while start < end {
            if end[-1] == Byte.space {
                end -= 1
            } else if end - start >= 2, isSpace(end[-1]), backslashes(before: end - 1, start) & 1 == 1 {
                end -= 2
            } else {
                break
            }
        }
    }

    /// Whether this letter behind a backslash makes white space.
    private static func isSpace(_ letter: UInt8) -> Bool { letter == 0x6E || letter == 0x72 || letter == 0x74 }

    private static func backslashes(before place: Cursor, _ start: Cursor) -> Int {
        var first = place
        while first > start, first[-1] == Byte.backslash { first -= 1 }
        return place - first
    }

    /// Writes in runs: the short escapes are canonical as they stand.
    private static func writeEscaped<Sink: ByteSink>(
        _ start: Cursor, _ firstEscape: Cursor, _ end: Cursor, to sink: inout Sink
    ) {
        var written = start
        var cursor = firstEscape
        while end - cursor > 1 {
            switch cursor[1] {
            case 0x2F:
                sink.write(written, cursor)
                // Without its backslash.
                written = cursor + 1
                cursor += 2
            case 0x75:
                sink.write(written, cursor)
                writeUnicodeEscape(&cursor, end, to: &sink)
                written = cursor
            default:
                cursor += 2
            }
            cursor = JSONScanner.firstBackslash(cursor, end)
        }
        sink.write(written, end)
    }

    private static func writeUnicodeEscape<Sink: ByteSink>(_ cursor: inout Cursor, _ end: Cursor, to sink: inout Sink) {
        let unit = escapedUnit(&cursor)
        if unit & 0xFC00 == 0xD800, end - cursor >= 6, cursor[0] == Byte.backslash, cursor[1] == 0x75 {
            var next = cursor
            let low = escapedUnit(&next)
            if low & 0xFC00 == 0xDC00 {
                cursor = next
                return write(scalar: 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00), to: &sink)
            }
        }
        write(scalar: unit, to: &sink)
    }

    /// The code unit that the escape at the cursor stands for; moves behind it.
    static func escapedUnit(_ cursor: inout Cursor) -> UInt32 {
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
        let unit = (2..<6).reduce(UInt32(0)) { unit, index in unit << 4 | (hexValue(cursor[index]) ?? 0) }
        cursor += 6
        return unit
    }

    private static func write<Sink: ByteSink>(scalar: UInt32, to sink: inout Sink) {
        var bytes: [UInt8] = []
        if let scalar = Unicode.Scalar(scalar) {
            // The quotes around it do not belong to it.
            bytes = JSONText.quoted(String(Character(scalar)))
            bytes.removeFirst()
            bytes.removeLast()
        } else {
            bytes = Array("\\u".utf8) + String(scalar, radix: 16).utf8
        }
        bytes.withUnsafeBytes { sink.write($0) }
    }
}
