#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The time of sending that the bench's upstream writes into each token: `~` and nineteen digits of nanoseconds. It is part of
/// a field's text, so it survives proxies that take the JSON apart.
enum TokenStamp {
    static let mark: UInt8 = 0x7E
    static let digits = 19

    /// Overwrites nineteen bytes from `offset` on with the digits of `nanoseconds`.
    static func write(_ nanoseconds: UInt64, into bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        var rest = nanoseconds
        for index in stride(from: offset + digits - 1, through: offset, by: -1) {
            bytes[index] = UInt8(truncatingIfNeeded: rest % 10) + 0x30
            rest /= 10
        }
    }
}

/// Finds the stamps in the body of a stream, whose pieces may end anywhere.
struct TokenStampScanner {
    private var missingDigits = 0
    private var value: UInt64 = 0

    mutating func scan(_ bytes: UnsafeRawBufferPointer, found: (_ nanoseconds: UInt64) -> Void) {
        guard let base = bytes.baseAddress else { return }
        var index = 0
        while index < bytes.count {
            if missingDigits == 0 {
                guard let mark = memchr(base + index, Int32(TokenStamp.mark), bytes.count - index) else { return }
                index = base.distance(to: UnsafeRawPointer(mark)) + 1
                missingDigits = TokenStamp.digits
                value = 0
            } else {
                let digit = UInt64(bytes[index] &- 0x30)
                index += 1
                guard digit < 10 else {
                    missingDigits = 0
                    continue
                }
                value = value &* 10 &+ digit
                missingDigits -= 1
                if missingDigits == 0 { found(value) }
            }
        }
    }
}
