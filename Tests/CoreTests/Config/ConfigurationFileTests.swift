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
        let nested = try #require(file.entries.first { $0.key == "nested" })
        #expect(
            file.entries.map(\.key) == [
                "port", "host", "log-format", "empty", "nothing", "quoted", "origins", "nested", "deep",
            ])
        #expect(file.entries.map(\.line) == [2, 3, 5, 6, 7, 8, 9, 12, 13])
        #expect(
            file.entries.map(\.value) == [
                .scalar("4242"), .scalar("127.0.0.1"), .scalar("off"), .null, .null, .scalar("null"),
                .list([.init(text: "https://a.example", line: 10), .init(text: "https://b.example", line: 11)]),
                .mapping([.init(key: "a", line: 12, value: .scalar("1"), json: 1)]),
                .nested([.init(line: 13, value: .list([.init(text: "1", line: 13)]))]),
            ])
        #expect(nested.json == ["a": 1])
    }

    @Test("mappings in mappings have their lines, and values as YAML means them")
    func nested() throws {
        let file = try parse(
            """
            models:
              coder:
                path: "1"
                list: [on, 2, "3", null]
                deeper: {yes: true, no: "false", number: 1.50, hex: 0x10, nothing: ~}
            """)
        guard case .mapping(let models) = file.entries.first?.value, case .mapping(let members) = models.first?.value
        else {
            Issue.record("not a mapping: \(file.entries)")
            return
        }
        #expect(members.map(\.key) == ["path", "list", "deeper"])
        #expect(members.map(\.line) == [3, 4, 5])
        #expect(members.first?.value == .scalar("1"))
        #expect(members.first?.json == "1")
        #expect(members[1].json == ["on", 2, "3", nil])
        #expect(members[2].json.description == #"{"yes":true,"no":"false","number":1.50,"hex":"0x10","nothing":null}"#)
    }

    @Test("mappings in a list have their lines")
    func elements() throws {
        let file = try parse("rules:\n  - a: 1\n    b: 2\n  - text\n  - c: [x]\n")
        guard case .nested(let elements) = file.entries.first?.value else {
            Issue.record("not a list: \(file.entries)")
            return
        }
        #expect(elements.map(\.line) == [2, 4, 5])
        #expect(elements[1].value == .scalar("text"))
        guard case .mapping(let members) = elements[0].value else {
            Issue.record("not a mapping: \(elements[0])")
            return
        }
        #expect(members.map(\.key) == ["a", "b"] && members.map(\.line) == [2, 3])
    }

    @Test("what an alias stands for is there, and a file that means an endless tree is refused")
    func aliases() throws {
        let file = try parse("a: &x {k: 1}\nb: *x\n")
        #expect(file.entries.last?.json == ["k": 1])
        var text = "b0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 {
            let ten = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "b\(level): &a\(level) [\(ten)]\n"
        }
        #expect(problem(text)?.message == "nested too deeply, or too large")
        #expect(problem("a: " + String(repeating: "[", count: 40) + String(repeating: "]", count: 40))?.line == 1)
    }

    @Test("a key that is twice in a nested mapping has the lines of that mapping")
    func nestedDuplicate() {
        let problem = problem("one:\n  path: 1\ntwo:\n  path: 2\n  more: 3\n  path: 4\n")
        #expect(problem?.description == "localcode.yaml:6: the key 'path' is there twice")
        #expect(problem?.hint == "the first one is in line 4")
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
