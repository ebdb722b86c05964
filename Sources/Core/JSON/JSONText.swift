/// Writes JSON text.
public enum JSONText {
    /// A JSON string literal. Only what must be escaped is: quotes, backslashes and control characters.
    public static func quoted(_ string: String) -> [UInt8] {
        var bytes: [UInt8] = []
        append(string, to: &bytes)
        return bytes
    }

    static func append(_ string: String, to bytes: inout [UInt8]) {
        var string = string
        string.withUTF8 { content in
            bytes.reserveCapacity(bytes.count + content.count + 2)
            bytes.append(Byte.quote)
            if let base = content.baseAddress { appendContent(base, base + content.count, to: &bytes) }
            bytes.append(Byte.quote)
        }
    }

    private static func appendContent(_ start: Cursor, _ end: Cursor, to bytes: inout [UInt8]) {
        var copied = start
        var cursor = start
        while cursor < end {
            cursor = JSONScanner.plainEnd(cursor, end)
            if cursor < end, cursor.pointee >= 0x80 {
                repeat { cursor += 1 } while cursor < end && cursor.pointee >= 0x80
                continue
            }
            bytes.append(contentsOf: UnsafeBufferPointer(start: copied, count: cursor - copied))
            guard cursor < end else { return }
            appendEscape(cursor.pointee, to: &bytes)
            cursor += 1
            copied = cursor
        }
        bytes.append(contentsOf: UnsafeBufferPointer(start: copied, count: end - copied))
    }

    private static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(Byte.backslash)
        switch byte {
        case Byte.quote, Byte.backslash: bytes.append(byte)
        case 0x08: bytes.append(0x62)
        case 0x09: bytes.append(0x74)
        case 0x0A: bytes.append(0x6E)
        case 0x0C: bytes.append(0x66)
        case 0x0D: bytes.append(0x72)
        default:
            bytes.append(contentsOf: "u00".utf8)
            for digit in [byte >> 4, byte & 0x0F] { bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
        }
    }
}
