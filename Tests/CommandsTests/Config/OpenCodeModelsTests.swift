import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("config opencode: configured models")
struct OpenCodeModelsTests {
    private static let file = """
        models:
          coder: {path: a.gguf, aliases: [main], context: 32768}
          seer: {path: b.gguf, mmproj: p.gguf}
          ranker: {path: r.gguf, mode: rerank}
          vectors: {path: v.gguf, mode: embedding}
        """

    private func print(_ text: String, _ words: [String]) async throws -> (json: JSONValue, error: String) {
        let directory = try TestDirectory()
        try directory.write(text, to: "localcode.yaml")
        let outside = TestContext(directory: directory.path)
        #expect(await Program.run(["config", "opencode"] + words, context: outside.context) == 0, "\(outside.error)")
        return (try JSONValue(parsing: Array(outside.output.utf8)), outside.error)
    }

    /// A proxy that is not there: somebody answers who has no models.
    private func nobody() throws -> RecordingServer { try RecordingServer { _ in .complete(status: 500, "{}") } }

    private func names(_ json: JSONValue) -> [String] {
        (json["provider"]?["localcode"]?["models"]?.object ?? [:]).map(\.key)
    }

    @Test("without a proxy those of localcode.yaml that hold conversations are listed, with what it says of them")
    func configured() async throws {
        let server = try nobody()
        let (json, error) = try await print(Self.file, ["-p", "\(server.port)"])
        #expect(names(json) == ["coder", "seer"])
        #expect(json["model"] == "localcode/coder", "the first, as serve has it")
        let models = json["provider"]?["localcode"]?["models"]
        #expect(models?["coder"]?["limit"]?["context"] == 32768)
        #expect(models?["coder"]?["modalities"]?["input"] == ["text"] && models?["coder"]?["attachment"] == false)
        #expect(models?["seer"]?["limit"]?["context"] == 16384)
        #expect(models?["seer"]?["modalities"]?["input"] == ["text", "image"])
        #expect(models?["seer"]?["attachment"] == true)
        let second = json["providers"]?["localcode"]?["models"]
        #expect(second?["seer"]?["capabilities"]?["input"] == ["text", "image"])
        #expect(
            error == "localcode: note: \(server.url)/v1/models answered with status 500, so the models of "
                + "localcode.yaml are listed; start 'localcode serve' and run this again\n")
    }

    @Test(
        "the default model is the one that is meant",
        arguments: [
            ("main", ["coder", "seer"], "coder"), ("seer", ["coder", "seer"], "seer"),
            ("glm-4.7", ["coder", "seer", "glm-4-7"], "glm-4-7"), ("nope", ["coder", "seer"], "coder"),
        ])
    func main(model: String, listed: [String], main: String) async throws {
        let server = try nobody()
        let (json, _) = try await print(Self.file + "\nmodel: \(model)\n", ["-p", "\(server.port)"])
        #expect(names(json) == listed && json["model"] == .string("localcode/\(main)"))
    }

    @Test("a context of 0 is that of the model, where its file tells")
    func wholeContext() async throws {
        let tiny = try await TinyModel.tiny.path()
        let known = try #require(try ModelHeader.read(path: tiny).contextLength)
        var entry = ModelEntry(name: "coder", source: .file(tiny))
        entry.context = 0
        #expect(OpenCodeModels(configured: [entry], model: "", context: nil).main.context == known)
        entry.source = .file("/gone.gguf")
        #expect(OpenCodeModels(configured: [entry], model: "", context: nil).main.context == nil)
    }

    @Test("a proxy is believed: what it ranks and embeds with is no chat model, and it says what can be seen")
    func served() async throws {
        let list: JSONValue = [
            "data": [
                [
                    "id": "far", "context_window": 8192, "aliases": ["x"],
                    "architecture": ["input_modalities": ["text"]],
                ],
                [
                    "id": "seer", "context_window": 4096, "aliases": ["eyes"],
                    "architecture": ["input_modalities": ["text", "image"]],
                ],
                ["id": "ranker", "context_window": 512, "mode": "rerank", "meta": ["n_ctx": 512]],
                ["id": "vectors", "context_window": 512, "mode": "embedding"],
                [
                    "id": "runs", "context_window": 2048, "meta": ["n_ctx": 2048], "mode": "chat",
                    "architecture": ["input_modalities": ["text"]],
                ],
            ]
        ]
        let server = try RecordingServer { request in
            request.target == "/v1/models" ? .complete(list.description) : .complete(status: 404, "{}")
        }
        let (json, error) = try await print(Self.file, ["-p", "\(server.port)", "-m", "eyes"])
        #expect(error.isEmpty)
        #expect(names(json) == ["far", "seer", "runs"] && json["model"] == "localcode/seer")
        let models = json["provider"]?["localcode"]?["models"]
        #expect(models?["seer"]?["modalities"]?["input"] == ["text", "image"])
        #expect(models?["far"]?["limit"]?["context"] == 8192 && models?["runs"]?["limit"]?["context"] == 2048)
        #expect(
            server.requests.map(\.target) == ["/v1/models", "/props?model=runs"],
            "only an engine that runs is asked: no other is loaded")
    }
}
