import Testing

@testable import LocalCodeCore

@Suite struct RerankSourceTests {
    private static func entry(_ name: String, _ mode: ModelEntry.Mode) -> ModelEntry {
        var entry = ModelEntry(name: name, source: .file("/\(name).gguf"))
        entry.mode = mode
        return entry
    }

    private static let talk = entry("talk", .chat)
    private static let vectors = entry("vectors", .embedding)
    private static let ranks = entry("ranks", .rerank)

    @Test(
        arguments: [
            (nil, [talk, vectors, ranks], false, false, RerankSource.model("ranks", .rerank)),
            ("jina-reranker-v2-base-multilingual", [talk, ranks], true, true, .model("ranks", .rerank)),
            ("vectors", [talk, vectors, ranks], false, false, .model("vectors", .embedding)),
            ("talk", [talk, vectors], false, false, .model("talk", .chat)),
            (nil, [talk, vectors], true, true, .model("vectors", .embedding)), (nil, [talk], true, true, .attached),
            (nil, [vectors, talk].filter { $0.mode == .chat }, false, true, .model("talk", .chat)),
            ("rerank", [talk, ranks], true, true, .glm), ("ReRank", [talk, ranks], false, true, .glm),
            ("rerank", [talk, ranks], true, false, .model("ranks", .rerank)),
            ("rerank-v4.0-pro", [], false, true, .glm),
            (nil, [], true, false, .attached), (nil, [], false, false, nil),
        ] as [(String?, [ModelEntry], Bool, Bool, RerankSource?)])
    func whatRanksBestDoesIt(
        name: String?, models: [ModelEntry], hasAttached: Bool, isGLMConfigured: Bool, source: RerankSource?
    ) {
        let chosen = RerankSource.choose(
            model: name, models: models, hasAttached: hasAttached, isGLMConfigured: isGLMConfigured,
            defaultModel: "glm-4.7")
        #expect(chosen == source)
    }

    @Test func amongChatModelsTheDefaultOneIsAsked() {
        let chosen = RerankSource.choose(
            model: nil, models: [Self.entry("first", .chat), Self.talk], hasAttached: false, isGLMConfigured: false,
            defaultModel: "talk")
        #expect(chosen == .model("talk", .chat))
    }

    @Test func aModelOfThatNameGoesBeforeGLMs() {
        let chosen = RerankSource.choose(
            model: "rerank", models: [Self.entry("rerank", .rerank)], hasAttached: false, isGLMConfigured: true,
            defaultModel: "glm-4.7")
        #expect(chosen == .model("rerank", .rerank))
    }
}
