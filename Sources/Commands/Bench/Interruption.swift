import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Turns Ctrl-C and SIGTERM into an error that the load loops throw, so that child processes and files are cleared away on
/// the way out.
enum Interruption {
    /// A signal handler can reach nothing but a global.
    private static let isRequested = Atomic<Bool>(false)

    /// From now on the two signals only set the flag.
    static func arm() {
        isRequested.store(false, ordering: .relaxed)
        for signalNumber in [SIGINT, SIGTERM] {
            signal(signalNumber) { _ in Interruption.isRequested.store(true, ordering: .relaxed) }
        }
    }

    /// The signals end the program again.
    static func disarm() {
        for signalNumber in [SIGINT, SIGTERM] { signal(signalNumber, SIG_DFL) }
    }

    /// - Throws: `Failure` once a signal has come.
    static func check() throws(Failure) {
        if isRequested.load(ordering: .relaxed) { throw Failure("interrupted") }
    }
}
