import LocalCodeCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a server answered, and when.
struct EngineAnswer: Sendable, Equatable {
    var status = 0
    /// Names in lower case.
    var headers: [String: String] = [:]
    /// The whole body; of a stream, what was not understood.
    var body: [UInt8] = []
    /// From sending the request to the first token, and to the end. Nanoseconds.
    var firstToken: UInt64?
    var total: UInt64 = 0
    var text = ""
    /// When each piece of the answer came, nanoseconds after the request.
    var pieces: [UInt64] = []
    /// Tokens of the prompt, and those of them that were evaluated and that were there, by the engine's word.
    var promptTokens: Int?
    var evaluated: Int?
    var cached: Int?
    /// Tokens of the answer.
    var generated: Int?
    /// The engine's time for both.
    var prefillSeconds: Double?
    var decodeSeconds: Double?
    /// Tokens that were guessed ahead, and those of them that were right.
    var drafted = 0
    var accepted = 0

    /// The first word of LocalCode's receipt: resident, restored or cold.
    var source: String? {
        headers["x-localcode-cache"].map { String($0.prefix { $0 != ";" }) }
    }
}

extension EngineAnswer {
    /// Takes in one event of a stream.
    /// - Parameter now: nanoseconds after the request.
    mutating func read(event data: [UInt8], now: () -> UInt64) {
        guard let view = try? JSONView(validating: data), let choices = view["choices"] else {
            body += data
            return
        }
        let choice = choices.elements.first { _ in true }
        let delta = choice?["delta"]
        let piece = (delta?["content"]?.string ?? "") + (delta?["reasoning_content"]?.string ?? "")
        let hasPiece = !piece.isEmpty || delta?["tool_calls"] != nil
        if hasPiece || firstToken == nil && choice?["finish_reason"]?.string != nil {
            let time = now()
            firstToken = firstToken ?? time
            if hasPiece { pieces.append(time) }
        }
        text += delta?["content"]?.string ?? ""
        let (usage, timings) = (view["usage"], view["timings"])
        promptTokens = usage?["prompt_tokens"]?.int ?? promptTokens
        evaluated = timings?["prompt_n"]?.int ?? evaluated
        cached =
            timings?["cache_n"]?.int ?? usage?["prompt_tokens_details"]?["cached_tokens"]?.int ?? cached
        generated = timings?["predicted_n"]?.int ?? usage?["completion_tokens"]?.int ?? generated
        prefillSeconds = timings?["prompt_ms"]?.double.map { $0 / 1_000 } ?? prefillSeconds
        decodeSeconds = timings?["predicted_ms"]?.double.map { $0 / 1_000 } ?? decodeSeconds
        drafted = timings?["draft_n"]?.int ?? drafted
        accepted = timings?["draft_n_accepted"]?.int ?? accepted
    }
}

/// Asks one question at a time, each on a connection of its own. Blocks its thread.
struct EngineClient: Sendable {
    var endpoint: Endpoint
    /// Sent with each request.
    var headers: [String] = []
    /// Longest time without a byte.
    var patience: UInt64 = 600_000_000_000

    func get(_ path: String) throws -> EngineAnswer { try send("GET", path, []) }

    func post(_ path: String, _ body: JSONValue) throws -> EngineAnswer { try send("POST", path, body.bytes) }

    /// A chat request that streams.
    /// - Throws: `Failure` unless it is answered with a whole stream.
    func chat(_ body: [UInt8], headers: [String] = []) throws -> EngineAnswer {
        var client = self
        client.headers += headers
        let answer = try client.send("POST", "/v1/chat/completions", body)
        guard answer.status == 200, answer.evaluated != nil, answer.firstToken != nil else {
            throw Failure(
                "\(endpoint.url) answered with status \(answer.status): "
                    + String(decoding: answer.body.prefix(400), as: UTF8.self))
        }
        return answer
    }

    private func send(_ method: String, _ path: String, _ body: [UInt8]) throws -> EngineAnswer {
        let socket = try LoopbackSocket.connect(to: endpoint)
        defer { closeDescriptor(socket) }
        try wait(socket, POLLOUT)
        let head =
            "\(method) \(path) HTTP/1.1\r\nHost: \(endpoint.address):\(endpoint.port)\r\nUser-Agent: localcode-bench\r\n"
            + headers.map { $0 + "\r\n" }.joined()
            + "Content-Type: application/json\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n"
        let request = Array(head.utf8) + body
        var reading = AnswerReader(started: monotonicNanoseconds())
        var sent = 0
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while !reading.isComplete {
            // A server may answer before it has read all: what it says is worth more than the rest of the request.
            try wait(socket, sent < request.count ? POLLIN | POLLOUT : POLLIN)
            if sent < request.count {
                let result = request[sent...].withUnsafeBytes { sendBytes(socket, $0) }
                if case .bytes(let count) = result { sent += count }
                if case .closed = result { sent = request.count }
            }
            switch buffer.withUnsafeMutableBytes({ receiveBytes(socket, into: $0) }) {
            case .blocked: continue
            case .bytes(let count): try reading.read(buffer[..<count])
            case .closed:
                guard reading.finish() else { throw Failure("\(endpoint.url) closed the connection before its answer") }
            }
        }
        return reading.answer
    }

    private func wait(_ socket: Int32, _ events: Int32) throws {
        let limit = monotonicNanoseconds() + patience
        while true {
            try Interruption.check()
            var state = pollfd(fd: socket, events: Int16(events), revents: 0)
            if poll(&state, 1, 50) > 0 { return }
            guard monotonicNanoseconds() < limit else {
                throw Failure("no answer from \(endpoint.url) within \(patience / 1_000_000_000) s")
            }
        }
    }
}

/// Takes an answer apart while it comes.
struct AnswerReader {
    private(set) var answer = EngineAnswer()
    private let started: UInt64
    private let now: () -> UInt64
    private var message = HTTPMessageReader(.response)
    private var events: ServerSentEventParser?
    private var sawHead = false

    /// - Parameter now: nanoseconds of the clock of `started`.
    init(started: UInt64, now: @escaping () -> UInt64 = monotonicNanoseconds) {
        self.started = started
        self.now = now
    }

    var isComplete: Bool { message.isComplete }

    mutating func read(_ bytes: ArraySlice<UInt8>) throws {
        var body: [UInt8] = []
        do {
            _ = try bytes.withUnsafeBytes { bytes in
                try message.consume(bytes) { body.append(contentsOf: $0) }
            }
        } catch let error as MalformedHTTPMessage {
            throw Failure("the answer is not HTTP: \(error.reason)")
        }
        if !sawHead, message.status != 0 { readHead() }
        if !body.isEmpty { try readBody(body) }
        if message.isComplete { end() }
    }

    /// The connection has ended.
    /// - Returns: whether the answer is whole.
    mutating func finish() -> Bool {
        guard message.finish() else { return false }
        end()
        return true
    }

    private mutating func readHead() {
        sawHead = true
        answer.status = message.status
        for line in message.head.split(separator: 0x0A).dropFirst() {
            let parts = String(decoding: line, as: UTF8.self).split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = parts[1].drop { $0 == " " }.prefix { $0 != "\r" && $0 != "\r\n" }
            answer.headers[parts[0].lowercased()] = String(value)
        }
        let isStream = answer.headers["content-type"]?.hasPrefix("text/event-stream") == true
        events = isStream ? ServerSentEventParser() : nil
    }

    private mutating func readBody(_ bytes: [UInt8]) throws {
        guard events != nil else {
            answer.body += bytes
            return
        }
        do {
            for event in try events?.push(bytes) ?? [] where !event.isDone {
                answer.read(event: event.data) { now() - started }
            }
        } catch {
            throw Failure("an event of the stream is longer than \(error.limit) bytes")
        }
    }

    private mutating func end() { answer.total = now() - started }
}
