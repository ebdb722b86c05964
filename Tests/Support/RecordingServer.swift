import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An HTTP server for faults and for byte-for-byte tests: it records what arrives and answers from a script. It uses
/// nothing of LocalCode, so that an error there cannot hide here.
public final class RecordingServer: Sendable {
    /// How an exchange ended.
    public enum Ending: Sendable {
        /// The script ran to its end.
        case answered
        /// The client closed the connection before.
        case clientLeft
        /// It has not: the waiting task was cancelled, as a time limit does it.
        case running
    }

    /// One request and what became of it.
    public final class Exchange: Sendable {
        /// The request.
        public let request: RecordedRequest
        fileprivate let end = Awaited<Ending>()
        fileprivate init(_ request: RecordedRequest) { self.request = request }
        /// Waits until its script has ended.
        public func ending() async -> Ending { await end.wait() ?? .running }
    }

    private struct State {
        var exchanges: [Exchange] = []
        var connections = 0
        var arrived = Awaited<Void>()
    }

    /// Its address and its port.
    public let host: String
    public let port: Int
    private let listener: Int32
    private let state: StateBox

    private final class StateBox: Sendable {
        let state = Mutex(State())
    }

    /// The address without a path.
    public var url: String { "http://\(host):\(port)" }

    /// Starts a server on a port chosen by the kernel.
    /// - Parameters:
    ///   - host: an IPv4 address of this machine.
    ///   - respond: Called once a request, on a thread of the connection.
    public init(
        host: String = "127.0.0.1", respond: @escaping @Sendable (RecordedRequest) -> ScriptedResponse
    ) throws {
        signal(SIGPIPE, SIG_IGN)
        self.host = host
        (listener, port) = try Self.listen(host)
        let state = StateBox()
        self.state = state
        BlockingThread.start { [listener] in
            while true {
                let connection = accept(listener, nil, nil)
                if connection < 0 {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    return Descriptor.close(listener)
                }
                _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
                BlockingThread.start { Self.serve(connection, state, respond) }
            }
        }
    }

    deinit { _ = shutdown(listener, Int32(SHUT_RDWR)) }

    /// The requests so far.
    public var requests: [RecordedRequest] { state.state.withLock { $0.exchanges.map(\.request) } }

    /// How many connections were made so far.
    public var connections: Int { state.state.withLock { $0.connections } }

    /// Waits for the request of this number, counted from 0.
    /// - Throws: `CancellationError` when the waiting task is cancelled, as a time limit does it.
    public func exchange(_ number: Int = 0) async throws -> Exchange {
        while true {
            let (exchange, arrived) = state.state.withLock { state in
                (state.exchanges.count > number ? state.exchanges[number] : nil, state.arrived)
            }
            if let exchange { return exchange }
            guard await arrived.wait() != nil else { throw CancellationError() }
        }
    }

    static func listen(_ host: String = "127.0.0.1") throws -> (Int32, Int) {
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr(host)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && Self.listen(descriptor) && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard descriptor >= 0, bound else { throw TestKitError("cannot listen: \(String(cString: strerror(errno)))") }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    private static func listen(_ descriptor: Int32) -> Bool {
        #if canImport(Glibc)
            Glibc.listen(descriptor, 512) == 0
        #else
            Darwin.listen(descriptor, 512) == 0
        #endif
    }

    private static func serve(
        _ connection: Int32, _ state: StateBox, _ respond: @Sendable (RecordedRequest) -> ScriptedResponse
    ) {
        defer { Descriptor.close(connection) }
        var on: Int32 = 1
        setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        let number = state.state.withLock { state in
            defer { state.connections += 1 }
            return state.connections
        }
        var reader = RequestReader()
        while let request = reader.next(connection: number, read: { Descriptor.read(connection) }) {
            let exchange = Exchange(request)
            let arrived = state.state.withLock { state in
                state.exchanges.append(exchange)
                defer { state.arrived = Awaited() }
                return state.arrived
            }
            arrived.fulfill(())
            let outcome = play(respond(request).steps, on: connection)
            exchange.end.fulfill(outcome.ending)
            guard outcome.goesOn else { return }
        }
    }

    private static func play(_ steps: [ScriptedResponse.Step], on connection: Int32) -> (ending: Ending, goesOn: Bool) {
        for step in steps {
            switch step {
            case .send(let bytes):
                guard Descriptor.write(bytes, to: connection) else { return (.clientLeft, false) }
            case .wait(let gate):
                guard Descriptor.wait(for: [gate.descriptor, connection])[0] else { return (.clientLeft, false) }
            case .waitForClientToLeave:
                while let bytes = Descriptor.read(connection), !bytes.isEmpty {}
                return (.clientLeft, false)
            case .close:
                return (.answered, false)
            case .reset:
                var linger = linger(l_onoff: 1, l_linger: 0)
                setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
                return (.answered, false)
            }
        }
        return (.answered, true)
    }
}
