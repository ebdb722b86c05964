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
        writer.write(renderer.render(entry(), at: .now()))
    }
}

extension LogTime {
    /// The time it is.
    public static func now() -> LogTime {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var local = tm()
        var utc = tm()
        localtime_r(&now.tv_sec, &local)
        gmtime_r(&now.tv_sec, &utc)
        let fraction = "." + pad(now.tv_nsec / 1_000_000, 3)
        func clock(_ time: tm) -> String { [time.tm_hour, time.tm_min, time.tm_sec].map { pad(Int($0), 2) }.joined(separator: ":") }
        let date = [pad(Int(utc.tm_year) + 1900, 4), pad(Int(utc.tm_mon) + 1, 2), pad(Int(utc.tm_mday), 2)]
        return LogTime(
            clock: clock(local) + fraction, utc: date.joined(separator: "-") + "T" + clock(utc) + fraction + "Z")
    }

    private static func pad(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
