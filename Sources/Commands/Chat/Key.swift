/// What a key press means to the line editor.
enum Key: Sendable, Equatable {
    case character(Character)
    case paste(String)
    case enter, newline
    case backspace, delete, deleteWordBack, deleteWordForward, killToStart, killToEnd, yank, transpose
    case left, right, wordLeft, wordRight, home, end, up, down
    case clearScreen, interrupt, endOfInput, suspend
    /// A key that means nothing here.
    case other
}

/// Turns the bytes a terminal sends into keys, wherever a read cut them: UTF-8, control characters, the escape sequences of
/// xterm, rxvt and the Linux console, and bracketed paste
/// (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html).
struct KeyDecoder: Sendable {
    /// The longest paste that is taken, in bytes; what goes beyond is dropped.
    static let pasteLimit = 8 << 20

    private enum State: Sendable, Equatable {
        case ground
        case utf8([UInt8], missing: Int)
        case escape
        case singleShift
        case control([UInt8])
        case paste([UInt8])
    }

    private var state = State.ground

    /// The key that this byte completes; nil in the middle of one.
    mutating func feed(_ byte: UInt8) -> Key? {
        switch state {
        case .ground: return ground(byte)
        case .utf8(let bytes, let missing): return continuation(bytes, missing, byte)
        case .escape: return escape(byte)
        case .singleShift:
            state = .ground
            return Self.arrow(byte, modified: false)
        case .control(let bytes): return control(bytes, byte)
        case .paste: return paste(byte)
        }
    }

    private mutating func ground(_ byte: UInt8) -> Key? {
        switch byte {
        case 0x1B:
            state = .escape
            return nil
        case 0x00...0x1F, 0x7F: return Self.control(byte)
        case 0x20...0x7E: return .character(Character(Unicode.Scalar(byte)))
        case 0xC2...0xDF: state = .utf8([byte], missing: 1)
        case 0xE0...0xEF: state = .utf8([byte], missing: 2)
        case 0xF0...0xF4: state = .utf8([byte], missing: 3)
        default: return .other
        }
        return nil
    }

    private mutating func continuation(_ bytes: [UInt8], _ missing: Int, _ byte: UInt8) -> Key? {
        guard byte & 0xC0 == 0x80 else {
            state = .ground
            return ground(byte)
        }
        guard missing == 1 else {
            state = .utf8(bytes + [byte], missing: missing - 1)
            return nil
        }
        state = .ground
        guard let text = String(validating: bytes + [byte], as: UTF8.self), let character = text.first else {
            return .other
        }
        return TerminalText.isControl(character) ? .other : .character(character)
    }

    private mutating func escape(_ byte: UInt8) -> Key? {
        state = .ground
        switch byte {
        case UInt8(ascii: "["):
            state = .control([])
            return nil
        case UInt8(ascii: "O"):
            state = .singleShift
            return nil
        case 0x1B:
            state = .escape
            return nil
        case UInt8(ascii: "b"), UInt8(ascii: "B"): return .wordLeft
        case UInt8(ascii: "f"), UInt8(ascii: "F"): return .wordRight
        case UInt8(ascii: "d"), UInt8(ascii: "D"): return .deleteWordForward
        case 0x7F, 0x08: return .deleteWordBack
        case 0x0D, 0x0A: return .newline
        default: return .other
        }
    }

    private mutating func control(_ bytes: [UInt8], _ byte: UInt8) -> Key? {
        // A sequence that never ends is garbage; give up on it.
        guard (0x40...0x7E).contains(byte), !(byte == UInt8(ascii: "[") && bytes.isEmpty) else {
            state = byte >= 0x20 && bytes.count < 32 ? .control(bytes + [byte]) : .ground
            return nil
        }
        state = .ground
        let parameters = String(decoding: bytes, as: UTF8.self).split(separator: ";", omittingEmptySubsequences: false)
        let first = parameters.first.map(String.init) ?? ""
        guard byte == UInt8(ascii: "~") else { return Self.arrow(byte, modified: parameters.count > 1) }
        switch first {
        case "1", "7": return .home
        case "4", "8": return .end
        case "3": return parameters.count > 1 ? .deleteWordForward : .delete
        case "200":
            state = .paste([])
            return nil
        default: return .other
        }
    }

    private static let pasteEnd = Array("\u{1B}[201~".utf8)

    private mutating func paste(_ byte: UInt8) -> Key? {
        guard case .paste(var bytes) = state else { return nil }
        // Without a second owner the append below does not copy what was pasted so far.
        state = .ground
        bytes.append(byte)
        if byte == Self.pasteEnd.last, bytes.suffix(Self.pasteEnd.count).elementsEqual(Self.pasteEnd) {
            bytes.removeLast(max(Self.pasteEnd.count, bytes.count - Self.pasteLimit))
            return .paste(Self.cleaned(bytes))
        }
        if bytes.count > Self.pasteLimit + Self.pasteEnd.count {
            bytes.removeSubrange(Self.pasteLimit..<(bytes.count - Self.pasteEnd.count))
        }
        state = .paste(bytes)
        return nil
    }

    /// Pasted text with its line ends as line feeds and without other control characters than tabs.
    private static func cleaned(_ bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        var afterReturn = false
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if scalar == "\r" || (scalar == "\n" && !afterReturn) {
                text.append("\n")
            } else if scalar == "\t" || !TerminalText.isControl(scalar) {
                text.append(scalar)
            }
            afterReturn = scalar == "\r"
        }
        return String(text)
    }

    private static func arrow(_ byte: UInt8, modified: Bool) -> Key {
        switch byte {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): modified ? .wordRight : .right
        case UInt8(ascii: "D"): modified ? .wordLeft : .left
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "F"): .end
        default: .other
        }
    }

    /// The control characters, as readline binds them.
    private static func control(_ byte: UInt8) -> Key {
        switch byte {
        case 0x01: .home
        case 0x02: .left
        case 0x03: .interrupt
        case 0x04: .endOfInput
        case 0x05: .end
        case 0x06: .right
        case 0x08, 0x7F: .backspace
        case 0x0A, 0x0D: .enter
        case 0x0B: .killToEnd
        case 0x0C: .clearScreen
        case 0x0E: .down
        case 0x10: .up
        case 0x14: .transpose
        case 0x15: .killToStart
        case 0x17: .deleteWordBack
        case 0x19: .yank
        case 0x1A: .suspend
        default: .other
        }
    }
}
