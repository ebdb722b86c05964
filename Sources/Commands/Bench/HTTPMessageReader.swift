/// A message that is not HTTP/1.1 as this reader knows it.
struct MalformedHTTPMessage: Error, Equatable {
    let reason: String
}

/// Reads HTTP/1.1 messages from a connection, wherever the network cut them: requests on the upstream's side of the bench,
/// responses on the client's. Bodies are handed out in pieces and not kept, so that a reader of large bodies costs the
/// machine as little as it can.
struct HTTPMessageReader {
    /// What a message without Content-Length and chunks means: a request ends there, a response goes on until the end.
    enum Kind { case request, response }

    private enum State {
        case head
        case body(remaining: Int)
        case untilEnd
        case chunkSize(Int)
        case chunkExtension(Int)
        case chunkData(remaining: Int)
        case chunkEnd
        case trailer(isLineEmpty: Bool)
        case complete
    }

    let kind: Kind
    /// Start line and header fields of the current message, as far as they were read.
    private(set) var head: [UInt8] = []
    /// Of a response; 0 before its head was read.
    private(set) var status = 0
    /// Whether the sender closes the connection behind this message.
    private(set) var closesConnection = false
    private var state = State.head
    private static let headLimit = 64 << 10

    init(_ kind: Kind) { self.kind = kind }

    var isComplete: Bool { if case .complete = state { true } else { false } }
    /// Whether nothing of the current message was read.
    var isEmpty: Bool { if case .head = state { head.isEmpty } else { false } }

    /// Gets ready for the next message.
    mutating func reset() {
        head.removeAll(keepingCapacity: true)
        status = 0
        closesConnection = false
        state = .head
    }

    /// The method and the path of a request.
    var requestTarget: (method: String, path: String)? {
        let parts = head.prefix { $0 != 0x0D && $0 != 0x0A }.split(separator: 0x20)
        guard parts.count == 3 else { return nil }
        return (String(decoding: parts[0], as: UTF8.self), String(decoding: parts[1], as: UTF8.self))
    }

    /// The connection has ended: completes a response that lasts until then.
    /// - Returns: Whether the message is whole.
    mutating func finish() -> Bool {
        if case .untilEnd = state { state = .complete }
        return isComplete
    }

    /// Reads on until the end of the message or of the bytes.
    /// - Returns: How many bytes belonged to this message.
    mutating func consume(
        _ bytes: UnsafeRawBufferPointer, body: (UnsafeRawBufferPointer) -> Void
    ) throws(MalformedHTTPMessage) -> Int {
        var index = 0
        while index < bytes.count {
            switch state {
            case .complete: return index
            case .head:
                head.append(bytes[index])
                index += 1
                if head.last == 0x0A, head.endsWithEmptyLine { try endHead() }
                guard head.count <= Self.headLimit else { throw MalformedHTTPMessage(reason: "the head is too long") }
            case .body(let remaining), .chunkData(let remaining):
                let count = min(remaining, bytes.count - index)
                body(UnsafeRawBufferPointer(rebasing: bytes[index..<index + count]))
                index += count
                if case .body = state {
                    state = count == remaining ? .complete : .body(remaining: remaining - count)
                } else {
                    state = count == remaining ? .chunkEnd : .chunkData(remaining: remaining - count)
                }
            case .untilEnd:
                body(UnsafeRawBufferPointer(rebasing: bytes[index...]))
                index = bytes.count
            case .chunkSize, .chunkExtension, .chunkEnd, .trailer:
                try consumeFraming(bytes[index])
                index += 1
            }
        }
        return index
    }

    private mutating func consumeFraming(_ byte: UInt8) throws(MalformedHTTPMessage) {
        switch (state, byte) {
        case (.chunkSize(let size), 0x0A), (.chunkExtension(let size), 0x0A):
            state = size == 0 ? .trailer(isLineEmpty: true) : .chunkData(remaining: size)
        case (.chunkSize(let size), 0x0D), (.chunkSize(let size), 0x3B), (.chunkExtension(let size), _):
            state = .chunkExtension(size)
        case (.chunkSize(let size), _):
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, size < 1 << 40 else {
                throw MalformedHTTPMessage(reason: "a chunk has no size")
            }
            state = .chunkSize(size << 4 | digit)
        case (.chunkEnd, 0x0A): state = .chunkSize(0)
        case (.chunkEnd, 0x0D), (.trailer, 0x0D): break
        case (.chunkEnd, _): throw MalformedHTTPMessage(reason: "a chunk is longer than its size")
        case (.trailer(let isLineEmpty), 0x0A): state = isLineEmpty ? .complete : .trailer(isLineEmpty: true)
        case (.trailer, _): state = .trailer(isLineEmpty: false)
        default: break
        }
    }

    private mutating func endHead() throws(MalformedHTTPMessage) {
        let lines = head.split(separator: 0x0A)
        if kind == .response {
            let code = lines[0].split(separator: 0x20).dropFirst().first.flatMap {
                Int(String(decoding: $0, as: UTF8.self))
            }
            guard let code, lines[0].starts(with: "HTTP/1.".utf8) else {
                throw MalformedHTTPMessage(reason: "the answer has no status line")
            }
            if (100..<200).contains(code) { return reset() }
            status = code
        }
        var length: Int?
        var isChunked = false
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: 0x3A) else { continue }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            let value = { String(decoding: line[(colon + 1)...], as: UTF8.self).trimmed.lowercased() }
            switch name {
            case "content-length": length = Int(value())
            case "transfer-encoding": isChunked = value().hasSuffix("chunked")
            case "connection": closesConnection = value() == "close"
            default: break
            }
        }
        if isChunked {
            state = .chunkSize(0)
        } else if let length, length > 0 {
            state = .body(remaining: length)
        } else if kind == .request || length == 0 || status == 204 || status == 304 {
            state = .complete
        } else {
            state = .untilEnd
        }
    }
}

extension [UInt8] {
    fileprivate var endsWithEmptyLine: Bool {
        count >= 4 && self[count - 2] == 0x0D && self[count - 3] == 0x0A && self[count - 4] == 0x0D
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
