/// Reads validated numbers.
enum JSONNumber {
    /// The exact integer a number denotes, whichever way it is written.
    static func int(_ text: ArraySlice<UInt8>) -> Int? {
        let isNegative = text.first == Byte.minus
        var magnitude: UInt64 = 0
        // The value is magnitude * 10^scale, and zeros are only multiplied in when another digit follows them.
        var zeros = 0
        var scale = 0
        var index = text.startIndex + (isNegative ? 1 : 0)
        var inFraction = false
        digits: while index < text.endIndex {
            switch text[index] {
            case 0x30:
                if magnitude != 0 { zeros += 1 }
                if inFraction { scale -= 1 }
            case let byte where byte &- 0x31 < 9:
                guard let grown = multiply(magnitude, byTenTo: zeros + 1) else { return nil }
                let (sum, overflow) = grown.addingReportingOverflow(UInt64(byte - 0x30))
                if overflow { return nil }
                magnitude = sum
                zeros = 0
                if inFraction { scale -= 1 }
            case 0x2E:
                inFraction = true
            default:
                break digits
            }
            index += 1
        }
        if magnitude == 0 { return 0 }
        if index < text.endIndex {
            guard let exponent = exponent(text[(index + 1)...]) else { return nil }
            scale += exponent
        }
        scale += zeros
        guard scale >= 0, let magnitude = multiply(magnitude, byTenTo: scale) else { return nil }
        return isNegative ? Int(exactly: -Int128(magnitude)) : Int(exactly: magnitude)
    }

    /// The nearest double, unless that is infinite.
    static func double(_ text: ArraySlice<UInt8>) -> Double? {
        Double(String(decoding: text, as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
    }

    /// Nil for an exponent that no integer survives: no text is long enough to make up for it.
    private static func exponent(_ text: ArraySlice<UInt8>) -> Int? {
        let isNegative = text.first == Byte.minus
        var value = 0
        for byte in text where byte &- 0x30 < 10 {
            value = value * 10 + Int(byte - 0x30)
            if value > 1 << 40 { return nil }
        }
        return isNegative ? -value : value
    }

    private static func multiply(_ value: UInt64, byTenTo exponent: Int) -> UInt64? {
        if value == 0 { return 0 }
        guard exponent < 20 else { return nil }
        var result = value
        for _ in 0..<exponent {
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            result = product
        }
        return result
    }
}
