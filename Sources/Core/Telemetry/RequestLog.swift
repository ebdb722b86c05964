#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The log of `serve`: renders entries and hands them to the writer. Never waits.
public struct RequestLog: Sendable {
    public let renderer: LogRenderer
    private let writer: LogWriter

    public init(_ renderer: LogRenderer, writer: LogWriter) {
        self.renderer = renderer
        self.writer = writer
    }

    /// Characters to keep of a text; 0 where nothing will be shown of it.
    public var previewLimit: Int { renderer.format == .off ? 0 : renderer.content.limit }

    /// Whether anything is logged at all.
    public var isOn: Bool { renderer.format != .off }

    public func write(_ entry: @autoclosure () -> LogEntry) {
        guard isOn else { return }
        let entry = entry()
        let time = LogTime.Moment.now()
        writer.write(size: entry.size) { [renderer] in renderer.render(entry, at: LogTime(time)) }
    }

    /// Says something that is not about a request, whatever the format. Never waits either.
    public func say(_ line: String) { writer.write(size: line.utf8.count) { line + "\n" } }

    /// Returns when everything is written, or nobody seems to read.
    public func flush() { writer.flush() }
}

extension LogTime {
    /// The system's clock, not yet in words.
    struct Moment: Sendable {
        let seconds: Int
        let nanoseconds: Int

        static func now() -> Moment {
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            return Moment(seconds: now.tv_sec, nanoseconds: now.tv_nsec)
        }
    }

    init(_ moment: Moment) {
        var seconds = time_t(moment.seconds)
        var local = tm()
        var utc = tm()
        localtime_r(&seconds, &local)
        gmtime_r(&seconds, &utc)
        let fraction = "." + Self.pad(moment.nanoseconds / 1_000_000, 3)
        func clock(_ time: tm) -> String {
            [time.tm_hour, time.tm_min, time.tm_sec].map { Self.pad(Int($0), 2) }.joined(separator: ":")
        }
        let date = [(Int(utc.tm_year) + 1900, 4), (Int(utc.tm_mon) + 1, 2), (Int(utc.tm_mday), 2)].map {
            Self.pad($0.0, $0.1)
        }
        self.init(clock: clock(local) + fraction, utc: date.joined(separator: "-") + "T" + clock(utc) + fraction + "Z")
    }

    private static func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
