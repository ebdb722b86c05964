/// One schema of a document with its keywords read. Other schemas are named by their places in `SchemaTree.nodes`.
struct SchemaNode: Sendable {
    /// The pattern of a keyword, or why it could not be read.
    struct NamedPattern: Sendable {
        let source: String
        let pattern: SchemaPattern?
    }

    /// A bound of numbers.
    struct Bound: Sendable {
        let value: JSONValue
        let isExclusive: Bool
    }

    /// A JSON pointer behind a `#`.
    let path: String
    /// The schema `false`, which nothing fits.
    var isNever = false
    var types: SchemaTypes?
    var enumeration: [JSONValue]?
    var constant: JSONValue?

    // Schemas for the same value.
    var reference: Int?
    var allOf: [Int] = []
    var anyOf: [Int] = []
    var oneOf: [Int] = []
    var not: Int?
    var condition: Int?
    var consequence: Int?
    var alternative: Int?
    var dependentSchemas: [(key: String, schema: Int)] = []

    // Numbers.
    var minimum: [Bound] = []
    var maximum: [Bound] = []
    var multipleOf: JSONValue?

    // Strings.
    var minLength: Int?
    var maxLength: Int?
    var pattern: NamedPattern?
    var format: String?

    // Arrays.
    var prefixItems: [Int] = []
    var items: Int?
    var contains: Int?
    var minContains: Int?
    var maxContains: Int?
    var minItems: Int?
    var maxItems: Int?
    var uniqueItems = false
    var unevaluatedItems: Int?

    // Objects.
    var properties: [(key: String, schema: Int)] = []
    /// Where each of `properties` is.
    var propertyPlaces: [String: Int] = [:]
    var required: [String] = []
    var patternProperties: [(pattern: NamedPattern, schema: Int)] = []
    var additionalProperties: Int?
    var propertyNames: Int?
    var minProperties: Int?
    var maxProperties: Int?
    var dependentRequired: [(key: String, required: [String])] = []
    var unevaluatedProperties: Int?

    /// The schemas that look at the same value.
    var inPlace: [Int] {
        [reference, not, condition, consequence, alternative].compactMap { $0 } + allOf + anyOf + oneOf
            + dependentSchemas.map(\.schema)
    }
}

/// A schema document that has been read.
struct SchemaTree: Sendable {
    /// All schemas; the outermost one is the first.
    var nodes: [SchemaNode] = []
    /// What is not looked at.
    var notes: [SchemaNote] = []
    /// Whether any schema asks what others have looked at.
    var asksForUnevaluated = false
}
