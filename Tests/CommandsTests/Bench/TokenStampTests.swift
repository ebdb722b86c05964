import Testing

@testable import Commands

@Suite("Bench: token stamps")
struct TokenStampTests {
    @Test("finds each stamp wherever the stream is cut", arguments: [1, 2, 9, 19, 20, 21, 500])
    func cuts(size: Int) {
        let stamps: [UInt64] = [1, 1_234_567_890_123_456_789, 42]
        var bytes: [UInt8] = []
        for (stamp, token) in zip(stamps, EngineAnswers.tokens) {
            var frame = token.bytes
            frame.withUnsafeMutableBytes { TokenStamp.write(stamp, into: $0, at: token.stampOffset) }
            bytes += frame
        }
        var scanner = TokenStampScanner()
        var found: [UInt64] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBytes { piece in
                scanner.scan(piece) { found.append($0) }
            }
        }
        #expect(found == stamps)
    }

    @Test("a mark without digits behind it is none")
    func noDigits() {
        var scanner = TokenStampScanner()
        var found: [UInt64] = []
        Array("a ~12 b ~0000000000000000007 ~".utf8).withUnsafeBytes { scanner.scan($0) { found.append($0) } }
        #expect(found == [7])
    }

    @Test("each token has its own stamp, and nothing else looks like one")
    func tokens() {
        for token in EngineAnswers.tokens {
            #expect(token.bytes.filter { $0 == TokenStamp.mark }.count == 1)
            #expect(token.bytes[token.stampOffset - 1] == TokenStamp.mark)
            #expect((200...330).contains(token.bytes.count))
        }
        #expect(!EngineAnswers.streamEnd.contains(TokenStamp.mark))
    }
}
