/// A JSON Schema that values are checked against: draft 2020-12, and the spellings of draft-07 and 2019-09.
///
/// All keywords count, but for those in `notes`. References lead to any place of the document; one that leaves it, and
/// `$dynamicRef`, are errors. Of the formats, `date`, `time`, `date-time`, `uuid`, `email`, `ipv4` and `ipv6` are checked.
/// Neither a schema nor a value makes a check take unbounded time or stack.
public struct JSONSchema: Sendable {
    let tree: SchemaTree

    /// The schema.
    /// - Throws: the first thing that makes it no schema, or none that can be followed.
    public init(_ schema: JSONValue) throws(SchemaError) { tree = try SchemaReader.read(schema) }

    /// What has no effect although the schema says it: patterns beyond our regular expressions, formats that are not known.
    public var notes: [SchemaNote] {
        tree.notes
            + tree.nodes.compactMap { node in
                guard let format = node.format, !SchemaFormat.isKnown(format) else { return nil }
                return SchemaNote(path: node.path, keyword: "format", reason: "'\(format)' is not looked at")
            }
    }

    /// Where a value does not fit, in the order of the value's text; empty if it fits.
    /// - Parameter limit: how many to find at most.
    public func problems(in value: JSONValue, limit: Int = 20) -> [SchemaProblem] {
        var check = SchemaCheck(tree, limit: max(1, limit))
        _ = check.check(0, value)
        if check.isAbandoned {
            let reason = "cannot be checked: the schema has too many alternatives or levels for this value"
            return [SchemaProblem(steps: [], keyword: "$schema", reason: reason)]
        }
        return Array(check.problems.prefix(max(1, limit)))
    }

    /// Whether a value fits.
    public func accepts(_ value: JSONValue) -> Bool { problems(in: value, limit: 1).isEmpty }
}
