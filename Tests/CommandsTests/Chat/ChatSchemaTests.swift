import LocalCodeCore
import Support
import Testing

@testable import Commands

/// Answers that are to fit a schema, from servers that do not see to it.
@Suite("localcode chat --json-schema")
struct ChatSchemaTests {
    private static let schema =
        #"{"type":"object","properties":{"name":{"type":"string"},"tags":{"items":{"type":"string"}}},"required":["name"],"additionalProperties":{"type":"number"}}"#

    /// What the command threw and what it wrote.
    private func ask(
        _ text: String, finish: String = "stop", _ options: [String: [String]] = [:]
    ) async throws -> (error: Failure?, output: String) {
        let choice: JSONValue = ["delta": ["content": .string(text)], "finish_reason": .string(finish)]
        let message: JSONValue = ["message": ["content": .string(text)], "finish_reason": .string(finish)]
        let server = try RecordingServer { request in
            (try? JSONValue(parsing: request.body))?["stream"]?.bool == true
                ? .events([JSONValue.object(["choices": [choice]]).description, "[DONE]"])
                : .complete(JSONValue.object(["choices": [message]]).description)
        }
        let directory = try TestDirectory()
        try directory.write(Self.schema, to: "s.json")
        let run = ChatCommandRun(directory: directory.path)
        let error = await run.run(
            ["x"], options.merging(["url": [server.url], "json-schema": ["s.json"]]) { $1 })
        return (try error.map { try #require($0 as? Failure) }, run.output.text)
    }

    @Test(arguments: [[:], ["stream": ["false"]], ["json": ["true"]]])
    func anAnswerThatFits(_ options: [String: [String]]) async throws {
        let result = try await ask(#" {"name":"Ada", "tags":[]} "#, options)
        #expect(result.error == nil)
        #expect(result.output.contains("Ada"))
    }

    @Test(
        "One that does not is printed, and the place is told",
        arguments: [[:], ["stream": ["false"]], ["json": ["true"]]])
    func anAnswerThatDoesNot(_ options: [String: [String]]) async throws {
        let result = try await ask(#"{"tags":["a",7]}"#, options)
        let message = try #require(result.error).message
        #expect(message.hasPrefix("the answer does not fit the schema: "))
        #expect(message.contains("tags[1]"), "\(message)")
        #expect(message.contains("name"), "\(message)")
        #expect(result.output.contains("tags"))
    }

    @Test(arguments: [[:], ["stream": ["false"]], ["json": ["true"]]])
    func anAnswerThatIsCutOff(_ options: [String: [String]]) async throws {
        let limit = options.merging(["max-tokens": ["3"]]) { $1 }
        let error = try #require(try await ask(#"{"name":"Ad"#, finish: "length", limit).error)
        #expect(error.message == "the answer was cut off: the limit of tokens is reached")
        #expect(error.hint == "raise it with --max-tokens")
    }

    @Test func anAnswerInAFence() async throws {
        let error = try await ask("```json\n{\"name\":\"Ada\"}\n```").error
        #expect(error?.message == "the answer does not fit the schema: other text stands around it")
    }

    @Test func aHostileAnswer() async throws {
        let message = try #require(try await ask("{\"name\":\"x\",\"\\u001b[2J\":\"\"}").error).message
        #expect(message.contains("^[[2J"), "\(message)")
        #expect(!message.contains("\u{1B}"))
    }
}
