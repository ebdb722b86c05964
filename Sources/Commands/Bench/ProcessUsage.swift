#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a process with its threads has used: read from /proc on Linux, nil elsewhere.
struct ProcessUsage: Sendable, Equatable {
    /// User and system time since the start.
    var cpuNanoseconds: UInt64
    /// Resident memory now.
    var residentBytes: Int

    /// The sum over several processes (a master and its workers); nil when one of them cannot be read.
    static func total(of processes: [Int32]) -> ProcessUsage? {
        var sum = ProcessUsage(cpuNanoseconds: 0, residentBytes: 0)
        for process in processes {
            guard let one = ProcessUsage(of: process) else { return nil }
            sum.cpuNanoseconds += one.cpuNanoseconds
            sum.residentBytes += one.residentBytes
        }
        return sum
    }

    init(cpuNanoseconds: UInt64, residentBytes: Int) {
        self.cpuNanoseconds = cpuNanoseconds
        self.residentBytes = residentBytes
    }

    private init?(of process: Int32) {
        guard let status = readText("/proc/\(process)/status"), let resident = Self.residentBytes(status: status),
            let ticks = readText("/proc/\(process)/stat").flatMap(Self.cpuNanoseconds(stat:))
        else { return nil }
        // The threads' own times are exact but forget the threads that have ended.
        let cpu = max(ticks, Self.threadTime(of: process))
        self.init(cpuNanoseconds: cpu, residentBytes: resident)
    }

    /// CPU time of this process's children that have ended and were waited for, nanoseconds.
    static var endedChildren: UInt64 {
        var usage = rusage()
        getrusage(childrenOfProcess, &usage)
        func nanoseconds(_ time: timeval) -> UInt64 {
            UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_usec) * 1_000
        }
        return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime)
    }

    /// Processes whose parent is `parent`.
    static func children(of parent: Int32) -> [Int32] {
        directoryNames("/proc").compactMap { Int32($0) }.filter { process in
            readText("/proc/\(process)/stat").flatMap(Self.parent(stat:)) == parent
        }
    }

    /// The run time of all threads in nanoseconds, 0 where the kernel does not keep it; `stat` only counts ticks of 10 ms.
    private static func threadTime(of process: Int32) -> UInt64 {
        directoryNames("/proc/\(process)/task").reduce(0) { sum, thread in
            sum + (readText("/proc/\(process)/task/\(thread)/schedstat").flatMap(runTime(schedstat:)) ?? 0)
        }
    }

    /// `VmRSS` of /proc/PID/status.
    static func residentBytes(status: String) -> Int? {
        status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            .flatMap { Int($0.dropFirst("VmRSS:".count).drop { $0.isWhitespace }.prefix { $0.isNumber }) }
            .map { $0 * 1_024 }
    }

    /// Fields 14 and 15 of /proc/PID/stat (proc_pid_stat(5)).
    static func cpuNanoseconds(stat: String) -> UInt64? {
        let fields = fieldsBehindName(stat: stat)
        guard fields.count > 12, let user = UInt64(fields[11]), let system = UInt64(fields[12]) else { return nil }
        let ticks = UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
        return (user + system) * (1_000_000_000 / ticks)
    }

    /// Field 4 of /proc/PID/stat.
    static func parent(stat: String) -> Int32? {
        let fields = fieldsBehindName(stat: stat)
        return fields.count > 1 ? Int32(fields[1]) : nil
    }

    /// Field 3 of /proc/PID/stat: `Z` is a zombie.
    static func state(stat: String) -> Substring? { fieldsBehindName(stat: stat).first }

    /// The first field of /proc/PID/task/TID/schedstat.
    static func runTime(schedstat: String) -> UInt64? {
        schedstat.split { $0.isWhitespace }.first.flatMap { UInt64($0) }
    }

    /// The name of the program stands in parentheses and may itself contain some, and spaces.
    private static func fieldsBehindName(stat: String) -> [Substring] {
        guard let end = stat.lastIndex(of: ")") else { return [] }
        return stat[stat.index(after: end)...].split { $0.isWhitespace }
    }
}

/// The text of a small file; nil when it cannot be read.
func readText(_ path: String, limit: Int = 1 << 16) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while text.count < limit {
        let count = read(file, &buffer, buffer.count)
        guard count > 0 else { break }
        text.append(contentsOf: buffer[..<count])
    }
    return String(decoding: text, as: UTF8.self)
}

/// The names in a directory that start with a digit: in /proc, processes and threads.
private func directoryNames(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name.first?.isNumber == true { names.append(name) }
    }
    return names
}

#if canImport(Glibc)
    private let childrenOfProcess = RUSAGE_CHILDREN.rawValue
#else
    private let childrenOfProcess = RUSAGE_CHILDREN
#endif
