import Testing

@testable import LocalCodeCore

@Suite("Configuration: the file")
struct ConfigurationFileTests {
    private func parse(_ text: String) throws(ConfigurationProblem) -> ConfigurationFile {
        try ConfigurationFile(parsing: Array(text.utf8), path: "localcode.yaml")
    }

    private func problem(_ text: String) -> ConfigurationProblem? {
        #expect(throws: ConfigurationProblem.self) { try parse(text) }
    }

    @Test("keys, values and lines in the order of the file")
    func entries() throws {
        let file = try parse(
            """
            # a comment
            port: 4242
            host: "127.0.0.1"   # another

            log-format: off
            empty:
            nothing: ~
            quoted: "null"
            origins:
              - https://a.example
              - 'https://b.example'
            nested: {a: 1}
            deep: [[1]]
            """)
        #expect(
            file.entries.map(\.key) == [
                "port", "host", "log-format", "empty", "nothing", "quoted", "origins", "nested", "deep",
            ])
        #expect(file.entries.map(\.line) == [2, 3, 5, 6, 7, 8, 9, 12, 13])
        #expect(
            file.entries.map(\.value) == [
                .scalar("4242"), .scalar("127.0.0.1"), .scalar("off"), .null, .null, .scalar("null"),
                .list([.init(text: "https://a.example", line: 10), .init(text: "https://b.example", line: 11)]),
                .nested, .nested,
            ])
    }

    @Test(
        "numbers and booleans keep their spelling", arguments: ["0x10", "1e3", "007", "yes", "1.0", "-0", "2026-11-24"])
    func spelling(text: String) throws { #expect(try parse("key: \(text)").entries.first?.value == .scalar(text)) }

    @Test("nothing is an empty configuration", arguments: ["", "\n\n", "# only a comment\n", "---\n", "~"])
    func empty(text: String) throws { #expect(try parse(text).entries.isEmpty) }

    @Test("a key that is there twice")
    func duplicate() {
        let problem = problem("port: 1\nhost: a\n'port' : 2\n")
        #expect(problem?.description == "localcode.yaml:3: the key 'port' is there twice")
        #expect(problem?.hint == "the first one is in line 1")
    }

    @Test("what is no mapping", arguments: ["- port: 1", "just words", "[1, 2]"])
    func noMapping(text: String) {
        #expect(problem(text)?.description == "localcode.yaml:1: not a mapping of keys to values")
    }

    @Test("a key that is no word")
    func oddKey() {
        #expect(problem("a: 1\n? [b, c]\n: 2")?.description == "localcode.yaml:2: a key must be a plain word")
    }

    @Test(
        "invalid YAML has line and column",
        arguments: [
            ("port: 1\n\thost: 2\n", 2), ("port: [1\nhost: 2", 2), ("a: b: c", 1), ("a: 1\n---\nb: 2\n", 2),
            ("x: 1\na: *nobody", 2), ("key: \"open", 1),
        ])
    func invalid(text: String, line: Int) {
        let problem = problem(text)
        #expect(problem?.line == line)
        #expect(problem?.column != nil)
        #expect(problem?.message.hasPrefix("not valid YAML: ") == true)
    }

    @Test("bytes that are no text, and control characters")
    func bytes() {
        let broken = #expect(throws: ConfigurationProblem.self) {
            try ConfigurationFile(parsing: [0x61, 0x3A, 0x20, 0xFF], path: "f")
        }
        #expect(broken?.description == "f: not a text in UTF-8")
        #expect(problem("a: 1\nb: \u{1}\n")?.line == 2)
    }

    @Test("deep nesting is refused and not followed", arguments: [1_500, 100_000])
    func deep(depth: Int) {
        #expect(problem("a: " + String(repeating: "[", count: depth))?.message.hasPrefix("not valid YAML") == true)
    }

    @Test(
        "where it is looked for",
        arguments: [
            (["XDG_CONFIG_HOME": "/x", "HOME": "/h"], ["/w/localcode.yaml", "/x/localcode/localcode.yaml"]),
            (["HOME": "/h"], ["/w/localcode.yaml", "/h/.config/localcode/localcode.yaml"]),
            (
                ["XDG_CONFIG_HOME": "relative", "HOME": "/h"],
                ["/w/localcode.yaml", "/h/.config/localcode/localcode.yaml"]
            ),
            ([:], ["/w/localcode.yaml"]),
        ])
    func candidates(environment: [String: String], paths: [String]) {
        #expect(ConfigurationFile.candidates(workingDirectory: "/w", environment: environment) == paths)
    }
}
