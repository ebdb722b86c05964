import NIOCore
import NIOHTTP1

/// One connection: puts requests together, starts their tasks, writes their answers. Lives on its event loop; pipelining
/// is sorted out in front of it, so one request at a time arrives here.
final class HTTPServerConnection: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// Between requests, or inside a head.
        case idle
        case body(HTTPRequestHead, [UInt8])
        case answering(Answer)
        /// The last answer is written or on its way; whatever else comes in is thrown away.
        case ending
        case closed
    }

    private struct Answer {
        let isHead: Bool
        /// HTTP/1.0 knows no chunks.
        let isOld: Bool
        var keepsAlive: Bool
        /// Nil until the head is written.
        var framing: Framing?
    }

    private enum Framing { case none, length, chunked, untilClose }

    /// How long a client that was answered for the last time may go on sending before its data is met with a reset, which
    /// could take the answer with it: pauses of this length, so long in all (as in nginx's lingering_close).
    private static let lingerPause = Duration.seconds(5)
    private static let lingerInAll = Duration.seconds(30)

    let eventLoop: any EventLoop
    let channel: any Channel
    private let encoder: HTTPResponseHeadEncoder
    private let executor: EventLoopExecutor
    private let connections: HTTPServerConnections
    private let handler: HTTPServer.Handler
    private var configuration: HTTPServer.Configuration { connections.configuration }
    private var state = State.idle
    private var task: Task<Void, Never>?
    private var requests = 0
    private var reserved = 0
    private var writers: [CheckedContinuation<Bool, Never>] = []
    private var deadline: NIODeadline?
    private var timer: (due: NIODeadline, scheduled: Scheduled<Void>)?
    private var lingerEnd = NIODeadline.now()
    private var filler: (interval: TimeAmount, bytes: [UInt8])?
    private var fillerTimer: Scheduled<Void>?
    private var lastWrite = NIODeadline.now()

    init(
        _ channel: any Channel, encoder: HTTPResponseHeadEncoder, connections: HTTPServerConnections,
        handler: @escaping HTTPServer.Handler
    ) {
        self.channel = channel
        self.encoder = encoder
        eventLoop = channel.eventLoop
        executor = EventLoopExecutor(channel.eventLoop)
        self.connections = connections
        self.handler = handler
    }

    // MARK: What comes in

    func channelActive(context: ChannelHandlerContext) {
        guard connections.add(channel) else { return context.close(promise: nil) }
        expect(within: configuration.headTimeout)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        state = .closed
        expect(within: nil)
        timer?.scheduled.cancel()
        timer = nil
        endAnswer()
        task?.cancel()
        task = nil
        connections.remove(channel)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): receive(head)
        case .body(let buffer): receive(buffer)
        case .end: receiveEnd()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if channel.isWritable, !writers.isEmpty {
            expect(within: nil)
            resumeWriters(true)
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch (error as? HTTPParserError, state) {
        case (let error?, .idle), (let error?, .body):
            if error == .headerOverflow {
                refuse(431, "the request's header fields are larger than \(configuration.headerLimit) bytes")
            } else {
                refuse(400, "this is not HTTP/1.1: \(error)")
            }
        // Behind the last answer anything may follow.
        case (_?, .ending): break
        default: context.close(promise: nil)
        }
    }

    private func receive(_ head: HTTPRequestHead) {
        guard case .idle = state else { return }
        state = .body(head, [])
        if let field = head.headers.first(name: "content-length") {
            // The parser has checked that it is a number; one that no Int holds is over any limit.
            guard let length = Int(field.filter { $0 != " " && $0 != "\t" }), length <= configuration.bodyLimit else {
                return refuseTooLong()
            }
            guard reserve(length) else { return }
            var body: [UInt8] = []
            body.reserveCapacity(length)
            state = .body(head, body)
        }
        if let expectation = head.headers.first(name: "expect"), head.version != .http1_0 {
            guard expectation.lowercased() == "100-continue" else {
                return refuse(417, "the expectation '\(expectation)' cannot be met")
            }
            write(HTTPResponseHead(version: .http1_1, status: .continue))
            channel.flush()
        }
        expect(within: configuration.bodyTimeout)
    }

    private func receive(_ buffer: ByteBuffer) {
        if case .ending = state, .now() < lingerEnd { return expect(within: Self.lingerPause) }
        guard case .body(let head, var body) = state else { return }
        state = .idle  // so that `body` is the only reference and grows in place
        buffer.withUnsafeReadableBytes { body.append(contentsOf: $0) }
        state = .body(head, body)
        guard body.count <= configuration.bodyLimit else { return refuseTooLong() }
        guard reserve(body.count) else { return }
        expect(within: configuration.bodyTimeout)
    }

    private func receiveEnd() {
        guard case .body(let head, let body) = state else { return }
        // After a request to change the protocol the parser reads nothing more.
        let isLast = !head.isKeepAlive || head.headers.contains(name: "upgrade") || head.method == .CONNECT
        state = .answering(Answer(isHead: head.method == .HEAD, isOld: head.version == .http1_0, keepsAlive: !isLast))
        requests += 1
        expect(within: nil)
        let target = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let request = HTTPServerRequest(
            method: head.method.rawValue, path: String(target.first ?? ""),
            query: target.count > 1 ? String(target[1]) : nil,
            headers: HTTPHeaders(head.headers.map { (name: $0.name, value: $0.value) }), body: body)
        connections.beginHandling()
        task = Task(executorPreference: executor) { [handler, self, requests] in
            await handler(request, HTTPResponder(connection: self))
            settle(requests)
            connections.endHandling()
        }
    }

    /// Books the body's bytes; refuses the request when there is no room for them.
    private func reserve(_ count: Int) -> Bool {
        guard count > reserved else { return true }
        guard connections.reserve(count - reserved) else {
            refuse(503, "too many large requests are being read; try again")
            return false
        }
        reserved = count
        return true
    }

    private func refuseTooLong() {
        refuse(413, "the request body is longer than \(configuration.bodyLimit) bytes")
    }

    // MARK: What goes out

    /// False when `finish` has to follow as soon as the client has taken more of it.
    func send(status: Int, headers: HTTPHeaders, body: [UInt8]) throws(ClientGone) -> Bool {
        var headers = headers
        headers["Content-Length"] = String(body.count)
        let answer = try start(status, headers)
        if answer.framing == .length, !body.isEmpty { encoder.write(ByteBuffer(bytes: body)) }
        guard channel.isWritable else {
            channel.flush()
            return false
        }
        complete(answer)
        return true
    }

    func begin(status: Int, headers: HTTPHeaders) throws(ClientGone) {
        _ = try start(status, headers)
        channel.flush()
    }

    func write(_ bytes: [UInt8]) throws(ClientGone) {
        let answer = try answering(hasBegun: true)
        lastWrite = .now()
        guard !bytes.isEmpty, answer.framing != Framing.none else { return }
        guard answer.framing == .chunked else {
            return encoder.writeAndFlush(ByteBuffer(bytes: bytes))
        }
        // One buffer for all of a chunk.
        var buffer = channel.allocator.buffer(capacity: bytes.count + 20)
        buffer.writeString(String(bytes.count, radix: 16))
        buffer.writeStaticString("\r\n")
        buffer.writeBytes(bytes)
        buffer.writeStaticString("\r\n")
        encoder.writeAndFlush(buffer)
    }

    func finish() throws(ClientGone) {
        complete(try answering(hasBegun: true))
    }

    func keepAlive(every interval: Duration, with bytes: [UInt8]) throws(ClientGone) {
        _ = try answering(hasBegun: true)
        fillerTimer?.cancel()
        filler = (TimeAmount(interval), bytes)
        armFiller(lastWrite)
    }

    /// Any thread.
    func abort() {
        channel.close(promise: nil)
    }

    func whenWritable() async throws(ClientGone) {
        if channel.isWritable { return }
        let isOpen = await withCheckedContinuation { continuation in
            eventLoop.execute { [self] in
                if channel.isWritable || !channel.isActive { return continuation.resume(returning: channel.isActive) }
                writers.append(continuation)
                expect(within: configuration.writeTimeout)
            }
        }
        guard isOpen else { throw ClientGone() }
    }

    private func answering(hasBegun: Bool) throws(ClientGone) -> Answer {
        guard case .answering(let answer) = state, (answer.framing != nil) == hasBegun, channel.isActive else {
            throw ClientGone()
        }
        return answer
    }

    /// Writes the head, and decides how the end of the body will be seen.
    private func start(_ status: Int, _ headers: HTTPHeaders) throws(ClientGone) -> Answer {
        var answer = try answering(hasBegun: false)
        var fields = NIOHTTP1.HTTPHeaders()
        fields.reserveCapacity(headers.count + 2)
        var hasLength = false
        for (name, value) in headers where HTTPHeaders.isField(name, value) {
            if HTTPHeaders.same(name, "Content-Length") {
                guard status != 204 else { continue }
                hasLength = true
            } else if HTTPHeaders.same(name, "Connection") {
                if value.lowercased() == "close" { answer.keepsAlive = false }
                continue
            } else if HTTPHeaders.same(name, "Transfer-Encoding") {
                continue
            }
            fields.add(name: name, value: value)
        }
        if answer.isHead || status == 204 || status == 304 {
            answer.framing = Framing.none
        } else if hasLength {
            answer.framing = .length
        } else if answer.isOld {
            answer.framing = .untilClose
            answer.keepsAlive = false
        } else {
            answer.framing = .chunked
            fields.add(name: "Transfer-Encoding", value: "chunked")
        }
        if !answer.keepsAlive {
            fields.add(name: "Connection", value: "close")
        } else if answer.isOld {
            fields.add(name: "Connection", value: "keep-alive")
        }
        state = .answering(answer)
        lastWrite = .now()
        write(HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: fields))
        return answer
    }

    private func write(_ head: HTTPResponseHead) { channel.write(HTTPServerResponsePart.head(head), promise: nil) }

    private func complete(_ answer: Answer) {
        endAnswer()
        // What the handler does from here on, it does without the client.
        task = nil
        if answer.framing == .chunked { encoder.write(ByteBuffer(staticString: "0\r\n\r\n")) }
        guard answer.keepsAlive else { return end() }
        // The next request can arrive while this is being written, so the state comes first.
        state = .idle
        expect(within: configuration.headTimeout)
        channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
    }

    /// Writes the end of the connection's last answer, and waits a little for the client to close.
    private func end() {
        state = .ending
        lingerEnd = .now() + TimeAmount(Self.lingerInAll)
        expect(within: configuration.writeTimeout)
        let written = eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { [self] _ in
            expect(within: Self.lingerPause)
            channel.close(mode: .output, promise: nil)
        }
        channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: written)
    }

    /// What an answer holds is given back.
    private func endAnswer() {
        filler = nil
        fillerTimer?.cancel()
        fillerTimer = nil
        if reserved > 0 { connections.release(reserved) }
        reserved = 0
        resumeWriters(false)
    }

    private func resumeWriters(_ isOpen: Bool) {
        guard !writers.isEmpty else { return }
        let waiting = writers
        writers = []
        for writer in waiting { writer.resume(returning: isOpen) }
    }

    /// The handler of a request is done; one that left its answer open has failed.
    private func settle(_ request: Int) {
        guard request == requests, case .answering(let answer) = state else { return }
        if answer.framing == nil { refuse(500, "the request was not answered") } else { abort() }
    }

    /// Answers in OpenAI's error format, and closes.
    private func refuse(_ status: Int, _ message: String) {
        guard channel.isActive else { return }
        let isHead =
            switch state {
            case .body(let head, _): head.method == .HEAD
            case .answering(let answer): answer.isHead
            default: false
            }
        endAnswer()
        let body = APIError(status: status, message: message).body
        let fields: NIOHTTP1.HTTPHeaders = [
            "Content-Type": "application/json", "Content-Length": String(body.count), "Connection": "close",
        ]
        write(HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: fields))
        if !isHead { encoder.write(ByteBuffer(bytes: body)) }
        end()
    }

    // MARK: Time

    /// Closes the connection unless something else is expected before the time is over; nil expects nothing.
    private func expect(within limit: Duration?) {
        deadline = channel.isActive ? limit.map { .now() + TimeAmount($0) } : nil
        // A timer that is early enough looks at the deadline again: most of the time nothing needs to be scheduled.
        guard let deadline, timer.map({ deadline < $0.due }) ?? true else { return }
        timer?.scheduled.cancel()
        arm(deadline)
    }

    private func arm(_ due: NIODeadline) {
        let scheduled = eventLoop.scheduleTask(deadline: due) { [self] in
            timer = nil
            guard let deadline else { return }
            if deadline <= .now() { channel.close(promise: nil) } else { arm(deadline) }
        }
        timer = (due, scheduled)
    }

    private func armFiller(_ start: NIODeadline) {
        guard let interval = filler?.interval else { return }
        fillerTimer = eventLoop.scheduleTask(deadline: start + interval) { [self] in
            guard let filler else { return }
            let now = NIODeadline.now()
            guard lastWrite + filler.interval <= now else { return armFiller(lastWrite) }
            // A client that reads nothing needs no filler.
            if channel.isWritable { try? write(filler.bytes) }
            armFiller(now)
        }
    }
}
