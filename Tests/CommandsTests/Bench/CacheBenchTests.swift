import LocalCodeCore
import Testing

@testable import Commands

@Suite("Bench: cache")
struct CacheBenchTests {
    private func run(_ arguments: [String], world: TestContext = TestContext(environment: ["HOME": "/nowhere"]))
        async -> (status: Int32, error: String)
    {
        let program = Command(name: "localcode", summary: "", subcommands: [.bench])
        let status = await Program.run(["bench", "cache"] + arguments, context: world.context, program: program)
        #expect(world.output.isEmpty)
        return (status, world.error)
    }

    @Test(
        "refuses what cannot be measured before anything starts",
        arguments: [
            ["--sizes", "x"], ["--sizes", ""], ["--sizes", "64"], ["--sizes", "2000000"], ["--rounds", "0"],
            ["--pairs", "0"], ["trace.jsonl"],
        ])
    func usage(arguments: [String]) async {
        #expect(await run(arguments).status == 2)
    }

    @Test("names what is missing")
    func missing() async {
        let nothing = await run([])
        #expect(nothing.status == 1)
        #expect(nothing.error.contains("there is no engine in /nowhere/.local/share/localcode"))
        #expect(await run(["--llama-server", "/nowhere/engine"]).error.contains("there is no program /nowhere/engine"))
        let model = await run(["--llama-server", "/bin/sh", "--engine-model", "/nowhere/model.gguf"])
        #expect(model.error.contains("there is no model /nowhere/model.gguf"))
        let own = await run(["--llama-server", "/bin/sh", "--engine-model", "/bin/sh", "--localcode", "/nowhere/lc"])
        #expect(own.error.contains("there is no program /nowhere/lc"))
        let python = await run(["--llama-server", "/bin/sh", "--engine-model", "/bin/sh", "--stillwarm", "/bin/false"])
        #expect(python.error.contains("/bin/false does not have the package stillwarm"))
    }

    @Test("reads sizes in tokens and in thousands")
    func sizes() throws {
        #expect(try CachePlan.sizes(from: "1k,4K,500") == [1_024, 4_096, 500])
    }

    @Test("both conversations of the largest size fit into the context")
    func context() {
        #expect(CachePlan(sizes: [1_024]).contextSize == 40_960)
        #expect(CachePlan(sizes: [65_536]).contextSize >= 2 * 65_536)
    }

    @Test("only LocalCode's engine saves states and keeps none in memory")
    func arguments() throws {
        let invocation = Invocation(
            path: ["bench", "cache"], operands: [],
            values: ["llama-server": ["/bin/sh"], "engine-model": ["/bin/sh"], "engine-option": ["--swa-full"]],
            context: TestContext(environment: ["HOME": "/nowhere"]).context)
        let engine = try BenchEngine(invocation, contextSize: 8_192)
        let bare = engine.arguments(.bare, port: 9)
        let saving = engine.arguments(.behindLocalCode(slots: "/s"), port: 9)
        for arguments in [bare, saving] {
            #expect(arguments.contains("--kv-unified"))
            #expect(arguments.last == "--swa-full")
            #expect(arguments.firstIndex(of: "--ctx-size").map { arguments[$0 + 1] } == "8192")
        }
        #expect(!bare.contains("--cache-ram") && !bare.contains("--slot-save-path"))
        #expect(saving.firstIndex(of: "--cache-ram").map { saving[$0 + 1] } == "0")
        #expect(saving.firstIndex(of: "--slot-save-path").map { saving[$0 + 1] } == "/s")
        #expect(saving.contains("--no-cache-idle-slots"))
    }

    private func sample(_ milliseconds: Double, _ evaluated: Int = 10) -> CacheLane.Sample {
        CacheLane.Sample(milliseconds: milliseconds, evaluated: evaluated)
    }

    private var results: CacheRun.Results {
        var cell = CacheRun.Cell(tokens: 4_096)
        cell.samples = [
            .cold: [[sample(9_000, 4_000), sample(11_000, 4_000)], [sample(10_000, 4_000)]],
            .resident: [[sample(50)], [sample(100), sample(300), sample(200)]],
            .restored: [[sample(60)], [sample(300, 30)]],
        ]
        cell.stateBytes = 60_000_000
        cell.readRate = 1e9
        var results = CacheRun.Results()
        results.cells = [cell]
        results.pairs = [[10, 20, 30].map { sample($0) }, [10.5, 20.25, 31].map { sample($0) }]
        return results
    }

    @Test("judges a restore by the resident time and its file, and by the cold time")
    func goals() throws {
        let report = BenchReport(results, lanes: ["bare", "localcode"], notes: [])
        let restored = try #require(report.sections.first { $0.title.hasPrefix("Restored, time") }?.rows.first)
        // 1.2 × 200 ms, and 60 MB at 1 GB/s.
        #expect(report.limit(of: restored).map { Int($0.rounded()) } == 300)
        #expect(restored.values == [60, 300])
        let factor = try #require(report.sections.first { $0.title.hasPrefix("Restored, faster") }?.rows.first)
        #expect(factor.goal == .atLeast(25))
        #expect(report.isMet(factor) == true)
        let pairs = try #require(report.sections.first { $0.title.contains("60 KB") }?.rows.first)
        #expect(pairs.values == [20, 0.5])
        #expect(report.isMet(pairs) == true)
        #expect(
            report.sections.first { $0.title.contains("60 KB") }?.rows.map(\.name) == [
                "median of 3 pairs, 10 tokens read"
            ])
    }

    @Test("the table and the JSON say what was not measured")
    func rendering() throws {
        let report = BenchReport(results, lanes: ["bare", "localcode", "stillwarm"], notes: ["a machine"])
        #expect(
            report.table.contains(
                """
                Time to the first token, ms
                                                                bare   localcode   stillwarm
                  4,096 tokens, cold                          10,000      10,000
                """))
        let view = try JSONView(validating: report.json.bytes)
        let sections = Array(try #require(view["sections"]).elements)
        #expect(sections.count == 8)
        let times = Array(try #require(sections[0]["rows"]).elements)
        #expect(times.map { $0["name"]?.string?.hasPrefix("4,096 tokens, ") } == Array(repeating: true, count: 5))
        #expect(times[1]["values"]?["localcode"]?.double == 200)
        #expect(times[4]["values"]?["localcode"]?.double == nil)
    }

    @Test("a conversation is sent whole, as each side wants it")
    func bodies() throws {
        let talk = CacheLane.Talk(id: "t", questions: ["one", "two"], answers: ["first"])
        let view = try JSONView(validating: CacheLane.body(talk))
        let messages = Array(try #require(view["messages"]).elements)
        #expect(messages.map { $0["role"]?.string } == ["user", "assistant", "user"])
        #expect(messages.map { $0["content"]?.string } == ["one", "first", "two"])
        #expect(view["stream"]?.bool == true)
        let prompt = CacheLane.prompt(talk)
        #expect(prompt.hasSuffix("### Instruction:\ntwo\n\n### Response:\n"))
        #expect(prompt.hasPrefix(CacheLane.prompt(CacheLane.Talk(id: "t", questions: ["one"])) + "first\n\n"))
    }

    @Test("texts are the same for the same name, and as long as the vocabulary says")
    func text() {
        let text = BenchText(wordsPerToken: 0.5)
        #expect(text.text("a", tokens: 100) == text.text("a", tokens: 100))
        #expect(text.text("a", tokens: 100).split { $0 == " " || $0 == "\n" }.count == 50)
        #expect(text.text("a", tokens: 100).prefix(12) != text.text("b", tokens: 100).prefix(12))
        #expect(!text.text("", tokens: 0).isEmpty)
    }

    @Test("slots are saved when none is busy or dirty")
    func slots() throws {
        func areSaved(_ json: String) throws -> Bool {
            LocalCodeSlots.areSaved(try JSONView(validating: Array(json.utf8)))
        }
        #expect(try areSaved(#"[{"state":"idle","dirty":false},{"state":"foreign","dirty":false}]"#))
        #expect(try !areSaved(#"[{"state":"idle","dirty":true}]"#))
        #expect(try !areSaved(#"[{"state":"busy","dirty":false}]"#))
    }

    @Test("median", arguments: [([], nil), ([3.0], 3.0), ([5, 1, 3], 3), ([4, 1, 2, 9], 3)] as [([Double], Double?)])
    func medians(values: [Double], expected: Double?) { #expect(median(values) == expected) }

    @Test("finds the files below a directory and reads them")
    func disk() async throws {
        try await withTemporaryDirectory([:]) { directory in
            try FileText.makeDirectory(directory + "/a/b")
            try FileText.write(String(repeating: "x", count: 5_000), to: directory + "/a/b/state")
            let files = DiskSpeed.files(below: directory)
            #expect(files.map(\.bytes) == [5_000])
            #expect(try #require(DiskSpeed.readRate(files[0].path)) > 0)
            #expect(try #require(DiskSpeed.writeRate(bytes: 3_000_000, in: directory)) > 0)
            #expect(DiskSpeed.files(below: directory).count == 1)
            #expect(DiskSpeed.readRate(directory + "/none") == nil)
        }
    }
}
