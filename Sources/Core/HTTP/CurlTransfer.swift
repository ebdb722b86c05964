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
    private static let high = 256 << 10

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
            return true
        }
        guard isFirst else { return }
        deliver()
        loop.post(.remove(self))
    }

    /// What is there; otherwise nil, and the reader is remembered.
    private func take(orWait reader: CheckedContinuation<[UInt8]?, any Error>?) -> Result<[UInt8]?, any Error>? {
        let (ready, isPaused) = state.withLock { state -> (Result<[UInt8]?, any Error>?, Bool) in
            let ready = Self.take(&state)
            if ready == nil { state.reader = reader }
            defer { state.isPaused = state.isPaused && ready == nil }
            return (ready, state.isPaused && ready != nil)
        }
        if isPaused { loop.post(.unpause(self)) }
        return ready
    }

    private static func take(_ state: inout State) -> Result<[UInt8]?, any Error>? {
        if !state.buffer.isEmpty {
            let bytes = state.buffer
            state.buffer = []
            return .success(bytes)
        }
        return state.end.map { end in end.map { nil } }
    }

    // MARK: libcurl's side

    /// Takes body bytes; false asks libcurl to pause and to offer them again later.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let isAccepted = state.withLock { state in
            guard state.buffer.count < Self.high else {
                state.isPaused = true
                return false
            }
            state.buffer.append(contentsOf: bytes)
            return true
        }
        if isAccepted { loop.touch(self) }
        return isAccepted
    }

    /// Takes one line of the head, its line end included.
    func receive(headerLine line: UnsafeRawBufferPointer) {
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

    /// Wakes the task when there is something for it. The loop calls this once for all that an event brought: waking a
    /// thread costs more than anything else here.
    func deliver() {
        typealias Wake = (head: CheckedContinuation<Head, any Error>?, reader: CheckedContinuation<[UInt8]?, any Error>?)
        let (wake, head, ready) = state.withLock { state -> (Wake, Result<Head, any Error>?, Result<[UInt8]?, any Error>?) in
            var wake: Wake = (nil, nil)
            var head: Result<Head, any Error>?
            var ready: Result<[UInt8]?, any Error>?
            if state.headWaiter != nil {
                if let value = state.head {
                    head = .success(value)
                } else if let end = state.end {
                    head = end.flatMap { .failure(HTTPClientError(kind: .broken, message: "the answer has no head")) }
                }
                if head != nil { swap(&wake.head, &state.headWaiter) }
            }
            if state.reader != nil {
                ready = Self.take(&state)
                if ready != nil { swap(&wake.reader, &state.reader) }
            }
            return (wake, head, ready)
        }
        if let head { wake.head?.resume(with: head) }
        if let ready { wake.reader?.resume(with: ready) }
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
