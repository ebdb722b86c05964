import Testing

@testable import LocalCodeCore

@Suite struct StructuredAnswerTests {
    static func schema() throws -> StructuredAnswer {
        let schema: JSONValue = [
            "type": "object", "properties": ["age": ["type": "integer"], "name": ["type": "string"]],
            "required": ["name", "age"],
        ]
        return StructuredAnswer(try JSONSchema(schema))
    }

    private static func answer(_ text: String, finish: String = "stop", model: String = "a") -> JSONValue {
        [
            "model": .string(model),
            "choices": [
                [
                    "index": 0, "message": ["role": "assistant", "content": .string(text)],
                    "finish_reason": .string(finish),
                ]
            ],
        ]
    }

    private static let good = #"{"name": "Ada", "age": 36}"#
    private static let bad = #"{"name":"Ada","age":"old"}"#

    @Test func verdicts() throws {
        let schema = try Self.schema()
        #expect(schema.check(Self.good) == .good)
        #expect(schema.check(" \n\(Self.good)\n") == .good)
        #expect(schema.check("```json\n\(Self.good)\n```") == .inside(Self.good))
        #expect(schema.check("Here it is: \(Self.good) Anything else?") == .inside(Self.good))
        for text in ["", "no", "{", "{}}", "[1] or [2]", "}{"] {
            guard case .bad(let problems) = schema.check(text) else {
                Issue.record("\(text) is accepted")
                continue
            }
            #expect(problems.count == 1 && problems[0].hasPrefix("the answer is no JSON: "), "\(text): \(problems)")
        }
        // What stands inside is told about rather than that something stands around it.
        for text in [Self.bad, "```\n\(Self.bad)\n```"] {
            guard case .bad(let problems) = schema.check(text) else {
                Issue.record("\(text) is accepted")
                continue
            }
            #expect(problems.count == 1 && problems[0].hasPrefix("age "), "\(problems)")
        }
    }

    /// - Returns: the text that is given, the notes, and how often was asked again.
    private func settle(
        _ answer: JSONValue, _ second: JSONValue? = nil
    ) async throws -> (text: String?, notes: [String], asked: [String]) {
        var asked: [String] = []
        let settled = try await Self.schema().settle(answer) { text, problems in
            asked.append("\(text) \(problems.count)")
            guard let second else { throw APIError(status: 429, message: "too many") }
            return second
        }
        return (settled.answer["choices"]?[0]?["message"]?["content"]?.string, settled.notes, asked)
    }

    @Test func aGoodAnswerIsGivenAsItIs() async throws {
        let settled = try await settle(Self.answer(Self.good))
        #expect(settled.text == Self.good && settled.notes.isEmpty && settled.asked.isEmpty)
    }

    @Test func aFenceIsTakenOff() async throws {
        let settled = try await settle(Self.answer("```\n\(Self.good)```"))
        #expect(settled.text == Self.good && settled.notes.count == 1 && settled.asked.isEmpty)
    }

    @Test func aBadAnswerIsAskedForAgainOnce() async throws {
        let settled = try await settle(Self.answer(Self.bad), Self.answer(Self.good))
        #expect(settled.text == Self.good)
        #expect(settled.asked == ["\(Self.bad) 1"])
        #expect(settled.notes.count == 1 && settled.notes[0].hasPrefix("asked again, because "))
        let fenced = try await settle(Self.answer(Self.bad), Self.answer("so: \(Self.good)"))
        #expect(fenced.text == Self.good && fenced.notes.count == 2)
    }

    @Test func theBetterOfTwoBadOnesIsGiven() async throws {
        let worse = try await settle(Self.answer(Self.bad), Self.answer(#"{"age":"x"}"#))
        #expect(worse.text == Self.bad && worse.asked.count == 1)
        #expect(worse.notes.last?.hasPrefix("the answer does not satisfy the schema: age ") == true)
        let same = try await settle(Self.answer(Self.bad), Self.answer(#"{"name":"Ada","age":null}"#))
        #expect(same.text == #"{"name":"Ada","age":null}"# && same.notes.count == 2)
    }

    @Test func whenAskingAgainFailsTheFirstAnswerStays() async throws {
        let settled = try await settle(Self.answer(Self.bad))
        #expect(settled.text == Self.bad && settled.notes.count == 2)
        #expect(settled.notes.last?.contains("too many") == true)
        await #expect(throws: CancellationError.self) {
            _ = try await Self.schema().settle(Self.answer(Self.bad)) { _, _ in throw CancellationError() }
        }
    }

    @Test func whatIsNoCompleteTextIsNotChecked() async throws {
        var calling = Self.answer("", finish: "tool_calls")
        calling["choices"] = [["message": ["content": "", "tool_calls": [["id": "1"]]], "finish_reason": "stop"]]
        for answer in [Self.answer("{", finish: "length"), calling, ["choices": []]] {
            let settled = try await settle(answer, Self.answer(Self.good))
            #expect(settled.asked.isEmpty && settled.notes.isEmpty)
        }
    }

    @Test func theRequestThatAsksAgain() throws {
        let body: JSONValue = [
            "model": "glm-4.7", "messages": [["role": "user", "content": "who?"]], "stream": true, "tools": [[:]],
            "tool_choice": "auto", "response_format": ["type": "json_object"], "request_id": "one",
        ]
        let again = GLMRequest.again(body, answer: "{}", problems: ["age is missing", "b"], requestID: "two")
        #expect(again["messages"]?.array?.map { $0["role"]?.string } == ["user", "assistant", "user"])
        #expect(again["messages"]?[2]?["content"]?.string?.contains("\n- age is missing\n- b\n") == true)
        #expect(again["stream"]?.bool == false && again["tools"] == nil && again["tool_choice"] == nil)
        #expect(again["response_format"] == body["response_format"] && again["request_id"]?.string == "two")
        let silent = GLMRequest.again(body, answer: "", problems: ["a"], requestID: "two")
        #expect(silent["messages"]?.array?.map { $0["role"]?.string } == ["user", "user"])
    }
}
