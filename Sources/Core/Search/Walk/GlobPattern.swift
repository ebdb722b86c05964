/// A pattern for one name in a path, as in gitignore(5): `*`, `?`, `[a-z]`, and `\` before a character that means itself.
struct GlobPattern: Sendable, Equatable {
    private enum Part: Sendable, Equatable {
        case byte(UInt8)
        case anyByte
        case anyBytes
        case set(ByteSet)
    }

    private let parts: [Part]
    /// The name itself, where there is nothing but bytes in the pattern.
    private let literal: [UInt8]?

    /// - Returns: nil for a pattern that matches nothing: a class that is not closed, or a backslash at the end.
    init?(_ text: ArraySlice<UInt8>) {
        var parts: [Part] = []
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "*"):
                if parts.last != .anyBytes { parts.append(.anyBytes) }
            case UInt8(ascii: "?"): parts.append(.anyByte)
            case UInt8(ascii: "["):
                guard let set = ByteSet(reading: &rest) else { return nil }
                parts.append(.set(set))
            case UInt8(ascii: "\\"):
                guard let next = rest.popFirst() else { return nil }
                parts.append(.byte(next))
            default: parts.append(.byte(byte))
            }
        }
        self.parts = parts
        let bytes = parts.compactMap { if case .byte(let byte) = $0 { byte } else { nil } }
        literal = bytes.count == parts.count ? bytes : nil
    }

    /// Whether the whole name fits. Takes at most the product of the two lengths.
    func matches(_ name: [UInt8]) -> Bool {
        if let literal { return literal == name }
        var (part, byte) = (0, 0)
        // Where to go on when the last star has to take one byte more. An earlier star never needs more than it took.
        var star: (part: Int, byte: Int)?
        while byte < name.count {
            if part < parts.count, parts[part] == .anyBytes {
                star = (part + 1, byte)
                part += 1
            } else if part < parts.count, fits(parts[part], name[byte]) {
                part += 1
                byte += 1
            } else if let last = star {
                star = (last.part, last.byte + 1)
                (part, byte) = (last.part, last.byte + 1)
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { $0 == .anyBytes }
    }

    private func fits(_ part: Part, _ byte: UInt8) -> Bool {
        switch part {
        case .byte(let wanted): wanted == byte
        case .anyByte: true
        case .anyBytes: false
        case .set(let set): set.contains(byte)
        }
    }
}

/// A class of bytes in brackets.
private struct ByteSet: Sendable, Equatable {
    private var members = [Bool](repeating: false, count: 256)

    /// - Parameter text: what follows the opening bracket; what follows the class is left.
    /// - Returns: nil where the class is not closed or names one that there is not.
    init?(reading text: inout ArraySlice<UInt8>) {
        let isNegated = text.first == UInt8(ascii: "!") || text.first == UInt8(ascii: "^")
        if isNegated { text.removeFirst() }
        var isFirst = true
        while let byte = text.popFirst() {
            if byte == UInt8(ascii: "]"), !isFirst {
                if isNegated { for index in members.indices { members[index].toggle() } }
                return
            }
            isFirst = false
            if byte == UInt8(ascii: "["), text.first == UInt8(ascii: ":") {
                guard let end = text.firstIndex(of: UInt8(ascii: "]")), text[end - 1] == UInt8(ascii: ":"),
                    end - 1 > text.startIndex, addClass(text[(text.startIndex + 1)..<(end - 1)])
                else { return nil }
                text = text[(end + 1)...]
                continue
            }
            guard let low = byte == UInt8(ascii: "\\") ? text.popFirst() : byte else { return nil }
            var high = low
            if text.first == UInt8(ascii: "-"), let next = text.dropFirst().first, next != UInt8(ascii: "]") {
                text = text.dropFirst(2)
                guard let end = next == UInt8(ascii: "\\") ? text.popFirst() : next else { return nil }
                high = end
            }
            if low <= high { for member in low...high { members[Int(member)] = true } }
        }
        return nil
    }

    func contains(_ byte: UInt8) -> Bool { members[Int(byte)] }

    private mutating func addClass(_ name: ArraySlice<UInt8>) -> Bool {
        let isMember: (Character) -> Bool
        switch String(decoding: name, as: UTF8.self) {
        case "alpha": isMember = \.isLetter
        case "digit": isMember = \.isNumber
        case "alnum": isMember = { $0.isLetter || $0.isNumber }
        case "upper": isMember = \.isUppercase
        case "lower": isMember = \.isLowercase
        case "space": isMember = \.isWhitespace
        case "blank": isMember = { $0 == " " || $0 == "\t" }
        case "punct": isMember = { !$0.isLetter && !$0.isNumber && $0 > " " && $0 < "\u{7F}" }
        case "xdigit": isMember = \.isHexDigit
        case "print": isMember = { $0 >= " " && $0 < "\u{7F}" }
        case "graph": isMember = { $0 > " " && $0 < "\u{7F}" }
        case "cntrl": isMember = { $0 < " " || $0 == "\u{7F}" }
        default: return false
        }
        for byte in UInt8(0)..<128 where isMember(Character(Unicode.Scalar(byte))) { members[Int(byte)] = true }
        return true
    }
}
