import LocalCodeCore
import Synchronization
import Testing

@testable import Support

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Time limits, cancellation, backpressure, and the client's own end.
@Suite(.timeLimit(.minutes(1))) struct HTTPClientLimitTests {
    let client: HTTPClient

    init() throws { client = try HTTPClient() }

    @Test func nobodyListens() async throws {
        let (descriptor, port) = try RawSocket.bind()
        defer { Descriptor.close(descriptor) }
        let error = await #expect(throws: HTTPClientError.self) {
            try await client.send(HTTPRequest(url: "http://127.0.0.1:\(port)/"))
        }
        #expect(error?.kind == .connect)
    }

    @Test func nameDoesNotResolve() async throws {
        // A label longer than DNS can carry fails without asking a server.
        let error = await #expect(throws: HTTPClientError.self) {
            try await client.send(HTTPRequest(url: "http://\("a".repeated(64)).test/"))
        }
        #expect(error?.kind == .connect)
    }

    #if os(Linux)
        /// Linux drops what comes in for a listener whose queue is full.
        @Test func connectingTakesTooLong() async throws {
            let (descriptor, port) = try RawSocket.bind()
            #expect(listen(descriptor, 0) == 0)
            let waiting = (0..<8).map { _ in RawSocket.beginToConnect(port: port) }
            defer { for descriptor in waiting + [descriptor] { Descriptor.close(descriptor) } }
            let error = await #expect(throws: HTTPClientError.self) {
                try await client.send(HTTPRequest(url: "http://127.0.0.1:\(port)/", connectTimeout: .milliseconds(300)))
            }
            #expect(error?.kind == .timeout)
        }
    #endif

    @Test func silenceBeforeTheAnswer() async throws {
        let server = try RecordingServer { _ in .init([.waitForClientToLeave]) }
        let error = await #expect(throws: HTTPClientError.self) {
            try await client.send(
                HTTPRequest(method: "POST", url: server.url, body: [1], idleTimeout: .milliseconds(300)))
        }
        #expect(error?.kind == .timeout)
        #expect(try await server.exchange().ending() == .clientLeft)
    }

    @Test func silenceInsideTheAnswer() async throws {
        let server = try RecordingServer { _ in .chunked([.text("one"), .waitForClientToLeave]) }
        let response = try await client.send(HTTPRequest(url: server.url, idleTimeout: .milliseconds(300)))
        var body = response.body.makeAsyncIterator()
        #expect(try await body.next() == Array("one".utf8))
        let error = await #expect(throws: HTTPClientError.self) { try await body.next() }
        #expect(error?.kind == .timeout)
        #expect(try await server.exchange().ending() == .clientLeft)
    }

    /// A limit that is over for one request does not touch the others, nor one that is in time again and again.
    @Test func limitsAreOnePerRequest() async throws {
        let server = try RecordingServer { request in
            request.target == "/slow" ? .init([.waitForClientToLeave]) : .complete("{}")
        }
        let slow = Task {
            try await client.send(HTTPRequest(url: "\(server.url)/slow", idleTimeout: .milliseconds(200)))
        }
        let gate = Gate()
        let patientServer = try RecordingServer { _ in .chunked([.text("one"), .wait(gate), .text("two")]) }
        let patient = try await client.send(HTTPRequest(url: patientServer.url))
        await #expect(throws: HTTPClientError.self) { try await slow.value }
        gate.open()
        #expect(try await patient.body.collect(upTo: 100) == Array("onetwo".utf8))
    }

    @Test func cancelledBeforeItStarts() async throws {
        let server = try RecordingServer { _ in .complete("{}") }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await client.send(HTTPRequest(url: "\(server.url)/never"))
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        _ = try await client.send(HTTPRequest(url: "\(server.url)/now")).body.collect(upTo: 10)
        #expect(server.requests.map(\.target) == ["/now"])
        #expect(server.connections == 1)
    }

    @Test func cancelledBeforeTheAnswer() async throws {
        let server = try RecordingServer { _ in .init([.waitForClientToLeave]) }
        let task = Task { try await client.send(HTTPRequest(url: server.url)) }
        let exchange = try await server.exchange()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(await exchange.ending() == .clientLeft)
    }

    @Test func cancelledInsideTheAnswer() async throws {
        let server = try RecordingServer { _ in .chunked([.text("one"), .waitForClientToLeave]) }
        let response = try await client.send(HTTPRequest(url: server.url))
        let first = Latch()
        let task = Task {
            for try await _ in response.body { first.open() }
        }
        await first.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await server.exchange().ending() == .clientLeft)
    }

    @Test func droppedBodyEndsTheTransfer() async throws {
        let server = try RecordingServer { _ in .chunked([.text("one"), .waitForClientToLeave]) }
        do {
            let response = try await client.send(HTTPRequest(url: server.url))
            #expect(response.status == 200)
        }
        #expect(try await server.exchange().ending() == .clientLeft)
    }

    /// Starts and cancellations cross each other in every order; none is lost, and the client goes on.
    @Test func cancellationRaces() async throws {
        let server = try RecordingServer { _ in .complete("{}") }
        await withTaskGroup { tasks in
            for number in 0..<300 {
                tasks.addTask {
                    let task = Task {
                        let response = try? await client.send(HTTPRequest(url: server.url))
                        _ = try? await response?.body.collect(upTo: 10)
                    }
                    for _ in 0..<number % 7 { await Task.yield() }
                    task.cancel()
                    await task.value
                }
            }
        }
        #expect(try await client.send(HTTPRequest(url: server.url)).body.collect(upTo: 10).count == 2)
    }

    /// A long answer as a thread sends it, and how far that thread came before it had to stop.
    private final class Flood: Sendable {
        let bytes = pattern(50 << 20)
        let stalled = Awaited<Int>()

        func send(to connection: Int32) {
            _ = RawListener.readHead(connection)
            RawListener.write("HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\n\r\n", to: connection)
            _ = fcntl(connection, F_SETFL, O_NONBLOCK)
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes { rest in
                    #if os(Linux)
                        Glibc.send(connection, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                    #else
                        Darwin.send(connection, rest.baseAddress, rest.count, 0)
                    #endif
                }
                if count >= 0 {
                    sent += count
                    continue
                }
                guard errno == EAGAIN else { break }
                var room = pollfd(fd: connection, events: Int16(POLLOUT), revents: 0)
                // A client that takes anything at all takes it sooner than that.
                if poll(&room, 1, 1200) == 0 {
                    stalled.fulfill(sent)
                    _ = poll(&room, 1, -1)
                }
            }
            stalled.fulfill(sent)
        }
    }

    @Test func slowReaderHoldsTheOtherSideUp() async throws {
        let flood = Flood()
        let listener = try RawListener { flood.send(to: $0) }
        // The reader's own slowness is nobody's silence.
        let request = HTTPRequest(url: "http://127.0.0.1:\(listener.port)/", idleTimeout: .milliseconds(400))
        let response = try await client.send(request)
        let sent = try #require(await flood.stalled.wait())
        // What the kernel's buffers and ours hold.
        #expect(sent > 256 << 10 && sent < 16 << 20)
        var received = 0
        for try await bytes in response.body {
            #expect(bytes.count <= 512 << 10)
            let isSame = bytes.withUnsafeBytes { left in
                flood.bytes.withUnsafeBytes { right in
                    guard let left = left.baseAddress, let right = right.baseAddress else { return false }
                    return memcmp(left, right + received, bytes.count) == 0
                }
            }
            #expect(isSame)
            received += bytes.count
        }
        #expect(received == flood.bytes.count)
    }

    @Test func fastReaderIsNeverLeftWaiting() async throws {
        let server = try RecordingServer { _ in .complete("x".repeated(8 << 20)) }
        for _ in 0..<5 {
            #expect(try await client.send(HTTPRequest(url: server.url)).body.collect(upTo: 9 << 20).count == 8 << 20)
        }
    }

    @Test func endOfTheClientEndsItsTransfers() async throws {
        let server = try RecordingServer { _ in .chunked([.text("one"), .waitForClientToLeave]) }
        var short: HTTPClient? = try HTTPClient()
        let response = try #require(try await short?.send(HTTPRequest(url: server.url)))
        short = nil
        let error = await #expect(throws: HTTPClientError.self) { try await response.body.collect(upTo: 100) }
        #expect(error?.kind == .internal)
        #expect(try await server.exchange().ending() == .clientLeft)
    }

    #if os(Linux)
        /// Each client has two descriptors and one connection; other tests open some at the same time, but not so many.
        @Test func clientsLeaveNoDescriptors() async throws {
            let server = try RecordingServer { _ in .complete("{}") }
            let before = try Self.descriptors()
            for _ in 0..<400 {
                let client = try HTTPClient()
                _ = try await client.send(HTTPRequest(url: server.url)).body.collect(upTo: 10)
            }
            #expect(try Self.descriptors() < before + 600)
        }

        private static func descriptors() throws -> Int {
            let directory = try #require(opendir("/proc/self/fd"))
            defer { closedir(directory) }
            var count = 0
            while readdir(directory) != nil { count += 1 }
            return count
        }
    #endif
}
