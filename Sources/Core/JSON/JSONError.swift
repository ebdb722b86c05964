/// Why a text is not a JSON document, in words for the person who wrote it.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, without the place.
    public let reason: String
    /// Where it is wrong: the number of bytes before the offending one.
    public let offset: Int
    /// The line of `offset`, counted from 1.
    public let line: Int
    /// The column of `offset` in characters (Unicode scalars), counted from 1.
    public let column: Int

    /// The reason and the place, such as `expected ':' after a key, found '}' at line 3, column 7 (byte 41)`.
    public var description: String { "\(reason) at line \(line), column \(column) (byte \(offset))" }

    init(reason: String, offset: Int, in bytes: [UInt8]) {
        self.reason = reason
        self.offset = offset
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.line = line
        self.column = column
    }
}

/// What a text may cost before it is refused.
public struct JSONLimits: Sendable {
    /// How many arrays and objects may stand inside each other. `JSONValue` frees what it holds level by level on the
    /// call stack, so thousands are too many for a small thread.
    public var depth: Int
    /// How long the text may be.
    public var bytes: Int

    /// The limits of a request body: deeper than any schema in use, and room for a few images in base64.
    public init(depth: Int = 512, bytes: Int = 64 << 20) {
        self.depth = depth
        self.bytes = bytes
    }
}

/// What the validator found, before it is put into words.
struct JSONFault: Error {
    enum Kind {
        case empty
        case byteOrderMark
        case tooLong(limit: Int)
        case tooDeep(limit: Int)
        case expected(Expectation)
        case trailing
        case unterminatedString
        case controlCharacter
        case escape
        case hexDigits
        case encoding
        case leadingZero
        case digits
    }

    enum Expectation: String {
        case value = "a value"
        case valueOrEnd = "a value or ']'"
        case key = "a key in quotes"
        case keyOrEnd = "a key in quotes or '}'"
        case colon = "':' after a key"
        case commaOrBrace = "',' or '}' in an object"
        case commaOrBracket = "',' or ']' in an array"
    }

    var kind: Kind
    var offset: Int
}

extension JSONError {
    init(_ fault: JSONFault, in bytes: [UInt8]) {
        self.init(reason: fault.reason(in: bytes), offset: fault.offset, in: bytes)
    }
}

extension JSONFault {
    fileprivate func reason(in bytes: [UInt8]) -> String {
        let found = Self.describe(bytes, at: offset)
        switch kind {
        case .empty: return "the text is empty, a JSON value was expected"
        case .byteOrderMark: return "the text begins with a byte order mark, which JSON does not allow"
        case .tooLong(let limit): return "the text has \(bytes.count) bytes, more than the limit of \(limit)"
        case .tooDeep(let limit): return "arrays and objects are nested deeper than the limit of \(limit)"
        case .expected(let what): return "expected \(what.rawValue), found \(found)"
        case .trailing: return "expected the end of the text after the value, found \(found)"
        case .unterminatedString: return "the text ends inside a string"
        case .controlCharacter: return "a string contains \(found), which must be written as an escape"
        case .escape: return "a backslash in a string is followed by \(found), which is no escape"
        case .hexDigits: return "\\u must be followed by four hexadecimal digits, found \(found)"
        case .encoding: return "a string is not valid UTF-8: found \(found)"
        case .leadingZero: return "a number has a leading zero"
        case .digits: return "expected a digit in a number, found \(found)"
        }
    }

    private static func describe(_ bytes: [UInt8], at offset: Int) -> String {
        guard offset < bytes.count else { return "the end of the text" }
        let byte = bytes[offset]
        switch byte {
        case 0x21...0x7E: return "'\(Character(Unicode.Scalar(byte)))'"
        case 0x20: return "a space"
        case 0x0A: return "a line break"
        case 0x09: return "a tab"
        default:
            let digits = String(byte, radix: 16, uppercase: true)
            return "the byte 0x\(digits.count == 1 ? "0" : "")\(digits)"
        }
    }
}
