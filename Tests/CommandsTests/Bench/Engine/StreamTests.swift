import LocalCodeCore
import Support
import Synchronization
import Testing

@testable import Commands

@Suite("Bench: streams", .timeLimit(.minutes(1)))
struct StreamTests {
    private static func answer(tokens: Int, pieces: [UInt64]) -> EngineAnswer {
        var answer = EngineAnswer()
        answer.generated = tokens
        answer.pieces = pieces
        answer.firstToken = pieces.first
        answer.total = pieces.last ?? 0
        return answer
    }

    @Test("a tally counts tokens, first tokens, and the gaps between pieces")
    func tally() throws {
        var tally = StreamTally()
        tally.add(Self.answer(tokens: 30, pieces: [100_000_000, 150_000_000, 1_000_000_000]))
        tally.add(Self.answer(tokens: 10, pieces: [300_000_000, 500_000_000]))
        tally.seconds = 2
        #expect(tally.requests == 2)
        #expect(tally.tokens == 40)
        #expect(tally.speed == 20)
        #expect(tally.speeds == [30, 20])
        #expect(tally.gaps.count == 3)
        let figures = tally.latencies("4 clients", "bare")
        let median = try #require(figures.first { $0.quantity == .firstTokenMedian }?.estimate)
        #expect(abs(median.value - 100) < 1)
        let late = try #require(figures.first { $0.quantity == .gap99 }?.estimate)
        #expect(abs(late.value - 850) < 2)
    }

    @Test("a server that counts no tokens has sent one a piece")
    func uncounted() {
        var tally = StreamTally()
        var answer = Self.answer(tokens: 0, pieces: [1, 2, 3])
        answer.generated = nil
        tally.add(answer)
        #expect(tally.tokens == 3)
    }

    @Test("each client asks as often as it shall, and no two requests have one number")
    func crowd() async throws {
        let numbers = Mutex<[Int]>([])
        let crowd = StreamCrowd(
            clients: 3, end: .requests(4),
            ask: { number in
                numbers.withLock { $0.append(number) }
                return Self.answer(tokens: 5, pieces: [1])
            })
        let tally = try await crowd.run(from: 100)
        #expect(numbers.withLock { $0.sorted() } == Array(100..<112))
        #expect(tally.requests == 12)
        #expect(tally.tokens == 60)
    }

    @Test("a client stops behind the answer that comes after the time, and asks once at least")
    func time() async throws {
        let clock = Mutex<UInt64>(0)
        let crowd = StreamCrowd(
            clients: 1, end: .time(25),
            ask: { _ in
                clock.withLock { $0 += 10 }
                return Self.answer(tokens: 1, pieces: [1])
            })
        let tally = try await crowd.run(from: 0, now: { clock.withLock { $0 } })
        #expect(tally.requests == 3)
        #expect(tally.seconds == 30e-9)
        clock.withLock { $0 = 1_000 }
        var late = crowd
        late.end = .time(0)
        #expect(try await late.run(from: 0, now: { clock.withLock { $0 } }).requests == 1)
    }

    @Test("a failure ends a strict crowd, and is counted in another one")
    func failures() async throws {
        var crowd = StreamCrowd(
            clients: 2, end: .requests(2),
            ask: { number in
                guard number != 1 else { throw Failure("too busy") }
                return Self.answer(tokens: 1, pieces: [1])
            })
        let strict = crowd
        await #expect(throws: Failure("too busy")) { _ = try await strict.run(from: 0) }
        crowd.isStrict = false
        let tally = try await crowd.run(from: 0)
        #expect(tally.requests == 3)
        #expect(tally.failures == 1)
        #expect(tally.failure == "too busy")
    }

    private func probe(_ response: ScriptedResponse) async throws -> EngineAnswer {
        let server = try RecordingServer { _ in response }
        let client = try HTTPClient()
        return try await StreamProbe.ask("the server") { try await client.send(HTTPRequest(url: server.url)) }
    }

    @Test("a probe reads a stream to its end")
    func probe() async throws {
        let answer = try await probe(
            .events([
                #"{"choices":[{"delta":{"content":"a"}}]}"#, #"{"choices":[{"delta":{"content":"b"}}]}"#,
                #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#, "[DONE]",
            ]))
        #expect(answer.text == "ab")
        #expect(answer.pieces.count == 2)
        #expect(answer.generated == 2)
        #expect(answer.firstToken ?? 0 > 0)
        #expect(answer.total >= answer.pieces[1])
    }

    @Test("what is no whole stream is a failure that says what came instead")
    func broken() async throws {
        let refused = await #expect(throws: Failure.self) {
            try await probe(.complete(status: 503, #"{"error":{"message":"Loading model"}}"#))
        }
        #expect(refused?.message.hasPrefix("the server answered with status 503: ") == true)
        #expect(refused?.message.contains("Loading model") == true)
        let cut = await #expect(throws: Failure.self) {
            try await probe(.events([#"{"choices":[{"delta":{"content":"a"}}]}"#, #"{"error":"it broke"}"#]))
        }
        #expect(cut?.message.contains("it broke") == true)
        let empty = await #expect(throws: Failure.self) { try await probe(.events(["[DONE]"])) }
        #expect(empty?.message.hasPrefix("the server sent no tokens") == true)
    }
}
