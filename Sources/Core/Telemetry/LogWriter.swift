import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes lines to a descriptor from a thread of its own, where they are put into words too. `write` never waits: when the
/// reader is slow and `limit` bytes are waiting, lines are dropped and their number is written as soon as there is room.
public final class LogWriter: Sendable {
    private struct State {
        var waiting: [@Sendable () -> String] = []
        var bytes = 0
        var dropped = 0
        var isWriting = false
    }

    /// The thread pauses so long between two looks at what has come: waking it for each line would cost more than the line.
    private static let pause: UInt32 = 20_000

    private let descriptor: Int32
    private let limit: Int
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "log")

    /// - Parameters:
    ///   - descriptor: where to write; stays open.
    ///   - limit: bytes that may wait.
    public init(descriptor: Int32 = STDERR_FILENO, limit: Int = 1 << 20) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// Takes one or more lines.
    /// - Parameters:
    ///   - size: about how many bytes they will be, and hold until then.
    ///   - lines: makes them, each with its line end.
    public func write(size: Int, _ lines: @escaping @Sendable () -> String) {
        let isIdle = state.withLock { state in
            guard state.bytes + size <= limit else {
                state.dropped += 1
                return false
            }
            state.waiting.append(lines)
            state.bytes += size
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if isIdle { queue.async { self.drain() } }
    }

    /// Returns when everything that was written before is out, or after `limit`: nobody may be reading.
    public func flush(within limit: Duration = .seconds(2)) {
        let isOut = DispatchSemaphore(value: 0)
        queue.async { isOut.signal() }
        _ = isOut.wait(timeout: .now() + limit.seconds)
    }

    private func drain() {
        usleep(Self.pause)
        while let (waiting, dropped) = next() {
            var text = waiting.map { $0() }.joined()
            if dropped > 0 { text += "localcode: \(dropped) log lines dropped: the reader is too slow\n" }
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty {
                let count = bytes.withUnsafeBytes { Self.write(descriptor, $0) }
                guard count > 0 else { break }
                bytes = bytes.dropFirst(count)
            }
            usleep(Self.pause)
        }
    }

    private func next() -> (waiting: [@Sendable () -> String], dropped: Int)? {
        state.withLock { state in
            guard !state.waiting.isEmpty || state.dropped > 0 else {
                state.isWriting = false
                return nil
            }
            defer {
                state.waiting = []
                state.bytes = 0
                state.dropped = 0
            }
            return (state.waiting, state.dropped)
        }
    }

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            #else
                let count = Darwin.write(descriptor, bytes.baseAddress, bytes.count)
            #endif
            if count >= 0 || errno != EINTR { return count }
        }
    }
}
