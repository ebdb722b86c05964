import LocalCodeCore
import Testing

@Suite("Schema: what llama-server does not take") struct SchemaCleaningTests {
    struct Case: CustomTestStringConvertible {
        let before: String
        let after: String
        let notes: [String]

        init(_ before: String, _ after: String, _ notes: String...) {
            (self.before, self.after, self.notes) = (before, after, notes)
        }

        var testDescription: String { before }
    }

    static let cases = [
        Case(#"{"type":"any"}"#, "{}", #"#: 'type' removed: "any" is no type"#),
        Case(#"{"type":["string","file"]}"#, #"{"type":["string"]}"#, #"#: 'type' removed: "file" is no type"#),
        Case(
            #"{"properties":{"a":true,"b":false}}"#, #"{"properties":{"a":{},"b":{"not":{}}}}"#,
            "#/properties/a: 'true' replaced: the engine takes only objects as schemas",
            "#/properties/b: 'false' replaced: the engine takes only objects as schemas"),
        Case(
            #"{"properties":{"a":{"$ref":"http://x/y","type":"null"}}}"#, #"{"properties":{"a":{"type":"null"}}}"#,
            "#/properties/a: '$ref' removed: 'http://x/y' leaves the document"),
        Case(
            ##"{"items":{"$ref":"#/$defs/x"},"$defs":{"x":{"$ref":"#/$defs/x"}}}"##,
            ##"{"items":{"$ref":"#/$defs/x"},"$defs":{"x":{}}}"##,
            "#/$defs/x: '$ref' removed: '#/$defs/x' refers to itself without end"),
        Case(
            ##"{"items":{"$ref":"#/$defs/a"},"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/a"},{"type":"null"}]}}}"##,
            ##"{"items":{"$ref":"#/$defs/a"},"$defs":{"a":{"anyOf":[{},{"type":"null"}]}}}"##,
            "#/$defs/a/anyOf/0: '$ref' removed: '#/$defs/a' refers to itself without end"),
        Case(
            ##"{"type":"object","properties":{"next":{"$ref":"#"}}}"##,
            ##"{"type":"object","properties":{"next":{"$ref":"#/$defs/ref-1"}},"$defs":{"ref-1":{"type":"object","properties":{"next":{"$ref":"#/$defs/ref-1"}}}}}"##,
            "#/properties/next: '$ref' changed: the engine does not understand '#'",
            "#/$defs/ref-1/properties/next: '$ref' changed: the engine does not understand '#'"),
        Case(
            ##"{"items":{"$ref":"#/$defs/a~1b"},"$defs":{"a/b":{"type":"null"}}}"##,
            ##"{"items":{"$ref":"#/$defs/ref-1"},"$defs":{"a/b":{"type":"null"},"ref-1":{"type":"null"}}}"##,
            "#/items: '$ref' changed: the engine does not understand '#/$defs/a~1b'"),
        Case(
            #"{"anyOf":[],"type":"null"}"#, #"{"type":"null"}"#, "#: 'anyOf' removed: it must be an array with a schema"
        ),
        Case(#"{"enum":[]}"#, "{}", "#: 'enum' removed: it must be an array with a value"),
        Case(
            #"{"type":"object","properties":null}"#, #"{"type":"object"}"#,
            "#: 'properties' removed: it must be an object"),
        Case(
            #"{"type":"array","minItems":1.0}"#, #"{"type":"array","minItems":1}"#,
            "#: 'minItems' changed: the engine wants 1.0 to be written 1"),
        Case(
            #"{"type":"string","minLength":5,"maxLength":2}"#, #"{"type":"string","minLength":5}"#,
            "#: 'maxLength' removed: it is less than 'minLength', on which the engine hangs"),
        Case(
            #"{"type":"string","minLength":9999}"#, #"{"type":"string","minLength":2000}"#,
            "#: 'minLength' lowered: the engine refuses more than 2000"),
        Case(
            #"{"type":"integer","minimum":20000000000000000}"#, #"{"type":"integer"}"#,
            "#: 'minimum' removed: the engine hangs on a bound of so many digits"),
        Case(
            #"{"type":"integer","exclusiveMinimum":true}"#, #"{"type":"integer"}"#,
            "#: 'exclusiveMinimum' removed: it must be a number"),
        Case(
            #"{"type":"string","pattern":"^a{3,1}$"}"#, #"{"type":"string"}"#,
            "#: 'pattern' removed: the engine hangs on the repetition {3,1}"),
        Case(
            #"{"type":"string","pattern":"^(a$"}"#, #"{"type":"string"}"#,
            "#: 'pattern' removed: parentheses are not balanced"),
        Case(
            #"{"type":"object","properties":{"a]":{}},"additionalProperties":true}"#,
            #"{"type":"object","properties":{"a]":{}}}"#,
            "#: 'additionalProperties' removed: the engine cannot tell other names from 'a]'"),
        Case(
            #"{"description":null,"properties":{"description":{"description":null},"b":{"items":{"title":null}}}}"#,
            #"{"properties":{"description":{},"b":{"items":{}}}}"#,
            "#/description removed: null", "#/properties/description/description removed: null",
            "#/properties/b/items/title removed: null"),
        Case(
            "[]", #"{"type":"object","properties":{}}"#,
            "#: replaced by an empty object's schema: a schema is an object, found an array"),
    ]

    @Test("only what must be is changed, and said", arguments: cases)
    func cleans(_ item: Case) throws {
        let (cleaned, notes) = SchemaCleaning.clean(try JSONValue(parsing: Array(item.before.utf8)))
        #expect(cleaned.description == item.after)
        #expect(notes == item.notes)
        let (again, none) = SchemaCleaning.clean(cleaned)
        #expect(none == [] && again.description == item.after, "what is clean stays so")
        #expect(SchemaGrammar.engineProblem(cleaned) == nil)
    }

    @Test(
        "what the engine takes stays as it is",
        arguments: [
            #"{ "type":"object", "properties":{"a":{"type":"string","pattern":"(?=x)","format":"uri"}},"required":["a"]}"#,
            ##"{"properties":{"a":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/n"}],"minLength":-1}},"$defs":{"n":{"items":{"$ref":"#/$defs/n"}}}}"##,
            #"{"type":"integer","minimum":-9007199254740991,"maximum":9007199254740991}"#,
            #"{"type":["string",null],"default":null,"enum":[null]}"#,
            #"{"not":true,"if":1,"required":5,"uniqueItems":"x","pattern":"^a*?b+?$"}"#,
            #"{"type":"object","properties":{"a]":{}},"additionalProperties":false}"#,
            "{}", "null",
        ])
    func keeps(_ text: String) throws {
        let schema = try JSONValue(parsing: Array(text.utf8))
        let (cleaned, notes) = SchemaCleaning.clean(schema)
        #expect(notes == [])
        #expect(cleaned.bytes == schema.bytes)
    }

    @Test("a problem is a sentence with its place")
    func problem() {
        let schema: JSONValue = ["properties": ["a": ["type": "any"]]]
        #expect(SchemaGrammar.engineProblem(schema) == #"#/properties/a: 'type': "any" is no type"#)
        #expect(SchemaGrammar.engineProblem(["description": nil]) == nil)
    }

    @Test("references by the thousand")
    func hostile() throws {
        let links = (0..<3_000).map { ##""d\##($0)":{"anyOf":[{"$ref":"#/$defs/d\##($0 + 1)"}]}"## }.joined(
            separator: ",")
        let schema = try JSONValue(parsing: Array(##"{"$ref":"#/$defs/d0","$defs":{\##(links)}}"##.utf8))
        #expect(!SchemaCleaning.clean(schema).notes.isEmpty)
    }
}
