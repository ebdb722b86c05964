import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Listens for HTTP/1.1 and calls one function per request. Requests of one connection are handled one after another; a
/// client that goes away cancels the task of its request.
public final class HTTPServer: Sendable {
    /// Called with the complete request. Runs on the connection's event loop until it first waits for something else: what
    /// takes longer than a millisecond belongs elsewhere.
    public typealias Handler = @Sendable (HTTPServerRequest, HTTPResponder) async -> Void

    /// Where to listen, and the limits that keep one client from harming the others.
    public struct Configuration: Sendable {
        /// An address or a name.
        public var host: String
        /// 0 lets the kernel choose.
        public var port: Int
        /// The longest body, in bytes; longer ones get status 413.
        public var bodyLimit: Int = 64 << 20
        /// All bodies that are being held, together; over it new requests get status 503.
        public var totalBodyLimit: Int = 512 << 20
        /// All header fields of a request together, in bytes; more get status 431.
        public var headerLimit: Int = 64 << 10
        /// Open connections; further ones are closed at once.
        public var connectionLimit: Int = 1024
        /// How long a request's head may take, and how long an idle connection is kept.
        public var headTimeout: Duration = .seconds(75)
        /// The longest silence inside a request's body.
        public var bodyTimeout: Duration = .seconds(30)
        /// How long a client may leave data unread.
        public var writeTimeout: Duration = .seconds(120)
        /// Threads for connections.
        public var threads: Int = 1

        public init(host: String = "127.0.0.1", port: Int = 4242) {
            self.host = host
            self.port = port
        }
    }

    /// The port it listens on.
    public let port: Int
    let configuration: Configuration
    private let group: MultiThreadedEventLoopGroup
    private let listener: any Channel
    private let connections: HTTPServerConnections

    private init(
        _ configuration: Configuration, group: MultiThreadedEventLoopGroup, listener: any Channel,
        connections: HTTPServerConnections
    ) {
        self.configuration = configuration
        self.group = group
        self.listener = listener
        self.connections = connections
        port = listener.localAddress?.port ?? configuration.port
    }

    /// Binds and begins to serve.
    /// - Throws: the system's error when the address cannot be bound.
    public static func start(_ configuration: Configuration, handler: @escaping Handler) async throws -> HTTPServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
        let connections = HTTPServerConnections(configuration)
        let decoderLimits = {
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = min(limits.maxHeaderFieldSize, configuration.headerLimit)
            limits.maxHeaderListSize = configuration.headerLimit
            return limits
        }()
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                // Out of descriptors, `accept` would fail again and again without a pause.
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler())
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 16)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 256 << 10))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let encoder = HTTPResponseHeadEncoder()
                    let decoder = HTTPRequestDecoder(
                        leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop,
                        limitConfiguration: decoderLimits)
                    let connection = HTTPServerConnection(
                        channel, encoder: encoder, connections: connections, handler: handler)
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(encoder)
                    try pipeline.addHandler(ByteToMessageHandler(decoder))
                    try pipeline.addHandler(HTTPServerPipelineHandler())
                    try pipeline.addHandler(connection)
                }
            }
        do {
            let listener = try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
            return HTTPServer(configuration, group: group, listener: listener, connections: connections)
        } catch {
            try? await group.shutdownGracefully()
            throw (error as? IOError).map { ListenFailure(description: String(cString: strerror($0.errnoCode))) }
                ?? error
        }
    }

    /// Why an address cannot be listened on, in the system's words.
    public struct ListenFailure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Stops accepting, lets running requests finish for at most `grace`, cancels those still running, and returns when
    /// everything is closed. A handler that does not end within a second of being cancelled is left behind.
    public func shutdown(grace: Duration) async {
        // Whoever is cancelled while waiting for this still wants it done.
        await Task {
            try? await listener.close().get()
            connections.quiesce()
            _ = await connections.whenEmpty(within: grace)
            connections.closeAll()
            // Its loop is where a handler learns that it was cancelled.
            guard await connections.whenEmpty(within: .seconds(1)) else { return }
            try? await group.shutdownGracefully()
        }.value
    }
}
