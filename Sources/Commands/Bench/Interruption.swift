import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Turns Ctrl-C and SIGTERM into an error that the load loops throw, so that child processes and files are cleared away on
/// the way out.
struct Interruption: Sendable {
    private static let isRequested = Atomic<Bool>(false)
    private let watch: SignalWatch

    /// From now on the two signals only make `check` throw.
    /// - Throws: `Failure` when the process has no descriptors left.
    static func arm() throws -> Interruption {
        isRequested.store(false, ordering: .relaxed)
        return Interruption(
            watch: try SignalWatch([SIGINT, SIGTERM]) { _ in isRequested.store(true, ordering: .relaxed) })
    }

    /// The signals end the program again.
    func disarm() { watch.stop() }

    /// - Throws: `Failure` once a signal has come.
    static func check() throws(Failure) {
        if isRequested.load(ordering: .relaxed) { throw Failure("interrupted") }
    }
}
