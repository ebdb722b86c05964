import Testing

@testable import Commands

@Suite("Bench: HTTP message reader")
struct HTTPMessageReaderTests {
    /// Reads messages from `text`, cut into pieces of `size` bytes.
    private func read(
        _ text: String, _ kind: HTTPMessageReader.Kind, pieces size: Int
    ) throws -> [(status: Int, target: String?, body: String)] {
        var reader = HTTPMessageReader(kind)
        var messages: [(Int, String?, String)] = []
        var body: [UInt8] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            try Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBytes { piece in
                var rest = piece
                while !rest.isEmpty {
                    let used = try reader.consume(rest) { body.append(contentsOf: $0) }
                    rest = UnsafeRawBufferPointer(rebasing: rest[used...])
                    guard reader.isComplete else { return }
                    messages.append((reader.status, reader.requestTarget?.path, String(decoding: body, as: UTF8.self)))
                    body = []
                    reader.reset()
                }
            }
        }
        return messages
    }

    private let chunked =
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "5\r\nhello\r\n1a;name=value\r\n, this is the second chunk\r\n0\r\nTrailer: yes\r\n\r\n"
        + "HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\ngone"

    @Test("finds the same messages wherever the network cuts them", arguments: [1, 2, 3, 7, 64, 1_000])
    func cuts(size: Int) throws {
        let messages = try read(chunked, .response, pieces: size)
        #expect(messages.map(\.status) == [200, 404])
        #expect(messages.map(\.body) == ["hello, this is the second chunk", "gone"])
    }

    @Test("a request without a length has no body, and the next one follows")
    func requests() throws {
        let text =
            "GET /health HTTP/1.1\r\nHost: a\r\n\r\nPOST /v1/chat/completions HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"
        let messages = try read(text, .request, pieces: 5)
        #expect(messages.map(\.target) == ["/health", "/v1/chat/completions"])
        #expect(messages.map(\.body) == ["", "{}"])
    }

    @Test("a response without a length lasts until the connection ends")
    func untilEnd() throws {
        var reader = HTTPMessageReader(.response)
        var body: [UInt8] = []
        _ = try Array("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc".utf8).withUnsafeBytes {
            try reader.consume($0) { body.append(contentsOf: $0) }
        }
        #expect(!reader.isComplete)
        #expect(reader.closesConnection)
        let isWhole = reader.finish()
        #expect(isWhole)
        #expect(body == Array("abc".utf8))
    }

    @Test("a body that ends early is not whole")
    func cutOff() throws {
        var reader = HTTPMessageReader(.response)
        _ = try Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc".utf8).withUnsafeBytes {
            try reader.consume($0) { _ in }
        }
        let isWhole = reader.finish()
        #expect(!isWhole)
    }

    @Test(
        "refuses what is not HTTP",
        arguments: [
            "hello\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
        ])
    func malformed(text: String) {
        #expect(throws: MalformedHTTPMessage.self) { try read(text, .response, pieces: 1_000) }
    }
}
