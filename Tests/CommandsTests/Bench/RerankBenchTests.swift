import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("Bench: rerank", .timeLimit(.minutes(2)))
struct RerankBenchTests {
    private func run(_ arguments: [String], in world: TestContext) async -> Int32 {
        await Program.run(
            ["bench", "rerank", "--rounds", "1", "--json"] + arguments, context: world.context,
            program: Command(name: "localcode", summary: "", subcommands: [.bench]))
    }

    @Test("measures a tree that it makes and removes")
    func speed() async throws {
        let directory = try TestDirectory()
        let world = TestContext(environment: ["TMPDIR": directory.path], directory: directory.path)
        #expect(await run(["--lines", "5000", "--rg", "none"], in: world) == 0)
        let report = try JSONView(validating: Array(world.output.utf8))
        let section = try #require(report["sections"]?.elements.first { _ in true })
        let rows = section["rows"].map { Array($0.elements) } ?? []
        #expect(rows.map { $0["name"]?.string } == ["walk alone", "first search", "next search"])
        for row in rows { #expect(try #require(row["values"]?["localcode"]?.double) > 0) }
        #expect(report["notes"]?.elements.first { _ in true }?.string?.hasPrefix("54 files, 4,") == true)
        #expect(TestFiles.below(directory.path).isEmpty)
    }

    @Test("counts questions answered by words and by a server")
    func recall() async throws {
        let directory = try TestDirectory()
        try directory.makeDirectory("tree")
        for word in ["cat", "dog"] { try directory.write("the \(word) here\n", to: "tree/\(word).txt") }
        try directory.write("cat\tcat.txt\nthe dog here\tdog.txt\nhorse\tcat.txt\n", to: "questions")
        let server = try RecordingServer { _ in .complete(#"{"results":[{"index":0,"relevance_score":1}]}"#) }
        let world = TestContext(environment: ["TMPDIR": directory.path], directory: directory.path)
        let options = ["tree", "--questions", "questions", "--rg", "none", "--url", server.url]
        #expect(await run(options, in: world) == 0)
        let report = try JSONView(validating: Array(world.output.utf8))
        let section = try #require(report["sections"].map { Array($0.elements) }?.last)
        #expect(section["title"]?.string == "Questions answered, of 3")
        let rows = section["rows"].map { Array($0.elements) } ?? []
        #expect(rows.map { $0["values"]?["localcode"]?.double } == [66.667, 66.667, 66.667, 66.667])
    }

    @Test("refuses what is not there")
    func missing() async {
        let world = TestContext(directory: "/nowhere")
        #expect(await run(["tree", "--rg", "none"], in: world) == 1)
        #expect(world.error.contains("there is no directory tree"))
        #expect(await run(["--rg", "/nowhere/rg"], in: world) == 1)
    }
}
