import LocalCodeCore
import Support
import Testing

/// The configuration that docs/models.md shows, as it stands there, with tiny models in the place of those it names.
@Suite(.timeLimit(.minutes(3))) struct ModelsDocumentServeTests {
    private func configuration() throws -> String {
        let text = TestFiles.text(of: "\(TestPlaces.repository)/docs/models.md")
        let start = try #require(text.firstRange(of: "```yaml\n")).upperBound
        return String(text[start..<(try #require(text[start...].firstRange(of: "```\n")).lowerBound)])
    }

    @Test func theFileOfTheDocumentServes() async throws {
        let home = try await EngineRig.prepare(models: "")
        let text = try configuration()
        try home.directory.write(text, to: "localcode.yaml")
        try await TinyModel.provide(for: text, in: home.directory)
        let proxy = try await LocalCodeProcess.serve(home: home)
        let http = try TestHTTP(proxy.url)

        var unnamed = EngineRig.hello("")
        unnamed["model"] = nil
        let coder = try await http.post("/v1/chat/completions", unnamed)
        #expect(coder.json["model"]?.string == "coder")
        #expect(coder.json["timings"]?["draft_n"] != nil)
        #expect(
            try await http.post("/v1/chat/completions", EngineRig.hello("qwen3-coder")).json["model"]?.string == "coder"
        )
        #expect(try await http.post("/v1/chat/completions", EngineRig.hello("small")).status == 200)
        #expect(try await http.post("/v1/chat/completions", EngineFeatureTests.picture("vision")).status == 200)
        let ranked = try await http.post("/v1/rerank", ["query": "a", "documents": ["b", "c"]])
        #expect(ranked.json["results"]?.array?.count == 2, "\(ranked.text)")

        // Each was started once: all of them fit.
        let states = try await http.get("/v1/localcode/models").json["models"]?.array ?? []
        #expect(states.compactMap { $0["name"]?.string } == ["coder", "small", "vision", "reranker"])
        #expect(states.allSatisfy { $0["state"]?.string == "ready" && $0["loads"]?.int == 1 })
        #expect(await proxy.terminate() == .exited(0))
    }
}
