import LocalCodeCore
import Support
import Testing

@testable import Commands

/// The commands as a user runs them, with the real llama-server and tiny models.
@Suite("Bench: engines", .serialized, .timeLimit(.minutes(4)))
struct EngineBenchCommandTests {
    private let directory: TestDirectory
    private let environment: [String: String]

    init() async throws {
        directory = try TestDirectory()
        try await TestEngine.provide(in: directory, data: "data")
        environment = [
            "HOME": directory.path, "PATH": "/usr/bin:/bin", "XDG_DATA_HOME": directory.path + "/data",
            "TMPDIR": directory.path,
        ]
    }

    private func run(_ arguments: String...) async -> (status: Int32, output: String, error: String) {
        let world = TestContext(environment: environment, directory: directory.path)
        let status = await Program.run(["bench"] + arguments, context: world.context)
        return (status, world.output, world.error)
    }

    private func figures(_ output: String) throws -> FigureReport {
        try FigureReport(reading: Array(output.utf8), named: "the output")
    }

    @Test("spec measures none, n-gram kinds and a draft, and --apply writes what it recommends")
    func spec() async throws {
        let model = try await TinyModel.tiny.path()
        let text = "# mine\nmodels:\n  coder:\n    path: \(model)\n    context: 4096\n    slots: 1\n    threads: 1\n"
        let file = try directory.write(text, to: "localcode.yaml")
        let result = await run(
            "spec", "coder", "--rounds", "2", "--tokens", "24", "--tasks", "edit,call", "--kinds",
            "ngram-simple,ngram-mod",
            "--draft", try await TinyModel.draft.path(), "--lengths", "4", "--apply", "--json")
        try #require(result.status == 0, "\(result.error)")
        let report = try figures(result.output)
        #expect(report.groups == ["edit a file", "tool call in JSON", "all tasks"])
        #expect(
            report.rows(of: "all tasks") == [
                "none", "ngram-simple", "ngram-simple 6", "ngram-mod", "ngram-mod 6", "tinydraft 4",
            ])
        for row in report.rows(of: "all tasks") {
            #expect(report.estimate("all tasks", row, .decode)?.value ?? 0 > 0, "\(row)")
            #expect(report.estimate("all tasks", row, .memory)?.value ?? 0 > 1, "\(row)")
        }
        #expect(report.estimate("all tasks", "none", .acceptance) == nil)
        #expect(report.estimate("all tasks", "tinydraft 4", .acceptance)?.count ?? 0 > 0, "the draft was not used")
        #expect(result.output.contains("recommended: "))
        // Whatever it was on this machine, the file says it, and everything else as before.
        let after = TestFiles.text(of: file)
        #expect(after.hasPrefix(text))
        let isChanged = result.error.contains("now says")
        #expect(isChanged == (after != text))
        #expect(isChanged || result.error.contains("says so already"))
        #expect(!result.output.contains("recommended: none") || !isChanged)
        #expect(TestFiles.below(directory.path, suffix: ".pid").isEmpty, "an engine was left")
    }

    @Test("flash leaves out what the model cannot do, and says why")
    func flash() async throws {
        let result = await run(
            "flash", "--rounds", "1", "--sizes", "128", "--tokens", "8", "--types", "f16,q8_0", "--json")
        try #require(result.status == 0, "\(result.error)")
        let report = try figures(result.output)
        #expect(report.rows(of: "128 tokens") == ["on, f16", "off, f16"])
        #expect(report.estimate("128 tokens", "off, f16", .prefill)?.value ?? 0 > 0)
        #expect(report.notes.contains { $0.hasPrefix("on, q8_0 is left out: ") })
    }

    @Test("batch serves several clients at once, and CSV has their figures")
    func batch() async throws {
        let result = await run(
            "batch", "--no-proxy", "-c", "1,3", "--rounds", "1", "--requests", "1", "--prompt", "32", "--answer", "8",
            "--csv")
        try #require(result.status == 0, "\(result.error)")
        let lines = result.output.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("batch,3 clients,bare,total,tokens/s,") })
        #expect(lines.contains { $0.hasPrefix("batch,1 client,bare,gap-p99,ms,") })
        // Three answers of eight tokens have 21 gaps.
        #expect(lines.contains { $0.hasPrefix("batch,3 clients,bare,gap-p50,ms,") && $0.hasSuffix(",21") })
    }

    @Test("chat measures a server, and compares with an old report")
    func chat() async throws {
        let engine = try await TestEngine.start()
        let arguments = ["--url", engine.url, "-c", "2", "-d", "1s", "--prompt", "16", "--answer", "8", "--ignore-eos"]
        let world = TestContext(environment: environment, directory: directory.path)
        #expect(await Program.run(["bench", "chat"] + arguments + ["--json"], context: world.context) == 0)
        let report = try figures(world.output)
        #expect(report.rows(of: "2 clients") == ["tiny"], "the server's own model")
        #expect(report.estimate("2 clients", "tiny", .requests)?.value ?? 0 > 0)
        try directory.write(world.output, to: "old.json")
        let again = TestContext(environment: environment, directory: directory.path)
        let compared = arguments + ["--compare", "old.json"]
        #expect(await Program.run(["bench", "chat"] + compared, context: again.context) == 0)
        #expect(again.output.contains("compared with the old run: "))
        let other = await run("flash", "--compare", "old.json")
        #expect(other.status == 1)
        #expect(other.error.contains("old.json is a report of 'bench chat', not of 'bench flash'"))
        await engine.stop()
    }

    @Test("what cannot be measured is said before anything starts")
    func refused() async throws {
        let tiny = try await TinyModel.tiny.path()
        let cases: [([String], Int32, String)] = [
            (["spec"], 2, "MODEL"),
            (["spec", "nothing"], 1, "there is no model 'nothing' in localcode.yaml"),
            (["spec", "no/such.gguf"], 1, "there is no model file no/such.gguf"),
            (["spec", tiny, "--apply"], 2, "--apply needs a model that localcode.yaml names"),
            (["spec", tiny, "--kinds", "ngram-mode"], 2, "this llama-server has no n-gram kind 'ngram-mode'"),
            (["spec", tiny, "--draft", try await TinyModel.rank.path()], 1, "cannot guess for tiny"),
            (["spec", tiny, "--draft", "none.gguf"], 1, "none.gguf"),
            (["spec", tiny, "--tasks", "cook"], 2, "unknown task 'cook'"),
            (["spec", tiny, "--json", "--csv"], 2, "cannot be combined"),
            (["flash", "--llama-server", "/nowhere/llama-server"], 1, "/nowhere/llama-server"),
            (["batch", "-c", "0"], 2, "invalid number of clients '0'"),
            (["chat", "--url", "http://127.0.0.1:1"], 1, "http://127.0.0.1:1/v1"),
            (["chat", "-d", "0s"], 2, "the duration is out of range"),
            (["chat", "--compare", "none.json"], 1, "there is no file none.json"),
        ]
        for (arguments, status, message) in cases {
            let world = TestContext(environment: environment, directory: directory.path)
            #expect(await Program.run(["bench"] + arguments, context: world.context) == status, "\(arguments)")
            #expect(world.error.contains(message), "\(arguments): \(world.error)")
        }
    }
}
