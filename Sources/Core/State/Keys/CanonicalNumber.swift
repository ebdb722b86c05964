/// Numbers in their canonical form: as ECMAScript writes the nearest double (RFC 8785, 3.2.2.3).
enum CanonicalNumber {
    /// No double needs more than 767 digits to be told from its neighbours, and reading millions takes long.
    private static let longest = 1100

    /// Writes a validated number; `true`, `false` and `null` as they stand.
    @inline(__always)
    static func write<Sink: ByteSink>(_ start: Cursor, _ end: Cursor, to sink: inout Sink) {
        if isCanonical(start, end) { return sink.write(start, end) }
        writeConverted(start, end, to: &sink)
    }

    /// Whole numbers of up to 15 digits are exact in a double and written without an exponent.
    @inline(__always)
    private static func isCanonical(_ start: Cursor, _ end: Cursor) -> Bool {
        guard start.pointee == Byte.minus || start.pointee &- 0x30 < 10 else { return true }
        var cursor = start
        if cursor.pointee == Byte.minus {
            cursor += 1
            // Minus zero is zero.
            if cursor < end, cursor.pointee == 0x30 { return false }
        }
        guard end - cursor <= 15 else { return false }
        while cursor < end, cursor.pointee &- 0x30 < 10 { cursor += 1 }
        return cursor == end
    }

    private static func writeConverted<Sink: ByteSink>(_ start: Cursor, _ end: Cursor, to sink: inout Sink) {
        let text = UnsafeBufferPointer(start: start, count: end - start)
        guard text.count <= longest, let double = Double(String(decoding: text, as: UTF8.self)), double.isFinite else {
            return sink.write(start, end)
        }
        Self.text(of: double).withUnsafeBytes { sink.write($0) }
    }

    /// ECMAScript's Number::toString (ECMA-262, 6.1.6.1.20).
    /// - Parameter double: finite.
    static func text(of double: Double) -> [UInt8] {
        if double == 0 { return [0x30] }
        let (digits, point) = decimal(double.magnitude)
        var text: [UInt8] = double < 0 ? [Byte.minus] : []
        switch point {
        case digits.count...21:
            text += digits
            text += repeatElement(0x30, count: point - digits.count)
        case 1...21:
            text += digits[..<point]
            text.append(0x2E)
            text += digits[point...]
        case -5...0:
            text += "0.".utf8
            text += repeatElement(0x30, count: -point)
            text += digits
        default:
            text.append(digits[0])
            if digits.count > 1 {
                text.append(0x2E)
                text += digits[1...]
            }
            text += (point > 0 ? "e+" : "e-").utf8
            text += String((point - 1).magnitude).utf8
        }
        return text
    }

    /// The shortest digits that read back as this double, the nearest to it of those, and where the point stands: the value
    /// is 0.DIGITS times ten to the power of `point`. Swift's description has the same digits in another notation.
    private static func decimal(_ double: Double) -> (digits: [UInt8], point: Int) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        let description = Array(double.description.utf8)
        for (index, byte) in description.enumerated() {
            if byte &- 0x30 < 10 {
                digits.append(byte)
            } else if byte == 0x2E {
                point = digits.count
            } else {
                exponent = Int(String(decoding: description[(index + 1)...], as: UTF8.self)) ?? 0
                break
            }
        }
        let leading = digits.prefix { $0 == 0x30 }.count
        let position = (point ?? digits.count) - leading + exponent
        digits.removeFirst(leading)
        while digits.last == 0x30 { digits.removeLast() }
        return (digits, position)
    }
}
