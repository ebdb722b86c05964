import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("config check and config show: models")
struct ConfigModelsTests {
    private static let file = """
        models:
          coder:
            path: a.gguf
            aliases: [x, y]
            environment: {HF_TOKEN: secret-of-mine}
            control-vectors: {terse.gguf: 0.8}
            draft: ~
        port: 80
        """

    private func outside(_ text: String = file) throws -> (TestContext, TestDirectory) {
        let directory = try TestDirectory()
        try directory.write(text, to: "localcode.yaml")
        return (TestContext(directory: directory.path), directory)
    }

    @Test("check counts them")
    func counted() async throws {
        let (outside, directory) = try outside()
        defer { _ = directory }
        #expect(await outside.run("config", "check") == 0)
        #expect(
            outside.output == """
                localcode.yaml is valid: 1 setting, 1 model
                'localcode serve --dry-run' looks at the model files too

                """)
    }

    @Test("check tells what is wrong with settings and models in the order of the lines")
    func problems() async throws {
        let (outside, directory) = try outside("prot: 1\nmodels:\n  coder: {path: x, contxt: 1}\nport: x\n")
        defer { _ = directory }
        #expect(await outside.run("config", "check") == 1)
        #expect(
            outside.error == """
                localcode.yaml:1: unknown key 'prot'
                  hint: did you mean 'port'?
                localcode.yaml:3: unknown key 'contxt' of model 'coder'
                  hint: did you mean 'context'?
                localcode.yaml:4: invalid value for 'port': 'x' is not a whole number from 0 to 65535
                localcode: error: 3 problems found

                """)
    }

    @Test("a command with settings stops at what is wrong with a model")
    func stops() async throws {
        let (outside, directory) = try outside("models: {coder: {path: x, slots: none}}")
        defer { _ = directory }
        #expect(await outside.run("config", "show") == 1)
        #expect(
            outside.error
                == "localcode: error: localcode.yaml:1: invalid value for 'slots' of model 'coder': 'none' is not a whole number from 1 to 256\n"
        )
    }

    @Test("'models' is suggested where it is meant")
    func suggested() async throws {
        let (outside, directory) = try outside("modles:\n  coder: {path: x}\n")
        defer { _ = directory }
        #expect(await outside.run("config", "check") == 1)
        #expect(outside.error.hasPrefix("localcode.yaml:1: unknown key 'modles'\n  hint: did you mean 'models'?\n"))
    }

    @Test("show has what the file says of each, but for the values of variables")
    func show() async throws {
        let (outside, directory) = try outside()
        defer { _ = directory }
        #expect(await outside.run("config", "show") == 0)
        let rows = outside.output.split(separator: "\n").filter { $0.hasPrefix("models.") }.map { row in
            row.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        }
        #expect(
            rows == [
                "models.coder.path a.gguf localcode.yaml:3", "models.coder.aliases x, y localcode.yaml:4",
                #"models.coder.environment {"HF_TOKEN":"(set)"} localcode.yaml:5"#,
                #"models.coder.control-vectors {"terse.gguf":0.8} localcode.yaml:6"#,
                "models.coder.draft - localcode.yaml:7",
            ])
    }

    @Test("show as JSON")
    func json() async throws {
        let (outside, directory) = try outside()
        defer { _ = directory }
        #expect(await outside.run("config", "show", "--json") == 0)
        let models = try JSONValue(parsing: Array(outside.output.utf8))["models"]
        #expect(models?["file"] == "localcode.yaml" && models?["line"] == 1)
        #expect(
            models?["value"] == [
                "coder": [
                    "path": "a.gguf", "aliases": ["x", "y"], "environment": ["HF_TOKEN": "(set)"],
                    "control-vectors": ["terse.gguf": 0.8], "draft": nil,
                ]
            ])
        let none = try self.outside("port: 1").0
        #expect(await none.run("config", "show", "--json") == 0)
        #expect(try JSONValue(parsing: Array(none.output.utf8))["models"] == nil)
    }

    @Test(
        "check wants a default model that there is",
        arguments: [
            ("model: nope", "name one of coder, big"), ("model: codr", "did you mean 'coder'?"),
            ("model: mani", "did you mean 'main'?"), ("model: main", nil), ("model: big", nil),
            ("model: glm-4.7", nil), ("model: nope\nengine: http://127.0.0.1:1", nil), ("", nil),
        ])
    func defaultModel(lines: String, hint: String?) async throws {
        let (outside, directory) = try outside(
            "models:\n  coder: {path: a.gguf, aliases: [main]}\n  big: {path: b.gguf}\n\(lines)\n")
        defer { _ = directory }
        #expect(await outside.run("config", "check") == (hint == nil ? 0 : 1), "\(outside.error)")
        guard let hint else { return }
        let name = lines.dropFirst(7)
        #expect(
            outside.error == """
                localcode.yaml:4: invalid value for 'model': no model below 'models' is called '\(name)'
                  hint: \(hint)
                localcode: error: 1 problem found

                """)
    }

    @Test("a default model is anything where no models are configured, and one that cannot be read is told about once")
    func defaultModelAlone() async throws {
        let (none, first) = try outside("model: nope\n")
        defer { _ = first }
        #expect(await none.run("config", "check") == 0)
        let (unread, second) = try outside("model: coder\nmodels:\n  coder: {slots: 1}\n")
        defer { _ = second }
        #expect(await unread.run("config", "check") == 1)
        #expect(unread.error.contains("has neither path nor hf") && unread.error.contains("1 problem found"))
    }
}
