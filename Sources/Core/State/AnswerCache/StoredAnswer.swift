/// An answer as it was sent.
public struct StoredAnswer: Sendable, Equatable {
    /// The HTTP status.
    public var status: Int
    /// The `content-type` header.
    public var contentType: String
    /// The whole body, of a stream all of its events.
    public var body: [UInt8]
    /// When it was given, in seconds since 1970.
    public var created: Double

    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - contentType: the `content-type` header.
    ///   - body: the whole body.
    ///   - created: seconds since 1970.
    public init(status: Int, contentType: String, body: [UInt8], created: Double) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.created = created
    }

    /// Whether this is all of a good answer: a JSON object, or a stream that ends with `[DONE]`, without an error in it.
    var isWhole: Bool {
        guard status == 200, body.count <= AnswerCache.longestBody else { return false }
        switch contentType.prefix(while: { $0 != ";" && $0 != " " }).lowercased() {
        case "application/json": return Self.isGood(body)
        case "text/event-stream": return isWholeStream
        default: return false
        }
    }

    private var isWholeStream: Bool {
        var parser = ServerSentEventParser(limit: AnswerCache.longestBody)
        guard let events = try? parser.push(body), events.last?.isDone ?? false else { return false }
        return events.dropLast().allSatisfy { $0.event != "error" && !$0.isDone && Self.isGood($0.data) }
    }

    private static func isGood(_ text: [UInt8]) -> Bool {
        guard let view = try? JSONView(validating: text), view.kind == .object else { return false }
        return view["error"]?.isNull ?? true
    }
}

/// The file of an answer: `LCANSWR1`, the key, the time, status and lengths, content type and body, and the SHA-256 of all
/// that. Numbers are little-endian.
enum AnswerFile {
    private static let magic = Array("LCANSWR1".utf8)
    /// Magic, key, time (8), status (4), length of the content type (4), length of the body (8).
    private static let headLength = 8 + Digest.byteCount + 24
    private static let longestContentType = 1024

    /// No file is longer.
    static let longest = headLength + longestContentType + AnswerCache.longestBody + Digest.byteCount

    static func encode(_ answer: StoredAnswer, _ key: Digest) -> [UInt8] {
        let contentType = Array(answer.contentType.utf8.prefix(longestContentType))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headLength + contentType.count + answer.body.count + Digest.byteCount)
        bytes += magic
        bytes += key.bytes
        append(answer.created.bitPattern, to: &bytes)
        append(UInt32(clamping: answer.status), to: &bytes)
        append(UInt32(clamping: contentType.count), to: &bytes)
        append(UInt64(clamping: answer.body.count), to: &bytes)
        bytes += contentType
        bytes += answer.body
        bytes += SHA256.digest(bytes).bytes
        return bytes
    }

    /// Nil unless this is a file of that key, byte for byte as it was written.
    static func decode(_ bytes: [UInt8], _ key: Digest) -> StoredAnswer? {
        let end = bytes.count - Digest.byteCount
        guard end >= headLength, bytes.starts(with: magic), bytes[8...].starts(with: key.bytes),
            bytes[end...].elementsEqual(SHA256.digest(bytes[..<end]).bytes)
        else { return nil }
        let place = 8 + Digest.byteCount
        let bodyStart = headLength + Int(number(UInt32.self, bytes, at: place + 12))
        let bodyLength = Int(clamping: number(UInt64.self, bytes, at: place + 16))
        guard bodyStart <= end, bodyLength == end - bodyStart else { return nil }
        return StoredAnswer(
            status: Int(number(UInt32.self, bytes, at: place + 8)),
            contentType: String(decoding: bytes[headLength..<bodyStart], as: UTF8.self),
            body: Array(bytes[bodyStart..<end]),
            created: Double(bitPattern: number(UInt64.self, bytes, at: place)))
    }

    private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }

    private static func number<Number: FixedWidthInteger>(_ type: Number.Type, _ bytes: [UInt8], at place: Int)
        -> Number
    {
        bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: type)) }
    }
}
