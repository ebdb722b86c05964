#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where a measured server listens.
struct Endpoint: Sendable, Equatable {
    var address: String
    var port: UInt16

    init(address: String = "127.0.0.1", port: UInt16) {
        self.address = address
        self.port = port
    }

    /// Reads `http://127.0.0.1:8080`, with an IPv4 address or `localhost`: a name service has no place in a measurement.
    init?(url: String) {
        guard url.hasPrefix("http://") else { return nil }
        let authority = url.dropFirst("http://".count).prefix { $0 != "/" }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let port = UInt16(parts[1]), port > 0 else { return nil }
        let address = parts[0] == "localhost" ? "127.0.0.1" : String(parts[0])
        var parsed = in_addr()
        guard inet_pton(AF_INET, address, &parsed) == 1 else { return nil }
        self.init(address: address, port: port)
    }

    var url: String { "http://\(address):\(port)" }

    fileprivate var socketAddress: sockaddr_in {
        var result = sockaddr_in()
        result.sin_family = sa_family_t(AF_INET)
        result.sin_port = port.bigEndian
        _ = inet_pton(AF_INET, address, &result.sin_addr)
        return result
    }
}

/// Opens the plain TCP sockets of the load generator: not blocking, without Nagle's delay.
enum LoopbackSocket {
    /// Port 0 lets the kernel choose.
    static func listen(on endpoint: Endpoint) throws(Failure) -> (socket: Int32, port: UInt16) {
        let socket = try open()
        var one: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = endpoint.socketAddress
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bindSocket(socket, $0, length) == 0 && listenSocket(socket, 1024) == 0
                    && getsockname(socket, $0, &length) == 0
            }
        }
        guard isListening else {
            let reason = lastSystemError()
            closeDescriptor(socket)
            throw Failure("cannot listen on \(endpoint.address):\(endpoint.port): \(reason)")
        }
        return (socket, UInt16(bigEndian: address.sin_port))
    }

    /// A port that was free a moment ago, for a program that cannot choose one itself.
    static func freePort() throws(Failure) -> UInt16 {
        let listener = try listen(on: Endpoint(port: 0))
        closeDescriptor(listener.socket)
        return listener.port
    }

    static func connect(to endpoint: Endpoint) throws(Failure) -> Int32 {
        let socket = try open()
        var address = endpoint.socketAddress
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connectSocket(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 || errno == EINPROGRESS else {
            let reason = lastSystemError()
            closeDescriptor(socket)
            throw Failure("cannot connect to \(endpoint.url): \(reason)")
        }
        disableDelay(socket)
        return socket
    }

    /// The next waiting connection; nil when there is none.
    static func accept(from listener: Int32) -> Int32? {
        let socket = acceptSocket(listener, nil, nil)
        guard socket >= 0 else { return nil }
        makeNonBlocking(socket)
        disableDelay(socket)
        return socket
    }

    private static func open() throws(Failure) -> Int32 {
        #if canImport(Glibc)
            let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let socket = Darwin.socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard socket >= 0 else { throw Failure("cannot open a socket: \(lastSystemError())") }
        makeNonBlocking(socket)
        return socket
    }

    private static func makeNonBlocking(_ socket: Int32) {
        _ = fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK)
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        #if !os(Linux)
            var one: Int32 = 1
            setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &one, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    private static func disableDelay(_ socket: Int32) {
        var one: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }
}

/// What one attempt to send or receive came to.
enum Transfer {
    case bytes(Int)
    /// Nothing now; wait for the event queue.
    case blocked
    case closed
}

func sendBytes(_ socket: Int32, _ bytes: UnsafeRawBufferPointer) -> Transfer {
    #if os(Linux)
        let count = send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    #else
        let count = send(socket, bytes.baseAddress, bytes.count, 0)
    #endif
    if count >= 0 { return .bytes(count) }
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ENOTCONN ? .blocked : .closed
}

func receiveBytes(_ socket: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
    let count = recv(socket, buffer.baseAddress, buffer.count, 0)
    if count > 0 { return .bytes(count) }
    if count == 0 { return .closed }
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? .blocked : .closed
}

/// The reason of the last failed system call.
func lastSystemError() -> String { String(cString: strerror(errno)) }

/// Nanoseconds of a clock that all processes of this machine share, so that one process can stamp what another one reads.
func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

// The system calls whose names the enum above also uses.
func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }
private let bindSocket = bind
private let listenSocket = listen
private let connectSocket = connect
private let acceptSocket = accept
