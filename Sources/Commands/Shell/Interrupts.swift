#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// SIGINT and SIGTERM as something to wait for, instead of the end of the program.
struct Interrupts: Sendable {
    private let signals: AsyncStream<Void>
    private let watch: SignalWatch

    /// - Throws: `Failure` when the process has no descriptors left.
    init() throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        signals = stream
        watch = try SignalWatch([SIGINT, SIGTERM]) { _ in continuation.yield() }
    }

    /// Returns when the next one arrives, or the task is cancelled.
    func next() async {
        for await _ in signals { return }
    }
}
