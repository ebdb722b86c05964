import LocalCodeCore
import Testing

/// The event stream of the HTML standard, as far as language models use it.
struct ServerSentEventTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let events: [ServerSentEvent]

        init(_ testDescription: String, _ text: String, _ events: [(event: String?, data: String)]) {
            self.testDescription = testDescription
            self.text = text
            self.events = events.map { ServerSentEvent(event: $0.event, data: Array($0.data.utf8)) }
        }
    }

    static let cases = [
        Case("one", "data: x\n\n", [(nil, "x")]),
        Case("two", "data: x\n\ndata: y\n\n", [(nil, "x"), (nil, "y")]),
        Case("no space", "data:x\n\n", [(nil, "x")]),
        Case("one space of two is content", "data:  x\n\n", [(nil, " x")]),
        Case("lines are joined", "data: YHOO\ndata: +2\ndata: 10\n\n", [(nil, "YHOO\n+2\n10")]),
        Case("empty data", "data\n\ndata\ndata\n\ndata:", [(nil, ""), (nil, "\n")]),
        Case("name", "event: add\ndata: 1\n\ndata: 2\n\n", [("add", "1"), (nil, "2")]),
        Case("name without data", "event: add\n\ndata: 2\n\n", [(nil, "2")]),
        Case("comments", ": keep-alive\n\n:\ndata: x\n: more\n\n", [(nil, "x")]),
        Case("other fields", "id: 1\nretry: 5\nfoo: bar\ndata: x\ndatax: y\n data: z\n\n", [(nil, "x")]),
        Case("CR LF", "data: x\r\ndata: y\r\n\r\ndata: z\r\n\r\n", [(nil, "x\ny"), (nil, "z")]),
        Case("CR", "data: x\rdata: y\r\rdata: z\r\r", [(nil, "x\ny"), (nil, "z")]),
        Case("mixed", "data: x\r\ndata: y\n\rdata: z\r\n\n", [(nil, "x\ny"), (nil, "z")]),
        Case("CR then CR LF", "data: x\r\r\ndata: y\n\n", [(nil, "x"), (nil, "y")]),
        Case("byte order mark", "\u{FEFF}data: x\n\n\u{FEFF}data: y\n\n", [(nil, "x")]),
        Case("colons in the value", "data: {\"a\": \"b:c\"}\n\n", [(nil, "{\"a\": \"b:c\"}")]),
        Case("beyond ASCII", "data: 日本\u{2028}\u{85}語\n\n", [(nil, "日本\u{2028}\u{85}語")]),
        Case("unfinished", "data: x\n\ndata: y\n", [(nil, "x")]),
        Case("nothing", "", []),
        Case("empty lines", "\n\n\r\n\r\r", []),
    ]

    @Test(arguments: cases) func parses(_ example: Case) throws {
        var parser = ServerSentEventParser()
        #expect(try parser.push(Array(example.text.utf8)) == example.events)
    }

    @Test(arguments: cases) func everySplitGivesTheSame(_ example: Case) throws {
        let bytes = Array(example.text.utf8)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var parser = ServerSentEventParser()
                let events = try [bytes[..<first], bytes[first..<second], bytes[second...]].flatMap {
                    try parser.push($0)
                }
                #expect(events == example.events, "split at \(first) and \(second)")
            }
        }
        var parser = ServerSentEventParser()
        #expect(try bytes.flatMap { try parser.push([$0]) } == example.events, "byte by byte")
    }

    @Test func lengthIsLimited() throws {
        var parser = ServerSentEventParser(limit: 20)
        #expect(try parser.push("data: 0123456789\n\n".utf8).count == 1)
        #expect(try parser.push("data: 0123456789\n\ndata: 01234567".utf8).count == 1)
        let error = #expect(throws: ServerSentEventTooLong.self) { try parser.push("89abcdef".utf8) }
        #expect(error?.limit == 20)
        var other = ServerSentEventParser(limit: 20)
        #expect(try other.push("data: 0123456789\n".utf8).isEmpty)
        #expect(throws: ServerSentEventTooLong.self) { try other.push("data: 0123456789\n".utf8) }
    }

    @Test func framesWhatItParses() throws {
        #expect(ServerSentEvent.frame("{}".utf8) == Array("data: {}\n\n".utf8))
        #expect(ServerSentEvent.done == Array("data: [DONE]\n\n".utf8))
        var parser = ServerSentEventParser()
        let events = try parser.push(ServerSentEvent.frame(Array(" x".utf8)) + ServerSentEvent.done)
        #expect(events.map(\.data) == [Array(" x".utf8), Array("[DONE]".utf8)])
        #expect(events.map(\.isDone) == [false, true])
    }
}
