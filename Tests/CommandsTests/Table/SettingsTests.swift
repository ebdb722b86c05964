import LocalCodeCore
import Testing

@testable import Commands

@Suite("Settings")
struct SettingsTests {
    private func settle(
        typed: [String: [String]] = [:], environment: [String: String] = [:], file: String = ""
    ) throws -> [String: Setting] {
        let options = SampleProgram.program.settings
        let parsed = try ConfigurationFile(parsing: Array(file.utf8), path: "f")
        let (settings, problems) = parsed.settings(for: options, in: "/etc/lc", home: "/home/me")
        if let problem = problems.first { throw problem }
        return try Settings.settle(options, typed: typed, environment: environment, file: settings)
    }

    @Test("flag over environment over file over default")
    func precedence() throws {
        let (flag, environment, file) = (["port": ["1"]], ["LOCALCODE_PORT": "2"], "port: 3")
        #expect(
            try settle(typed: flag, environment: environment, file: file)["port"]
                == Setting(values: ["1"], source: .flag))
        #expect(
            try settle(environment: environment, file: file)["port"]
                == Setting(values: ["2"], source: .environment("LOCALCODE_PORT")))
        #expect(try settle(file: file)["port"] == Setting(values: ["3"], source: .file(path: "f", line: 1)))
        #expect(try settle()["port"] == Setting(values: ["4242"], source: .fallback))
        #expect(try settle()["model"] == nil)
    }

    @Test("the second variable counts less, and an empty one not at all")
    func environment() throws {
        let both = ["LOCALCODE_KEY": " a ", "OTHER_KEY": "b"]
        #expect(try settle(environment: both)["key"] == Setting(values: ["a"], source: .environment("LOCALCODE_KEY")))
        let second = ["LOCALCODE_KEY": " ", "OTHER_KEY": "b\n"]
        #expect(try settle(environment: second)["key"] == Setting(values: ["b"], source: .environment("OTHER_KEY")))
        #expect(try settle(environment: ["LOCALCODE_CACHE_DIR": "x"])["cache-dir"]?.values == ["x"])
    }

    @Test("a wrong value in the environment is named")
    func wrongEnvironment() {
        let error = #expect(throws: UsageError.self) { try settle(environment: ["LOCALCODE_FORMAT": "jsn"]) }
        #expect(
            error?.message == "invalid value in the environment: LOCALCODE_FORMAT: 'jsn' is not one of pretty, json")
        #expect(error?.hint == "did you mean 'json'?")
    }

    @Test("an empty value on the command line brings the default back")
    func takenBack() throws {
        let result = ArgumentParser.parse(["serve", "--port=", "--model", ""], program: SampleProgram.program)
        guard case .run(let typed) = result else {
            Issue.record("\(result)")
            return
        }
        let settings = try settle(
            typed: typed.values, environment: ["LOCALCODE_PORT": "2", "LOCALCODE_MODEL": "m"], file: "port: 3")
        #expect(settings["port"] == Setting(values: ["4242"], source: .fallback))
        #expect(settings["model"] == nil)
    }

    @Test("a list is one source's, not a mixture")
    func lists() throws {
        let file = "origin:\n  - http://a\n  - http://b\n"
        #expect(try settle(file: file)["origin"]?.values == ["http://a", "http://b"])
        #expect(try settle(file: "origin: http://a")["origin"]?.values == ["http://a"])
        #expect(try settle(typed: ["origin": ["http://c"]], file: file)["origin"]?.values == ["http://c"])
        #expect(try settle(environment: ["LOCALCODE_ORIGIN": "http://d"], file: file)["origin"]?.values == ["http://d"])
    }

    @Test(
        "paths in the file start from its directory",
        arguments: [
            ("x/y", "/etc/lc/x/y"), ("/x", "/x"), ("~/x", "/home/me/x"), ("'~'", "/home/me"), ("~x", "/etc/lc/~x"),
        ])
    func paths(written: String, path: String) throws {
        #expect(try settle(file: "cache-dir: \(written)")["cache-dir"]?.values == [path])
    }

    @Test("nothing behind a key is as good as no key", arguments: ["port:", "port: null", "port: ''", "key: ''"])
    func nothing(file: String) throws { #expect(try settle(file: file)["port"]?.source == .fallback) }

    @Test(
        "switches in the file", arguments: [("yes", "true"), ("off", "false"), ("true", "true"), ("\"no\"", "false")])
    func switches(written: String, value: String) throws {
        #expect(try settle(file: "auto: \(written)")["auto"]?.values == [value])
    }

    @Test(
        "every problem of a file, with its line",
        arguments: [
            ("prot: 1", ["f:1: unknown key 'prot'; did you mean 'port'?"]),
            ("cache_dir: x", ["f:1: unknown key 'cache_dir'; did you mean 'cache-dir'?"]),
            ("CACHE-DIR: x", ["f:1: unknown key 'CACHE-DIR'; did you mean 'cache-dir'?"]),
            ("config: x", ["f:1: unknown key 'config'"]),
            ("file: x", ["f:1: unknown key 'file'"]),
            (
                "\nport: high\n\nformat: xml\nmodel: [a]\nheat: {a: 1}\n",
                [
                    "f:2: invalid value for 'port': 'high' is not a whole number from 0 to 65535",
                    "f:4: invalid value for 'format': 'xml' is not one of pretty, json",
                    "f:5: invalid value for 'model': a list, but it takes one value",
                    "f:6: invalid value for 'heat': a mapping, but it takes one value",
                ]
            ),
            (
                "origin:\n  - http://a\n  - b\n",
                ["f:3: invalid value for 'origin': 'b' is not a URL such as http://127.0.0.1:8080"]
            ),
            ("origin: {a: b}", ["f:1: invalid value for 'origin': a mapping, but it takes a list of values"]),
            ("auto: 3", ["f:1: invalid value for 'auto': '3' is neither true nor false"]),
            ("wait: long", ["f:1: invalid value for 'wait': 'long' is not a time such as 250ms, 30s, 5m or 1h"]),
            ("limit: big", ["f:1: invalid value for 'limit': 'big' is not a size such as 4096, 64MiB or 2G"]),
        ])
    func problems(text: String, messages: [String]) throws {
        let file = try ConfigurationFile(parsing: Array(text.utf8), path: "f")
        let problems = file.settings(for: SampleProgram.program.settings, in: "/", home: nil).problems
        #expect(problems.map { $0.description + ($0.hint.map { "; \($0)" } ?? "") } == messages)
    }
}
