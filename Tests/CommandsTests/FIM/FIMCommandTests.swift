import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("localcode fim", .timeLimit(.minutes(2)))
struct FIMCommandTests {
    private static let answer =
        #"{"content":"return a","model":"coder","tokens_predicted":3,"tokens_evaluated":9,"stop_type":"eos","timings":{"cache_n":4}}"#
    private let directory: TestDirectory

    init() throws {
        directory = try TestDirectory()
        try directory.write("int f(int a) {\n    ;\n}\n", to: "f.c")
    }

    private func run(
        _ arguments: [String], input: String = "", port: Int = 1
    ) async -> (status: Int32, output: String, error: String) {
        let world = TestContext(
            environment: ["HOME": "/nowhere", "PATH": "/usr/local/bin:/usr/bin:/bin"], directory: directory.path)
        var context = world.context
        context.readInput = { _ in Array(input.utf8) }
        let status = await Program.run(
            ["fim"] + arguments + ["--port", "\(port)"], context: context,
            program: Command(name: "localcode", summary: "", subcommands: [.fim]))
        return (status, world.output, world.error)
    }

    private func server(status: Int = 200, _ answer: String = answer) throws -> RecordingServer {
        try RecordingServer { _ in .complete(status: status, answer) }
    }

    private func body(_ server: RecordingServer, _ number: Int = 0) throws -> JSONValue {
        try JSONValue(parsing: try #require(server.requests.dropFirst(number).first).body)
    }

    @Test("The text for a place goes to standard output")
    func place() async throws {
        let server = try server()
        let (status, output, error) = await run(["f.c:2:5", "--stop", ";", "--stop", "}"], port: server.port)
        #expect(status == 0)
        #expect(output == "return a")
        #expect(error == "")
        #expect(server.requests.first?.target == "/infill")
        #expect(
            try body(server) == [
                "input_prefix": "int f(int a) {\n    ", "input_suffix": ";\n}\n", "input_extra": [], "n_predict": 128,
                "stop": [";", "}"], "temperature": 0.0, "seed": 1, "cache_prompt": true, "stream": false,
            ])
    }

    @Test("Two files, and a mark in a text")
    func otherSources() async throws {
        try directory.write("before", to: "p")
        try directory.write("behind", to: "s")
        let server = try server()
        #expect(await run(["--prefix", "p", "--suffix", "s"], port: server.port).status == 0)
        #expect(await run(["--prefix", "p"], port: server.port).status == 0)
        #expect(await run(["--mark", "@@"], input: "a@@b", port: server.port).status == 0)
        let sides = try (0..<3).map { number in
            let body = try body(server, number)
            return [body["input_prefix"]?.string, body["input_suffix"]?.string]
        }
        #expect(sides == [["before", "behind"], ["before", ""], ["a", "b"]])
    }

    @Test("A diff that git applies")
    func diff() async throws {
        let server = try server()
        let (status, output, _) = await run(["f.c:2:5", "--diff"], port: server.port)
        #expect(status == 0)
        #expect(
            output == "--- a/f.c\n+++ b/f.c\n@@ -1,3 +1,3 @@\n int f(int a) {\n-    ;\n+    return a;\n }\n")
        try directory.write(output, to: "change")
        let git = try ChildProcess(
            "/bin/sh", ["-c", "git apply change && cat f.c"],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": directory.path], directory: directory.path)
        let (end, text, _) = await git.collect()
        #expect(end == .exited(0))
        #expect(String(decoding: text, as: UTF8.self) == "int f(int a) {\n    return a;\n}\n")
    }

    @Test("Several suggestions differ by their seeds, and come as text or JSON")
    func several() async throws {
        let server = try server()
        #expect(await run(["f.c:2", "-n", "2"], port: server.port).output == "return a\n--\nreturn a\n")
        #expect(try [body(server), body(server, 1)].map { $0["seed"]?.int } == [1, 2])
        #expect(try body(server)["temperature"]?.double == 0.7)
        let json = try JSONValue(
            parsing: Array(await run(["f.c:2", "--json", "-m", "coder"], port: server.port).output.utf8))
        #expect(json.array?.count == 1)
        #expect(json[0]?["text"]?.string == "return a")
        #expect(json[0]?["model"]?.string == "coder")
        #expect(json[0]?["tokens"] == ["prompt": 9, "cached": 4, "written": 3])
        #expect(try body(server, 2)["model"]?.string == "coder")
    }

    @Test("Other files are shown: named ones, imported ones, changed ones")
    func context() async throws {
        try directory.write("named\n", to: "n.txt")
        try directory.write("int imported;\n", to: "i.h")
        try directory.write("int changed;\n", to: "c.c")
        try directory.write("changed, too\n", to: "notes.md")
        try directory.write("#include \"i.h\"\nint x = ;\n", to: "main.c")
        let git = try ChildProcess(
            "/bin/sh", ["-c", "git init -q"],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": directory.path], directory: directory.path)
        _ = await git.collect()
        let server = try server()
        let (status, _, error) = await run(
            ["main.c:2:9", "--extra", "n.txt", "--context", "auto"], port: server.port)
        #expect(status == 0, "\(error)")
        let extra = try #require(try body(server)["input_extra"]?.array)
        #expect(extra.compactMap { $0["filename"]?.string } == ["n.txt", "i.h", "c.c", "f.c"])
        #expect(extra.first?["text"]?.string == "named\n")
    }

    @Test("GLM is asked in a chat by its name only")
    func glm() async throws {
        let server = try server()
        _ = await run(["f.c:2", "-m", "glm-4.7"], port: server.port)
        _ = await run(["f.c:2", "-m", "coder"], port: server.port)
        #expect(server.requests.map { $0.header("x-localcode-fim") } == ["chat", nil])
        let direct = await run(["f.c:2", "--url", "https://api.z.ai/api/coding/paas/v4"])
        #expect(direct.status == 2)
        #expect(direct.error.contains("the GLM API does not fill in the middle"))
    }

    @Test(
        "Mistakes in the command line",
        arguments: [
            ["f.c"], ["f.c:1", "--prefix", "f.c"], ["--diff", "--prefix", "f.c"], ["f.c:1", "-n", "2", "--diff"],
            ["f.c:1", "-n", "2", "--temperature", "0"], ["f.c:1", "--json", "--diff"],
            ["--prefix", "f.c", "--context", "auto"], [],
        ])
    func mistakes(arguments: [String]) async { #expect(await run(arguments, input: "no mark").status == 2) }

    @Test("Failures say what to do")
    func failures() async throws {
        #expect(await run(["f.c:9"]).error.contains("f.c has no line 9"))
        #expect(await run(["nothing.c:1"]).status == 1)
        let nobody = await run(["f.c:2"])
        #expect(nobody.status == 1)
        #expect(nobody.error.contains("start it with 'localcode serve'"))
        let refusing = try server(status: 501, #"{"error":{"message":"Infill is not supported by this model"}}"#)
        let refused = await run(["f.c:2"], port: refusing.port)
        #expect(refused.status == 1)
        #expect(refused.error.contains("Infill is not supported by this model (501)"))
        #expect(refused.error.contains("load a model that fills gaps"))
        let strange = try server("{}")
        #expect(await run(["f.c:2"], port: strange.port).error.contains("answered without a text"))
        let speechless = try server(#"{"content":""}"#)
        let silent = await run(["f.c:2"], port: speechless.port)
        #expect(silent.status == 0)
        #expect(silent.error.contains("the model would write nothing there"))
    }
}
