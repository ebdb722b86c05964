import Testing

@testable import LocalCodeCore

@Suite struct EventRelayTests {
    private let stream = "data: 1\n\n: comment\n\ndata: 2\r\n\r\ndata: a\ndata: b\n\ndata: [DONE]\n\n"

    @Test func wholeEventsPassAsTheyAre() throws {
        var relay = EventRelay()
        let bytes = Array(stream.utf8)
        let (ready, events) = try relay.push(bytes)
        #expect(ready == bytes)
        #expect(events.map { String(decoding: $0.data, as: UTF8.self) } == ["1", "2", "a\nb", "[DONE]"])
    }

    @Test func whereverItIsCutOnlyWholeEventsCome() throws {
        let bytes = Array(stream.utf8)
        for cut in 0...bytes.count {
            var relay = EventRelay()
            let first = try relay.push(Array(bytes[..<cut]))
            let isWhole =
                first.ready.isEmpty || first.ready.suffix(2) == [10, 10] || first.ready.suffix(3) == [10, 13, 10]
            #expect(isWhole, "cut at \(cut): \(String(decoding: first.ready, as: UTF8.self))")
            let second = try relay.push(Array(bytes[cut...]))
            #expect(first.ready + second.ready == bytes, "cut at \(cut)")
            #expect(first.events.count + second.events.count == 4)
        }
    }

    @Test func byteByByte() throws {
        let bytes = Array(stream.utf8)
        var relay = EventRelay()
        var out: [UInt8] = []
        for byte in bytes { out += try relay.push([byte]).ready }
        #expect(out == bytes)
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func anEventIsHandedOnWithItsLastByte(lineEnd: String) throws {
        var relay = EventRelay()
        var out: [UInt8] = []
        let event = Array("data: x\(lineEnd)\(lineEnd)".utf8)
        for _ in 0..<3 {
            for byte in event { out += try relay.push([byte]).ready }
            #expect(out.count.isMultiple(of: event.count))
        }
        #expect(out == event + event + event)
    }

    @Test func commentsWithoutAnEndAreNotHeldForEver() throws {
        var relay = EventRelay(limit: 1000)
        for _ in 0..<100 { _ = try relay.push(Array(": wait\n\n".utf8)) }
        #expect(throws: ServerSentEventTooLong.self) {
            for _ in 0..<200 { _ = try relay.push(Array(": wait\n".utf8)) }
        }
    }
}
