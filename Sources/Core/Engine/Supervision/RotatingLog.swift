import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
    import SystemPackage
#else
    import Darwin
    import System
#endif

/// A file that lines are appended to. When it is full it becomes `NAME.1` in the place of the one before it, and another is
/// begun. Files are written, and lines shown to who wants to see them, on a thread of its own: `append` never waits, and when
/// disk or reader are too slow, lines are dropped and their number is told.
final class RotatingLog: Sendable {
    private struct State {
        var waiting: [String] = []
        var bytes = 0
        var dropped = 0
        var isWriting = false
    }

    /// Used on the queue only.
    private struct File {
        var descriptor: FileDescriptor?
        var size: Int
    }

    /// Bytes of lines that may wait.
    private static let mostWaiting = 1 << 20

    private let path: String
    private let limit: Int
    private let echo: (@Sendable (String) -> Void)?
    private let queue = DispatchQueue(label: "engine log")
    private let state = Mutex(State())
    private let file: Mutex<File>

    /// - Parameters:
    ///   - limit: bytes of a file.
    ///   - echo: called with each line.
    /// - Throws: `EngineFailure` when the file cannot be written.
    init(path: String, limit: Int = 5_000_000, echo: (@Sendable (String) -> Void)? = nil) throws(EngineFailure) {
        self.path = path
        self.limit = limit
        self.echo = echo
        do {
            let descriptor = try Self.open(path)
            file = Mutex(File(descriptor: descriptor, size: Int((try? descriptor.seek(offset: 0, from: .end)) ?? 0)))
        } catch {
            throw EngineFailure("cannot write the engine's log \(path): \(error)")
        }
    }

    deinit { file.withLock { try? $0.descriptor?.close() } }

    private static func open(_ path: String) throws -> FileDescriptor {
        try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.create, .append, .closeOnExec], permissions: .ownerReadWrite)
    }

    /// Takes lines, without their ends.
    func append(_ lines: [String]) {
        let isIdle = state.withLock { state in
            for line in lines {
                guard state.bytes + line.utf8.count <= Self.mostWaiting else {
                    state.dropped += 1
                    continue
                }
                state.waiting.append(line)
                state.bytes += line.utf8.count
            }
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if isIdle { queue.async { self.drain() } }
    }

    /// Returns when everything that was appended before is out, or after `limit`.
    func flush(within limit: Duration = .seconds(2)) {
        let isOut = DispatchSemaphore(value: 0)
        queue.async { isOut.signal() }
        _ = isOut.wait(timeout: .now() + limit.seconds)
    }

    private func drain() {
        while let lines = next() {
            write(lines.map { $0 + "\n" }.joined())
            if let echo {
                for line in lines { echo(line) }
            }
        }
    }

    private func next() -> [String]? {
        state.withLock { state in
            guard !state.waiting.isEmpty || state.dropped > 0 else {
                state.isWriting = false
                return nil
            }
            let lines = state.waiting + (state.dropped > 0 ? ["localcode: \(state.dropped) lines were dropped"] : [])
            state.waiting = []
            state.bytes = 0
            state.dropped = 0
            return lines
        }
    }

    private func write(_ text: String) {
        let size = text.utf8.count
        file.withLock { file in
            if file.size > 0, file.size + size > limit {
                try? file.descriptor?.close()
                _ = rename(path, path + ".1")
                file = File(descriptor: try? Self.open(path), size: 0)
            }
            // A full disk costs lines of the log, nothing else.
            _ = try? file.descriptor?.writeAll(text.utf8)
            file.size += size
        }
    }
}
