/// Follows the brackets and strings of a JSON text that may still be coming, byte by byte.
struct JSONBalance: Sendable {
    private(set) var isInString = false
    private var isEscaped = false
    private var closers: [UInt8] = []

    /// What would close everything that is open, from the inside out.
    var missing: [UInt8] { closers.reversed() }

    /// Takes a byte.
    /// - Returns: whether it closed the outermost bracket.
    mutating func push(_ byte: UInt8) -> Bool {
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == Byte.backslash {
                isEscaped = true
            } else if byte == Byte.quote {
                isInString = false
            }
            return false
        }
        switch byte {
        case Byte.quote: isInString = true
        case Byte.openBrace: closers.append(Byte.closeBrace)
        case Byte.openBracket: closers.append(Byte.closeBracket)
        case Byte.closeBrace, Byte.closeBracket:
            _ = closers.popLast()
            return closers.isEmpty
        default: break
        }
        return false
    }

    /// A text with the closing brackets that it lacks; nil if it lacks none, or ends within a string.
    static func closed(_ text: [UInt8]) -> [UInt8]? {
        var balance = JSONBalance()
        for byte in text { _ = balance.push(byte) }
        return balance.isInString || balance.closers.isEmpty ? nil : text + balance.missing
    }
}
