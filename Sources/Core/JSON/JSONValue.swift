/// A value that can be taken apart and rebuilt. Scalars keep their source text: what is not touched is written back byte for
/// byte.
public enum JSONValue: Sendable {
    /// `null`, `true`, `false`, a number or a string.
    case scalar(JSONScalar)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)

    /// The tree of a view. Of members with the same name the last one counts, in the place of the first.
    public init(_ view: JSONView) { self = JSONTreeBuilder.build(view) }

    /// The tree of a text.
    /// - Throws: what is wrong with the text.
    public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        self.init(try JSONView(validating: bytes, limits: limits))
    }

    /// The value as compact JSON text; scalars in their source text.
    public var bytes: [UInt8] { JSONTreeWriter.bytes(of: self) }
}

/// A value without parts, in its source text.
public struct JSONScalar: Sendable {
    let view: JSONView

    /// What the value is; never an array or object.
    public var kind: JSONView.Kind { view.kind }
    /// The source text.
    public var text: ArraySlice<UInt8> { view.text }

    init(_ view: JSONView) { self.view = view }

    /// Text that is known to be a scalar.
    init(valid text: [UInt8]) { view = JSONView(document: text, start: 0, end: text.count) }
}

extension JSONScalar: Equatable {
    /// Whether both denote the same value: `1.0` and `1` do, and so do `"\u0041"` and `"A"`.
    public static func == (left: JSONScalar, right: JSONScalar) -> Bool {
        if left.text == right.text { return true }
        guard left.kind == right.kind else { return false }
        switch left.kind {
        case .string:
            guard let a = left.view.string, let b = right.view.string else { return false }
            return a.utf8.elementsEqual(b.utf8)
        case .number:
            if let a = left.view.int, let b = right.view.int { return a == b }
            guard left.view.int == nil, right.view.int == nil else { return false }
            guard let a = left.view.double, let b = right.view.double else { return false }
            return a == b
        default:
            return false
        }
    }
}

extension JSONValue: Equatable {
    /// Whether both denote the same value: members may stand in any order, and scalars be spelled in any way.
    public static func == (left: JSONValue, right: JSONValue) -> Bool {
        var open = [(left, right)]
        while let (left, right) = open.popLast() {
            switch (left, right) {
            case (.scalar(let a), .scalar(let b)):
                guard a == b else { return false }
            case (.array(let a), .array(let b)):
                guard a.count == b.count else { return false }
                open.append(contentsOf: zip(a, b))
            case (.object(let a), .object(let b)):
                guard a.count == b.count else { return false }
                for (key, value) in a {
                    guard let other = b[key] else { return false }
                    open.append((value, other))
                }
            default:
                return false
            }
        }
        return true
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value as compact JSON text.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
