#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How busy the machine is, and how much of that is the bench's own doing: what others use while it measures falsifies it.
struct MachineLoad: Sendable, Equatable {
    /// Time since some moment, all processors together.
    var elapsedNanoseconds: UInt64
    /// Of it, time that any program ran.
    var busyNanoseconds: UInt64
    /// Of it, time that another machine on the same hardware took.
    var stolenNanoseconds: UInt64
    /// Of the busy time, what the bench and the programs it started used.
    var ownNanoseconds: UInt64

    /// - Parameter processes: The bench's own.
    static func now(processes: [Int32]) -> MachineLoad? {
        guard let text = readText("/proc/stat"), let own = ProcessUsage.total(of: processes) else { return nil }
        let ticks = UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        return MachineLoad(stat: text, nanosecondsPerTick: 1_000_000_000 / ticks, own: own.cpuNanoseconds)
    }

    /// With what this process and its children used, those that have ended included.
    static func nowWithChildren() -> MachineLoad? {
        guard let text = readText("/proc/stat"), let own = ProcessUsage.total(of: [getpid()]) else { return nil }
        let ticks = UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        let living = ProcessUsage.children(of: getpid()).compactMap { ProcessUsage.total(of: [$0])?.cpuNanoseconds }
        let children = living.reduce(ProcessUsage.endedChildren, +)
        return MachineLoad(
            stat: text, nanosecondsPerTick: 1_000_000_000 / ticks, own: own.cpuNanoseconds + children)
    }

    /// The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal (proc_stat(5)).
    init?(stat: String, nanosecondsPerTick: UInt64, own: UInt64) {
        let fields = stat.prefix { $0 != "\n" }.split(separator: " ")
        guard fields.first == "cpu", fields.count > 8 else { return nil }
        let times = fields[1...8].compactMap { UInt64($0) }.map { $0 * nanosecondsPerTick }
        guard times.count == 8 else { return nil }
        elapsedNanoseconds = times.reduce(0, +)
        stolenNanoseconds = times[7]
        busyNanoseconds = elapsedNanoseconds - times[3] - times[4] - times[7]
        ownNanoseconds = own
    }

    /// The part of the machine that was lost to others since `start`, from 0 to 1.
    func lostShare(since start: MachineLoad) -> Double {
        func difference(_ field: KeyPath<MachineLoad, UInt64>) -> Double {
            Double(self[keyPath: field]) - Double(start[keyPath: field])
        }
        let elapsed = difference(\.elapsedNanoseconds)
        guard elapsed > 0 else { return 0 }
        let others =
            difference(\.busyNanoseconds) + difference(\.stolenNanoseconds) - difference(\.ownNanoseconds)
        return min(1, max(0, others / elapsed))
    }
}
