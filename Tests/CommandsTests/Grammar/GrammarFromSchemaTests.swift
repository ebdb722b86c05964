import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("Grammar: from-schema") struct GrammarFromSchemaTests {
    private let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    private func run(_ schema: String, _ options: String...) async throws -> (
        status: Int32, output: String, error: String
    ) {
        let path = try directory.write(schema, to: "schema.json")
        let context = TestContext()
        let status = await Program.run(["grammar", "from-schema", path] + options, context: context.context)
        return (status, context.output, context.error)
    }

    @Test("the grammar is the output, and what it lacks is said beside it")
    func notes() async throws {
        let result = try await run(#"{"type":"array","items":{"type":"null"},"uniqueItems":true}"#)
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("root ::= \"[\" ws (null (\",\" ws null)* ws)? \"]\"\n"), "\(result.output)")
        #expect(result.error == "note: #: 'uniqueItems' is not expressed\n")
    }

    @Test(
        "OpenAI's wrapper",
        arguments: [
            #"{"name":"n","strict":true,"schema":{"type":"null"}}"#,
            #"{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"null"}}}"#,
            #"{"type":"json_schema","name":"n","schema":{"type":"null"}}"#,
        ])
    func wrapper(_ schema: String) async throws {
        let result = try await run(schema, "--strict")
        #expect(result.output == "root ::= null\nnull ::= \"null\"\n")
        #expect(result.error == "note: this is OpenAI's wrapper of a schema: the schema within it is used\n")
    }

    @Test("strict")
    func strict() async throws {
        let lacking = try await run(#"{"type":"array","uniqueItems":true}"#, "--strict")
        #expect(lacking.status == 1 && lacking.output.isEmpty)
        #expect(lacking.error.contains("1 part of the schema cannot be expressed"), "\(lacking.error)")
        #expect(try await run(#"{"type":"null"}"#, "--strict").output == "root ::= null\nnull ::= \"null\"\n")
    }

    @Test("one JSON object")
    func json() async throws {
        let result = try await run(#"{"type":"array","contains":{}}"#, "--json")
        let value = try JSONValue(parsing: Array(result.output.utf8))
        #expect(value["dropped"]?[0] == ["path": "#", "keyword": "contains", "reason": "is not expressed"])
        #expect(value["grammar"]?.string?.hasPrefix("root ::=") == true)
        #expect(result.error.isEmpty)
    }

    @Test(
        "what is no schema",
        arguments: [
            ("{", "expected a key in quotes"), (#"{"type":"any"}"#, "#: 'type' is 'any'"),
            ("false", "no value fits the schema"),
        ])
    func mistakes(_ schema: String, _ reason: String) async throws {
        let result = try await run(schema)
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.error.contains("schema.json") && result.error.contains(reason), "\(result.error)")
    }
}
