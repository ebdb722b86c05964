import Testing

@testable import LocalCodeCore

@Suite struct RequestNotesTests {
    private let notes = RequestNotes(
        id: "r1", log: RequestLog(LogRenderer(format: .off, content: .none, hasColor: false), writer: LogWriter()))

    @Test func eachIsToldOnce() {
        #expect(notes.take() == nil)
        notes.add(["one", "two"])
        #expect(notes.take() == "one; two")
        #expect(notes.take() == nil)
        notes.add(["three"])
        #expect(notes.take() == "three")
    }

    @Test func nothingOfThemBreaksAHeader() {
        notes.add(["a\r\nSet-Cookie: b\u{0}"])
        #expect(notes.take() == "a\\r\\nSet-Cookie: b\\u{0}")
    }

    @Test func theyAreBounded() throws {
        notes.add((0..<100).map { _ in String(repeating: "x", count: 10_000) })
        let text = try #require(notes.take())
        #expect(text.count < 8_000)
        #expect(text.hasSuffix("; and 68 more"))
    }
}
