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
    }

    private struct Inbox {
        var commands: [Command] = []
        var isStopped = false
    }

    private static let shutDown = HTTPClientError(kind: .internal, message: "the HTTP client was shut down")

    private let configuration: HTTPClient.Configuration
    private let multi: UnsafeMutableRawPointer
    private let poller: Poller
    private let inbox = Mutex(Inbox())

    // Owned by the loop's thread. The clock stands still while the machine sleeps: that is not the other side's silence.
    private(set) var now = SuspendingClock.now
    private var watched: [Int32: Poller.Interest] = [:]
    private var timer: SuspendingClock.Instant?
    private var silenceCheck: SuspendingClock.Instant?
    private var running: [ObjectIdentifier: CurlTransfer] = [:]
    private var touched: [CurlTransfer] = []

    init(_ configuration: HTTPClient.Configuration) throws(HTTPClientError) {
        self.configuration = configuration
        guard Self.global == CURLE_OK, let multi = curl_multi_init() else {
            throw HTTPClientError(kind: .internal, message: "libcurl cannot be initialised")
        }
        self.multi = multi
        do {
            poller = try Poller()
        } catch {
            _ = curl_multi_cleanup(multi)
            throw error
        }
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
                loop.timer = milliseconds < 0 ? nil : SuspendingClock.now + .milliseconds(milliseconds)
                return 0
            },
            Unmanaged.passUnretained(self).toOpaque())
        do {
            try startThread()
        } catch {
            _ = curl_multi_cleanup(multi)
            throw error
        }
    }

    // Only when nobody is left who could wake the thread: the descriptor's number may belong to something else by then.
    deinit { poller.close() }

    /// `curl_global_init` must run once, before any other use.
    private static let global: CURLcode = {
        signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_ALL))
    }()

    /// Hands a command to the thread; never blocks.
    func post(_ command: Command) {
        let (isStopped, isFirst) = inbox.withLock { inbox in
            if !inbox.isStopped { inbox.commands.append(command) }
            return (inbox.isStopped, inbox.commands.count == 1)
        }
        if isStopped {
            // What runs is ended by the thread itself.
            if case .start(let transfer) = command { transfer.refuse(Self.shutDown) }
        } else if isFirst {
            poller.wake()
        }
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
    func stop() {
        inbox.withLock { $0.isStopped = true }
        poller.wake()
    }

    private func startThread() throws(HTTPClientError) {
        guard OwnThread.start({ self.run() }) else {
            throw HTTPClientError(kind: .internal, message: "cannot start a thread")
        }
    }

    private func run() {
        var events: [Poller.Event] = []
        var commands: [Command] = []
        var count: Int32 = 0
        while true {
            poller.wait(milliseconds: timeToDeadline(), into: &events)
            now = SuspendingClock.now
            for event in events {
                // After a failure, reading or writing tells libcurl which one it was.
                var mask: Int32 = event.failed ? Int32(CURL_CSELECT_IN | CURL_CSELECT_OUT | CURL_CSELECT_ERR) : 0
                if event.ready.contains(.read) { mask |= Int32(CURL_CSELECT_IN) }
                if event.ready.contains(.write) { mask |= Int32(CURL_CSELECT_OUT) }
                _ = curl_multi_socket_action(multi, event.socket, mask, &count)
            }
            let isStopped = inbox.withLock { inbox in
                swap(&inbox.commands, &commands)
                return inbox.isStopped
            }
            if isStopped { return tearDown(unread: commands) }
            for command in commands { perform(command) }
            commands.removeAll(keepingCapacity: true)
            if let due = timer, due <= SuspendingClock.now {
                timer = nil
                _ = curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &count)
            }
            readMessages()
            if let due = silenceCheck, due <= now { endSilentTransfers() }
            deliver()
        }
    }

    private func perform(_ command: Command) {
        switch command {
        case .start(let transfer): start(transfer)
        case .unpause(let transfer):
            transfer.lastActivity = now
            transfer.isHeldUp = false
            if let easy = transfer.easy { _ = curl_easy_pause(easy, CURLPAUSE_CONT) }
        case .remove(let transfer): remove(transfer)
        }
    }

    /// Rounded up to a millisecond; -1 without a deadline.
    private func timeToDeadline() -> Int32 {
        guard let due = [timer, silenceCheck].compactMap(\.self).min() else { return -1 }
        let left = due - SuspendingClock.now
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    private func watch(_ socket: curl_socket_t, _ what: Int32) {
        let interest: Poller.Interest =
            switch what {
            case Int32(CURL_POLL_IN): .read
            case Int32(CURL_POLL_OUT): .write
            case Int32(CURL_POLL_INOUT): [.read, .write]
            default: []
            }
        poller.watch(socket, for: interest, instead: watched[socket] ?? [])
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
        // Cancelled meanwhile: its `remove` may have come before this.
        guard !transfer.isSettled else { return }
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
        transfer.lastActivity = now
        let due = now + transfer.request.idleTimeout
        silenceCheck = silenceCheck.map { min($0, due) } ?? due
    }

    private func remove(_ transfer: CurlTransfer) {
        guard running.removeValue(forKey: ObjectIdentifier(transfer)) != nil else { return }
        if let easy = transfer.easy { _ = curl_multi_remove_handle(multi, easy) }
        CurlRequest.dispose(transfer)
    }

    /// libcurl's own limit on slow transfers looks at an average of several seconds, so it is not used.
    private func endSilentTransfers() {
        silenceCheck = nil
        for transfer in running.values {
            // One that its reader holds up is not silent.
            let due = (transfer.isHeldUp ? now : transfer.lastActivity) + transfer.request.idleTimeout
            if due <= now, !transfer.isHeldUp {
                let limit = transfer.request.idleTimeout
                transfer.finish(.failure(HTTPClientError(kind: .timeout, message: "nothing came for \(limit)")))
                remove(transfer)
            } else {
                silenceCheck = silenceCheck.map { min($0, due) } ?? due
            }
        }
    }

    private func tearDown(unread commands: [Command]) {
        for case .start(let transfer) in commands { transfer.finish(.failure(Self.shutDown)) }
        for transfer in running.values {
            transfer.finish(.failure(Self.shutDown))
            remove(transfer)
        }
        deliver()
        _ = curl_multi_cleanup(multi)
    }
}
