import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Dollars that went to GLM, day by day of the local time, in a file that several processes share. It survives restarts.
///
/// What cannot be written counts all the same, as long as the process lives; a file that cannot be read counts as empty.
public final class SpendingBook: Sendable {
    private struct State {
        /// Dollars that are not in the file yet, by date.
        var unwritten: [String: Double] = [:]
        var isWriting = false
    }

    private let directory: String
    private let clock: @Sendable () -> Double
    private let state = Mutex(State())

    /// Days that are kept.
    static let dayLimit = 31
    private static let sizeLimit = 64 << 10
    /// Seconds to wait for another process, which writes for a few milliseconds.
    private static let patience = 2.0

    /// - Parameters:
    ///   - directory: where the file is, and is made when there is something to write.
    ///   - clock: tells seconds since 1970.
    public init(directory: String, clock: @escaping @Sendable () -> Double = { SystemTime.wall() }) {
        self.directory = directory
        self.clock = clock
    }

    /// Dollars since midnight, those of other processes included. Reads the file.
    public func today() async -> Double { spent(on: Self.date(clock())) }

    /// Counts dollars at once, and writes them down soon.
    public func add(_ dollars: Double) {
        guard dollars.isFinite, dollars > 0 else { return }
        let date = Self.date(clock())
        let mayWrite = state.withLock { state in
            state.unwritten[date, default: 0] += dollars
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if mayWrite { Task.detached { self.write() } }
    }

    /// Whether everything is in the file, or cannot be put there.
    var isWritten: Bool { state.withLock { !$0.isWriting } }

    private func spent(on date: String) -> Double {
        // A file takes the place of another while nobody looks, so that nothing counts twice or not at all.
        state.withLock { state in (Self.read(path)[date] ?? 0) + (state.unwritten[date] ?? 0) }
    }

    // MARK: The file

    private var path: String { directory + "/spending.json" }

    /// Writes until there is nothing left to write.
    private func write() {
        while true {
            let new = state.withLock { $0.unwritten }
            let isWritten = (try? write(new)) != nil
            let isDone = state.withLock { state in
                guard isWritten, !state.unwritten.isEmpty else {
                    state.isWriting = false
                    return true
                }
                return false
            }
            if isDone { return }
        }
    }

    private func write(_ new: [String: Double]) throws {
        try Directories.make(directory)
        let lock = try DirectoryLock(directory + "/spending.lock", limit: Self.patience)
        defer { lock.unlock() }
        var days = Self.read(path).merging(new, uniquingKeysWith: +)
        for date in days.keys.sorted().dropLast(Self.dayLimit) { days[date] = nil }
        var object = JSONObject()
        for date in days.keys.sorted() { object[date] = days[date].map { .number($0) } }

        let temporary = path + ".new"
        Files.remove(temporary)
        let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL)
        try file.write(JSONValue.object(object).bytes, at: 0)
        try file.synchronize()
        try state.withLock { state throws(StateStoreError) in
            try Files.rename(temporary, to: path)
            for (date, dollars) in new {
                // What came in the meantime stays.
                let rest = (state.unwritten[date] ?? 0) - dollars
                state.unwritten[date] = rest > 1e-12 ? rest : nil
            }
        }
    }

    private static func read(_ path: String) -> [String: Double] {
        guard let file = try? OpenFile(path, O_RDONLY), let bytes = try? file.bytes(at: 0, count: sizeLimit),
            let object = (try? JSONValue(parsing: bytes))?.object
        else { return [:] }
        var days: [String: Double] = [:]
        for (date, value) in object {
            if let dollars = value.double, dollars > 0, date.utf8.count == 10 { days[date] = dollars }
        }
        return days
    }

    /// The local date of a moment: `2026-11-26`.
    static func date(_ seconds: Double) -> String {
        var time = time_t(seconds)
        var local = tm()
        localtime_r(&time, &local)
        func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(Int(local.tm_year) + 1900)-\(padded(local.tm_mon + 1))-\(padded(local.tm_mday))"
    }
}
