import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

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
    private let connections: Connections

    private init(
        _ configuration: Configuration, group: MultiThreadedEventLoopGroup, listener: any Channel, connections: Connections
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
        let connections = Connections(configuration)
        let decoderLimits = {
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = min(limits.maxHeaderFieldSize, configuration.headerLimit)
            limits.maxHeaderListSize = configuration.headerLimit
            return limits
        }()
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 16)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 256 << 10))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withErrorHandling: false, withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoderLimits)
                    let connection = HTTPServerConnection(channel, connections: connections, handler: handler)
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
        do {
            let listener = try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
            return HTTPServer(configuration, group: group, listener: listener, connections: connections)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    /// Stops accepting, lets running requests finish for at most `grace`, cancels those still running, and returns when
    /// everything is closed.
    public func shutdown(grace: Duration) async {
        try? await listener.close().get()
        connections.quiesce()
        await withTaskGroup { tasks in
            tasks.addTask { await self.connections.whenEmpty() }
            tasks.addTask { try? await Task.sleep(for: grace) }
            await tasks.next()
            tasks.cancelAll()
            self.connections.closeAll()
        }
        await connections.whenEmpty()
        try? await group.shutdownGracefully()
    }
}

/// The open connections of a server, and what they share.
final class Connections: Sendable {
    let configuration: HTTPServer.Configuration
    private struct State {
        var open: [ObjectIdentifier: any Channel] = [:]
        var isQuiescing = false
        var bodyBytes = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    init(_ configuration: HTTPServer.Configuration) { self.configuration = configuration }

    /// False when there is no room for another one.
    func add(_ channel: any Channel) -> Bool {
        state.withLock { state in
            guard !state.isQuiescing, state.open.count < configuration.connectionLimit else { return false }
            state.open[ObjectIdentifier(channel)] = channel
            return true
        }
    }

    func remove(_ channel: any Channel) {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.open[ObjectIdentifier(channel)] = nil
            guard state.open.isEmpty else { return [] }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Books `count` bytes of body; false when that would be more than all bodies together may take.
    func reserve(_ count: Int) -> Bool {
        state.withLock { state in
            guard state.bodyBytes + count <= configuration.totalBodyLimit else { return false }
            state.bodyBytes += count
            return true
        }
    }

    func release(_ count: Int) { state.withLock { $0.bodyBytes -= count } }

    func quiesce() {
        for channel in begin() { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }

    func closeAll() {
        for channel in begin() { channel.close(promise: nil) }
    }

    private func begin() -> [any Channel] {
        state.withLock { state in
            state.isQuiescing = true
            return Array(state.open.values)
        }
    }

    /// Returns when no connection is open.
    func whenEmpty() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock { state in
                guard !state.open.isEmpty else { return true }
                state.waiters.append(continuation)
                return false
            }
            if isEmpty { continuation.resume() }
        }
    }
}
