import LocalCodeCore
import Support
import Testing

/// Schemas, as the package jsonschema and a real engine see them.
@Suite("Schemas: second opinions")
struct SchemaTests {
    /// What the script schemas.py says: for each schema, texts and whether they fit.
    private static func corpus() async throws -> [JSONValue] {
        let corpus = try await PythonScript.run("schemas", []).array ?? []
        try #require(corpus.count >= 100)
        return corpus
    }

    @Test("validator and grammar decide as jsonschema does")
    func decisions() async throws {
        for item in try await Self.corpus() {
            let schema = try #require(item["schema"])
            let validator = try JSONSchema(schema)
            let (gbnf, dropped) = try SchemaGrammar.make(schema)
            let grammar = Grammar(Array(gbnf.utf8))
            #expect(grammar.diagnostics.isEmpty, "\(schema): \(grammar.diagnostics.map(\.summary))")
            let matcher = try GrammarMatcher(grammar)
            for document in item["documents"]?.array ?? [] {
                let text = Array((document["text"]?.string ?? "").utf8)
                let isValid = document["valid"] == true
                #expect(
                    validator.accepts(try JSONValue(parsing: text)) == isValid,
                    "validator: \(schema): \(String(decoding: text, as: UTF8.self))")
                var matcher = matcher
                let isAccepted = matcher.match(text) == .accepted
                // What is named as missing may make a grammar take more, never less.
                #expect(
                    isAccepted == isValid || (isAccepted && !dropped.isEmpty),
                    "grammar: \(schema): \(String(decoding: text, as: UTF8.self))")
            }
        }
    }

    @Test("an engine takes every grammar, and what it writes under it fits the schema", .timeLimit(.minutes(2)))
    func engine() async throws {
        let engine = try await TestEngine.start()
        let http = try TestHTTP(engine.url)
        var complete = 0
        for item in try await Self.corpus() {
            let schema = try #require(item["schema"])
            let (gbnf, dropped) = try SchemaGrammar.make(schema)
            let answer = try await http.post(
                "/completion",
                ["prompt": "{", "grammar": .string(gbnf), "n_predict": 48, "temperature": 1, "seed": 42])
            #expect(answer.status == 200, "\(schema): \(answer.text)")
            guard dropped.isEmpty, answer.json["stop_type"]?.string == "eos" else { continue }
            complete += 1
            let text = Array((answer.json["content"]?.string ?? "").utf8)
            #expect(
                try JSONSchema(schema).problems(in: JSONValue(parsing: text)).isEmpty,
                "\(schema): \(String(decoding: text, as: UTF8.self))")
        }
        #expect(complete > 40, "so few answers came to an end that nothing was looked at")
    }

    /// Schemas on which the engine neither hangs nor crashes.
    static let requests: [JSONValue] = [
        ["type": "any"], ["properties": ["a": true]], ["$ref": "#"], ["$ref": "https://example.com/x"], ["anyOf": []],
        ["enum": []], ["type": "string", "minLength": 2001], ["type": "array", "minItems": 2002], ["items": nil],
        ["$ref": "#/$defs/a", "$defs": ["a": ["anyOf": [["$ref": "#/$defs/a"], ["type": "null"]]]]],
        ["type": "integer", "exclusiveMinimum": true], ["type": "string", "pattern": "^(a$"],
        ["type": "string", "pattern": "^a**$"], ["additionalProperties": []], ["format": 5],
        ["type": "object", "properties": ["a]": [:]], "additionalProperties": true],
        // And what it takes.
        ["type": "string", "maxLength": 5000], ["type": "string", "pattern": "^a*?$"], ["type": nil], ["not": true],
        ["type": "array", "minItems": 2001], ["required": 5], ["type": "string", "pattern": "(?=x)"],
        ["type": "integer", "minimum": 999_999_999_999_999], ["type": "integer", "maximum": 9_007_199_254_740_991],
        ["properties": ["a": ["$ref": "#/$defs/n"]], "$defs": ["n": ["items": ["$ref": "#/$defs/n"]]]],
    ]

    @Test("the gate decides as the engine does, and cleaned parameters are taken")
    func gate() async throws {
        let engine = try await TestEngine.start(["--jinja"])
        let http = try TestHTTP(engine.url)
        let messages: JSONValue = [["role": "user", "content": "x"]]
        for schema in Self.requests {
            let format: JSONValue = ["type": "json_schema", "json_schema": ["name": "a", "schema": schema]]
            let answer = try await http.post(
                "/v1/chat/completions", ["messages": messages, "max_tokens": 1, "response_format": format])
            #expect((SchemaGrammar.engineProblem(schema) == nil) == (answer.status == 200), "\(schema): \(answer.text)")
            let function: JSONValue = ["name": "f", "parameters": SchemaCleaning.clean(schema).0]
            let tools: JSONValue = [["type": "function", "function": function]]
            let cleaned = try await http.post(
                "/v1/chat/completions", ["messages": messages, "max_tokens": 1, "tools": tools])
            #expect(cleaned.status == 200, "\(schema): \(cleaned.text)")
        }
    }
}
