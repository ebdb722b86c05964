import LocalCodeCore

extension Command {
    /// `localcode grammar from-schema`
    static let grammarFromSchema = Command(
        name: "from-schema",
        summary: "Make a grammar of a JSON Schema",
        details: """
            The grammar goes to standard output. What of the schema a grammar cannot say is named on standard error, and \
            values that fit the grammar may then not fit the schema; with --strict that is an error.

            Members stand in the order of the schema, those it does not name behind them. Besides what llama-server's \
            own converter knows, bounds of numbers, members for patterns of names, references of every kind within the \
            file, and keywords beside anyOf, oneOf, allOf and $ref count. Not expressed are uniqueItems, contains, \
            multipleOf, if, dependentRequired, dependentSchemas, and 'not' with anything but types.
            """,
        operands: [Operand("FILE", "a JSON Schema; - is standard input", isRequired: true, completion: .file)],
        options: [
            Option("strict", help: "fail if a part of the schema cannot be expressed"),
            Option(
                "closed",
                help: "objects have no other properties than those they name, as in llama-server"
            ),
            Option("json", help: "print one JSON object with the grammar and what it lacks"),
        ],
        examples: [
            Example("localcode grammar from-schema answer.json > answer.gbnf", "constrain a model to a schema"),
            Example("localcode grammar from-schema --strict answer.json", "find out whether all of it is expressed"),
        ],
        run: { try GrammarFromSchema(invocation: $0).run() })
}

/// The work of `grammar from-schema`.
struct GrammarFromSchema {
    let invocation: Invocation

    func run() throws {
        let context = invocation.context
        let name = invocation.operands.first ?? "-"
        let bytes = try GrammarFile.read(name, context)
        var schema: JSONValue
        do {
            schema = try JSONValue(parsing: bytes)
        } catch {
            throw Failure("\(GrammarFile.title(name)): \(error)")
        }
        if let inner = Self.unwrapped(schema) {
            schema = inner
            try context.error.write("note: this is OpenAI's wrapper of a schema: the schema within it is used\n")
        }
        let made: (gbnf: String, dropped: [SchemaNote])
        do {
            made = try SchemaGrammar.make(schema, isClosed: invocation.isOn("closed"))
        } catch {
            throw Failure("\(GrammarFile.title(name)): \(error)")
        }
        if !invocation.isOn("json") {
            try context.error.write(made.dropped.map { "note: \($0)\n" }.joined())
        }
        if invocation.isOn("strict"), !made.dropped.isEmpty {
            let count = made.dropped.count
            throw Failure(
                "\(count) part\(count == 1 ? "" : "s") of the schema cannot be expressed",
                hint: "without --strict the grammar is made, and says less than the schema")
        }
        guard invocation.isOn("json") else { return try context.output.write(made.gbnf) }
        let notes = made.dropped.map { note -> JSONValue in
            ["path": .string(note.path), "keyword": .string(note.keyword), "reason": .string(note.reason)]
        }
        try context.output.write(PrettyJSON.text(["grammar": .string(made.gbnf), "dropped": .array(notes)]))
    }

    /// The schema within a `response_format` of OpenAI's API, or within its `json_schema`; nil for what is no such thing.
    private static func unwrapped(_ value: JSONValue) -> JSONValue? {
        let isFormat = value["type"]?.string == "json_schema"
        let wrapper = isFormat ? value["json_schema"] ?? value : value
        guard let inner = wrapper["schema"], inner.kind == .object else { return nil }
        let keys = ["name", "description", "schema", "strict"] + (isFormat ? ["type"] : [])
        return wrapper.object?.allSatisfy { keys.contains($0.key) } == true ? inner : nil
    }
}
