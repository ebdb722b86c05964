import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Turns signals into calls of a function on an ordinary thread, until it is stopped. One watch at a time in a process.
final class SignalWatch: Sendable {
    /// Where the signal handler writes the number of each signal; -1: nobody watches.
    private static let entrance = Atomic<Int32>(-1)

    private let signals: [Int32]
    private let previous: [sigaction]
    private let writeEnd: Int32

    /// - Throws: `Failure` when the process has no descriptors left.
    init(_ signals: [Int32], handler: @escaping @Sendable (Int32) -> Void) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Failure("cannot watch signals: \(systemMessage(errno))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let readEnd = ends[0]
        writeEnd = ends[1]
        self.signals = signals
        Self.entrance.store(writeEnd, ordering: .sequentiallyConsistent)
        previous = signals.map(Self.install)
        DispatchQueue(label: "localcode.signals").async {
            var number: UInt8 = 0
            // Ends when `stop` closes the other end.
            while true {
                let count = read(readEnd, &number, 1)
                if count == 1 { handler(Int32(number)) } else if count == 0 || errno != EINTR { break }
            }
            close(readEnd)
        }
    }

    /// Gives the signals back the meaning they had.
    func stop() {
        for (number, old) in zip(signals, previous) {
            var old = old
            sigaction(number, &old, nil)
        }
        // A handler that has begun on another thread may still write: it finds -1 or a closed descriptor, both harmless.
        if Self.entrance.compareExchange(expected: writeEnd, desired: -1, ordering: .sequentiallyConsistent).exchanged {
            close(writeEnd)
        }
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
