import LocalCodeCore
import Support
import Testing

/// The server that plays an upstream in the tests of faults.
@Suite(.timeLimit(.minutes(1))) struct RecordingServerTests {
    @Test func recordsTheBytes() async throws {
        let server = try RecordingServer { _ in .complete(#"{"ok":true}"#) }
        let body = Array(#"{ "n" : 1e400, "n" : -0 }"#.utf8)
        let http = try TestHTTP(server.url)
        let answer = try await http.post("/a?b=c", bytes: body, headers: ["X-Test": "1"])
        #expect(answer.json["ok"]?.bool == true)
        let request = try await server.exchange().request
        #expect(request.method == "POST" && request.target == "/a?b=c")
        #expect(request.header("x-test") == "1")
        #expect(request.body == body)
        #expect(request.bytes.starts(with: Array("POST /a?b=c HTTP/1.1\r\n".utf8)))
        #expect(request.bytes.suffix(body.count) == body[...])
        _ = try await http.get("/again")
        #expect(server.requests.map(\.connection) == [0, 0])
    }

    @Test func gateHoldsTheNextPiece() async throws {
        let gate = Gate()
        let server = try RecordingServer { _ in .chunked([.event("one"), .wait(gate), .event("two")]) }
        let response = try await TestHTTP(server.url).stream("/", [:])
        var body = response.body.makeAsyncIterator()
        let first = try await body.next()
        #expect(first == Array("data: one\n\n".utf8))
        gate.open()
        let second = try await body.next()
        #expect(second == Array("data: two\n\n".utf8))
        let end = try await body.next()
        #expect(end == nil)
        #expect(try await server.exchange().ending() == .answered)
    }

    @Test(arguments: [ScriptedResponse.Step.reset, .close])
    func connectionIsCut(last: ScriptedResponse.Step) async throws {
        let server = try RecordingServer { _ in .events(["one"], then: [last]) }
        let response = try await TestHTTP(server.url).stream("/", [:])
        await #expect(throws: HTTPClientError.self) { try await response.body.collect(upTo: 1000) }
    }

    @Test func clientThatLeavesIsNoticed() async throws {
        let server = try RecordingServer { _ in .events(["one"], then: [.waitForClientToLeave]) }
        do {
            let response = try await TestHTTP(server.url).stream("/", [:])
            var body = response.body.makeAsyncIterator()
            _ = try await body.next()
        }
        #expect(try await server.exchange().ending() == .clientLeft)
    }

    @Test func clientThatLeavesAtAGateIsNoticed() async throws {
        let gate = Gate()
        let server = try RecordingServer { _ in .chunked([.event("one"), .wait(gate), .event("two")]) }
        do {
            let response = try await TestHTTP(server.url).stream("/", [:])
            var body = response.body.makeAsyncIterator()
            _ = try await body.next()
        }
        #expect(try await server.exchange().ending() == .clientLeft)
        gate.open()
    }
}
