#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension EngineRun {
    /// Looks after the process until it ends, and kills it when it hangs.
    func watch() {
        let task = Task.detached { [server, process, course, limits] in
            guard await Self.hangs(server, limit: limits.answer) else { return }
            if course.intend(.hung) { process.signal(SIGKILL) }
        }
        course.isWatched(by: task)
    }

    /// Returns true when GET /slots was not answered for `limit`; false when the task is cancelled. The health check would
    /// not do: another thread answers it whatever the engine does. The clock stands still while the machine sleeps.
    private static func hangs(_ server: LlamaServer, limit: Duration) async -> Bool {
        var answered = SuspendingClock.now
        while !Task.isCancelled {
            let asked = SuspendingClock.now
            if await answers(server, within: limit) {
                answered = asked
            } else if SuspendingClock.now - answered >= limit {
                return !Task.isCancelled
            }
            try? await Task.sleep(for: limit / 3)
        }
        return false
    }

    /// Whether it answers, whatever it says.
    private static func answers(_ server: LlamaServer, within limit: Duration) async -> Bool {
        let answer: Void? = try? await withTimeLimit(limit) {
            let response = try await server.send("GET", "/slots", idleTimeout: limit)
            _ = try await response.body.collect(upTo: 256 << 20)
        }
        return answer != nil
    }
}
