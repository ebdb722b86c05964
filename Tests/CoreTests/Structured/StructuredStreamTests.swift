import Synchronization
import Testing

@testable import LocalCodeCore

@Suite struct StructuredStreamTests {
    /// Hands events on as they are, and has something left at the end.
    private struct Pass: StreamTranslator {
        var rest: [UInt8] = []
        var isFinished: Bool { false }
        mutating func translate(_ event: ServerSentEvent) async throws -> [UInt8] { ServerSentEvent.frame(event.data) }
        mutating func end() async throws -> [UInt8] { rest }
    }

    private static func chunk(_ delta: String, _ reason: String = "null") -> String {
        #"{"id":"x","choices":[{"index":0,"delta":\#(delta),"finish_reason":\#(reason)}]}"#
    }

    private static let thought = chunk(#"{"role":"assistant","reasoning_content":"hm"}"#)
    private static let end = chunk("{}", #""stop""#)
    private static let usage = #"{"id":"x","choices":[],"usage":{"total_tokens":3}}"#

    /// - Returns: what came out at each event, and at the end.
    private func run(
        _ events: [String], limit: Int = 10_000, to text: String? = nil
    ) async throws -> (passed: [String], end: String, seen: JSONValue?) {
        let seen = Mutex<JSONValue?>(nil)
        var stream = StructuredStream(Pass(), limit: limit) { answer in
            seen.withLock { $0 = answer }
            guard let text else { return answer }
            return ["choices": [["message": ["content": .string(text)], "finish_reason": "stop"]]]
        }
        var passed: [String] = []
        for event in events {
            let bytes = try await stream.translate(ServerSentEvent(data: Array(event.utf8)))
            passed.append(String(decoding: bytes, as: UTF8.self))
        }
        let end = String(decoding: try await stream.end(), as: UTF8.self)
        return (passed, end, seen.withLock { $0 })
    }

    private func frames(_ events: String...) -> String { events.map { "data: \($0)\n\n" }.joined() }

    @Test func thoughtsGoOnAndTextIsHeld() async throws {
        let text = [Self.chunk(#"{"content":"{\"a\""}"#), Self.chunk(#"{"content":":1}"}"#)]
        let events = [Self.thought, text[0], Self.thought, text[1], Self.end, Self.usage, "[DONE]"]
        let result = try await run(events)
        #expect(result.passed == [frames(Self.thought), "", "", "", "", "", ""])
        #expect(result.end == frames(text[0], Self.thought, text[1], Self.end, Self.usage, "[DONE]"))
        #expect(result.seen?["choices"]?[0]?["message"]?["content"]?.string == #"{"a":1}"#)
        #expect(result.seen?["choices"]?[0]?["finish_reason"]?.string == "stop")
    }

    @Test func anotherTextTakesThePlace() async throws {
        let events = [
            Self.chunk(#"{"role":"assistant","content":"a"}"#), Self.chunk(#"{"content":"b"}"#),
            Self.chunk(#"{"content":"c"}"#, #""stop""#), Self.usage, "[DONE]",
        ]
        let result = try await run(events, to: "new")
        #expect(
            result.end
                == frames(
                    Self.chunk(#"{"role":"assistant","content":"new"}"#), Self.chunk("{}", #""stop""#), Self.usage,
                    "[DONE]"))
    }

    @Test func whatIsNoCompleteTextGoesOutAsItCame() async throws {
        let call = Self.chunk(#"{"tool_calls":[{"index":0,"id":"1","function":{"name":"f","arguments":"{}"}}]}"#)
        let cut = Self.chunk(#"{"content":"{"}"#, #""length""#)
        for events in [[call, Self.end, "[DONE]"], [cut, "[DONE]"], [Self.thought]] {
            let result = try await run(events)
            #expect(result.passed.joined() + result.end == events.map { "data: \($0)\n\n" }.joined())
        }
    }

    @Test func whatIsHeldHasALimit() async throws {
        let long = Self.chunk(#"{"content":"\#(String(repeating: "x", count: 400))"}"#)
        await #expect(throws: APIError.self) { _ = try await run([long, long, long], limit: 1000) }
        _ = try await run([long], limit: 1000)
    }
}
