/// JSON Schema and llama-server's grammars.
public enum SchemaGrammar {
    /// A grammar in llama-server's GBNF for the JSON texts of the values that fit a schema.
    ///
    /// The texts are compact or have the whitespace that llama-server's own grammars allow; members stand in the schema's order, others
    /// behind them; numbers have a limited number of digits; strings use no escapes but where they must, or where anything may stand.
    /// - Parameters:
    ///   - strict: Whether a schema that cannot be expressed in full is an error.
    ///   - isClosed: Whether objects and tuples take only what the schema names where it does not say whether there may be more.
    ///     llama-server's own converter does that; JSON Schema means that anything may follow.
    /// - Returns: the grammar, and what of the schema it does not express: with it, values fit the grammar that do not fit the schema.
    /// - Throws: what is wrong with the schema, or that no value fits it.
    public static func make(
        _ schema: JSONValue, strict: Bool = false, isClosed: Bool = false
    ) throws(SchemaError) -> (gbnf: String, dropped: [SchemaNote]) {
        var builder = SchemaGrammarBuilder(try SchemaReader.read(schema), isClosed: isClosed)
        let grammar = try builder.build()
        if let problem = GrammarGate.problem(in: Array(grammar.utf8)) {
            throw SchemaError(path: "#", reason: "llama-server would not take the grammar: \(problem.message)")
        }
        if strict, let first = builder.notes.first {
            throw SchemaError(path: first.path, reason: "'\(first.keyword)' \(first.reason)")
        }
        return (grammar, builder.notes)
    }

    /// What llama-server's own converter refuses in a schema, or hangs or crashes on; nil if the schema may go to it. This is about
    /// what a request carries as `response_format` or `json_schema`.
    /// - Returns: a sentence with the place: `#/properties/a: 'type': "any" is no type`.
    public static func engineProblem(_ schema: JSONValue) -> String? {
        // The engine takes no constraint from anything else.
        guard schema.kind == .object else { return nil }
        var walk = EngineSchema(schema)
        walk.walk()
        guard let fault = walk.faults.first else { return nil }
        return "\(fault.path): '\(fault.keyword)': \(fault.problem)"
    }
}
