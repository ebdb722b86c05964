#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What time it is.
public enum SystemTime {
    /// Seconds of a clock that only goes forward.
    public static func monotonic() -> Double { seconds(CLOCK_MONOTONIC) }

    /// Seconds since 1970.
    public static func wall() -> Double { seconds(CLOCK_REALTIME) }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
