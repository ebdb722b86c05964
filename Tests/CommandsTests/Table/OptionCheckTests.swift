import Testing

@testable import Commands

@Suite("Command line: kinds of values")
struct OptionCheckTests {
    private func problem(_ kind: Option.Kind, _ text: String) -> String? { kind.mismatch(text) }

    @Test(
        "whole numbers",
        arguments: [("0", true), ("65535", true), ("-1", false), ("65536", false), ("1.0", false), ("", false)])
    func integer(text: String, fits: Bool) { #expect((problem(.integer(0...65535), text) == nil) == fits) }

    @Test(
        "numbers",
        arguments: [("0", true), ("1.5", true), ("2.01", false), ("nan", false), ("inf", false), ("x", false)])
    func number(text: String, fits: Bool) { #expect((problem(.number(0...2), text) == nil) == fits) }

    @Test("the range is told as far as there is one")
    func ranges() {
        #expect(problem(.integer(1...10), "x") == "a whole number from 1 to 10")
        #expect(problem(.integer(1...Int.max), "x") == "a whole number of at least 1")
        #expect(problem(.integer(Int.min...0), "x") == "a whole number of at most 0")
        #expect(problem(.integer(Int.min...Int.max), "x") == "a whole number")
    }

    @Test(
        "URLs",
        arguments: [
            "http://127.0.0.1:8080", "https://api.z.ai/api/paas/v4", "HTTP://host", "http://[::1]:80/x",
            "http://u:p@h:1",
            "http://h?x", "http://h:",
        ])
    func url(text: String) { #expect(problem(.url, text) == nil) }

    @Test(
        "no URLs",
        arguments: [
            "", "127.0.0.1:8080", "ftp://h", "http://", "http:///x", "http://:80", "http://h:x", "http://h:99999",
            "http://a b",
            "http://h\n", "http://[::1", "http://[]:80",
        ])
    func noURL(text: String) { #expect(problem(.url, text) != nil) }

    @Test("times and sizes", arguments: [(Option.Kind.duration, "5m"), (.size, "64MiB")])
    func others(kind: Option.Kind, text: String) {
        #expect(problem(kind, text) == nil)
        #expect(problem(kind, "much") != nil)
    }

    @Test("a switch is true or false", arguments: [("true", "true"), ("ON", "true"), ("0", "false"), ("No", "false")])
    func switches(text: String, value: String) throws { #expect(try Option("s", help: "").checked(text) == value) }

    @Test("and nothing else")
    func noSwitch() {
        let problem = #expect(throws: ValueProblem.self) { try Option("s", help: "").checked("maybe") }
        #expect(problem?.message == "'maybe' is neither true nor false")
    }
}
