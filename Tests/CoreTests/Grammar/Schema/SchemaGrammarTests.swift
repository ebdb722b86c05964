import Testing

@testable import LocalCodeCore

@Suite("Schema: grammars") struct SchemaGrammarTests {
    private func make(
        _ schema: String, strict: Bool = false, isClosed: Bool = false
    ) throws -> (gbnf: String, dropped: [SchemaNote]) {
        try SchemaGrammar.make(JSONValue(parsing: Array(schema.utf8)), strict: strict, isClosed: isClosed)
    }

    private func accepts(_ gbnf: String, _ text: String) throws -> Bool {
        var matcher = try GrammarMatcher(Grammar(Array(gbnf.utf8)))
        return matcher.match(Array(text.utf8)) == .accepted
    }

    @Test("a grammar is short and can be read")
    func text() throws {
        let (gbnf, dropped) = try make(
            """
            {"type":"object","properties":{"path":{"type":"string","maxLength":9},"lines":{"type":"integer","minimum":1,
            "maximum":199}},"required":["path"],"additionalProperties":false}
            """)
        #expect(dropped == [])
        #expect(
            gbnf == #"""
                root ::= "{" ws root-path-kv ("," ws root-lines-kv)? ws "}"
                ws ::= | " " | "\n"{1,2} [ \t]{0,20}
                root-path ::= "\"" char{0,9} "\""
                char ::= [^"\\\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})
                root-path-kv ::= "\"path\"" ws ":" ws root-path
                root-lines ::= [1-9] | [1-9] [0-9] | "1" [0-9] [0-9]
                root-lines-kv ::= "\"lines\"" ws ":" ws root-lines

                """#)
    }

    @Test("closed means what llama-server means")
    func closed() throws {
        let schema = #"{"type":"object","properties":{"a":{},"b":{"prefixItems":[{"type":"null"}],"type":"array"}}}"#
        let open = try make(schema).gbnf
        let closed = try make(schema, isClosed: true).gbnf
        for (text, isClosed) in [
            (#"{"a":1}"#, true), (#"{"b":[null]}"#, true), (#"{"c":1}"#, false), (#"{"b":[]}"#, false),
        ] {
            #expect(try accepts(open, text))
            #expect(try accepts(closed, text) == isClosed, "\(text)")
        }
    }

    @Test(
        "what is not expressed is named, and an error when strict",
        arguments: [
            (#"{"type":"array","uniqueItems":true}"#, "#: 'uniqueItems' is not expressed"),
            (#"{"type":"array","contains":{}}"#, "#: 'contains' is not expressed"),
            (#"{"type":"array","unevaluatedItems":false}"#, "#: 'unevaluatedItems' is not expressed"),
            (#"{"type":"number","multipleOf":2}"#, "#: 'multipleOf' is not expressed"),
            (#"{"not":{"minLength":1}}"#, "#: 'not' is not expressed"),
            (#"{"if":{"type":"null"},"then":true}"#, "#: 'if' is not expressed"),
            (#"{"type":"object","dependentRequired":{"a":["b"]}}"#, "#: 'dependentRequired' is not expressed"),
            (#"{"type":"object","dependentSchemas":{"a":{}}}"#, "#: 'dependentSchemas' is not expressed"),
            (#"{"type":"string","format":"uri"}"#, "#: 'format' 'uri' is not expressed"),
            (
                #"{"type":"string","pattern":"(?=a)"}"#,
                "#: 'pattern' '(?=a)' is not looked at: look-ahead is not supported"
            ),
            (#"{"type":"string","pattern":"a\\b"}"#, "#: 'pattern' 'a\\b' is not expressed: it has an anchor inside"),
            (
                #"{"type":"string","pattern":"^a*b*$","maxLength":3}"#,
                "#: 'maxLength' is not expressed beside a pattern"
            ),
            (
                #"{"type":"string","maxLength":3000}"#,
                "#: 'maxLength' is taken as no limit, as llama-server refuses many repetitions"
            ),
            (
                #"{"type":"array","minItems":3000}"#,
                "#: 'minItems' is taken as 1990, as llama-server refuses many repetitions"
            ),
            (
                #"{"type":"number","minimum":0.5}"#,
                "#: 'minimum' is not expressed: a bound of numbers with fractions must be an integer"
            ),
            (
                #"{"oneOf":[{"type":"string"},{"minLength":2}]}"#,
                "#: 'oneOf' is taken as 'anyOf': a value may fit several of its alternatives"
            ),
            (
                #"{"type":"object","properties":{"a":{}},"maxProperties":3}"#,
                "#: 'maxProperties' is not expressed beside named properties"
            ),
            (
                #"{"type":"object","patternProperties":{"^x":{"type":"null"}}}"#,
                "#: 'patternProperties' is not expressed beside members of any name"
            ),
        ])
    func notes(_ schema: String, _ note: String) throws {
        let (gbnf, dropped) = try make(schema)
        #expect(dropped.map(\.description) == [note])
        #expect(Grammar(Array(gbnf.utf8)).isUsable)
        #expect(throws: SchemaError.self) { try make(schema, strict: true) }
    }

    @Test(
        "a schema that nothing fits has no grammar",
        arguments: [
            #"{"type":"string","enum":[1]}"#,
            #"{"allOf":[{"type":"string"},{"type":"null"}]}"#,
            #"{"type":"null","not":{"type":"null"}}"#, #"{"anyOf":[false,false]}"#,
        ])
    func impossible(_ schema: String) throws {
        #expect(throws: SchemaError(path: "#", reason: "no value fits the schema")) { try make(schema) }
    }

    @Test(
        "where it is plain why nothing fits, the place and the keyword are told",
        arguments: [
            ("false", "#", "it is 'false'"), (#"{"enum":[]}"#, "#", "'enum' is empty"),
            (#"{"type":"integer","minimum":3,"maximum":2}"#, "#", "the minimum is 3, and the maximum is 2"),
            (#"{"type":"string","minLength":3,"maxLength":2}"#, "#", "'minLength' is 3, and 'maxLength' is 2"),
            (
                #"{"type":"object","properties":{"a":{"type":"array","minItems":2,"maxItems":1}},"required":["a"]}"#,
                "#/properties/a", "'minItems' is 2, and 'maxItems' is 1"
            ),
            (#"{"type":"object","properties":{"a":false},"required":["a"]}"#, "#/properties/a", "it is 'false'"),
            (
                #"{"type":"object","required":["a"],"additionalProperties":false}"#, "#",
                "'required' names 'a', which is not in 'properties', and 'additionalProperties' is false"
            ),
        ])
    func deadEnd(_ schema: String, _ path: String, _ reason: String) throws {
        #expect(throws: SchemaError(path: path, reason: "no value fits the schema: \(reason)")) { try make(schema) }
    }

    @Test("names of other members are told apart, also where they begin alike")
    func otherNames() throws {
        let schema =
            #"{"type":"object","properties":{"a":{"type":"integer"},"ab":{"type":"integer"},"b\"":{"type":"integer"},"é\\":{"type":"integer"}},"additionalProperties":{"type":"null"}}"#
        let (gbnf, _) = try make(schema)
        for name in ["", "abc", "b", "c", "é", "aé", #"b\"x"#, #"b\\"#, #"é\\\\"#, #"\n"#] {
            #expect(try accepts(gbnf, "{\"\(name)\":null}"), "\(name)")
            #expect(try !accepts(gbnf, "{\"\(name)\":1}"), "\(name)")
        }
        for name in ["a", "ab", #"b\""#, #"é\\"#] {
            #expect(try accepts(gbnf, "{\"\(name)\":1}"), "\(name)")
            #expect(try !accepts(gbnf, "{\"\(name)\":null}"), "\(name)")
        }
    }

    @Test("names that must match a schema are strings")
    func propertyNames() throws {
        let (gbnf, _) = try make(#"{"type":"object","propertyNames":{"anyOf":[{"pattern":"^x"},{"maxLength":1}]}}"#)
        for (text, fits) in [(#"{"x1":1}"#, true), (#"{"a":1}"#, true), (#"{"ab":1}"#, false), ("{1:1}", false)] {
            #expect(try accepts(gbnf, text) == fits, "\(text)")
        }
    }

    @Test("every range of integers is exact")
    func ranges() throws {
        let ends = [-120, -99, -10, -9, -1, 0, 1, 9, 10, 19, 100, 109]
        for low in ends {
            for high in ends where high >= low {
                let (gbnf, _) = try make(#"{"type":"integer","minimum":\#(low),"maximum":\#(high)}"#)
                let matcher = try GrammarMatcher(Grammar(Array(gbnf.utf8)))
                let wrong = (-130...130).filter { value in
                    var copy = matcher
                    return (copy.match(Array("\(value)".utf8)) == .accepted) != (low...high).contains(value)
                }
                #expect(wrong == [], "\(low)...\(high): \(gbnf)")
            }
        }
    }

    @Test("alternatives that multiply, and long lists of members, stay within bounds")
    func hostile() throws {
        let choice = #"{"anyOf":[{"required":["a"]},{"required":["b"]},{"required":["c"]}]}"#
        let many = Array(repeating: choice, count: 12).enumerated().map { index, text in
            text.replacing("\"a\"", with: "\"a\(index)\"").replacing("\"b\"", with: "\"b\(index)\"")
        }
        #expect(throws: SchemaError.self) { try make(#"{"allOf":[\#(many.joined(separator: ","))]}"#) }
        let members = (0..<1_000).map { #""m\#($0)":{"type":"integer"}"# }.joined(separator: ",")
        let (gbnf, _) = try make(#"{"type":"object","properties":{\#(members)},"additionalProperties":false}"#)
        #expect(gbnf.utf8.count < 200_000)
    }
}
