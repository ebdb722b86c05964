import LocalCodeCore
import Support
import Testing

@testable import Commands

@Suite("config opencode")
struct OpenCodeTests {
    private let engine: JSONValue = [
        "id": "Qwen3.6-Coder.gguf", "meta": ["n_ctx": 65536],
        "architecture": ["input_modalities": ["text", "image"]],
    ]
    private let alias: JSONValue = ["id": "glm-4.7", "owned_by": "localcode"]
    private let hosted: JSONValue = [
        "id": "glm-4.7", "owned_by": "zai", "context_window": 200_000, "max_output_tokens": 128_000,
    ]

    private func models(_ entries: [JSONValue], slot: Int? = nil, model: String = "glm-4.7", context: Int? = nil)
        -> OpenCodeModels
    {
        OpenCodeModels(
            list: ["data": .array(entries)], slots: slot.map { ["Qwen3.6-Coder.gguf": $0] } ?? [:], model: model,
            context: context)
    }

    @Test("an engine's context is that of one slot")
    func slot() {
        #expect(models([engine], slot: 16384).main.context == 16384)
        #expect(models([engine], slot: 131_072).main.context == 65536)
        #expect(models([engine]).main.context == 65536)
        #expect(models([["id": "x", "meta": nil]], context: 4096).main.context == 4096)
        #expect(models([engine], context: 4096).main.context == 65536, "what is known counts more")
    }

    @Test("a name without limits stands for the engine's model and is not offered")
    func names() {
        let models = models([engine, alias])
        #expect(models.all.map(\.id) == ["Qwen3.6-Coder.gguf"])
        #expect(models.main.id == "Qwen3.6-Coder.gguf")
        #expect(models.main.seesImages)
    }

    @Test("a hosted model has the limits that the proxy tells")
    func limits() {
        let models = models([engine, hosted])
        #expect(models.main.id == "glm-4.7")
        #expect(models.main.context == 200_000)
        #expect(models.main.output == 128_000)
        #expect(models.main.reasons)
        #expect(models.small == models.main)
    }

    @Test("titles are for the small model of the same plan")
    func small() {
        #expect(models([hosted, ["id": "glm-4.5-air", "context_window": 131_072]]).small.id == "glm-4.5-air")
        let engineFirst = models(
            [engine, ["id": "glm-4.5-air", "context_window": 131_072]], model: "Qwen3.6-Coder.gguf")
        #expect(engineFirst.small == engineFirst.main)
    }

    @Test("without a proxy there is the default model, as far as it is known")
    func nothing() {
        let known = OpenCodeModels(configured: [], model: "glm-4.7", context: 1)
        #expect(known.all.map(\.id) == ["glm-4.7"])
        #expect(known.main.context == 204_800)
        #expect(OpenCodeModels(configured: [], model: "mine", context: nil).main.context == nil)
        #expect(OpenCodeModels(configured: [], model: "mine", context: 8192).main.context == 8192)
    }

    @Test(
        "ids are lower case without dots, and avoid the words OpenCode treats specially",
        arguments: [
            ("Qwen3.6-Coder.gguf", "qwen3-6-coder-gguf"), ("org/Model_1", "org-model-1"), ("opencode-zen", "zen"),
            ("claude-distill", "distill"), ("zai-org/GLM", "org-glm"), ("ä", "model"),
        ])
    func keys(id: String, key: String) {
        #expect(OpenCodeModels(configured: [], model: id, context: nil).main.key == key)
    }

    @Test("two models never share an id")
    func uniqueKeys() {
        let both = models([["id": "a.b", "context_window": 1], ["id": "a-b", "context_window": 1]], model: "a-b")
        #expect(both.all.map(\.key) == ["a-b", "a-b-2"])
        #expect(both.main.key == "a-b-2")
    }

    @Test("one file serves both versions")
    func file() {
        let json = OpenCodeFile(
            baseURL: "http://127.0.0.1:4242/v1", hasKey: true, models: models([engine], slot: 16384)
        ).json
        let (first, second) = (json["provider"]?["localcode"], json["providers"]?["localcode"])
        #expect(json["model"] == "localcode/qwen3-6-coder-gguf")
        #expect(first?["options"]?["baseURL"] == "http://127.0.0.1:4242/v1")
        #expect(first?["options"]?["apiKey"] == "{env:LOCALCODE_API_KEY}")
        #expect(first?["options"]?["chunkTimeout"] == nil)
        #expect(first?["models"]?["qwen3-6-coder-gguf"]?["id"] == "Qwen3.6-Coder.gguf")
        #expect(second?["settings"]?["apiKey"] == "{env:LOCALCODE_API_KEY}")
        #expect(second?["models"]?["qwen3-6-coder-gguf"]?["modelID"] == "Qwen3.6-Coder.gguf")
        for provider in [first, second] {
            #expect(provider?["models"]?["qwen3-6-coder-gguf"]?["limit"] == ["context": 16384, "output": 4096])
        }
        #expect(json["compaction"]?["buffer"] == 2048)
        let open = OpenCodeFile(baseURL: "http://h/v1", hasKey: false, models: models([hosted])).json
        #expect(open["provider"]?["localcode"]?["options"]?["apiKey"] == nil)
        #expect(open["compaction"] == nil)
    }

    @Test(
        "where a client reaches the proxy",
        arguments: [
            ("127.0.0.1", "http://127.0.0.1:1"), ("0.0.0.0", "http://127.0.0.1:1"), ("::", "http://[::1]:1"),
            ("::1", "http://[::1]:1"), ("box", "http://box:1"),
        ])
    func origin(host: String, origin: String) { #expect(OpenCodeCommand.origin(host: host, port: 1) == origin) }

    @Test("asks the running proxy, with its key")
    func asks() async throws {
        let (list, props) = (
            JSONValue.object(["data": [engine]]).description,
            #"{"default_generation_settings":{"n_ctx":32768}}"#
        )
        let server = try RecordingServer { request in
            switch request.target {
            case "/v1/models": .complete(list)
            case "/props?model=Qwen3.6-Coder.gguf": .complete(props)
            default: .complete(status: 404, "{}")
            }
        }
        let outside = TestContext(environment: ["LOCALCODE_API_KEY": "k"])
        #expect(await outside.run("config", "opencode", "--port", "\(server.port)") == 0)
        #expect(outside.error.isEmpty)
        #expect(server.requests.allSatisfy { $0.header("Authorization") == "Bearer k" })
        let json = try JSONValue(parsing: Array(outside.output.utf8))
        let model = json["provider"]?["localcode"]?["models"]?["qwen3-6-coder-gguf"]
        #expect(model?["limit"]?["context"] == 32768)
    }

    @Test("says so when nothing runs, and when a port means nothing")
    func nothingRuns() async throws {
        let server = try RecordingServer { _ in .complete(status: 500, "{}") }
        let failing = TestContext()
        #expect(await failing.run("config", "opencode", "-p\(server.port)", "-mx", "--context", "4096") == 0)
        #expect(failing.error.hasPrefix("localcode: note: \(server.url)/v1/models answered with status 500, so only"))
        #expect(try JSONValue(parsing: Array(failing.output.utf8))["model"] == "localcode/x")
        let any = TestContext()
        #expect(await any.run("config", "opencode", "--port", "0") == 2)
    }
}
