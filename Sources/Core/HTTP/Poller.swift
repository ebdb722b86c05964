#if canImport(Glibc)
    import CCurl
    import Glibc
#else
    import Darwin
#endif

/// Waits for sockets to become readable or writable, and can be woken from any thread: epoll on Linux, kqueue elsewhere.
/// Used by one thread; only `wake` may be called from others.
struct Poller: @unchecked Sendable {
    struct Interest: OptionSet, Hashable {
        let rawValue: Int32
        static let read = Interest(rawValue: 1)
        static let write = Interest(rawValue: 2)
    }

    struct Event {
        let socket: Int32
        let ready: Interest
        let failed: Bool
    }

    private let queue: Int32
    private let wakeDescriptor: Int32

    /// - Throws: `HTTPClientError` when the process is out of descriptors.
    init() throws(HTTPClientError) {
        #if os(Linux)
            queue = epoll_create1(Int32(EPOLL_CLOEXEC))
            wakeDescriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
            var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data(fd: wakeDescriptor))
            let added =
                queue >= 0 && wakeDescriptor >= 0 && epoll_ctl(queue, EPOLL_CTL_ADD, wakeDescriptor, &event) == 0
        #else
            queue = kqueue()
            wakeDescriptor = -1
            var event = kevent(
                ident: 0, filter: Int16(EVFILT_USER), flags: UInt16(EV_ADD | EV_CLEAR), fflags: 0, data: 0, udata: nil)
            let added = queue >= 0 && kevent(queue, &event, 1, nil, 0, nil) == 0
        #endif
        guard added else {
            let reason = String(cString: strerror(errno))
            close()
            throw HTTPClientError(kind: .internal, message: "cannot create an event queue: \(reason)")
        }
    }

    func close() {
        #if os(Linux)
            _ = Glibc.close(wakeDescriptor)
            _ = Glibc.close(queue)
        #else
            _ = Darwin.close(queue)
        #endif
    }

    func wake() {
        #if os(Linux)
            _ = eventfd_write(wakeDescriptor, 1)
        #else
            var event = kevent(
                ident: 0, filter: Int16(EVFILT_USER), flags: 0, fflags: UInt32(NOTE_TRIGGER), data: 0, udata: nil)
            _ = kevent(queue, &event, 1, nil, 0, nil)
        #endif
    }

    /// Watches a socket for `interest` instead of for `previous`; an empty set stops watching.
    func watch(_ socket: Int32, for interest: Interest, instead previous: Interest) {
        #if os(Linux)
            var event = epoll_event()
            event.data.fd = socket
            if interest.contains(.read) { event.events |= EPOLLIN.rawValue }
            if interest.contains(.write) { event.events |= EPOLLOUT.rawValue }
            let operation = interest.isEmpty ? EPOLL_CTL_DEL : (previous.isEmpty ? EPOLL_CTL_ADD : EPOLL_CTL_MOD)
            if epoll_ctl(queue, operation, socket, &event) < 0, !interest.isEmpty {
                // A socket that was closed unnoticed, and whose number came back, needs the other of the two.
                if errno == ENOENT { _ = epoll_ctl(queue, EPOLL_CTL_ADD, socket, &event) }
                if errno == EEXIST { _ = epoll_ctl(queue, EPOLL_CTL_MOD, socket, &event) }
            }
        #else
            for (filter, one) in [(EVFILT_READ, Interest.read), (EVFILT_WRITE, .write)]
            where interest.contains(one) != previous.contains(one) {
                let flags = interest.contains(one) ? EV_ADD : EV_DELETE
                var event = kevent(
                    ident: UInt(socket), filter: Int16(filter), flags: UInt16(flags), fflags: 0, data: 0, udata: nil)
                _ = kevent(queue, &event, 1, nil, 0, nil)
            }
        #endif
    }

    /// Blocks until something is ready, `wake` was called, or `milliseconds` have passed (negative: no limit).
    func wait(milliseconds: Int32, into events: inout [Event]) {
        events.removeAll(keepingCapacity: true)
        #if os(Linux)
            withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 64) { ready in
                let count = epoll_wait(queue, ready.baseAddress, 64, milliseconds)
                guard count > 0 else { return }
                for event in ready[..<Int(count)] {
                    if event.data.fd == wakeDescriptor {
                        var value: eventfd_t = 0
                        _ = eventfd_read(wakeDescriptor, &value)
                        continue
                    }
                    var interest: Interest = []
                    if event.events & EPOLLIN.rawValue != 0 { interest.insert(.read) }
                    if event.events & EPOLLOUT.rawValue != 0 { interest.insert(.write) }
                    let failed = event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
                    events.append(Event(socket: event.data.fd, ready: interest, failed: failed))
                }
            }
        #else
            withUnsafeTemporaryAllocation(of: kevent.self, capacity: 64) { ready in
                var limit = timespec(tv_sec: Int(milliseconds / 1000), tv_nsec: Int(milliseconds % 1000) * 1_000_000)
                let count =
                    milliseconds < 0
                    ? kevent(queue, nil, 0, ready.baseAddress, 64, nil)
                    : kevent(queue, nil, 0, ready.baseAddress, 64, &limit)
                guard count > 0 else { return }
                for event in ready[..<Int(count)] where event.filter != Int16(EVFILT_USER) {
                    let interest: Interest = event.filter == Int16(EVFILT_READ) ? .read : .write
                    events.append(
                        Event(socket: Int32(event.ident), ready: interest, failed: event.flags & UInt16(EV_ERROR) != 0))
                }
            }
        #endif
    }
}
