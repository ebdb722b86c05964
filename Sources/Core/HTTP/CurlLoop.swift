import CCurl
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The thread that owns libcurl's multi handle. libcurl tells which sockets and which deadline it waits for
/// (curl_multi_socket_action), so an event costs the same with one transfer as with hundreds.
final class CurlLoop: @unchecked Sendable {
    enum Command {
        case start(CurlTransfer)
        case unpause(CurlTransfer)
        case remove(CurlTransfer)
        case stop
    }

    private let configuration: HTTPClient.Configuration
    private let multi: UnsafeMutableRawPointer
    private let poller: Poller
    private let commands = Mutex<[Command]>([])

    // Owned by the loop's thread.
    private var watched: [Int32: Poller.Interest] = [:]
    private var deadline: ContinuousClock.Instant?
    private var running: [ObjectIdentifier: CurlTransfer] = [:]
    private var touched: [CurlTransfer] = []

    init(_ configuration: HTTPClient.Configuration) throws(HTTPClientError) {
        self.configuration = configuration
        guard Self.global == CURLE_OK, let multi = curl_multi_init() else {
            throw HTTPClientError(kind: .internal, message: "libcurl cannot be initialised")
        }
        self.multi = multi
        poller = try Poller()
        _ = localcode_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 256)
        _ = localcode_multi_set_callbacks(
            multi,
            { _, socket, what, context, _ in
                guard let context else { return 0 }
                Unmanaged<CurlLoop>.fromOpaque(context).takeUnretainedValue().watch(socket, what)
                return 0
            },
            { _, milliseconds, context in
                guard let context else { return 0 }
                let loop = Unmanaged<CurlLoop>.fromOpaque(context).takeUnretainedValue()
                loop.deadline = milliseconds < 0 ? nil : ContinuousClock.now + .milliseconds(milliseconds)
                return 0
            },
            Unmanaged.passUnretained(self).toOpaque())
        try startThread()
    }

    /// `curl_global_init` must run once, before any other use.
    private static let global: CURLcode = {
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_ALL))
    }()

    /// Hands a command to the thread; never blocks.
    func post(_ command: Command) {
        let wake = commands.withLock { commands in
            commands.append(command)
            return commands.count == 1
        }
        if wake { poller.wake() }
    }

    /// Has the transfer's task woken before the thread waits again. For the loop's thread.
    func touch(_ transfer: CurlTransfer) {
        guard !transfer.isTouched else { return }
        transfer.isTouched = true
        touched.append(transfer)
    }

    private func deliver() {
        for transfer in touched {
            transfer.isTouched = false
            transfer.deliver()
        }
        touched.removeAll(keepingCapacity: true)
    }

    /// Ends the thread; transfers still running fail.
    func stop() { post(.stop) }

    private func startThread() throws(HTTPClientError) {
        #if canImport(Glibc)
            var thread = pthread_t()
        #else
            var thread: pthread_t?
        #endif
        let context = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { context in
                #if canImport(Glibc)
                    guard let context else { return nil }
                #endif
                Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            throw HTTPClientError(kind: .internal, message: "cannot start a thread: \(String(cString: strerror(code)))")
        }
        #if canImport(Glibc)
            pthread_detach(thread)
        #else
            if let thread { pthread_detach(thread) }
        #endif
    }

    private func run() {
        var events: [Poller.Event] = []
        var count: Int32 = 0
        while true {
            poller.wait(milliseconds: timeToDeadline(), into: &events)
            for event in events {
                var mask: Int32 = event.failed ? Int32(CURL_CSELECT_ERR) : 0
                if event.ready.contains(.read) { mask |= Int32(CURL_CSELECT_IN) }
                if event.ready.contains(.write) { mask |= Int32(CURL_CSELECT_OUT) }
                _ = curl_multi_socket_action(multi, event.socket, mask, &count)
            }
            let pending = commands.withLock { commands in
                let pending = commands
                commands.removeAll(keepingCapacity: true)
                return pending
            }
            for command in pending {
                switch command {
                case .start(let transfer): start(transfer)
                case .unpause(let transfer):
                    if let easy = transfer.easy { _ = curl_easy_pause(easy, CURLPAUSE_CONT) }
                case .remove(let transfer): remove(transfer)
                case .stop: return tearDown()
                }
            }
            if let due = deadline, due <= ContinuousClock.now {
                deadline = nil
                _ = curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &count)
            }
            readMessages()
            deliver()
        }
    }

    private func timeToDeadline() -> Int32 {
        guard let deadline else { return -1 }
        let left = deadline - ContinuousClock.now
        guard left > .zero else { return 0 }
        let milliseconds = left.components.seconds * 1000 + (left.components.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: milliseconds)
    }

    private func watch(_ socket: curl_socket_t, _ what: Int32) {
        let interest: Poller.Interest =
            switch what {
            case Int32(CURL_POLL_IN): .read
            case Int32(CURL_POLL_OUT): .write
            case Int32(CURL_POLL_INOUT): [.read, .write]
            default: []
            }
        let previous = watched[socket] ?? []
        guard interest != previous else { return }
        poller.watch(socket, for: interest, instead: previous)
        watched[socket] = interest.isEmpty ? nil : interest
    }

    private func readMessages() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let context = localcode_easy_private(easy)
            else { continue }
            let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
            let code = localcode_message_result(message)
            transfer.finish(
                code == CURLE_OK
                    ? .success(())
                    : .failure(HTTPClientError(code: code, detail: String(cString: transfer.errorText))))
            remove(transfer)
        }
    }

    private func start(_ transfer: CurlTransfer) {
        do {
            try CurlRequest.prepare(transfer, configuration)
        } catch {
            transfer.finish(.failure(error))
            return CurlRequest.dispose(transfer)
        }
        guard let easy = transfer.easy, curl_multi_add_handle(multi, easy) == CURLM_OK else {
            transfer.finish(.failure(HTTPClientError(kind: .internal, message: "libcurl cannot take another transfer")))
            return CurlRequest.dispose(transfer)
        }
        running[ObjectIdentifier(transfer)] = transfer
    }

    private func remove(_ transfer: CurlTransfer) {
        guard running.removeValue(forKey: ObjectIdentifier(transfer)) != nil else { return }
        if let easy = transfer.easy { _ = curl_multi_remove_handle(multi, easy) }
        CurlRequest.dispose(transfer)
    }

    private func tearDown() {
        for transfer in running.values {
            transfer.finish(.failure(HTTPClientError(kind: .internal, message: "the HTTP client was shut down")))
            remove(transfer)
        }
        deliver()
        _ = curl_multi_cleanup(multi)
        poller.close()
    }
}
