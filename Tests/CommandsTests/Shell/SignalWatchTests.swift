import Synchronization
import Testing

@testable import Commands

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The permission bits of a file.
func mode(_ path: String) throws -> mode_t {
    var status = stat()
    try #require(stat(path, &status) == 0)
    return status.st_mode & 0o777
}

@Suite("Signals", .serialized)
struct SignalWatchTests {
    // Signals that nothing else in the test process uses.
    @Test("A signal calls the function, until the watch is stopped")
    func watching() async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        let old = signal(SIGUSR1, SIG_IGN)
        defer { signal(SIGUSR1, old) }
        let watch = try SignalWatch([SIGUSR1, SIGUSR2]) { continuation.yield($0) }
        kill(getpid(), SIGUSR1)
        kill(getpid(), SIGUSR2)
        var seen: Set<Int32> = []
        for await number in stream {
            seen.insert(number)
            if seen.count == 2 { break }
        }
        watch.stop()
        let restored = signal(SIGUSR1, SIG_IGN)
        #expect(unsafeBitCast(restored, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self))
    }
}
