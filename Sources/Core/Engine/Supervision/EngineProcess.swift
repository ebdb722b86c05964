import CProcess
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A child process that leads a group of its own. The thread that starts it waits for its end and reaps it: the kernel
/// ends a child with the thread that started it, so that one has to last.
final class EngineProcess: Sendable {
    /// How a process ended.
    enum End: Sendable, Equatable {
        case exited(Int32)
        case signaled(Int32)
    }

    /// Its number, and its group's.
    let pid: Int32
    /// Whether it is there, if only to be reaped: as long as it is, its number is its own.
    private let isThere = Mutex(true)

    private init(_ pid: Int32) { self.pid = pid }

    /// Starts a program.
    /// - Parameters:
    ///   - environment: all of it, `NAME=value` each.
    ///   - output: a descriptor for both of its outputs; stays open.
    ///   - atStart: called on the process's thread; what it throws ends the process.
    ///   - atEnd: called on the process's thread when it has ended and been reaped.
    /// - Throws: `EngineFailure` when it cannot be started; `atEnd` is then not called.
    static func start(
        _ executable: String, _ arguments: [String], environment: [String], output: Int32,
        atStart: @escaping @Sendable (Int32) throws(EngineFailure) -> Void,
        atEnd: @escaping @Sendable (Int32, End) -> Void
    ) async throws(EngineFailure) -> EngineProcess {
        let started: Result<EngineProcess, EngineFailure> = await withCheckedContinuation { continuation in
            let hasThread = OwnThread.start {
                var pid: Int32 = -1
                let code = Self.spawn(executable, arguments, environment, output, &pid)
                guard code == 0 else {
                    let reason = String(cString: strerror(code))
                    continuation.resume(
                        returning: .failure(EngineFailure("the engine \(executable) cannot be run: \(reason)")))
                    return
                }
                let process = EngineProcess(pid)
                do throws(EngineFailure) {
                    try atStart(pid)
                } catch {
                    process.signal(SIGKILL)
                    _ = process.reap()
                    continuation.resume(returning: .failure(error))
                    return
                }
                continuation.resume(returning: .success(process))
                atEnd(pid, process.reap())
            }
            guard hasThread else {
                continuation.resume(returning: .failure(EngineFailure("cannot start a thread")))
                return
            }
        }
        return try started.get()
    }

    private static func spawn(
        _ executable: String, _ arguments: [String], _ environment: [String], _ output: Int32, _ pid: inout Int32
    ) -> Int32 {
        let words = ([executable] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { for text in words + variables { free(text) } }
        return localcode_spawn(executable, words, variables, output, &pid)
    }

    /// Sends a signal to the whole group; nothing happens when the process is gone.
    func signal(_ number: Int32) {
        isThere.withLock { isThere in
            if isThere { _ = kill(-pid, number) }
        }
    }

    /// Bytes it uses.
    var memory: Int? {
        isThere.withLock { $0 ? ProcessTable.memory(of: pid) : nil }
    }

    private func reap() -> End {
        localcode_await_end(pid)
        // What it started goes with it: while it is not reaped, the group's number cannot be another's.
        signal(SIGKILL)
        let code = isThere.withLock { isThere in
            isThere = false
            return localcode_reap(pid)
        }
        return code < 0 ? .signaled(-code) : .exited(code)
    }
}
