extension JSONValue {
    /// `null`.
    public static let null = JSONValue.scalar(JSONScalar(valid: Array("null".utf8)))

    /// A string.
    public static func string(_ string: some StringProtocol) -> JSONValue {
        .scalar(JSONScalar(valid: JSONText.quoted(String(string))))
    }

    /// A number.
    public static func number(_ number: Int) -> JSONValue {
        .scalar(JSONScalar(valid: Array(String(number).utf8)))
    }

    /// A number in the shortest spelling that reads back as this double. JSON has no infinity and no NaN: they become `null`.
    public static func number(_ number: Double) -> JSONValue {
        number.isFinite ? .scalar(JSONScalar(valid: Array(number.description.utf8))) : .null
    }

    /// `true` or `false`.
    public static func bool(_ bool: Bool) -> JSONValue {
        .scalar(JSONScalar(valid: Array((bool ? "true" : "false").utf8)))
    }

    private var scalar: JSONView? {
        if case .scalar(let scalar) = self { scalar.view } else { nil }
    }

    /// What the value is.
    public var kind: JSONView.Kind {
        switch self {
        case .scalar(let scalar): scalar.kind
        case .array: .array
        case .object: .object
        }
    }

    /// The string with its escapes resolved, as `JSONView.string`.
    public var string: String? { scalar?.string }
    /// The number if it is an integer that fits, as `JSONView.int`.
    public var int: Int? { scalar?.int }
    /// The number if it is within a double's range, as `JSONView.double`.
    public var double: Double? { scalar?.double }
    /// The truth value.
    public var bool: Bool? { scalar?.bool }
    /// Whether this is `null`.
    public var isNull: Bool { scalar?.isNull ?? false }

    /// The elements of this array; nil if this is none.
    public var array: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// This object; nil if this is none.
    public var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// A member of this object. Setting nil takes it out; setting a member of what is no object does nothing.
    public subscript(_ key: String) -> JSONValue? {
        get { object?[key] }
        set {
            guard case .object(var object) = self else { return }
            // Only one owner may be left, or the object is copied.
            self = .array([])
            object[key] = newValue
            self = .object(object)
        }
    }

    /// An element of this array; nil beyond its end, or if this is no array.
    public subscript(_ index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue: ExpressibleByIntegerLiteral {
    /// A number.
    public init(integerLiteral value: Int) { self = .number(value) }
}

extension JSONValue: ExpressibleByFloatLiteral {
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
}

extension JSONValue: ExpressibleByBooleanLiteral {
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue: ExpressibleByNilLiteral {
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
}

extension JSONValue: ExpressibleByArrayLiteral {
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    /// An object whose members stand as they are listed; the last one of a name counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (key, value) in elements { object[key] = value }
        self = .object(object)
    }
}
