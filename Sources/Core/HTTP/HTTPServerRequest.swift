import NIOCore

/// A complete request.
public struct HTTPServerRequest: Sendable {
    /// Upper case.
    public var method: String
    /// The path as it was sent, without the query.
    public var path: String
    /// What stands behind the question mark.
    public var query: String?
    /// The fields in the order they came.
    public var headers: HTTPHeaders
    /// The body, transfer coding removed.
    public var body: [UInt8]

    public init(method: String, path: String, query: String? = nil, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The path and the query, as they were sent.
    public var target: String { query.map { "\(path)?\($0)" } ?? path }
}

/// The client closed the connection; what was written since is lost.
public struct ClientGone: Error, Sendable {
    public init() {}
}

/// Answers one request: either `send`, or `begin`, any number of `write`s, and `finish`. For one task at a time.
public struct HTTPResponder: Sendable {
    let connection: HTTPServerConnection

    /// Longer bodies go out piece by piece, so that the time limit of a slow client is one for each piece.
    private static let pieceSize = 256 << 10

    /// A whole answer; its Content-Length is added.
    public func send(status: Int, headers: HTTPHeaders, body: [UInt8]) async throws(ClientGone) {
        guard body.count > Self.pieceSize else {
            let isComplete = try await onLoop { connection throws(ClientGone) in
                try connection.send(status: status, headers: headers, body: body)
            }
            guard !isComplete else { return }
            try await connection.whenWritable()
            return try await finish()
        }
        var headers = headers
        headers["Content-Length"] = String(body.count)
        try await begin(status: status, headers: headers)
        for start in stride(from: 0, to: body.count, by: Self.pieceSize) {
            try await write(Array(body[start..<min(start + Self.pieceSize, body.count)]))
        }
        try await finish()
    }

    /// The head of an answer whose body follows in pieces.
    public func begin(status: Int, headers: HTTPHeaders) async throws(ClientGone) {
        try await onLoop { connection throws(ClientGone) in try connection.begin(status: status, headers: headers) }
    }

    /// A piece of the body, sent at once. Returns when the connection takes more: a slow client makes the caller wait.
    public func write(_ bytes: [UInt8]) async throws(ClientGone) {
        if connection.eventLoop.inEventLoop {
            try connection.write(bytes)
        } else {
            try await onLoop { connection throws(ClientGone) in try connection.write(bytes) }
        }
        try await connection.whenWritable()
    }

    /// From now on, `filler` is written whenever nothing else was for `interval`; ends with the answer. Every `write` must
    /// end where a filler may stand.
    public func keepAlive(every interval: Duration, with filler: [UInt8]) async throws(ClientGone) {
        try await onLoop { connection throws(ClientGone) in try connection.keepAlive(every: interval, with: filler) }
    }

    /// Ends the body.
    public func finish() async throws(ClientGone) {
        try await onLoop { connection throws(ClientGone) in try connection.finish() }
    }

    /// Closes the connection without ending the body, so that the client sees that something is missing.
    public func abort() {
        connection.abort()
    }

    private func onLoop<Value: Sendable>(
        _ body: @escaping @Sendable (HTTPServerConnection) throws(ClientGone) -> Value
    ) async throws(ClientGone) -> Value {
        if connection.eventLoop.inEventLoop { return try body(connection) }
        do {
            return try await connection.eventLoop.submit { [connection] in try body(connection) }.get()
        } catch {
            throw ClientGone()
        }
    }
}
