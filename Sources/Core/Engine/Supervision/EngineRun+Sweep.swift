#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension EngineRun {
    /// Ends engines that a LocalCode which was killed has left behind, and removes what is left of others. Engines of a
    /// LocalCode that runs are left alone, and so are processes that have got the number of an engine that is gone.
    /// - Returns: the engines that were ended.
    public static func sweep(_ places: Places) async -> [Int32] { await sweep(places, patience: .seconds(5)) }

    /// - Parameter patience: how long an engine may take to end; then it is killed.
    static func sweep(_ places: Places, patience: Duration) async -> [Int32] {
        let files = Files.names(in: places.pids).filter { $0.hasSuffix(PidFile.suffix) }.map { "\(places.pids)/\($0)" }
        return await withTaskGroup(of: Int32?.self) { tasks in
            for path in files { tasks.addTask { await sweep(file: path, patience: patience) } }
            return await tasks.reduce(into: []) { ended, pid in
                if let pid { ended.append(pid) }
            }.sorted()
        }
    }

    private static func sweep(file path: String, patience: Duration) async -> Int32? {
        guard let text = ProcessTable.text(of: path) else { return nil }
        guard let file = PidFile(text) else {
            unlink(path)
            return nil
        }
        guard !file.owner.isAlive else { return nil }
        let group = file.engine.pid
        // The number of a group is not given again while somebody is in it. Who leads it may have ended, though, and then
        // its members are known by the socket that no other engine has.
        func isLeft() -> Bool {
            file.engine.isAlive || !ProcessTable.members(of: group, withArgument: file.socket).isEmpty
        }
        let wasLeft = isLeft()
        for signal in [SIGTERM, SIGKILL] where isLeft() {
            _ = kill(-group, signal)
            _ = kill(-group, SIGCONT)
            let deadline = ContinuousClock.now + patience
            while isLeft(), ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(10)) }
        }
        PidFile.remove(path, socket: file.socket)
        return wasLeft ? group : nil
    }
}
