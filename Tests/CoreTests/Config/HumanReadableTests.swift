import LocalCodeCore
import Testing

@Suite("Configuration: times and sizes")
struct HumanReadableTests {
    @Test(
        "times",
        arguments: [
            ("30s", Duration.seconds(30)), ("5m", .seconds(300)), ("250ms", .milliseconds(250)), ("1h", .seconds(3600)),
            ("2d", .seconds(172_800)), ("90", .seconds(90)), ("0.1", .milliseconds(100)), ("1h30m", .seconds(5400)),
            ("1.5h", .seconds(5400)), ("10us", .microseconds(10)), ("0", .zero), ("5MIN", .seconds(300)),
        ])
    func time(text: String, time: Duration) { #expect(Duration(humanReadable: text) == time) }

    @Test(
        "no times",
        arguments: ["", "s", "-1s", "1h30", "30m1h", "1s1s", "1 s", "1e3s", "1x", ".", "1.2.3s", "99999999d"])
    func noTime(text: String) { #expect(Duration(humanReadable: text) == nil) }

    @Test(
        "sizes",
        arguments: [
            ("4096", 4096), ("64MiB", 64 << 20), ("2G", 2 << 30), ("1KB", 1000), ("1k", 1024), ("1.5GiB", 3 << 29),
            ("10 MB", 10_000_000), ("0", 0), ("1T", 1 << 40), ("5b", 5), ("9223372036854775807", .max),
        ])
    func size(text: String, bytes: Int) { #expect(ByteCount(humanReadable: text)?.bytes == bytes) }

    @Test(
        "no sizes", arguments: ["", "MiB", "-1", "1e3", "1X", "9223372036854775808", "9999999T", "8388608.5T", "1..2K"])
    func noSize(text: String) { #expect(ByteCount(humanReadable: text) == nil) }

    @Test(
        "sizes are shown in the largest unit that fits",
        arguments: [
            (0, "0 bytes"), (1023, "1023 bytes"), (1024, "1 KiB"), (64 << 20, "64 MiB"), (3 << 29, "1.5 GiB"),
            ((1 << 30) - 1, "1024 MiB"),
        ])
    func shown(bytes: Int, text: String) { #expect(ByteCount(bytes: bytes).description == text) }
}
