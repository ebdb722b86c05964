/// What one block of load asks for.
struct Load: Sendable {
    /// A whole request: head and body.
    var request: [UInt8]
    /// Connections that are busy at once.
    var connections: Int
    /// New requests start until then; zero: each connection makes one request. Nanoseconds.
    var duration: UInt64 = 0
    /// Tokens that each response must stream; nil: a response that does not stream.
    var tokens: Int?
    /// The first request of each connection and the first token of each stream are not recorded.
    var skipsFirst = true

    /// A POST request to the chat endpoint.
    static func request(_ body: [UInt8], to endpoint: Endpoint) -> [UInt8] {
        let head =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: \(endpoint.address):\(endpoint.port)\r\n"
            + "User-Agent: localcode-bench\r\nAccept: */*\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.count)\r\n\r\n"
        return Array(head.utf8) + body
    }
}

/// What came of it.
struct LoadResult: Sendable {
    var requests = 0
    var tokens = 0
    var nanoseconds: UInt64 = 0
    var requestLatency = LatencySamples()
    var tokenLatency = LatencySamples()

    mutating func add(_ other: LoadResult) {
        requests += other.requests
        tokens += other.tokens
        nanoseconds += other.nanoseconds
        requestLatency.add(other.requestLatency)
        tokenLatency.add(other.tokenLatency)
    }
}

/// The client's side: one thread and one event queue for all connections to one target. It checks each answer and keeps none.
final class LoadClient {
    private let endpoint: Endpoint
    private var queue = EventQueue()
    private let buffer: UnsafeMutableRawBufferPointer
    private var connections: [Connection] = []
    private var bySocket: [Int32: Connection] = [:]
    private static let patience: UInt64 = 15_000_000_000

    private final class Connection {
        var socket: Int32
        var reader = HTTPMessageReader(.response)
        var scanner = TokenStampScanner()
        var sent = 0
        var isWatchingWrites = false
        var started: UInt64 = 0
        var requests = 0
        var tokens = 0
        /// The end of the body, to see that a stream ended as it should, and what an error says.
        var tail: [UInt8] = []
        var isBusy = false
        var isFresh = true

        init(_ socket: Int32) { self.socket = socket }
    }

    init(_ endpoint: Endpoint) {
        self.endpoint = endpoint
        buffer = .allocate(byteCount: 256 << 10, alignment: 16)
    }

    deinit {
        for connection in connections { closeDescriptor(connection.socket) }
        buffer.deallocate()
    }

    /// Runs one block of load; the connections stay open for the next one.
    /// - Parameter whileWaiting: Called about every 50 ms; throws to stop.
    func run(_ load: Load, whileWaiting: () throws -> Void) throws -> LoadResult {
        while connections.count < load.connections {
            let connection = Connection(try LoopbackSocket.connect(to: endpoint))
            connections.append(connection)
            watch(connection)
        }
        var result = LoadResult()
        let start = monotonicNanoseconds()
        var active = 0
        for connection in connections.prefix(load.connections) {
            connection.requests = 0
            try begin(connection, load)
            active += 1
        }
        var events: [EventQueue.Event] = []
        var lastProgress = start
        var nextQuestion = start
        while active > 0 {
            queue.wait(nanoseconds: 50_000_000, into: &events)
            let now = monotonicNanoseconds()
            if now >= nextQuestion {
                try whileWaiting()
                nextQuestion = now + 50_000_000
            }
            if !events.isEmpty { lastProgress = now }
            guard now - lastProgress < Self.patience else {
                throw Failure("no answer within \(Self.patience / 1_000_000_000) s")
            }
            for event in events {
                guard let connection = bySocket[event.socket] else { continue }
                if event.writable { try sendOn(connection, load) }
                guard event.readable, try receive(connection, load, &result) else { continue }
                if load.duration > 0, monotonicNanoseconds() - start < load.duration {
                    try begin(connection, load)
                } else {
                    active -= 1
                }
            }
        }
        result.nanoseconds = monotonicNanoseconds() - start
        return result
    }

    private func watch(_ connection: Connection) {
        bySocket[connection.socket] = connection
        queue.add(connection.socket)
        connection.isWatchingWrites = false
        connection.isFresh = true
    }

    private func reconnect(_ connection: Connection) throws {
        bySocket[connection.socket] = nil
        queue.remove(connection.socket)
        closeDescriptor(connection.socket)
        connection.socket = try LoopbackSocket.connect(to: endpoint)
        watch(connection)
    }

    private func begin(_ connection: Connection, _ load: Load) throws {
        if connection.reader.closesConnection { try reconnect(connection) }
        connection.reader.reset()
        connection.scanner = TokenStampScanner()
        connection.sent = 0
        connection.tokens = 0
        connection.tail.removeAll(keepingCapacity: true)
        connection.isBusy = true
        connection.started = monotonicNanoseconds()
        try sendOn(connection, load)
    }

    private func sendOn(_ connection: Connection, _ load: Load) throws {
        while connection.sent < load.request.count {
            let transfer = load.request.withUnsafeBytes {
                sendBytes(connection.socket, UnsafeRawBufferPointer(rebasing: $0[connection.sent...]))
            }
            guard case .bytes(let count) = transfer else {
                // A closed connection shows itself when it is read.
                if case .blocked = transfer, !connection.isWatchingWrites {
                    queue.watchWriting(connection.socket, true)
                    connection.isWatchingWrites = true
                }
                return
            }
            connection.sent += count
        }
        if connection.isWatchingWrites {
            queue.watchWriting(connection.socket, false)
            connection.isWatchingWrites = false
        }
    }

    /// - Returns: Whether this completed the response.
    private func receive(_ connection: Connection, _ load: Load, _ result: inout LoadResult) throws -> Bool {
        switch receiveBytes(connection.socket, into: buffer) {
        case .blocked: return false
        case .closed:
            guard connection.isBusy else {
                try reconnect(connection)
                return false
            }
            if connection.reader.finish() { return try end(connection, load, &result) }
            // A server may close a connection that it keeps idle, just when the next request comes.
            guard connection.reader.isEmpty, !connection.isFresh else { throw Failure("the connection was closed") }
            try reconnect(connection)
            connection.sent = 0
            try sendOn(connection, load)
            return false
        case .bytes(let count):
            let now = monotonicNanoseconds()
            do {
                _ = try connection.reader.consume(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { piece in
                    if load.tokens != nil {
                        connection.scanner.scan(piece) { stamp in
                            connection.tokens += 1
                            guard connection.tokens > 1 || !load.skipsFirst else { return }
                            result.tokenLatency.record(nanoseconds: now > stamp ? now - stamp : 0)
                        }
                    }
                    connection.tail.append(contentsOf: piece.suffix(256))
                    if connection.tail.count > 256 { connection.tail.removeFirst(connection.tail.count - 256) }
                }
            } catch {
                throw Failure("the answer is not HTTP: \(error.reason)")
            }
            return connection.reader.isComplete ? try end(connection, load, &result) : false
        }
    }

    private func end(_ connection: Connection, _ load: Load, _ result: inout LoadResult) throws -> Bool {
        let ended = monotonicNanoseconds()
        let text = String(decoding: connection.tail, as: UTF8.self)
        guard connection.reader.status == 200 else {
            throw Failure("the answer has status \(connection.reader.status): \(text)")
        }
        if let expected = load.tokens {
            guard connection.tokens == expected else {
                throw Failure("\(connection.tokens) of \(expected) tokens arrived; the stream ended with: \(text)")
            }
            guard text.hasSuffix("data: [DONE]\n\n") else { throw Failure("the stream has no end mark: \(text)") }
        } else if connection.tail.isEmpty {
            throw Failure("the answer is empty")
        }
        connection.isBusy = false
        connection.isFresh = false
        connection.requests += 1
        result.requests += 1
        result.tokens += connection.tokens
        if connection.requests > 1 || !load.skipsFirst {
            result.requestLatency.record(nanoseconds: ended - connection.started)
        }
        return true
    }
}
