import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("models pair") struct PairTests {
    private let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    private func run(_ arguments: String..., environment: [String: String] = [:]) async -> (
        status: Int32, output: String, error: String
    ) {
        let context = TestContext(environment: environment, directory: directory.path)
        let status = await Program.run(["models", "pair"] + arguments, context: context.context)
        return (status, context.output, context.error)
    }

    private func link(_ models: [(String, TinyModel)]) async throws {
        for (name, model) in models { try directory.link(name, to: try await model.path()) }
    }

    @Test("drafts are listed with the reason for each refusal, those that fit first")
    func table() async throws {
        try await link([("target.gguf", .tiny), ("a.gguf", .twin), ("b.gguf", .draft), ("c.gguf", .multimodal)])
        let (status, output, error) = await run("target.gguf", ".")
        #expect(status == 0 && error.isEmpty)
        let lines = output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(lines.first == "MODEL PARAMETERS SIZE VERDICT")
        #expect(lines.count == 4)
        #expect(
            lines[1].hasSuffix("/tinydraft.gguf 28,512 111.4 KiB fits, but is large for a draft (24 % of the target)"))
        #expect(lines.dropFirst(2).contains { $0.hasSuffix("it is no smaller than the target") })
        #expect(lines.dropFirst(2).contains { $0.hasSuffix("it is of kind projector") })
    }

    @Test("without a place, beside the target and where LocalCode has its models")
    func places() async throws {
        try directory.makeDirectory("data/localcode/models")
        try directory.makeDirectory("here")
        try await link([
            ("here/target.gguf", .tiny), ("data/localcode/models/b.gguf", .draft), ("here/c.gguf", .multimodal),
        ])
        let data = ["XDG_DATA_HOME": "\(directory.path)/data"]
        let (status, output, _) = await run("here/target.gguf", "--json", environment: data)
        #expect(status == 0)
        let found = try #require(try JSONValue(parsing: Array(output.utf8)).array)
        #expect(found.map { $0["fits"]?.bool } == [true, false])
        #expect(found[0]["reason"]?.isNull == true && found[0]["parameters"]?.int == 28_512)
        #expect(found[0]["doubt"] == "is large for a draft (24 % of the target)")
        #expect(found[1]["reason"] == "it is of kind projector" && found[1]["doubt"]?.isNull == true)
    }

    @Test("a target by the name of its model in localcode.yaml")
    func configured() async throws {
        try await link([("target.gguf", .tiny), ("b.gguf", .draft)])
        try directory.write("models: {coder: {path: target.gguf, aliases: [big]}}\n", to: "localcode.yaml")
        for name in ["coder", "big"] {
            let (status, output, error) = await run(name, "b.gguf")
            #expect(status == 0 && error.isEmpty && output.contains("/tinydraft.gguf"), "\(error)")
        }
        #expect(await run("small", "b.gguf").error.contains("there is no file \(directory.path)/small"))
    }

    @Test("the path of a file is told once")
    func once() async throws {
        try await link([("target.gguf", .tiny)])
        try directory.write("no model", to: "notes.gguf")
        let output = await run("target.gguf", ".").output
        #expect(output.split(separator: "\n").contains { $0.hasSuffix("  it is not a GGUF file") })
    }

    @Test("nothing is said about nothing, on standard error")
    func nothing() async throws {
        try await link([("target.gguf", .tiny)])
        let (status, output, error) = await run("target.gguf")
        #expect(status == 0 && output.isEmpty && error.hasPrefix("localcode: no other models in "))
    }

    @Test("places and targets that are not there")
    func failures() async throws {
        try await link([("target.gguf", .tiny)])
        let place = await run("target.gguf", "nowhere")
        #expect(place.status == 1 && place.error.contains("there is no directory \(directory.path)/nowhere"))
        #expect(await run("none.gguf").error.contains("there is no file \(directory.path)/none.gguf"))
    }
}
