import LocalCodeCore
import Testing

@testable import Commands

@Suite("Bench: answers of an engine")
struct EngineClientTests {
    private static let stream =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
        + "X-LocalCode-Cache: restored; expected=4010\r\n\r\n"
        + chunked(
            ": keep\n\n"
                + event(#"{"choices":[],"prompt_progress":{"total":9,"cache":5}}"#)
                + event(#"{"choices":[{"delta":{"role":"assistant","content":null}}]}"#)
                + event(#"{"choices":[{"delta":{"content":"one "}}]}"#)
                + event(#"{"choices":[{"delta":{"content":"two"}}]}"#)
                + event(#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#)
                + event(
                    #"{"choices":[],"usage":{"prompt_tokens":9},"timings":{"prompt_n":4,"cache_n":5,"#
                        + #""prompt_ms":20,"predicted_n":3,"predicted_ms":150.5,"draft_n":7,"draft_n_accepted":2}}"#)
                + event("[DONE]"))

    private static func event(_ data: String) -> String { "data: \(data)\n\n" }

    private static func chunked(_ body: String) -> String {
        String(body.utf8.count, radix: 16) + "\r\n" + body + "\r\n0\r\n\r\n"
    }

    private func read(_ text: String, pieces: Int) throws -> EngineAnswer {
        var time: UInt64 = 100
        var reader = AnswerReader(started: 100) {
            time += 1
            return time
        }
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            try reader.read(bytes[start..<min(bytes.count, start + pieces)])
        }
        #expect(reader.isComplete)
        return reader.answer
    }

    @Test("takes a stream apart, however it was cut", arguments: [1, 7, 100_000])
    func stream(pieces: Int) throws {
        let answer = try read(Self.stream, pieces: pieces)
        #expect(answer.status == 200)
        #expect(answer.text == "one two")
        #expect(answer.promptTokens == 9)
        #expect(answer.evaluated == 4)
        #expect(answer.cached == 5)
        #expect(answer.source == "restored")
        #expect(answer.generated == 3)
        #expect(answer.prefillSeconds == 0.02)
        #expect(answer.decodeSeconds == 0.1505)
        #expect(answer.drafted == 7)
        #expect(answer.accepted == 2)
        // The clock is read once for each piece, and once at the end.
        #expect(answer.firstToken == 1)
        #expect(answer.pieces == [1, 2])
        #expect(answer.total == 3)
        #expect(answer.body.isEmpty)
    }

    @Test("an answer without a token still has a first moment")
    func empty() throws {
        let text =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            + Self.chunked(
                Self.event(#"{"choices":[{"delta":{"content":""}}]}"#)
                    + Self.event(#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#))
        let answer = try read(text, pieces: 50)
        #expect(answer.firstToken == 1)
        #expect(answer.text.isEmpty)
    }

    @Test("keeps what an error says")
    func error() throws {
        let answer = try read(
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 7\r\n\r\nloading", pieces: 3)
        #expect(answer.status == 503)
        #expect(String(decoding: answer.body, as: UTF8.self) == "loading")
        #expect(answer.firstToken == nil && answer.source == nil)
    }

    @Test("what is not HTTP is a failure")
    func garbage() {
        var reader = AnswerReader(started: 0)
        #expect(throws: Failure.self) { try reader.read(Array("SSH-2.0-x\r\n\r\n".utf8)[...]) }
    }
}
