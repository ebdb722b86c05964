/// Base64 with the alphabet of RFC 4648, section 4.
public enum Base64 {
    /// What a look at a text found.
    enum Check: Equatable {
        /// Base64, of so many bytes.
        case good(decodedCount: Int)
        /// Base64 with spaces or line breaks in between.
        case spaced
        /// The first character that does not belong there, counted from 0.
        case bad(at: Int)
        /// The last group is not complete.
        case cutOff
    }

    /// Looks at a text without decoding it. Padding may be missing.
    static func check(_ text: ArraySlice<UInt8>) -> Check {
        var end = text.endIndex
        while end > text.startIndex, text.endIndex - end < 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        let padding = text.endIndex - end
        let isPlain = text[..<end].withUnsafeBufferPointer { buffer in
            values.withUnsafeBufferPointer { values in
                // One pass without branches: a bad character sets the top bit.
                var seen: UInt8 = 0
                for byte in buffer { seen |= values[Int(byte)] }
                return seen & 0x80 == 0
            }
        }
        guard isPlain else {
            if text.contains(where: isSpace) { return .spaced }
            return .bad(at: (text[..<end].firstIndex { values[Int($0)] & 0x80 != 0 } ?? end) - text.startIndex)
        }
        let count = end - text.startIndex
        guard count % 4 != 1, padding == 0 || (count + padding) % 4 == 0 else { return .cutOff }
        return .good(decodedCount: count / 4 * 3 + max(0, count % 4 - 1))
    }

    /// The bytes that the beginning of a text stands for, up to where it is no base64.
    static func decode(_ text: some Sequence<UInt8>, limit: Int = .max) -> [UInt8] {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for character in text {
            let value = values[Int(character)]
            guard value & 0x80 == 0, bytes.count < limit else { break }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }

    /// The text for these bytes, padded.
    public static func encode(_ bytes: [UInt8]) -> [UInt8] {
        let length = (bytes.count + 2) / 3 * 4
        return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            var target = 0
            var index = 0
            func put(_ value: UInt32) {
                buffer[target] = alphabet[Int(value & 0x3F)]
                target += 1
            }
            while index + 3 <= bytes.count {
                let group = UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
                for shift: UInt32 in [18, 12, 6, 0] { put(group >> shift) }
                index += 3
            }
            switch bytes.count - index {
            case 1:
                let group = UInt32(bytes[index]) << 16
                put(group >> 18)
                put(group >> 12)
            case 2:
                let group = UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8
                for shift: UInt32 in [18, 12, 6] { put(group >> shift) }
            default: break
            }
            while target < length {
                buffer[target] = UInt8(ascii: "=")
                target += 1
            }
            count = length
        }
    }

    static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The value of each character; 0x80 for one that has none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0x80, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
}
