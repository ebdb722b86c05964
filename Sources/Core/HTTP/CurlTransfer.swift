import CCurl
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One request on its way: the buffer between libcurl's thread, which fills it, and the task that reads it.
final class CurlTransfer: @unchecked Sendable {
    struct Head: Sendable {
        let status: Int
        let headers: HTTPHeaders
    }

    /// Over so many waiting bytes the transfer pauses, until they are read.
    private static let limit = 256 << 10

    private struct State {
        var headWaiter: CheckedContinuation<Head, any Error>?
        var reader: CheckedContinuation<[UInt8]?, any Error>?
        var head: Head?
        var buffer: [UInt8] = []
        var isPaused = false
        var end: Result<Void, any Error>?
    }

    let request: HTTPRequest
    private let loop: CurlLoop
    private let state = Mutex(State())

    // Owned by libcurl's thread.
    var easy: UnsafeMutableRawPointer?
    var headerList: UnsafeMutablePointer<curl_slist>?
    let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    /// Whether the loop will call `deliver` before it waits again.
    var isTouched = false
    /// Whether libcurl holds bytes back until the reader has taken the waiting ones.
    var isHeldUp = false
    /// When the other side was last seen to take or to give something.
    var lastActivity = SuspendingClock.now
    private var sent = 0
    private var status = 0
    private var headers = HTTPHeaders()

    init(_ request: HTTPRequest, loop: CurlLoop) {
        self.request = request
        self.loop = loop
        errorText.pointee = 0
    }

    deinit { errorText.deallocate() }

    // MARK: The task's side

    func start(_ continuation: CheckedContinuation<Head, any Error>) {
        let isCancelled = state.withLock { state in
            guard state.end == nil else { return true }
            state.headWaiter = continuation
            return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) } else { loop.post(.start(self)) }
    }

    /// What has come since the last call; waits for something to come. Nil at the end.
    func next() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            if let ready = take(orWait: nil) { return try ready.get() }
            return try await withCheckedThrowingContinuation { continuation in
                if let ready = take(orWait: continuation) { continuation.resume(with: ready) }
            }
        } onCancel: {
            cancel()
        }
    }

    /// Ends the transfer; any thread.
    func cancel() {
        let isFirst = state.withLock { state in
            guard state.end == nil else { return false }
            state.end = .failure(CancellationError())
            state.buffer = []
            return true
        }
        guard isFirst else { return }
        deliver()
        loop.post(.remove(self))
    }

    /// What is there; otherwise nil, and the reader is remembered.
    private func take(orWait reader: CheckedContinuation<[UInt8]?, any Error>?) -> Result<[UInt8]?, any Error>? {
        let (ready, isHeldUp) = state.withLock { state -> (Result<[UInt8]?, any Error>?, Bool) in
            guard state.reader == nil else {
                return (.failure(HTTPClientError(kind: .internal, message: "a body is for one reader")), false)
            }
            let taken = Self.take(&state)
            if taken.ready == nil { state.reader = reader }
            return taken
        }
        if isHeldUp { loop.post(.unpause(self)) }
        return ready
    }

    /// What is there, and whether the transfer has to be told that there is room again.
    private static func take(_ state: inout State) -> (ready: Result<[UInt8]?, any Error>?, isHeldUp: Bool) {
        guard !state.buffer.isEmpty else { return (state.end.map { end in end.map { nil } }, false) }
        defer {
            state.buffer = []
            state.isPaused = false
        }
        return (.success(state.buffer), state.isPaused)
    }

    // MARK: libcurl's side

    /// Whether it has ended or was cancelled.
    var isSettled: Bool { state.withLock { $0.end != nil } }

    /// Copies the next part of the request's body; how many bytes that were.
    func supply(_ room: UnsafeMutableRawBufferPointer) -> Int {
        lastActivity = loop.now
        guard let body = request.body, sent < body.count else { return 0 }
        let count = min(room.count, body.count - sent)
        body.withUnsafeBytes { room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[sent..<sent + count])) }
        sent += count
        return count
    }

    /// Goes on supplying at this byte of the body: libcurl sends it again when a kept connection turns out to be closed.
    func rewind(to offset: Int) -> Bool {
        guard offset >= 0, offset <= request.body?.count ?? 0 else { return false }
        sent = offset
        return true
    }

    /// Takes body bytes; false asks libcurl to pause and to offer them again later.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        lastActivity = loop.now
        let isAccepted = state.withLock { state in
            // Nobody will read them; the transfer is about to be removed.
            guard state.end == nil else { return true }
            guard state.buffer.count < Self.limit else {
                state.isPaused = true
                return false
            }
            state.buffer.append(contentsOf: bytes)
            return true
        }
        if isAccepted { loop.touch(self) } else { isHeldUp = true }
        return isAccepted
    }

    /// Takes one line of the head, its line end included.
    func receive(headerLine line: UnsafeRawBufferPointer) {
        lastActivity = loop.now
        let text = String(decoding: line, as: UTF8.self)
        let trimmed = text.prefix { $0 != "\r\n" && $0 != "\n" && $0 != "\r" }
        if trimmed.hasPrefix("HTTP/") {
            headers = HTTPHeaders()
            status = trimmed.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        } else if trimmed.isEmpty {
            guard status >= 200 else { return }
            state.withLock { $0.head = $0.head ?? Head(status: status, headers: headers) }
            loop.touch(self)
        } else if let colon = trimmed.firstIndex(of: ":") {
            let value = trimmed[trimmed.index(after: colon)...]
            headers.add(String(trimmed[..<colon]), value.trimmed())
        }
    }

    /// Says how the transfer ended.
    func finish(_ result: Result<Void, any Error>) {
        state.withLock { $0.end = $0.end ?? result }
        loop.touch(self)
    }

    /// Ends a transfer that the loop never took; any thread.
    func refuse(_ error: HTTPClientError) {
        state.withLock { $0.end = $0.end ?? .failure(error) }
        deliver()
    }

    /// Wakes the task when there is something for it. The loop calls this once for all that an event brought: waking a
    /// thread costs more than anything else here.
    func deliver() {
        typealias Wake = (
            head: CheckedContinuation<Head, any Error>?, reader: CheckedContinuation<[UInt8]?, any Error>?
        )
        typealias Ready = (bytes: Result<[UInt8]?, any Error>?, isHeldUp: Bool)
        let (wake, head, ready) = state.withLock { state -> (Wake, Result<Head, any Error>?, Ready) in
            var wake: Wake = (nil, nil)
            var head: Result<Head, any Error>?
            var ready: Ready = (nil, false)
            if state.headWaiter != nil {
                if let value = state.head {
                    head = .success(value)
                } else if let end = state.end {
                    head = end.flatMap { .failure(HTTPClientError(kind: .broken, message: "the answer has no head")) }
                }
                if head != nil { swap(&wake.head, &state.headWaiter) }
            }
            if state.reader != nil {
                let taken = Self.take(&state)
                ready = (bytes: taken.ready, isHeldUp: taken.isHeldUp)
                if ready.bytes != nil { swap(&wake.reader, &state.reader) }
            }
            return (wake, head, ready)
        }
        if let head { wake.head?.resume(with: head) }
        if let bytes = ready.bytes { wake.reader?.resume(with: bytes) }
        if ready.isHeldUp { loop.post(.unpause(self)) }
    }
}

extension Substring {
    /// Without spaces and tabs at both ends.
    fileprivate func trimmed() -> String {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return String(start[...last])
    }
}
