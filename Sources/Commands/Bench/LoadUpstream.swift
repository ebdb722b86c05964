import Synchronization

/// A server that plays llama-server at the least cost: one thread, one event queue, answers made beforehand. A stream gets one
/// `send` a token, at the pace that its request asks for, as an engine would do it.
final class LoadUpstream: @unchecked Sendable {
    /// The port it listens on.
    let port: UInt16

    private let listener: Int32
    private let isStopping = Atomic<Bool>(false)

    // Owned by the thread that is in `run`.
    private var connections: [Int32: Connection] = [:]
    private var streaming: [Connection] = []
    private var streamCount = 0
    private static let unpacedBatch = 16
    private var queue = EventQueue()

    private final class Connection {
        let socket: Int32
        var reader = HTTPMessageReader(.request)
        var bodyPrefix: [UInt8] = []
        var output: [UInt8] = []
        var sent = 0
        var stream: Stream?
        /// Bytes of a next request that came while this one is being answered.
        var early: [UInt8] = []

        init(_ socket: Int32) { self.socket = socket }
        var isBlocked: Bool { sent < output.count }
    }

    private struct Stream {
        var order: StreamOrder
        var next = 0
        var due: UInt64
    }

    /// Listens at once. - Parameter port: 0 lets the kernel choose.
    init(port: UInt16) throws {
        (listener, self.port) = try LoopbackSocket.listen(on: Endpoint(port: port))
        queue.add(listener)
    }

    /// Makes `run` return within 50 ms.
    func stop() { isStopping.store(true, ordering: .relaxed) }

    /// Serves until `stop`, or until `goesOn` (asked about once a second) says no.
    func run(while goesOn: () -> Bool = { true }) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.unpacedBatch << 10, alignment: 16)
        defer {
            for connection in connections.values { closeDescriptor(connection.socket) }
            connections = [:]
            streaming = []
            closeDescriptor(listener)
            buffer.deallocate()
            scratch.deallocate()
        }
        var events: [EventQueue.Event] = []
        var nextQuestion = monotonicNanoseconds()
        while !isStopping.load(ordering: .relaxed) {
            let now = monotonicNanoseconds()
            if now >= nextQuestion {
                guard goesOn() else { return }
                nextQuestion = now + 1_000_000_000
            }
            queue.wait(nanoseconds: timeToNextToken(now), into: &events)
            for event in events {
                if event.socket == listener {
                    acceptConnections()
                } else if let connection = connections[event.socket] {
                    if event.writable { flush(connection) }
                    if event.readable { receive(connection, buffer) }
                }
            }
            sendDueTokens(scratch)
        }
    }

    private func acceptConnections() {
        while let socket = LoopbackSocket.accept(from: listener) {
            connections[socket] = Connection(socket)
            queue.add(socket)
        }
    }

    private func drop(_ connection: Connection) {
        guard connections.removeValue(forKey: connection.socket) != nil else { return }
        queue.remove(connection.socket)
        closeDescriptor(connection.socket)
        connection.stream = nil
        connection.output = []
        connection.sent = 0
    }

    private func receive(_ connection: Connection, _ buffer: UnsafeMutableRawBufferPointer) {
        switch receiveBytes(connection.socket, into: buffer) {
        case .blocked: break
        case .closed: drop(connection)
        case .bytes(let count):
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            if connection.stream != nil {
                connection.early.append(contentsOf: bytes)
            } else {
                read(bytes, connection)
            }
        }
    }

    private func read(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) {
        var rest = bytes
        while !rest.isEmpty {
            do {
                let used = try connection.reader.consume(rest) { piece in
                    let room = StreamOrder.prefixLength - connection.bodyPrefix.count
                    if room > 0 { connection.bodyPrefix.append(contentsOf: piece.prefix(room)) }
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[used...])
            } catch {
                return drop(connection)
            }
            guard connection.reader.isComplete else { return }
            answer(connection)
            connection.reader.reset()
            connection.bodyPrefix.removeAll(keepingCapacity: true)
            if connection.stream != nil {
                connection.early.append(contentsOf: rest)
                return
            }
        }
    }

    private func answer(_ connection: Connection) {
        guard let target = connection.reader.requestTarget else { return drop(connection) }
        guard target.method == "POST", target.path.hasSuffix("/chat/completions") else {
            return send(target.method == "GET" ? EngineAnswers.get(target.path) : EngineAnswers.notFound, connection)
        }
        guard let order = StreamOrder(bodyPrefix: connection.bodyPrefix) else {
            return send(EngineAnswers.completion, connection)
        }
        send(EngineAnswers.streamHead, connection)
        guard connections[connection.socket] != nil else { return }
        // The golden ratio spreads the beats of any number of streams evenly over the interval.
        streamCount += 1
        let phase = (Double(streamCount) * 0.618_033_988_75).truncatingRemainder(dividingBy: 1)
        let delay = UInt64(Double(order.intervalNanoseconds) * phase)
        connection.stream = Stream(order: order, due: monotonicNanoseconds() + delay)
        streaming.append(connection)
    }

    private func timeToNextToken(_ now: UInt64) -> UInt64 {
        var result: UInt64 = 50_000_000
        for connection in streaming where !connection.isBlocked {
            guard let due = connection.stream?.due else { continue }
            result = min(result, due > now ? due - now : 0)
        }
        return result
    }

    private func sendDueTokens(_ scratch: UnsafeMutableRawBufferPointer) {
        var hasEnded = false
        for connection in streaming {
            guard var stream = connection.stream else {
                hasEnded = true
                continue
            }
            let now = monotonicNanoseconds()
            guard stream.due <= now, !connection.isBlocked else { continue }
            if stream.next == stream.order.tokens {
                connection.stream = nil
                hasEnded = true
                send(EngineAnswers.streamEnd, connection)
                let early = connection.early
                connection.early = []
                early.withUnsafeBytes { read($0, connection) }
                continue
            }
            // Paced, each token is sent alone, as an engine does it. Unpaced, the upstream would be what limits the
            // measurement, so it hands over several at a time.
            let batch = stream.order.intervalNanoseconds == 0 ? Self.unpacedBatch : 1
            var length = 0
            for _ in 0..<min(batch, stream.order.tokens - stream.next) {
                let token = EngineAnswers.tokens[stream.next % EngineAnswers.tokens.count]
                UnsafeMutableRawBufferPointer(rebasing: scratch[length...]).copyBytes(from: token.bytes)
                TokenStamp.write(now, into: scratch, at: length + token.stampOffset)
                length += token.bytes.count
                stream.next += 1
            }
            stream.due += stream.order.intervalNanoseconds
            connection.stream = stream
            send(UnsafeRawBufferPointer(rebasing: scratch[..<length]), connection)
        }
        if hasEnded { streaming.removeAll { $0.stream == nil } }
    }

    private func send(_ bytes: [UInt8], _ connection: Connection) {
        bytes.withUnsafeBytes { send($0, connection) }
    }

    private func send(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) {
        guard !connection.isBlocked else {
            connection.output.append(contentsOf: bytes)
            return
        }
        switch sendBytes(connection.socket, bytes) {
        case .closed: drop(connection)
        case .bytes(bytes.count): break
        case .bytes(let count): keep(UnsafeRawBufferPointer(rebasing: bytes[count...]), connection)
        case .blocked: keep(bytes, connection)
        }
    }

    private func keep(_ bytes: UnsafeRawBufferPointer, _ connection: Connection) {
        connection.output = Array(bytes)
        connection.sent = 0
        queue.watchWriting(connection.socket, true)
    }

    private func flush(_ connection: Connection) {
        let result = connection.output.withUnsafeBytes {
            sendBytes(connection.socket, UnsafeRawBufferPointer(rebasing: $0[connection.sent...]))
        }
        switch result {
        case .blocked: break
        case .closed: drop(connection)
        case .bytes(let count):
            connection.sent += count
            guard !connection.isBlocked else { return }
            connection.output = []
            connection.sent = 0
            queue.watchWriting(connection.socket, false)
        }
    }
}
