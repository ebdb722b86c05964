import LocalCodeCore
import Testing

@Suite("Schema: validation") struct JSONSchemaTests {
    private func problems(_ schema: String, _ value: String, limit: Int = 20) throws -> [String] {
        let schema = try JSONSchema(JSONValue(parsing: Array(schema.utf8)))
        return schema.problems(in: try JSONValue(parsing: Array(value.utf8)), limit: limit).map(\.description)
    }

    private func refusal(_ schema: String) throws -> String? {
        let schema = try JSONValue(parsing: Array(schema.utf8))
        do {
            _ = try JSONSchema(schema)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("a problem says where and what")
    func words() throws {
        let steps = """
            {"type":"object","properties":{"steps":{"type":"array","minItems":1,"items":{"type":"object",
            "properties":{"text":{"type":"string","maxLength":3},"status":{"enum":["open","done"]}},
            "required":["text"],"additionalProperties":false}}},"required":["steps"]}
            """
        #expect(try problems(steps, "{}") == ["the value lacks the member 'steps'"])
        #expect(try problems(steps, "[]") == ["the value must be an object, found an array"])
        #expect(try problems(steps, #"{"steps":"[]"}"#) == ["steps must be an array, found a string"])
        #expect(try problems(steps, #"{"steps":[]}"#) == ["steps must have at least 1 elements, found 0"])
        #expect(
            try problems(steps, #"{"steps":[{"text":"a"},{"text":"four","status":"x","more":1}]}"#) == [
                "steps[1].text must have at most 3 characters, found 4",
                #"steps[1].status must be one of "open", "done", found "x""#,
                "steps[1].more is not a member that the schema knows",
            ])
        #expect(try problems(steps, #"{"steps":[{},{},{}]}"#, limit: 2).count == 2)
    }

    @Test("of alternatives, the nearest is reported")
    func alternatives() throws {
        let schema = #"{"anyOf":[{"type":"null"},{"type":"object","properties":{"a":{"type":"integer"}}}]}"#
        #expect(try problems(schema, #"{"a":"x"}"#) == ["a must be an integer, found a string"])
        #expect(
            try problems(schema, "5") == [
                "the value must be null, found a number; or must be an object, found a number"
            ])
        #expect(
            try problems(#"{"oneOf":[{"minimum":1},{"maximum":5}]}"#, "3") == [
                "the value fits 2 of 2 alternatives, exactly one is allowed"
            ])
    }

    @Test("numbers are compared exactly where that matters")
    func numbers() throws {
        #expect(try problems(#"{"minimum":9007199254740993}"#, "9007199254740992").count == 1)
        #expect(try problems(#"{"type":"integer"}"#, "1.0").isEmpty)
        #expect(try problems(#"{"type":"integer"}"#, "1e400").isEmpty)
        #expect(try problems(#"{"type":"integer"}"#, "1.5") == ["the value must be an integer, found 1.5"])
        #expect(try problems(#"{"multipleOf":0.1}"#, "0.3").isEmpty)
        #expect(try problems(#"{"maximum":5,"exclusiveMaximum":true}"#, "5").count == 1)
        #expect(try problems(#"{"enum":[1.0]}"#, "1").isEmpty)
        #expect(try problems(#"{"uniqueItems":true}"#, #"[{"a":1,"b":2},{"b":2.0,"a":1}]"#).count == 1)
    }

    @Test(
        "what is no schema, or leads nowhere",
        arguments: [
            ("[]", "#: a schema is an object or a boolean, found an array"),
            (#"{"type":"any"}"#, "#: 'type' is 'any', which is none of JSON Schema's"),
            (
                #"{"properties":{"a/b":{"minLength":-1}}}"#,
                "#/properties/a~1b: 'minLength' must be an integer that is not negative"
            ),
            (
                #"{"$ref":"https://example.com/x"}"#,
                "#: '$ref' to 'https://example.com/x' leaves the document, which is not supported"
            ),
            (##"{"$ref":"#/$defs/x"}"##, "#: '$ref' to '#/$defs/x' leads to nothing in the document"),
            (##"{"$dynamicRef":"#x"}"##, "#: '$dynamicRef' is not supported"),
            (##"{"$ref":"#"}"##, "#: the schema refers to itself without end"),
            (
                ##"{"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"type":"null"},{"allOf":[{"$ref":"#/$defs/a"}]}]}}}"##,
                "#/$defs/a: the schema refers to itself without end"
            ),
            (#"{"pattern":"("}"#, "#: 'pattern' '(' is no regular expression: a '(' without ')'"),
        ])
    func refusals(_ schema: String, _ expected: String) throws {
        #expect(try refusal(schema) == expected)
    }

    @Test("what is not looked at is named")
    func notes() throws {
        let schema = try JSONSchema(["properties": ["a": ["pattern": "(?=x)y"], "b": ["format": "uri"]]])
        #expect(
            schema.notes.map(\.description) == [
                "#/properties/a: 'pattern' '(?=x)y' is not looked at: look-ahead is not supported",
                "#/properties/b: 'format' 'uri' is not looked at",
            ])
        #expect(schema.accepts(["a": "z", "b": "no"]))
    }

    @Test("a long chain of references needs no deep stack")
    func chain() throws {
        let links = (0..<50_000).map { ##""d\##($0)":{"$ref":"#/$defs/d\##($0 + 1)"}"## }.joined(separator: ",")
        let refused = try refusal(##"{"$ref":"#/$defs/d0","$defs":{\##(links),"d50000":{}}}"##)
        #expect(
            refused?.hasSuffix("more than 64 schemas for one value lie inside each other") == true, "\(refused ?? "")")
    }

    @Test("alternatives that multiply end with a problem, not never")
    func explosion() throws {
        let schema = """
            {"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"},{"$ref":"#/$defs/b"}]},
            "b":{"type":"array","items":{"$ref":"#/$defs/a"}}}}
            """
        let value = String(repeating: "[", count: 60) + "1" + String(repeating: "]", count: 60)
        #expect(try problems(schema, value).last?.contains("cannot be checked") == true)
    }

    @Test("values as deep as they may be")
    func depth() throws {
        let schema = ##"{"$ref":"#/$defs/a","$defs":{"a":{"type":"array","items":{"$ref":"#/$defs/a"}}}}"##
        let value = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(try problems(schema, value).count <= 1)
    }
}
