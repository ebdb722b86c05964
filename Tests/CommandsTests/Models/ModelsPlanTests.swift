import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("models plan and serve --dry-run")
struct ModelsPlanTests {
    private let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    /// A configuration, and a program that has some of llama-server's flags.
    private func outside(_ models: String) throws -> TestContext {
        try directory.write(
            """
            #!/bin/sh
            [ "$1" = --version ] && echo "version: 9 (build 1)" && exit
            for flag in "--model F" "--alias A" "--ctx-checkpoints N" "--ctx-size N" "--parallel N" "--threads N"; do echo "$flag  what it does"; done
            """, to: "llama-server", mode: 0o700)
        try directory.write("llama-server: llama-server\ncache-dir: cache\n\(models)", to: "localcode.yaml")
        return TestContext(environment: ["HOME": directory.path], directory: directory.path)
    }

    @Test("the command line, and notes as comments: a shell takes all of it")
    func text() async throws {
        let tiny = try await TinyModel.tiny.path()
        let outside = try outside("models: {coder: {path: '\(tiny)', aliases: [big], threads: 2, draft: '\(tiny)'}}\n")
        #expect(await outside.run("models", "plan", "big") == 0)
        let lines = outside.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first?.hasPrefix("# llama-server 9 (build 1). At the start LocalCode adds a socket") == true)
        #expect(lines.contains("# coder, big"))
        let notes = lines.filter { $0.hasPrefix("# note: ") }
        #expect(notes.count == 1)
        #expect(
            notes.last?.hasPrefix(
                "# note: coder goes without speculation, which \(directory.path)/llama-server (9 (build 1))") == true)
        let command = lines.drop { $0.hasPrefix("#") || $0.isEmpty }
        #expect(command.first == "\(directory.path)/llama-server \\")
        #expect(command.contains { $0.hasPrefix("  --threads 2 ") && $0.hasSuffix("`# threads that write`") })
        let shell = try ChildProcess("/bin/sh", ["-n"], environment: [:], input: Array(outside.output.utf8))
        #expect(await shell.waitForExit() == .exited(0))
    }

    @Test("every model, also those that cannot be started; the status says so")
    func all() async throws {
        let (tiny, rank) = (try await TinyModel.tiny.path(), try await TinyModel.rank.path())
        let outside = try outside(
            "models: {a: {path: '\(tiny)'}, b: {path: gone.gguf}, c: {path: '\(rank)', mode: rerank}}\n")
        for command in [["models", "plan"], ["serve", "--dry-run"]] {
            let outside = TestContext(environment: ["HOME": directory.path], directory: directory.path)
            #expect(await Program.run(command, context: outside.context) == 1)
            #expect(outside.output.contains("\n# a\n# memory: about "))
            #expect(
                outside.output.contains(
                    "\n# b\n# cannot be started: \(directory.path)/gone.gguf is not there\n"
                ))
            #expect(outside.output.contains("\n# c\n# cannot be started: it needs reranking, which "))
            #expect(outside.output.contains("\n#   hint: llama.cpp's own llama-server"))
            #expect(outside.error == "localcode: error: b, c cannot be started; see above\n")
        }
        #expect(await outside.run("models", "--plan", "a") == 0)
    }

    @Test("the memory each takes, and what speaks against its keys")
    func memory() async throws {
        let tiny = try await TinyModel.tiny.path()
        let outside = try outside(
            """
            models:
              a: {path: '\(tiny)', context: 65536}
              b: {path: '\(tiny)', memory: 5GiB, ngram-max: 3}
            """)
        #expect(await outside.run("models", "plan") == 0)
        let lines = outside.output.split(separator: "\n")
        let estimate = lines.first { $0.hasPrefix("# memory: about ") }
        #expect(estimate?.contains(": weights 463.3 KiB, KV values 32 MiB, computing ") == true)
        // What is asked for is a script.
        #expect(estimate?.hasSuffix(", the program 34 MiB") == true)
        #expect(
            lines.contains(
                "# note: a request can use 32768 of the 65536 tokens of context: the model was trained for no more"))
        #expect(lines.contains("# memory: 5 GiB, as the configuration says"))
        #expect(lines.contains { $0.hasPrefix("# note: b goes without ngram-max, for which it would need ") })
    }

    @Test("as JSON")
    func json() async throws {
        let tiny = try await TinyModel.tiny.path()
        let outside = try outside(
            "models: {a: {path: '\(tiny)', environment: {TOKEN: secret}}, b: {path: gone.gguf}}\n")
        #expect(await outside.run("models", "plan", "--json") == 1)
        let models = try JSONValue(parsing: Array(outside.output.utf8))
        #expect(models[0]?["name"] == "a")
        #expect(models[0]?["flags"]?[0]?["values"] == [.string(tiny)])
        #expect(models[0]?["environment"] == ["TOKEN"])
        #expect(models[0]?["memory"]?.int ?? 0 > 34 << 20)
        #expect(models[1]?["problem"]?.string?.contains("gone.gguf") == true)
    }

    @Test("a name that is none, and no models at all")
    func unknown() async throws {
        let outside = try outside("models: {coder: {path: x}}\n")
        #expect(await outside.run("models", "plan", "codr") == 1)
        #expect(outside.error == "localcode: error: there is no model 'codr'\n  hint: did you mean 'coder'?\n")
        let none = try self.outside("")
        #expect(await none.run("models", "plan") == 1)
        #expect(
            none.error.hasPrefix("localcode: error: no models are configured, and the set-up has put none in place\n"))
    }

    @Test("no llama-server")
    func noEngine() async throws {
        let outside = try outside("models: {coder: {path: x}}\n")
        #expect(await outside.run("serve", "--dry-run", "--llama-server", "/gone/llama-server") == 1)
        #expect(outside.error.hasPrefix("localcode: error: there is no llama-server: /gone/llama-server\n  hint: "))
    }

    @Test("an attached server needs no start")
    func attached() async throws {
        let outside = try outside("")
        #expect(await outside.run("serve", "--dry-run", "--engine", "http://10.0.0.1:1") == 0)
        #expect(outside.output == "# nothing is started: requests go to the llama-server at http://10.0.0.1:1\n")
    }
}
