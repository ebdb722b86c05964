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

    /// Over `high` waiting bytes the transfer pauses, under `low` it goes on.
    private static let high = 256 << 10
    private static let low = 64 << 10

    private struct State {
        var head: CheckedContinuation<Head, any Error>?
        var reader: CheckedContinuation<[UInt8]?, any Error>?
        var buffer: [UInt8] = []
        var paused = false
        var end: Result<Void, any Error>?
    }

    let request: HTTPRequest
    private let loop: CurlLoop
    private let state = Mutex(State())

    // Owned by libcurl's thread.
    var easy: UnsafeMutableRawPointer?
    var headerList: UnsafeMutablePointer<curl_slist>?
    let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
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
        let cancelled = state.withLock { state in
            if case .failure? = state.end { return true }
            state.head = continuation
            return false
        }
        if cancelled { continuation.resume(throwing: CancellationError()) } else { loop.post(.start(self)) }
    }

    func next() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            if let ready = try take() { return ready.bytes }
            return try await withCheckedThrowingContinuation { continuation in
                let ready: Result<[UInt8]?, any Error>? = state.withLock { state in
                    if !state.buffer.isEmpty { return .success(Self.drain(&state).bytes) }
                    switch state.end {
                    case .success?: return .success(nil)
                    case .failure(let error)?: return .failure(error)
                    case nil:
                        state.reader = continuation
                        return nil
                    }
                }
                if let ready { continuation.resume(with: ready) }
            }
        } onCancel: {
            cancel()
        }
    }

    func cancel() {
        guard finish(.failure(CancellationError())) else { return }
        loop.post(.remove(self))
    }

    private struct Drained {
        let bytes: [UInt8]?
        let resume: Bool
    }

    /// What is there without waiting; nil when one has to wait.
    private func take() throws -> Drained? {
        let drained: Result<Drained?, any Error> = state.withLock { state in
            if !state.buffer.isEmpty { return .success(Self.drain(&state)) }
            switch state.end {
            case .success?: return .success(Drained(bytes: nil, resume: false))
            case .failure(let error)?: return .failure(error)
            case nil: return .success(nil)
            }
        }
        let result = try drained.get()
        if result?.resume == true { loop.post(.unpause(self)) }
        return result
    }

    private static func drain(_ state: inout State) -> Drained {
        let bytes = state.buffer
        state.buffer = []
        let resume = state.paused
        state.paused = false
        return Drained(bytes: bytes, resume: resume)
    }

    // MARK: libcurl's side

    /// Takes body bytes; false asks libcurl to pause and to offer them again later.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let (accepted, reader) = state.withLock { state -> (Bool, (CheckedContinuation<[UInt8]?, any Error>, [UInt8])?) in
            if let reader = state.reader {
                state.reader = nil
                return (true, (reader, Array(bytes)))
            }
            guard state.buffer.count < Self.high else {
                state.paused = true
                return (false, nil)
            }
            state.buffer.append(contentsOf: bytes)
            return (true, nil)
        }
        if let (reader, bytes) = reader { reader.resume(returning: bytes) }
        return accepted
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
            let waiting = state.withLock { state in
                let waiting = state.head
                state.head = nil
                return waiting
            }
            waiting?.resume(returning: Head(status: status, headers: headers))
        } else if let colon = trimmed.firstIndex(of: ":") {
            let value = trimmed[trimmed.index(after: colon)...]
            headers.add(String(trimmed[..<colon]), value.trimmed())
        }
    }

    /// Settles the transfer; false when it was settled before.
    @discardableResult
    func finish(_ result: Result<Void, any Error>) -> Bool {
        let (first, head, reader) = state.withLock { state in
            guard state.end == nil else {
                return (false, CheckedContinuation<Head, any Error>?.none, CheckedContinuation<[UInt8]?, any Error>?.none)
            }
            state.end = result
            defer {
                state.head = nil
                state.reader = nil
            }
            return (true, state.head, state.reader)
        }
        let error: (any Error)? = if case .failure(let error) = result { error } else { nil }
        head?.resume(throwing: error ?? HTTPClientError(kind: .broken, message: "the answer has no head"))
        if let error { reader?.resume(throwing: error) } else { reader?.resume(returning: nil) }
        return first
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
