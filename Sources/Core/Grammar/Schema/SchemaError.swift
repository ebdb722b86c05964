/// Why something is no usable JSON Schema.
public struct SchemaError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where in the schema: a JSON pointer as of RFC 6901 behind a `#`, such as `#/properties/name`.
    public let path: String
    /// What is wrong there, as the rest of a sentence: `'type' must be a string or an array of strings`.
    public let reason: String

    /// The place and the reason.
    public var description: String { "\(path): \(reason)" }
}

/// A part of a schema that has no effect where it should have one, or a narrower one than it says.
public struct SchemaNote: Sendable, Equatable, CustomStringConvertible {
    /// Where in the schema, as in `SchemaError`.
    public let path: String
    /// The keyword: `uniqueItems`.
    public let keyword: String
    /// What happens instead, as the rest of a sentence: `is not expressed`.
    public let reason: String

    /// The place, the keyword and what happens.
    public var description: String { "\(path): '\(keyword)' \(reason)" }
}

/// Where a value does not fit its schema.
public struct SchemaProblem: Sendable, Equatable, CustomStringConvertible {
    /// A step from a value to a part of it.
    public enum Step: Sendable, Equatable {
        /// The member of an object.
        case key(String)
        /// The element of an array, counted from 0.
        case index(Int)
    }

    /// The way from the outermost value to the one that does not fit; empty for the outermost value itself. For a member
    /// that is missing, the way to the object that should have it.
    public let steps: [Step]
    /// The keyword of the schema that refuses it: `type`, `required`, `additionalProperties`, …
    public let keyword: String
    /// What is wrong, as the rest of a sentence: `must be a string, found a number`.
    public let reason: String

    /// The way in the usual spelling, `steps[0].status`; empty for the outermost value.
    public var path: String {
        steps.reduce(into: "") { path, step in
            switch step {
            case .index(let index): path += "[\(index)]"
            case .key(let key): path += path.isEmpty ? key : ".\(key)"
            }
        }
    }

    /// The place and what is wrong: `steps[0].status must be a string, found a number`.
    public var description: String { "\(steps.isEmpty ? "the value" : path) \(reason)" }
}
