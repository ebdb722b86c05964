import LocalCodeCore
import Support
import Testing

/// OpenAI's own Python SDK talks through the release binary to a real llama-server.
@Suite(.timeLimit(.minutes(3))) struct OpenAISDKTests {
    private static func serve(_ arguments: String..., engine: TestEngine) async throws -> LocalCodeProcess {
        try await LocalCodeProcess.serve(["--engine", engine.url] + arguments)
    }

    @Test(arguments: ["chat", "streaming", "tools", "completions"])
    func answers(script: String) async throws {
        let engine = try await TestEngine.start()
        let localcode = try await Self.serve(engine: engine)
        try await PythonScript.run(script, ["\(localcode.url)/v1"])
        #expect(localcode.process.isRunning)
    }

    @Test func seesImages() async throws {
        let engine = try await TestEngine.start("--mmproj", try await TinyModel.multimodal.path())
        let localcode = try await Self.serve(engine: engine)
        let facts = try await PythonScript.run("vision", ["\(localcode.url)/v1"])
        #expect(facts["image_tokens"]?.int == 16)
    }

    @Test func listsModels() async throws {
        let engine = try await TestEngine.start()
        let localcode = try await Self.serve(engine: engine)
        let facts = try await PythonScript.run("models", ["\(localcode.url)/v1", "retrieve"])
        #expect(facts["models"]?.array?.compactMap(\.string).contains("tiny") == true)
    }

    @Test func refusesAsOpenAIDoes() async throws {
        let engine = try await TestEngine.start()
        let localcode = try await Self.serve("--api-key", "right", engine: engine)
        try await PythonScript.run(
            "errors", ["\(localcode.url)/v1", "wrong"], environment: ["LOCALCODE_TEST_KEY": "right"])
    }

    @Test func servesSixtyFourStreamsAtOnce() async throws {
        let engine = try await TestEngine.start("--parallel", "8", "--ctx-size", "8192")
        let localcode = try await Self.serve(engine: engine)
        let facts = try await PythonScript.run("concurrent_streams", ["\(localcode.url)/v1"])
        #expect(facts["streams"]?.int == 64)
    }
}
