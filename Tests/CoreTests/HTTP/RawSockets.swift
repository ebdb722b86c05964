import Synchronization
import Testing

@testable import Support

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A client that sends exactly the bytes a test gives it, and reads only when it is told to.
final class RawConnection: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var hasEnded = false
        var changed = Awaited<Void>()
    }

    private let descriptor: Int32
    private let state = Mutex(State())

    /// Connects to this port of 127.0.0.1.
    init(port: Int, reading: Bool = true) throws {
        descriptor = try RawSocket.connect(port: port)
        if reading { startReading() }
    }

    deinit { Descriptor.close(descriptor) }

    /// Sends a short text.
    func send(_ text: String) { Descriptor.write(text.utf8, to: descriptor) }

    /// Sends any number of bytes, on a thread of its own; false when the other side closed before.
    @discardableResult func send(_ bytes: [UInt8]) async -> Bool {
        await onThread { [self] in Descriptor.write(bytes, to: descriptor) }
    }

    /// Reads from now on whatever comes.
    func startReading() {
        // The thread holds the connection until the other side ends it or `close` does.
        BlockingThread.start { [self] in
            while let bytes = Descriptor.read(descriptor), !bytes.isEmpty { change { $0.bytes += bytes } }
            change { $0.hasEnded = true }
        }
    }

    /// Leaves, in order.
    func close() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Waits until `find` finds something in all that has come; nil when the connection ended without it.
    func first<Found>(_ find: ([UInt8]) -> Found?) async -> Found? {
        while true {
            let (bytes, hasEnded, changed) = state.withLock { ($0.bytes, $0.hasEnded, $0.changed) }
            if let found = find(bytes) { return found }
            if hasEnded { return nil }
            guard await changed.wait() != nil else { return nil }
        }
    }

    /// All that has come once it contains this text, or at the end.
    func text(upTo end: String) async -> String {
        await first { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            return text.contains(end) ? text : nil
        } ?? String(decoding: state.withLock { $0.bytes }, as: UTF8.self)
    }

    /// All that came before the other side closed.
    func textToEnd() async -> String {
        let nothing: Bool? = await first { _ in nil }
        _ = nothing
        return String(decoding: state.withLock { $0.bytes }, as: UTF8.self)
    }

    /// Waits for so many complete answers; fewer when the connection ended before.
    func answers(_ count: Int, toHead: Bool = false) async -> [RawAnswer] {
        let found = await first { bytes in
            let answers = RawAnswer.all(in: bytes, toHead: toHead)
            return answers.count >= count ? answers : nil
        }
        return found ?? RawAnswer.all(in: state.withLock { $0.bytes }, toHead: toHead)
    }

    private func change(_ body: (inout State) -> Void) {
        let changed = state.withLock { state in
            body(&state)
            defer { state.changed = Awaited() }
            return state.changed
        }
        changed.fulfill(())
    }
}

/// An answer as it stood on the wire.
struct RawAnswer: Equatable {
    var status: Int
    var fields: [String]
    var body: String

    func field(_ name: String) -> String? {
        fields.first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
            .map { String($0.dropFirst(name.count + 1).drop { $0 == " " }) }
    }

    /// The complete answers at the start of these bytes: with a length, in chunks, or without a body.
    static func all(in bytes: [UInt8], toHead: Bool) -> [RawAnswer] {
        var answers: [RawAnswer] = []
        var rest = String(decoding: bytes, as: UTF8.self)[...]
        while let end = rest.firstRange(of: "\r\n\r\n") {
            let lines = rest[..<end.lowerBound].split(separator: "\r\n").map(String.init)
            rest = rest[end.upperBound...]
            var answer = RawAnswer(
                status: lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0,
                fields: Array(lines.dropFirst()), body: "")
            if toHead || answer.status < 200 || answer.status == 204 {
                answers.append(answer)
            } else if let length = answer.field("content-length").flatMap({ Int($0) }) {
                guard rest.utf8.count >= length else { break }
                let bodyEnd = rest.utf8.index(rest.startIndex, offsetBy: length)
                answer.body = String(rest[..<bodyEnd])
                rest = rest[bodyEnd...]
                answers.append(answer)
            } else if answer.field("transfer-encoding") == "chunked" {
                var isComplete = false
                while let line = rest.firstRange(of: "\r\n"), let size = Int(rest[..<line.lowerBound], radix: 16),
                    rest[line.upperBound...].utf8.count >= size + 2
                {
                    let chunkEnd = rest.utf8.index(line.upperBound, offsetBy: size)
                    answer.body += rest[line.upperBound..<chunkEnd]
                    rest = rest[chunkEnd...].dropFirst()
                    isComplete = size == 0
                    if isComplete { break }
                }
                guard isComplete else { break }
                answers.append(answer)
            } else {
                break
            }
        }
        return answers
    }
}

/// A listening socket whose connections a test serves byte by byte, each on a thread of its own.
final class RawListener: Sendable {
    let port: Int
    private let descriptor: Int32

    /// On 127.0.0.1, at a port chosen by the kernel.
    init(serve: @escaping @Sendable (_ connection: Int32) -> Void) throws {
        (descriptor, port) = try RawSocket.bind()
        try start(serve)
    }

    /// On a unix-domain socket.
    init(path: String, serve: @escaping @Sendable (_ connection: Int32) -> Void) throws {
        port = 0
        descriptor = try RawSocket.bind(path: path)
        try start(serve)
    }

    private func start(_ serve: @escaping @Sendable (Int32) -> Void) throws {
        guard listen(descriptor, 64) == 0 else { throw TestKitError("cannot listen") }
        BlockingThread.start { [descriptor] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0 else { return Descriptor.close(descriptor) }
                BlockingThread.start {
                    serve(connection)
                    Descriptor.close(connection)
                }
            }
        }
    }

    deinit { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    static func write(_ text: String, to connection: Int32) { Descriptor.write(text.utf8, to: connection) }

    /// Reads until the empty line behind a head.
    static func readHead(_ connection: Int32) -> String {
        var head: [UInt8] = []
        while !head.ends(with: "\r\n\r\n".utf8), let bytes = Descriptor.read(connection), !bytes.isEmpty {
            head += bytes
        }
        return String(decoding: head, as: UTF8.self)
    }
}

extension Array where Element: Equatable {
    fileprivate func ends(with other: some BidirectionalCollection<Element>) -> Bool {
        suffix(other.count).elementsEqual(other)
    }
}

enum RawSocket {
    /// A bound socket that does not listen: connections to it are refused.
    static func bind() throws -> (descriptor: Int32, port: Int) {
        let descriptor = stream(AF_INET)
        var address = address(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                #if canImport(Glibc)
                    Glibc.bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &size) == 0
                #else
                    Darwin.bind(descriptor, address, size) == 0 && getsockname(descriptor, address, &size) == 0
                #endif
            }
        }
        guard isBound else { throw TestKitError("cannot bind: \(String(cString: strerror(errno)))") }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    static func bind(path: String) throws -> Int32 {
        let descriptor = stream(AF_UNIX)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                #if canImport(Glibc)
                    Glibc.bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                #else
                    Darwin.bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                #endif
            }
        }
        guard isBound else { throw TestKitError("cannot bind \(path): \(String(cString: strerror(errno)))") }
        return descriptor
    }

    static func connect(port: Int) throws -> Int32 {
        let descriptor = stream(AF_INET)
        guard connect(descriptor, port) == 0 else {
            let reason = String(cString: strerror(errno))
            Descriptor.close(descriptor)
            throw TestKitError("cannot connect: \(reason)")
        }
        return descriptor
    }

    /// Connects without waiting for the other side.
    static func beginToConnect(port: Int) -> Int32 {
        let descriptor = stream(AF_INET)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        _ = connect(descriptor, port)
        return descriptor
    }

    private static func connect(_ descriptor: Int32, _ port: Int) -> Int32 {
        var address = address(port: port)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                #if canImport(Glibc)
                    Glibc.connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
                #else
                    Darwin.connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
                #endif
            }
        }
    }

    private static func address(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func stream(_ family: Int32) -> Int32 {
        #if canImport(Glibc)
            let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
            let descriptor = socket(family, SOCK_STREAM, 0)
        #endif
        return descriptor
    }
}

/// Runs what blocks on a thread of its own.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        BlockingThread.start { continuation.resume(returning: body()) }
    }
}

/// Bytes of which no two stretches of some length are alike at a distance that buffers have.
func pattern(_ count: Int) -> [UInt8] {
    let block = (0..<65521).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + block.count)
    while bytes.count < count { bytes += block }
    bytes.removeLast(bytes.count - count)
    return bytes
}

/// What a test puts on the wire; its name in a report is short and on one line.
struct WireText: Sendable, ExpressibleByStringInterpolation, CustomTestStringConvertible {
    let text: String
    init(stringLiteral value: String) { text = value }
    var testDescription: String {
        let line = text.debugDescription
        return line.count > 80 ? line.prefix(79) + "…" : line
    }
}

extension String {
    func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}
