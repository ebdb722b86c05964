import LocalCodeCore
import Testing

@testable import Commands

@Suite("Bench: request bodies and answers")
struct ChatBodyTests {
    @Test("has exactly its size and is valid JSON", arguments: [300, 8_000, 60_000, 1_000_000])
    func size(bytes: Int) throws {
        for tokens in [nil, 100] {
            let body = ChatBody(size: bytes, tokens: tokens, interval: .milliseconds(5)).bytes
            #expect(body.count == bytes)
            let view = try JSONView(validating: body)
            #expect(view["model"]?.string == "bench")
            #expect(view["stream"]?.bool == (tokens != nil))
            #expect(view["messages"]?.kind == .array)
            #expect((view["tools"] != nil) == (bytes >= 8_000))
        }
    }

    @Test("the upstream reads the order from the front of the body")
    func order() {
        let body = ChatBody(size: 60_000, tokens: 77, interval: .microseconds(2_500)).bytes
        let order = StreamOrder(bodyPrefix: Array(body.prefix(StreamOrder.prefixLength)))
        #expect(order?.tokens == 77)
        #expect(order?.intervalNanoseconds == 2_500_000)
        #expect(StreamOrder(bodyPrefix: ChatBody(size: 300).bytes) == nil)
    }

    @Test("reads an order that a proxy wrote with spaces")
    func spaces() {
        let order = StreamOrder(bodyPrefix: Array(#"{"stream": true, "max_tokens": 9}"#.utf8))
        #expect(order?.tokens == 9)
        #expect(order?.intervalNanoseconds == 0)
        #expect(StreamOrder(bodyPrefix: Array(#"{"stream": false}"#.utf8)) == nil)
    }

    @Test(
        "the upstream's answers are valid JSON", arguments: ["/health", "/v1/models", "/props", "/slots", "/nothing"])
    func answers(path: String) throws {
        let (status, body) = try split(EngineAnswers.get(path))
        _ = try JSONView(validating: body)
        #expect(status == (path == "/nothing" ? 404 : 200))
    }

    @Test("a stream is made of chunks that a client of llama-server understands")
    func stream() throws {
        var bytes = EngineAnswers.streamHead
        for token in EngineAnswers.tokens { bytes += token.bytes }
        bytes += EngineAnswers.streamEnd
        let (status, body) = try split(bytes)
        #expect(status == 200)
        var parser = ServerSentEventParser()
        let events = try parser.push(body)
        #expect(events.count == EngineAnswers.tokens.count + 3)
        #expect(events.last?.isDone == true)
        for event in events.dropLast() {
            #expect(try JSONView(validating: event.data)["object"]?.string == "chat.completion.chunk")
        }
        #expect(try JSONView(validating: events[events.count - 3].data)["timings"] != nil)
    }

    private func split(_ response: [UInt8]) throws -> (status: Int, body: [UInt8]) {
        var reader = HTTPMessageReader(.response)
        var body: [UInt8] = []
        let used = try response.withUnsafeBytes { try reader.consume($0) { body.append(contentsOf: $0) } }
        #expect(used == response.count)
        #expect(reader.isComplete)
        return (reader.status, body)
    }
}
