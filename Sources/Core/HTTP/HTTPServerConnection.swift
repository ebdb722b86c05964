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
        /// Refused before its end came; the rest of it is thrown away and the connection closed.
        case refused
        case answering(HTTPRequestHead, Answer)
        case closed
    }

    private enum Answer { case open, streaming }

    let eventLoop: any EventLoop
    private let channel: any Channel
    private let executor: EventLoopExecutor
    private let connections: Connections
    private let handler: HTTPServer.Handler
    private var state = State.idle
    private var task: Task<Void, Never>?
    private var requests = 0
    private var reserved = 0
    private var writable: CheckedContinuation<Bool, Never>?
    private var deadline: NIODeadline?
    private var timer: Scheduled<Void>?
    private var filler: (interval: TimeAmount, bytes: [UInt8])?
    private var fillerTimer: Scheduled<Void>?
    private var lastWrite = NIODeadline.now()

    init(_ channel: any Channel, connections: Connections, handler: @escaping HTTPServer.Handler) {
        self.channel = channel
        eventLoop = channel.eventLoop
        executor = EventLoopExecutor(channel.eventLoop)
        self.connections = connections
        self.handler = handler
    }

    // MARK: What comes in

    func channelActive(context: ChannelHandlerContext) {
        guard connections.add(channel) else { return context.close(promise: nil) }
        expect(within: connections.configuration.headTimeout)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        state = .closed
        timer?.cancel()
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
        if channel.isWritable {
            if writable != nil { expect(within: nil) }
            resumeWriter(true)
        }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, case .idle = state else { return context.close(promise: nil) }
        state = .refused
        if error == .headerOverflow {
            refuse(431, "the request's header fields are larger than \(connections.configuration.headerLimit) bytes")
        } else {
            refuse(400, "this is not HTTP/1.1: \(error)")
        }
    }

    private func receive(_ head: HTTPRequestHead) {
        guard case .idle = state else { return }
        let limit = connections.configuration.bodyLimit
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        if length > limit {
            state = .refused
            return refuse(413, "the request body is longer than \(limit) bytes")
        }
        guard connections.reserve(length) else {
            state = .refused
            return refuse(503, "too many large requests are being read; try again")
        }
        reserved = length
        var body: [UInt8] = []
        body.reserveCapacity(length)
        state = .body(head, body)
        if let expectation = head.headers.first(name: "expect") {
            guard expectation.lowercased() == "100-continue" else {
                state = .refused
                return refuse(417, "the expectation '\(expectation)' cannot be met")
            }
            let proceed = HTTPResponseHead(version: head.version, status: .continue)
            channel.writeAndFlush(HTTPServerResponsePart.head(proceed), promise: nil)
        }
        expect(within: connections.configuration.bodyTimeout)
    }

    private func receive(_ buffer: ByteBuffer) {
        guard case .body(let head, var body) = state else { return }
        state = .idle  // so that `body` is the only reference and grows in place
        body.append(contentsOf: buffer.readableBytesView)
        let limit = connections.configuration.bodyLimit
        if body.count > limit {
            state = .refused
            return refuse(413, "the request body is longer than \(limit) bytes")
        }
        if body.count > reserved {
            guard connections.reserve(body.count - reserved) else {
                state = .refused
                return refuse(503, "too many large requests are being read; try again")
            }
            reserved = body.count
        }
        state = .body(head, body)
        expect(within: connections.configuration.bodyTimeout)
    }

    private func receiveEnd() {
        if case .refused = state { return abort() }
        guard case .body(let head, let body) = state else { return }
        state = .answering(head, .open)
        requests += 1
        expect(within: nil)
        let target = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let request = HTTPServerRequest(
            method: head.method.rawValue, path: String(target.first ?? ""), query: target.count > 1 ? String(target[1]) : nil,
            headers: HTTPHeaders(head.headers.map { (name: $0.name, value: $0.value) }), body: body)
        task = Task(executorPreference: executor) { [handler, self, requests] in
            await handler(request, HTTPResponder(connection: self))
            settle(requests)
        }
    }

    // MARK: What goes out

    func send(status: Int, headers: HTTPHeaders, body: [UInt8]) throws(ClientGone) {
        let head = try answering(.open)
        var fields = NIOHTTP1.HTTPHeaders(headers.map { ($0.name, $0.value) })
        if status != 204 { fields.replaceOrAdd(name: "Content-Length", value: String(body.count)) }
        write(HTTPResponseHead(version: head.version, status: .init(statusCode: status), headers: fields))
        if head.method != .HEAD, !body.isEmpty { write(.body(.byteBuffer(ByteBuffer(bytes: body)))) }
        complete(head)
    }

    func begin(status: Int, headers: HTTPHeaders) throws(ClientGone) {
        let head = try answering(.open)
        let fields = NIOHTTP1.HTTPHeaders(headers.map { ($0.name, $0.value) })
        state = .answering(head, .streaming)
        write(HTTPResponseHead(version: head.version, status: .init(statusCode: status), headers: fields))
        channel.flush()
    }

    func write(_ bytes: [UInt8]) throws(ClientGone) {
        let head = try answering(.streaming)
        guard head.method != .HEAD, !bytes.isEmpty else { return }
        lastWrite = .now()
        channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: bytes))), promise: nil)
    }

    func finish() throws(ClientGone) {
        let head = try answering(.streaming)
        complete(head)
    }

    func keepAlive(every interval: Duration, with bytes: [UInt8]) throws(ClientGone) {
        _ = try answering(.streaming)
        filler = (TimeAmount(interval), bytes)
        armFiller()
    }

    /// Any thread.
    func abort() {
        channel.close(promise: nil)
    }

    func whenWritable() async throws(ClientGone) {
        if eventLoop.inEventLoop, channel.isWritable { return }
        let isOpen = await withCheckedContinuation { continuation in
            eventLoop.execute { [self] in
                if channel.isWritable || !channel.isActive { return continuation.resume(returning: channel.isActive) }
                writable = continuation
                expect(within: connections.configuration.writeTimeout)
            }
        }
        guard isOpen else { throw ClientGone() }
    }

    private func answering(_ wanted: Answer) throws(ClientGone) -> HTTPRequestHead {
        guard case .answering(let head, let answer) = state, answer == wanted, channel.isActive else { throw ClientGone() }
        return head
    }

    private func write(_ head: HTTPResponseHead) {
        lastWrite = .now()
        write(.head(head))
    }

    private func write(_ part: HTTPServerResponsePart) {
        channel.write(part, promise: nil)
    }

    private func complete(_ head: HTTPRequestHead) {
        endAnswer()
        // The next request can arrive while this is being written, so the state comes first.
        let keep = head.isKeepAlive
        state = keep ? .idle : .closed
        if keep { expect(within: connections.configuration.headTimeout) }
        let written = channel.eventLoop.makePromise(of: Void.self)
        if !keep { written.futureResult.whenComplete { [channel] _ in channel.close(promise: nil) } }
        channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: written)
    }

    /// What an answer holds is given back.
    private func endAnswer() {
        filler = nil
        fillerTimer?.cancel()
        fillerTimer = nil
        connections.release(reserved)
        reserved = 0
        resumeWriter(false)
    }

    private func resumeWriter(_ isOpen: Bool) {
        writable?.resume(returning: isOpen)
        writable = nil
    }

    /// The handler of a request is done; one that left its answer open has failed.
    private func settle(_ request: Int) {
        guard request == requests, case .answering(_, let answer) = state else { return }
        switch answer {
        case .open: refuse(500, "the request was not answered")
        case .streaming: abort()
        }
    }

    /// Answers in OpenAI's error format and closes.
    private func refuse(_ status: Int, _ message: String) {
        let body = APIError(status: status, message: message).body
        var fields = NIOHTTP1.HTTPHeaders([("Content-Type", "application/json"), ("Connection", "close")])
        fields.add(name: "Content-Length", value: String(body.count))
        endAnswer()
        if case .answering = state { state = .closed }
        write(.head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: fields)))
        write(.body(.byteBuffer(ByteBuffer(bytes: body))))
        // A client that is still sending would lose the answer to a reset if we closed at once.
        channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
        expect(within: .seconds(2))
    }

    // MARK: Time

    /// Closes the connection unless something else is expected before the time is over; nil expects nothing.
    private func expect(within limit: Duration?) {
        deadline = limit.map { .now() + TimeAmount($0) }
        if timer == nil, let deadline { arm(deadline) }
    }

    private func arm(_ time: NIODeadline) {
        timer = eventLoop.scheduleTask(deadline: time) { [self] in
            timer = nil
            guard let deadline, channel.isActive else { return }
            if deadline <= .now() { channel.close(promise: nil) } else { arm(deadline) }
        }
    }

    private func armFiller() {
        guard let filler else { return }
        fillerTimer = eventLoop.scheduleTask(deadline: lastWrite + filler.interval) { [self] in
            guard let filler = self.filler, case .answering = state else { return }
            if lastWrite + filler.interval <= .now(), channel.isWritable { try? write(filler.bytes) }
            armFiller()
        }
    }
}
