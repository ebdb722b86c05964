/// The types that a value may have. A number with a fraction and one without are two of them; `number` means both.
struct SchemaTypes: OptionSet, Sendable, Hashable {
    let rawValue: UInt8

    static let null = SchemaTypes(rawValue: 1)
    static let boolean = SchemaTypes(rawValue: 2)
    static let integer = SchemaTypes(rawValue: 4)
    static let fraction = SchemaTypes(rawValue: 8)
    static let string = SchemaTypes(rawValue: 16)
    static let array = SchemaTypes(rawValue: 32)
    static let object = SchemaTypes(rawValue: 64)

    static let number: SchemaTypes = [.integer, .fraction]
    static let all = SchemaTypes(rawValue: 127)

    private static let names: [(name: String, types: SchemaTypes)] = [
        ("null", .null), ("boolean", .boolean), ("integer", .integer), ("number", .number), ("string", .string),
        ("array", .array), ("object", .object),
    ]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The types of a name of JSON Schema; nil for any other word.
    init?(name: String) {
        guard let types = Self.names.first(where: { $0.name == name })?.types else { return nil }
        self = types
    }

    /// The one type of a value. `1.0` and `1e3` are integers, as JSON Schema has it.
    init(of value: JSONValue) {
        switch value.kind {
        case .null: self = .null
        case .bool: self = .boolean
        case .string: self = .string
        case .array: self = .array
        case .object: self = .object
        case .number:
            let isInteger = value.int != nil || value.double.map { $0 == $0.rounded() } ?? true
            self = isInteger ? .integer : .fraction
        }
    }

    /// The types in words: `a string or null`.
    var words: String {
        var words: [String] = []
        for (name, types) in Self.names where isSuperset(of: types) {
            if name == "integer", contains(.fraction) { continue }
            words.append(name == "null" ? name : "\("aeiou".contains(name.first ?? "x") ? "an" : "a") \(name)")
        }
        guard let last = words.popLast() else { return "nothing" }
        return words.isEmpty ? last : "\(words.joined(separator: ", ")) or \(last)"
    }
}
