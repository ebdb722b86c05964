import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Turns signals into calls of a function on an ordinary thread, until it is stopped. Several may watch the same signal.
final class SignalWatch: Sendable {
    private struct Watcher: Sendable {
        var signals: [Int32]
        var handler: @Sendable (Int32) -> Void
    }

    private struct Registry {
        var watchers: [Int: Watcher] = [:]
        var nextIdentifier = 0
        /// What watched signals did before.
        var previous: [Int32: sigaction] = [:]
    }

    private static let registry = Mutex(Registry())
    /// Where the signal handler writes the number of each signal; -1: nobody has watched yet.
    private static let entrance = Atomic<Int32>(-1)

    private let identifier: Int

    /// - Throws: `Failure` when the process has no descriptors left.
    init(_ signals: [Int32], handler: @escaping @Sendable (Int32) -> Void) throws {
        identifier = try Self.registry.withLock { registry in
            try Self.listen()
            for number in signals where registry.previous[number] == nil {
                registry.previous[number] = Self.install(number)
            }
            registry.nextIdentifier += 1
            registry.watchers[registry.nextIdentifier] = Watcher(signals: signals, handler: handler)
            return registry.nextIdentifier
        }
    }

    /// Gives the signals that nobody else watches the meaning they had.
    func stop() {
        Self.registry.withLock { registry in
            guard let watcher = registry.watchers.removeValue(forKey: identifier) else { return }
            for number in watcher.signals
            where !registry.watchers.values.contains(where: { $0.signals.contains(number) }) {
                if var old = registry.previous.removeValue(forKey: number) { sigaction(number, &old, nil) }
            }
        }
    }

    /// Opens the pipe from the handler to a thread of its own, which stays.
    private static func listen() throws {
        guard entrance.load(ordering: .sequentiallyConsistent) < 0 else { return }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failure("cannot watch signals: \(systemMessage(errno))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let readEnd = ends[0]
        DispatchQueue(label: "localcode.signals").async {
            var byte: UInt8 = 0
            while true {
                guard read(readEnd, &byte, 1) == 1 else { continue }
                let number = Int32(byte)
                let watchers = registry.withLock { $0.watchers.values.filter { $0.signals.contains(number) } }
                for watcher in watchers { watcher.handler(number) }
            }
        }
        entrance.store(ends[1], ordering: .sequentiallyConsistent)
    }

    /// Ends the process as the signal would have done without us, so that a shell sees the true reason: status 130 for SIGINT.
    static func die(of number: Int32) -> Never {
        signal(number, SIG_DFL)
        // Dispatch's threads block every signal.
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, number)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(number)
        exit(128 + number)
    }

    private static func install(_ number: Int32) -> sigaction {
        var action = sigaction()
        var old = sigaction()
        let handler: @convention(c) (Int32) -> Void = { number in
            // Only what POSIX allows in a handler: an atomic load and write(2).
            let error = errno
            var byte = UInt8(truncatingIfNeeded: number)
            let entrance = SignalWatch.entrance.load(ordering: .sequentiallyConsistent)
            if entrance >= 0 { _ = write(entrance, &byte, 1) }
            errno = error
        }
        #if canImport(Glibc)
            action.__sigaction_handler.sa_handler = handler
        #else
            action.__sigaction_u.__sa_handler = handler
        #endif
        action.sa_flags = Int32(SA_RESTART)
        sigaction(number, &action, &old)
        return old
    }
}
