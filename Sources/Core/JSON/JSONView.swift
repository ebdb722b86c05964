/// A view of one value inside a validated text. It holds the text and a range of it: copying it copies nothing, and what it
/// finds is read from the bytes each time, without a tree.
public struct JSONView: Sendable {
    /// The six kinds of RFC 8259, with `true` and `false` as one.
    public enum Kind: Sendable {
        case null, bool, number, string, array, object
    }

    /// The whole text this value is a part of.
    public let document: [UInt8]
    let start: Int
    let end: Int
    let marks: JSONMarks?

    /// The outermost value of a text that is a JSON document as of RFC 8259: UTF-8 without a byte order mark, one value, and
    /// nothing but whitespace around it. Numbers may be of any size (`1e400`), keys may repeat, and halves of surrogate
    /// pairs (`"\ud800"`) may stand alone.
    /// - Throws: the first thing that is wrong, and where.
    public init(validating bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        switch JSONValidator.validate(bytes, limits: limits) {
        case .success(let valid):
            self.init(document: bytes, start: valid.range.lowerBound, end: valid.range.upperBound, marks: valid.marks)
        case .failure(let fault): throw JSONError(fault, in: bytes)
        }
    }

    init(document: [UInt8], start: Int, end: Int, marks: JSONMarks? = nil) {
        self.document = document
        self.start = start
        self.end = end
        self.marks = marks
    }

    /// What the value is.
    public var kind: Kind {
        switch document[start] {
        case Byte.openBrace: .object
        case Byte.openBracket: .array
        case Byte.quote: .string
        case 0x74, 0x66: .bool
        case 0x6E: .null
        default: .number
        }
    }

    /// Where the value stands in the document's bytes.
    public var range: Range<Int> { start..<end }

    /// The value's own bytes, without the whitespace around it.
    public var text: ArraySlice<UInt8> { document[start..<end] }

    /// The value of a member of this object: the last one of that name. Nil if there is none, or if this is no object.
    public subscript(_ key: String) -> JSONView? {
        guard kind == .object else { return nil }
        var key = key
        return key.withUTF8 { key in
            document.withUnsafeBufferPointer { buffer -> JSONView? in
                guard let base = buffer.baseAddress else { return nil }
                var walk = JSONWalk(base + start, base + end, base: base, marks: marks)
                var found: Range<Int>?
                while let member = walk.nextMember() {
                    if JSONString.equals(member.key, member.keyEnd, key) {
                        found = member.value - base..<member.valueEnd - base
                    }
                }
                return found.map {
                    JSONView(document: document, start: $0.lowerBound, end: $0.upperBound, marks: marks)
                }
            }
        }
    }

    /// The members of this object in text order, repeated ones included; none if this is no object.
    public var members: JSONMembers { JSONMembers(view: self) }

    /// The elements of this array; none if this is no array.
    public var elements: JSONElements { JSONElements(view: self) }

    /// Whether this is `null`.
    public var isNull: Bool { kind == .null }

    /// The truth value; nil if this is none.
    public var bool: Bool? { kind == .bool ? document[start] == 0x74 : nil }

    /// The text of this string with its escapes resolved; nil if this is no string. Half a surrogate pair becomes U+FFFD.
    public var string: String? {
        guard kind == .string else { return nil }
        return document.withUnsafeBufferPointer { buffer in
            JSONString.decode(UnsafeBufferPointer(rebasing: buffer[start + 1..<end - 1]))
        }
    }

    /// Whether this is a string of exactly these Unicode scalars, however it is escaped. Allocates nothing.
    public func equals(_ key: String) -> Bool {
        guard kind == .string else { return false }
        var key = key
        return key.withUTF8 { key in
            document.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return false }
                return JSONString.equals(base + start, base + end, key)
            }
        }
    }

    /// The number as an integer: nil if this is no number, does not fit, or has a fraction. `4096.0` and `1e3` are integers.
    public var int: Int? { kind == .number ? JSONNumber.int(text) : nil }

    /// The nearest finite double; nil if this is no number or too large for one (`1e400`).
    public var double: Double? { kind == .number ? JSONNumber.double(text) : nil }
}
