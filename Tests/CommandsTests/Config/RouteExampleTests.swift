import LocalCodeCore
import Support
import Testing

@testable import Commands

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("config route-example, and routing in check and show")
struct RouteExampleTests {
    private static let models =
        "models:\n  coder:\n    path: /c.gguf\n  tiny:\n    path: /t.gguf\n    aliases: [auto]\n"

    /// The '#' taken away in front of keys, of elements of lists, and of what is below a key.
    private func everything(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { (line: Substring) -> String in
            let indent = line.prefix { $0 == " " }
            guard line.dropFirst(indent.count).hasPrefix("# ") else { return String(line) }
            let rest = line.dropFirst(indent.count + 2)
            let word = rest.drop { $0 == "-" || $0 == " " }.prefix {
                $0.isLowercase || $0.isNumber || "-.".contains($0)
            }
            let isSetting = rest.hasPrefix("  ") || !word.isEmpty && rest[word.endIndex...].hasPrefix(":")
            return isSetting ? "\(indent)\(rest)" : String(line)
        }.joined(separator: "\n")
    }

    private func example(_ directory: TestDirectory) async -> String {
        let outside = TestContext(directory: directory.path)
        #expect(await outside.run("config", "route-example") == 0)
        return outside.output
    }

    private func check(_ text: String, _ directory: TestDirectory) async throws -> String {
        try directory.write(text, to: "localcode.yaml")
        let outside = TestContext(environment: ["HOME": directory.path], directory: directory.path)
        _ = await outside.run("config", "check")
        return outside.error + outside.output
    }

    @Test("config check takes it, with what is commented out and without", arguments: ["", models])
    func valid(models: String) async throws {
        let directory = try TestDirectory()
        try directory.write(models, to: "localcode.yaml")
        try directory.makeDirectory("code/secret")
        let example = await example(directory)
        #expect(example.split(separator: "\n").allSatisfy { $0.count <= 130 })
        #expect(try await check(models + example, directory).hasPrefix("localcode.yaml is valid: 0 settings, "))
        let whole = everything(example)
        let said = try await check(models + whole, directory)
        #expect(
            said.contains("localcode.yaml is valid: 0 settings, ") && said.contains("4 rules"), "\(said)\n\(whole)")
    }

    @Test("it names every key of routing")
    func complete() async throws {
        let text = everything(await example(try TestDirectory()))
        let file = try ConfigurationFile(parsing: Array(text.utf8), path: "x")
        guard case .mapping(let members) = file.entries.first?.value else {
            Issue.record("\(text)")
            return
        }
        let problem = RoutingConfiguration.read(from: file, models: [], in: "/", home: "/home").problems
        #expect(problem.isEmpty)
        #expect(
            Set(members.map(\.key)) == [
                "small", "virtual", "rules", "fallback", "patience", "privacy", "price", "lanes", "stabilisers",
                "second-opinion", "restore-ahead",
            ])
    }

    @Test("it uses the models of the configuration, and no name twice")
    func names() async throws {
        let directory = try TestDirectory()
        try directory.write(Self.models, to: "localcode.yaml")
        let example = await example(directory)
        #expect(example.contains("\n    any: [coder, tiny]\n    fast: [tiny, coder]\n"))
        #expect(example.contains("\n  small: tiny\n"))
    }

    @Test("check tells which names nobody has, and show what there is")
    func checkAndShow() async throws {
        let directory = try TestDirectory()
        let routing = """
            routing:
              virtual: {best: [codr, glm-4.7]}
              stabilisers: [reminders]
              rules:
                - name: titles
                  when: {kind: title}
                  use: tiny
                - lane: fim
            """
        let said = try await check(Self.models + "model: best\n" + routing, directory)
        #expect(
            said.hasPrefix(
                "localcode.yaml:9: invalid value for 'virtual' of routing: no model below 'models' is called 'codr'\n"
                    + "  hint: did you mean 'coder'?\n"))
        try directory.write(
            Self.models + "model: best\n" + routing.replacing("codr", with: "coder"), to: "localcode.yaml")
        let outside = TestContext(directory: directory.path)
        #expect(await outside.run("config", "check") == 0)
        #expect(outside.output.hasPrefix("localcode.yaml is valid: 1 setting, 2 models, 2 rules\n"))
        let shown = TestContext(directory: directory.path)
        #expect(await shown.run("config", "show") == 0)
        let rows = shown.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(
            rows.suffix(4) == [
                "routing.virtual.best coder, glm-4.7 localcode.yaml:9",
                "routing.stabilisers reminders localcode.yaml:10",
                #"routing.rules.titles {"when":{"kind":"title"},"use":"tiny"} localcode.yaml:12"#,
                #"routing.rules.2 {"lane":"fim"} localcode.yaml:15"#,
            ])
        let json = TestContext(directory: directory.path)
        #expect(await json.run("config", "show", "--json") == 0)
        let object = try JSONValue(parsing: Array(json.output.utf8))
        #expect(object["routing"]?["line"] == 8)
        #expect(object["routing"]?["value"]?["rules"]?[0]?["use"] == "tiny")
    }

    @Test("check notes what may be a mistake, and takes it")
    func notes() async throws {
        let directory = try TestDirectory()
        let routing = "routing:\n  virtual: {best: [coder, glm-4.77]}\n  privacy: {paths: [secret]}\n"
        #expect(
            try await check(Self.models + routing, directory).hasPrefix(
                """
                localcode.yaml:8: note: 'virtual' of routing: no model of GLM's is known here as 'glm-4.77'
                  hint: did you mean 'glm-4.7'?
                localcode.yaml:9: note: 'paths' of 'privacy': there is no directory \(directory.path)/secret on this machine
                localcode.yaml is valid: 0 settings, 2 models
                """))
    }

    @Test("check finds what has no effect")
    func doubts() async throws {
        let said = try await check(
            """
            routing:
              fallback: {coder: coder}
              second-opinion: glm-4.7
              rules: [{lane: main}, {use: tiny}]
            models: {coder: {path: a.gguf}, tiny: {path: b.gguf}}
            """, TestDirectory())
        #expect(
            said == """
                localcode.yaml:2: 'coder' below 'fallback' follows itself
                  hint: name other models there
                localcode.yaml:3: invalid value for 'second-opinion' of routing: 'glm-4.7' is not on this machine
                  hint: name one of coder, tiny
                localcode.yaml:4: the rule '2' never counts: '1' matches before it does
                  hint: put it in front of '1'
                localcode: error: 3 problems found

                """)
    }

    @Test("a directory counts under its own name where a link is written")
    func links() async throws {
        let directory = try TestDirectory()
        try directory.makeDirectory("real")
        symlink("real", directory.path + "/link")
        try directory.write(
            """
            routing:
              privacy: {paths: [link]}
              rules: [{when: {project: link}, lane: background}]
            """, to: "localcode.yaml")
        let text =
            #"{"messages":[{"role":"system","content":"Working directory: \#(Directories.resolved(directory.path))/real/x"},{"role":"user","content":"x"}]}"#
        try directory.write(text, to: "request.json")
        let outside = TestContext(directory: directory.path)
        #expect(await outside.run("route", "explain", "request.json", "--port", "1") == 0)
        #expect(outside.output.contains("stays on this machine") && outside.output.contains("lane          background"))
    }

    @Test("a mistake in routing stops every command that has settings")
    func mistake() async throws {
        let directory = try TestDirectory()
        try directory.write("routing: {smal: x}\n", to: "localcode.yaml")
        let outside = TestContext(directory: directory.path)
        #expect(await outside.run("serve", "--dry-run") == 1)
        #expect(
            outside.error.contains("localcode.yaml:1: unknown key 'smal' of routing\n  hint: did you mean 'small'?"))
    }
}
