#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The time of day where the user is.
struct LocalTime: Sendable, Equatable {
    /// Minutes since midnight.
    let minute: Int
    /// 1 is Monday.
    let day: Int

    static func now() -> LocalTime {
        var seconds = time(nil)
        var local = tm()
        localtime_r(&seconds, &local)
        return LocalTime(minute: Int(local.tm_hour) * 60 + Int(local.tm_min), day: (Int(local.tm_wday) + 6) % 7 + 1)
    }
}
