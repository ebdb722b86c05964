import LocalCodeCore
import Synchronization

/// One-line requests for tests.
public struct TestHTTP: Sendable {
    /// An answer: its status, fields and whole body.
    public struct Answer: Sendable {
        /// The HTTP status.
        public let status: Int
        /// The fields.
        public let headers: HTTPHeaders
        /// The body.
        public let bytes: [UInt8]

        /// The body as text.
        public var text: String { String(decoding: bytes, as: UTF8.self) }

        /// The body as JSON; `null` when it is none.
        public var json: JSONValue { (try? JSONValue(parsing: bytes)) ?? .null }

        /// The body's server-sent events.
        public var events: [ServerSentEvent] {
            var parser = ServerSentEventParser()
            return (try? parser.push(bytes)) ?? []
        }
    }

    /// One for all tests: an answer's body needs its client, and a thread less a test is a thread less.
    private static let shared = Result { try HTTPClient() }

    private let client: HTTPClient
    private let base: String
    private let socket: String?

    /// - Parameter url: `http://HOST:PORT`, or `unix:PATH` for a unix-domain socket.
    public init(_ url: String) throws {
        client = try Self.shared.get()
        socket = url.hasPrefix("unix:") ? String(url.dropFirst("unix:".count)) : nil
        base = socket == nil ? url : "http://localhost"
    }

    /// GET.
    public func get(_ path: String, headers: HTTPHeaders = [:]) async throws -> Answer {
        try await send(HTTPRequest(url: base + path, headers: headers, unixSocket: socket))
    }

    /// POST with a JSON body.
    public func post(_ path: String, _ body: JSONValue, headers: HTTPHeaders = [:]) async throws -> Answer {
        try await post(path, bytes: body.bytes, headers: headers)
    }

    /// POST with a body of bytes that are called JSON.
    public func post(_ path: String, bytes: [UInt8], headers: HTTPHeaders = [:]) async throws -> Answer {
        var headers = headers
        headers["Content-Type"] = headers["Content-Type"] ?? "application/json"
        return try await send(
            HTTPRequest(method: "POST", url: base + path, headers: headers, body: bytes, unixSocket: socket))
    }

    /// POST, with the answer's body as it comes.
    public func stream(_ path: String, _ body: JSONValue) async throws -> HTTPResponse {
        try await client.send(
            HTTPRequest(
                method: "POST", url: base + path, headers: ["Content-Type": "application/json"], body: body.bytes,
                unixSocket: socket))
    }

    /// Any method, with a body of bytes that are called JSON, or without one.
    public func send(_ method: String, _ path: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil) async throws
        -> Answer
    {
        var headers = headers
        if body != nil { headers["Content-Type"] = headers["Content-Type"] ?? "application/json" }
        return try await send(
            HTTPRequest(method: method, url: base + path, headers: headers, body: body, unixSocket: socket))
    }

    private func send(_ request: HTTPRequest) async throws -> Answer {
        let response = try await client.send(request)
        return Answer(
            status: response.status, headers: response.headers, bytes: try await response.body.collect(upTo: 256 << 20))
    }
}

extension HTTPResponse {
    /// The body's server-sent events as they come.
    public var events: some AsyncSequence<ServerSentEvent, any Error> {
        let parser = Mutex(ServerSentEventParser())
        return body.flatMap { bytes in
            AsyncEvents(events: try parser.withLock { try $0.push(bytes) })
        }
    }
}

/// Events that are there already.
public struct AsyncEvents: AsyncSequence, AsyncIteratorProtocol, Sendable {
    var events: [ServerSentEvent]

    /// The next one.
    public mutating func next() async -> ServerSentEvent? { events.isEmpty ? nil : events.removeFirst() }

    /// Itself.
    public func makeAsyncIterator() -> AsyncEvents { self }
}
