import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("config check and config show")
struct ConfigCommandTests {
    private func directory(_ text: String, name: String = "localcode.yaml") throws -> TestDirectory {
        let directory = try TestDirectory()
        try directory.write(text, to: name)
        return directory
    }

    @Test("check names the file it found in the working directory")
    func found() async throws {
        let directory = try directory("port: 80\nmodel: glm-4.6\n")
        let outside = TestContext(directory: directory.path)
        #expect(await outside.run("config", "check") == 0)
        #expect(outside.output == "localcode.yaml is valid: 2 settings\n")
    }

    @Test("check looks into the user's directory, too")
    func userDirectory() async throws {
        let directory = try TestDirectory()
        try directory.makeDirectory("localcode")
        let path = try directory.write("port: 80\n", to: "localcode/localcode.yaml")
        let outside = TestContext(environment: ["XDG_CONFIG_HOME": directory.path], directory: "/nowhere")
        #expect(await outside.run("config", "check") == 0)
        #expect(outside.output == "\(path) is valid: 1 setting\n")
    }

    @Test("check without a file says where it looked")
    func none() async {
        let outside = TestContext(environment: ["HOME": "/nobody"])
        #expect(await outside.run("config", "check") == 0)
        #expect(
            outside.output
                == "no configuration file: neither /nowhere/localcode.yaml nor /nobody/.config/localcode/localcode.yaml exists\n"
        )
    }

    @Test("check reports everything that is wrong, in the file and in the environment")
    func everything() async throws {
        let directory = try directory("prot: 80\nport: x\nmodel: m\n", name: "other.yaml")
        let outside = TestContext(environment: ["LOCALCODE_LOG_FORMAT": "xml"], directory: directory.path)
        #expect(await outside.run("config", "check", "other.yaml") == 1)
        #expect(
            outside.error == """
                other.yaml:1: unknown key 'prot'
                  hint: did you mean 'port'?
                other.yaml:2: invalid value for 'port': 'x' is not a whole number from 0 to 65535
                invalid value in the environment: LOCALCODE_LOG_FORMAT: 'xml' is not one of pretty, json, off
                localcode: error: 3 problems found

                """)
    }

    @Test(
        "a file that is named must exist",
        arguments: [["config", "check", "gone"], ["--config", "gone", "config", "show"], ["serve", "--config=gone"]])
    func missing(arguments: [String]) async {
        let outside = TestContext()
        #expect(await Program.run(arguments, context: outside.context) == 1)
        #expect(outside.error == "localcode: error: there is no configuration file gone\n")
    }

    @Test("a command with settings stops at the first problem and says how to see the others")
    func firstProblem() async throws {
        let directory = try directory("prot: 80\nport: x\n")
        let outside = TestContext(directory: directory.path)
        #expect(await outside.run("config", "show") == 1)
        #expect(
            outside.error == """
                localcode: error: localcode.yaml:1: unknown key 'prot'
                  hint: did you mean 'port'?; 'localcode config check' shows 1 more

                """)
    }

    @Test("the way to the others names a file that was named", arguments: [true, false])
    func otherProblems(isTyped: Bool) async throws {
        let directory = try directory("prot: 80\nport: x\n", name: "b9.yaml")
        let outside = TestContext(
            environment: isTyped ? [:] : ["LOCALCODE_CONFIG": "b9.yaml"], directory: directory.path)
        let words = (isTyped ? ["--config", "b9.yaml"] : []) + ["config", "show"]
        #expect(await Program.run(words, context: outside.context) == 1)
        #expect(outside.error.contains("; 'localcode config check b9.yaml' shows 1 more\n"), "\(outside.error)")
    }

    @Test("LOCALCODE_CONFIG names the file, and --config counts more")
    func variable() async throws {
        let directory = try directory("port: 1\n", name: "a.yaml")
        try directory.write("port: 2\n", to: "b.yaml")
        let environment = ["LOCALCODE_CONFIG": "a.yaml"]
        let (first, second) = (
            TestContext(environment: environment, directory: directory.path),
            TestContext(environment: environment, directory: directory.path)
        )
        #expect(await first.run("config", "check") == 0)
        #expect(first.output.hasPrefix("a.yaml "))
        #expect(await second.run("--config", "b.yaml", "config", "check") == 0)
        #expect(second.output.hasPrefix("b.yaml "))
    }

    @Test("show tells values and sources, and hides keys")
    func show() async throws {
        let directory = try directory("port: 80\napi-key: hidden-key\n")
        let outside = TestContext(
            environment: ["ZAI_API_KEY": "another-key", "LOCALCODE_MODEL": "tiny"], directory: directory.path)
        #expect(await outside.run("config", "show") == 0)
        let lines = outside.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.contains("port 80 localcode.yaml:1"))
        #expect(lines.contains("api-key (set) localcode.yaml:2"))
        #expect(lines.contains("glm-key (set) environment ZAI_API_KEY"))
        #expect(lines.contains("model tiny environment LOCALCODE_MODEL"))
        #expect(lines.contains("host 127.0.0.1 default"))
        #expect(lines.contains("engine -"))
        #expect(lines.count == Command.program.settings.count)
        #expect(!outside.output.contains("hidden-key") && !outside.output.contains("another-key"))
    }

    @Test("what a terminal would act upon is made visible, in what is right and in what is wrong")
    func controls() async throws {
        let directory = try directory(#"model: "a\e[2J\nb""# + "\n")
        let outside = TestContext(directory: directory.path)
        #expect(await outside.run("config", "show") == 0)
        #expect(outside.output.contains("  a^[[2J⏎b "))
        try directory.write(#"port: "\e[2J""# + "\n", to: "localcode.yaml")
        let (wrong, shown) = (TestContext(directory: directory.path), TestContext(directory: directory.path))
        #expect(await wrong.run("config", "check") == 1)
        #expect(await shown.run("config", "show") == 1)
        #expect(wrong.error.contains("'^[[2J' is not") && shown.error.contains("'^[[2J' is not"))
    }

    @Test("show --json has types")
    func showJSON() async throws {
        let directory = try directory("port: 80\nallow-origin: ['https://a', 'https://b']\n")
        let outside = TestContext(environment: ["ZAI_API_KEY": "another-key"], directory: directory.path)
        #expect(await outside.run("config", "show", "--json") == 0)
        let json = try JSONValue(parsing: Array(outside.output.utf8))
        #expect(json["port"] == ["value": 80, "source": "file", "file": "localcode.yaml", "line": 1])
        #expect(json["allow-origin"]?["value"] == ["https://a", "https://b"])
        #expect(json["glm-key"] == ["set": true, "source": "environment", "variable": "ZAI_API_KEY"])
        #expect(json["api-key"] == ["set": false])
        #expect(json["engine"] == ["value": nil])
        #expect(json["auto-engine"] == ["value": true, "source": "default"])
        #expect(json.object?.keys == Command.program.settings.map(\.name))
        #expect(!outside.output.contains("another-key"))
    }
}
