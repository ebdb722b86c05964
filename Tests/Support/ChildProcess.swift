import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A process started by a test. It is killed when the last reference goes, and when the test process ends.
public final class ChildProcess: Sendable {
    /// How a process ended.
    public enum Status: Sendable, Equatable {
        /// With an exit status.
        case exited(Int32)
        /// By a signal.
        case signaled(Int32)
        /// It has not: the waiting task was cancelled, as a time limit does it.
        case running
    }

    /// Its number; also that of its process group.
    public let pid: pid_t
    private let output = ProcessOutput()
    private let errors = ProcessOutput()
    private let end = Awaited<Status>()

    /// - Parameters:
    ///   - environment: The whole environment.
    ///   - input: Bytes for standard input, which is then closed.
    public init(
        _ executable: String, _ arguments: [String], environment: [String: String], directory: String? = nil,
        input: [UInt8] = []
    ) throws {
        signal(SIGPIPE, SIG_IGN)
        let standardInput = input.isEmpty ? nil : Descriptor.pipe()
        let standardOutput = Descriptor.pipe()
        let standardError = Descriptor.pipe()
        let exit = Descriptor.pipe()
        defer {
            for end in [standardInput?.read, standardOutput.write, standardError.write] {
                if let end { Descriptor.close(end) }
            }
        }
        do {
            pid = try Spawn.start(
                executable, arguments, environment: environment, directory: directory,
                input: standardInput?.read, output: standardOutput.write, errors: standardError.write)
        } catch {
            for end in [standardInput?.write, standardOutput.read, standardError.read, exit.read, exit.write] {
                if let end { Descriptor.close(end) }
            }
            throw error
        }
        Watchdog.shared.add(pid)
        if let write = standardInput?.write {
            BlockingThread.start {
                Descriptor.write(input, to: write)
                Descriptor.close(write)
            }
        }
        BlockingThread.start { [pid, end] in
            let status = Self.wait(pid)
            Watchdog.shared.remove(pid)
            Descriptor.close(exit.write)
            end.fulfill(status)
        }
        BlockingThread.start { [output, errors] in
            Self.read([(standardOutput.read, output), (standardError.read, errors)], until: exit.read)
        }
    }

    deinit {
        if end.value == nil { _ = killpg(pid, SIGKILL) }
    }

    /// Sends a signal to the process; nothing happens when it has ended.
    public func send(_ signal: Int32) {
        if end.value == nil { _ = kill(pid, signal) }
    }

    /// Waits until the process has ended.
    public func waitForExit() async -> Status { await end.wait() ?? .running }

    /// Whether it still runs.
    public var isRunning: Bool { end.value == nil }

    /// What it has written to standard output so far.
    public var standardOutput: [UInt8] { output.bytes }

    /// What it has written to standard error so far.
    public var standardError: String { String(decoding: errors.bytes, as: UTF8.self) }

    /// Waits for everything the process writes, and for its end.
    public func collect() async -> (status: Status, output: [UInt8], errors: String) {
        let status = await waitForExit()
        _ = await output.firstLine { _ in nil as Void? }
        _ = await errors.firstLine { _ in nil as Void? }
        return (status, standardOutput, standardError)
    }

    /// The first complete line on standard error, from the beginning, for which `match` gives something; nil when the
    /// process ended without one.
    public func firstErrorLine<Found: Sendable>(
        _ match: @escaping @Sendable (Substring) -> Found?
    ) async -> Found? { await errors.firstLine(match) }

    private static func wait(_ pid: pid_t) -> Status {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .signaled(signal)
    }

    /// Reads until each stream is closed, or the process has ended and they hold nothing more: a grandchild that keeps
    /// them open does not keep the test waiting.
    private static func read(_ streams: [(descriptor: Int32, output: ProcessOutput)], until exit: Int32) {
        var open = streams
        var ended = false
        for stream in streams { _ = fcntl(stream.descriptor, F_SETFL, O_NONBLOCK) }
        while !open.isEmpty {
            if !ended { ended = Descriptor.wait(for: open.map(\.descriptor) + [exit]).last == true }
            open.removeAll { stream in
                while true {
                    guard let bytes = Descriptor.read(stream.descriptor) else { return ended || errno != EAGAIN }
                    if bytes.isEmpty { return true }
                    stream.output.append(bytes)
                }
            }
        }
        for stream in streams {
            stream.output.finish()
            Descriptor.close(stream.descriptor)
        }
        Descriptor.close(exit)
    }
}
