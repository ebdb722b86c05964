/// A request to send.
public struct HTTPRequest: Sendable {
    /// The method, upper case.
    public var method: String
    /// An absolute http or https URL.
    public var url: String
    /// Fields to send. Host, Content-Length and the connection's own are added by the client.
    public var headers: HTTPHeaders
    /// The body; nil sends none.
    public var body: [UInt8]?
    /// Path of a unix-domain socket to connect to instead of the URL's host.
    public var unixSocket: String?
    /// Time to resolve, connect and finish TLS.
    public var connectTimeout: Duration
    /// The longest silence of the other side, before its answer and inside it.
    public var idleTimeout: Duration
    /// Says which addresses may be connected to, whatever name leads there; nil: all. It is called on the client's thread.
    /// Such a request gets a new connection and goes through no proxy, which would find the address on its own.
    public var mayConnect: (@Sendable (IPAddress) -> Bool)?

    public init(
        method: String = "GET", url: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil,
        unixSocket: String? = nil,
        connectTimeout: Duration = .seconds(10), idleTimeout: Duration = .seconds(600)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.unixSocket = unixSocket
        self.connectTimeout = connectTimeout
        self.idleTimeout = idleTimeout
    }
}

/// The answer's head, and its body as it arrives.
public struct HTTPResponse: Sendable {
    /// The status code.
    public let status: Int
    /// The fields as the other side wrote them.
    public let headers: HTTPHeaders
    /// The bytes behind the head, transfer coding removed.
    public let body: HTTPBody
}

/// Why a request or its answer failed, other than by an HTTP status.
public struct HTTPClientError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What a caller may want to tell apart.
    public enum Kind: Sendable, Equatable {
        /// The name did not resolve or nobody listens: the request was not sent.
        case connect
        /// The TLS handshake or its certificate failed: the request was not sent.
        case tls
        /// Connecting took longer than `connectTimeout`, or the other side was silent for `idleTimeout`.
        case timeout
        /// The connection broke after the request was sent.
        case broken
        /// The answer was longer than the caller's limit.
        case tooLong
        /// The request itself cannot be sent (URL, header).
        case request
        /// Out of descriptors or memory, or the client was shut down.
        case `internal`
    }
    /// The kind.
    public let kind: Kind
    /// A sentence without the URL.
    public let message: String

    public init(kind: Kind, message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}

/// Outgoing HTTP over libcurl: HTTP/1.1, keep-alive pool, TLS, proxies (never for loopback), unix-domain
/// sockets. One thread runs all transfers; a request is an async function and its answer an async sequence. Cancelling the
/// task, or dropping the body, closes the transfer at once.
public final class HTTPClient: Sendable {
    /// Where certificates come from, and which proxies lead out.
    public struct Configuration: Sendable, Equatable {
        /// A PEM file of certificate authorities (CURL_CA_BUNDLE, SSL_CERT_FILE); nil means libcurl's own choice.
        public var certificateFile: String?
        /// A hashed directory of certificate authorities (SSL_CERT_DIR); nil means libcurl's own choice.
        public var certificateDirectory: String?
        /// The proxy for http URLs (http_proxy, all_proxy), as CURLOPT_PROXY takes it. Never used for loopback.
        public var httpProxy: String?
        /// The proxy for https URLs (https_proxy, all_proxy).
        public var httpsProxy: String?
        /// Hosts that are reached without a proxy (no_proxy), separated by commas; `*` means all.
        public var noProxy: String?

        public init(certificateFile: String? = nil, certificateDirectory: String? = nil) {
            self.certificateFile = certificateFile
            self.certificateDirectory = certificateDirectory
        }

        /// The settings that curl and OpenSSL users know from the environment. As in curl, a lower-case name comes first,
        /// and HTTP_PROXY in capitals does not count: a web server sets it from the `Proxy` field of a request.
        public init(environment: [String: String]) {
            func first(_ names: String...) -> String? {
                names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
            }
            certificateFile = first("CURL_CA_BUNDLE", "SSL_CERT_FILE")
            certificateDirectory = first("SSL_CERT_DIR")
            httpProxy = first("http_proxy", "all_proxy", "ALL_PROXY")
            httpsProxy = first("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
            noProxy = first("no_proxy", "NO_PROXY")
        }
    }

    private let loop: CurlLoop

    /// Starts the client's thread.
    public init(_ configuration: Configuration = Configuration()) throws(HTTPClientError) {
        loop = try CurlLoop(configuration)
    }

    deinit { loop.stop() }

    /// Sends a request and returns when the head of the answer has arrived (of the final one, where 1xx came before).
    /// - Throws: `HTTPClientError`, or `CancellationError` when the task was cancelled.
    public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let transfer = CurlTransfer(try LocalOnly.checked(request), loop: loop)
        let head = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { transfer.start($0) }
        } onCancel: {
            transfer.cancel()
        }
        return HTTPResponse(status: head.status, headers: head.headers, body: HTTPBody(transfer))
    }
}

/// The body of an answer, as it arrives: each element is all that has come since the last one. At most 256 KiB wait in
/// memory; a slow reader pauses the transfer. For one reader.
public struct HTTPBody: AsyncSequence, Sendable {
    private let handle: Handle

    init(_ transfer: CurlTransfer) { handle = Handle(transfer) }

    public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
        fileprivate let handle: Handle

        public mutating func next() async throws -> [UInt8]? { try await handle.transfer.next() }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(handle: handle) }

    /// The whole body.
    /// - Throws: `HTTPClientError` with kind `tooLong` when it is longer than `limit` bytes.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        var whole: [UInt8] = []
        for try await bytes in self {
            guard whole.count + bytes.count <= limit else {
                throw HTTPClientError(kind: .tooLong, message: "the answer is longer than \(limit) bytes")
            }
            if whole.isEmpty { whole = bytes } else { whole.append(contentsOf: bytes) }
        }
        return whole
    }

    /// Ends the transfer when the last reader lets go of it.
    fileprivate final class Handle: Sendable {
        let transfer: CurlTransfer
        init(_ transfer: CurlTransfer) { self.transfer = transfer }
        deinit { transfer.cancel() }
    }
}
