import LocalCodeCore
import Testing

@testable import Commands

@Suite("Bench: eviction")
struct EvictionCommandTests {
    private let world = TestContext(directory: "/nowhere")

    private func run(_ arguments: [String], in world: TestContext? = nil) async -> Int32 {
        await Program.run(
            ["bench", "eviction"] + arguments, context: (world ?? self.world).context,
            program: Command(name: "localcode", summary: "", subcommands: [.bench]))
    }

    @Test("compares the policies on a generated trace")
    func endToEnd() async throws {
        #expect(await run(["--sessions", "4", "--json", "--budget", "2G", "-b", "500MB"]) == 0)
        let view = try JSONView(validating: Array(world.output.utf8))
        #expect(
            view["targets"].map { $0.elements.compactMap(\.string) }
                == ["lru", "adaptive", "lru-all", "adaptive-all", "offline", "bound"])
        let sections = Array(try #require(view["sections"]).elements)
        #expect(sections.map { $0["unit"]?.string } == ["%", "s", "GB"])
        for section in sections {
            let rows = Array(try #require(section["rows"]).elements)
            #expect(rows.map { $0["name"]?.string } == ["0.50 GB", "2.15 GB"])
        }
        let saved = Array(try #require(sections[1]["rows"]).elements).last?["values"]
        let lru = try #require(saved?["lru"]?.double)
        let offline = try #require(saved?["offline"]?.double)
        #expect(lru > 0)
        #expect(try #require(saved?["adaptive"]?.double) <= offline)
        #expect(offline <= (try #require(saved?["bound"]?.double)))
        #expect(world.error.isEmpty)
    }

    @Test("prints a table whose numbers come from the same trace each time")
    func table() async {
        #expect(await run(["--sessions", "2", "-b", "1G"]) == 0)
        let first = world.output
        #expect(first.contains("Prefill saved, less restoring, s"))
        #expect(first.contains("lru    adaptive     lru-all  adaptive-all     offline       bound"))
        #expect(await run(["--sessions", "2", "-b", "1G"]) == 0)
        #expect(world.output == first + first)
    }

    @Test("a trace that was written can be read again")
    func file() async throws {
        try await withTemporaryDirectory([:]) { directory in
            let world = TestContext(directory: directory)
            let options = ["--sessions", "2", "--seed", "5", "--generate", "trace.jsonl", "-b", "1G"]
            #expect(await run(options, in: world) == 0)
            let first = world.output
            #expect(await run(["trace.jsonl", "-b", "1G"], in: world) == 0)
            #expect(world.output == first + first)
        }
    }

    @Test(
        "refuses what makes no sense",
        arguments: [
            ["--sessions", "0"], ["--seed", "-1"], ["--budget", "much"], ["--budget", "0"], ["--slots", "0"],
            ["trace.jsonl", "--generate", "other.jsonl"], ["--token-size", "0"], ["a", "b"],
        ])
    func usage(arguments: [String]) async {
        #expect(await run(arguments) == 2)
        #expect(world.output.isEmpty)
        #expect(world.error.hasPrefix("localcode: "))
    }

    @Test("names a trace that is not there and a line that cannot be read")
    func badFiles() async throws {
        try await withTemporaryDirectory([:]) { directory in
            let world = TestContext(directory: directory)
            #expect(await run(["trace.jsonl"], in: world) == 1)
            #expect(world.error.contains("there is no file trace.jsonl"))
            let path = directory + "/trace.jsonl"
            try FileText.write("{\"time\":0,\"kind\":\"restart\"}\n{\"time\":0}\n", to: path)
            #expect(await run(["trace.jsonl"], in: world) == 1)
            #expect(world.error.contains("trace.jsonl, line 2: \"kind\" must be a text"))
            try FileText.write("{\"time\":0,\"kind\":\"restart\"}\n", to: path)
            #expect(await run(["trace.jsonl"], in: world) == 1)
            #expect(world.error.contains("no requests"))
        }
    }
}
