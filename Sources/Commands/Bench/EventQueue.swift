#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Waits for the sockets of one thread. poll(2) is the same everywhere, and with the hundred sockets of a measurement it costs
/// a few microseconds more than its successors, on the direct way as on the others.
struct EventQueue {
    struct Event {
        let socket: Int32
        let readable: Bool
        let writable: Bool
    }

    private var entries: [pollfd] = []
    private var positions: [Int32: Int] = [:]

    /// Starts to watch a socket for reading.
    mutating func add(_ socket: Int32) {
        positions[socket] = entries.count
        entries.append(pollfd(fd: socket, events: Int16(POLLIN), revents: 0))
    }

    /// Watches for room to write too, or no longer.
    mutating func watchWriting(_ socket: Int32, _ isOn: Bool) {
        guard let position = positions[socket] else { return }
        entries[position].events = Int16(POLLIN) | (isOn ? Int16(POLLOUT) : 0)
    }

    mutating func remove(_ socket: Int32) {
        guard let position = positions.removeValue(forKey: socket), let last = entries.popLast() else { return }
        guard last.fd != socket else { return }
        entries[position] = last
        positions[last.fd] = position
    }

    /// Blocks until a socket is ready or `nanoseconds` have passed. A wait below a millisecond, which poll cannot count, sees
    /// the sockets at its end.
    mutating func wait(nanoseconds: UInt64, into events: inout [Event]) {
        events.removeAll(keepingCapacity: true)
        if nanoseconds > 0, nanoseconds < 1_000_000 {
            var time = timespec(tv_sec: 0, tv_nsec: Int(nanoseconds))
            nanosleep(&time, nil)
        }
        guard poll(&entries, nfds_t(entries.count), Int32(nanoseconds / 1_000_000)) > 0 else { return }
        for entry in entries where entry.revents != 0 {
            events.append(
                Event(
                    socket: entry.fd, readable: entry.revents & Int16(POLLIN | POLLERR | POLLHUP) != 0,
                    writable: entry.revents & Int16(POLLOUT) != 0))
        }
    }
}
