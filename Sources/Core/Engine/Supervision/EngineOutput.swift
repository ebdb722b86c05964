import CProcess
import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What an engine prints: a pipe that a thread reads, so that the engine never waits for a disk or a terminal. Lines go to
/// the log; the last ones are remembered for the message when it ends.
final class EngineOutput: Sendable {
    private struct State {
        /// The beginning of a line whose end has not come.
        var partial: [UInt8] = []
        var last: [String] = []
    }

    /// Longer lines are cut into pieces.
    private static let longestLine = 16384
    /// Lines that are remembered: those of a start, with room.
    private static let mostRemembered = 400

    private let log: RotatingLog
    private let secret: String
    private let state = Mutex(State())
    private let reading: Int32
    private let end: (reading: Int32, writing: Int32)
    private let isRead = DispatchSemaphore(value: 0)

    /// - Parameter secret: does not reach the log.
    /// - Returns: what it reads from, and the descriptor to write to, which the caller closes.
    static func make(log: RotatingLog, secret: String) throws(EngineFailure) -> (output: EngineOutput, writing: Int32) {
        var output: [Int32] = [-1, -1]
        var end: [Int32] = [-1, -1]
        guard localcode_pipe(&output) == 0 else { throw EngineFailure("cannot make a pipe: \(reason())") }
        guard localcode_pipe(&end) == 0 else {
            let message = "cannot make a pipe: \(reason())"
            for descriptor in output { close(descriptor) }
            throw EngineFailure(message)
        }
        let made = EngineOutput(log: log, secret: secret, reading: output[0], end: (end[0], end[1]))
        guard OwnThread.start({ made.read() }) else {
            for descriptor in output + end { close(descriptor) }
            throw EngineFailure("cannot start a thread")
        }
        return (made, output[1])
    }

    private init(log: RotatingLog, secret: String, reading: Int32, end: (reading: Int32, writing: Int32)) {
        self.log = log
        self.secret = secret
        self.reading = reading
        self.end = end
    }

    /// Its last lines that are not empty.
    func lastLines(_ count: Int = 20) -> [String] { state.withLock { Array($0.last.suffix(count)) } }

    /// All lines that are remembered.
    var remembered: [String] { state.withLock { $0.last } }

    /// Reads what is left of a process that has ended, even where somebody else holds its end of the pipe, and writes it to
    /// the log. Called once; waits for a moment.
    func finish() {
        close(end.writing)
        isRead.wait()
        log.flush()
    }

    private func read() {
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
        var bytes = [UInt8](repeating: 0, count: 65536)
        var hasEnded = false
        while true {
            let count = bytes.withUnsafeMutableBytes { Self.read(reading, $0) }
            if count > 0 {
                take(bytes[..<count])
            } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
                break
            } else if errno == EAGAIN {
                if hasEnded { break }
                var polled = [reading, end.reading].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
                _ = poll(&polled, 2, -1)
                hasEnded = polled[1].revents != 0
            }
        }
        take([0x0A])
        close(reading)
        close(end.reading)
        isRead.signal()
    }

    private func take(_ bytes: ArraySlice<UInt8>) {
        let lines = state.withLock { state in
            var lines: [String] = []
            for byte in bytes {
                if byte != 0x0A { state.partial.append(byte) }
                guard byte == 0x0A || state.partial.count >= Self.longestLine else { continue }
                let line = text(state.partial)
                state.partial.removeAll(keepingCapacity: true)
                if !line.isEmpty { lines.append(line) }
            }
            state.last = (state.last + lines).suffix(Self.mostRemembered)
            return lines
        }
        if !lines.isEmpty { log.append(lines) }
    }

    private func text(_ bytes: [UInt8]) -> String {
        let line = String(decoding: bytes.last == 0x0D ? bytes.dropLast() : bytes[...], as: UTF8.self)
        return line.contains(secret)
            ? line.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***") : line
    }

    private static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        #else
            Darwin.read(descriptor, buffer.baseAddress, buffer.count)
        #endif
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
