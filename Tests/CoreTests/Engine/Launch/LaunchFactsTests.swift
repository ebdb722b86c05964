import Support
import Testing

@testable import LocalCodeCore

@Suite("Launch plans: what follows from the model's file, and what has no use")
struct LaunchFactsTests {
    private func plan(_ facts: ModelFacts = .init(), _ change: (inout ModelEntry) -> Void) throws -> LaunchPlan {
        try LaunchPlan.make(
            .sample(change), facts: facts, executable: "/bin/ls", capabilities: .everything, slotDirectory: nil)
    }

    private func pooling(_ facts: ModelFacts, _ change: (inout ModelEntry) -> Void) throws -> [String]? {
        try plan(facts, change).flags.first { $0.name == "--pooling" }?.values
    }

    @Test("a model for embeddings that does not say how takes the mean")
    func pooling() throws {
        let none = ModelFacts(hasPooling: false)
        #expect(try pooling(none) { $0.mode = .embedding } == ["mean"])
        #expect(try pooling(ModelFacts(hasPooling: true)) { $0.mode = .embedding } == nil)
        #expect(try pooling(ModelFacts()) { $0.mode = .embedding } == nil)
        #expect(try pooling(none) { $0.mode = .rerank } == nil)
        #expect(try pooling(none) { _ in } == nil)
        let own = try pooling(none) { ($0.mode, $0.extraArguments) = (.embedding, ["--pooling", "last"]) }
        #expect(own == ["last"])
    }

    @Test("facts are read from the file")
    func facts() async throws {
        func facts(_ model: TinyModel) async throws -> ModelFacts {
            ModelFacts(ModelEntry(name: "m", source: .file(try await model.path())))
        }
        #expect(try await facts(.tiny) == ModelFacts(contextLength: 32_768, hasPooling: false))
        #expect(try await facts(.rank) == ModelFacts(contextLength: 512, hasPooling: true))
        #expect(ModelFacts(ModelEntry(name: "m", source: .file("/gone.gguf"))) == ModelFacts())
        #expect(ModelFacts(ModelEntry(name: "m", source: .huggingFace("a/b"))) == ModelFacts())
        let entry = ModelEntry(name: "m", source: .file(try await TinyModel.tiny.path()))
        var embedding = entry
        embedding.mode = .embedding
        let plan = try LaunchPlan.make(
            embedding, executable: "/bin/ls", capabilities: .everything, slotDirectory: nil)
        #expect(plan.flags.contains { $0.name == "--pooling" })
    }

    @Test("a context that is larger than the model was trained for")
    func context() throws {
        let facts = ModelFacts(contextLength: 32_768)
        #expect(
            try plan(facts) { $0.context = 65_536 }.notes
                == ["a request can use 32768 of the 65536 tokens of context: the model was trained for no more"])
        #expect(try plan(facts) { $0.context = 32_768 }.notes == [])
        #expect(try plan(facts) { $0.context = 0 }.notes == [])
        #expect(try plan { $0.context = 1 << 20 }.notes == [])
    }

    @Test("keys that nothing looks at")
    func unused() throws {
        #expect(
            try plan { entry in
                entry.mode = .embedding
                entry.speculation = .init(kinds: ["ngram-mod"])
                entry.sampling.topK = 3
            }.notes == ["coder goes without speculation, sampling, which mode: embedding has no use for"])
        #expect(
            try plan { ($0.speculation.draftMax, $0.speculation.ngramMin) = (3, 1) }.notes == [
                "coder goes without draft-max, for which it would need a draft",
                "coder goes without ngram-min, for which it would need speculation of an n-gram kind",
            ])
        #expect(
            try plan { entry in
                entry.speculation = .init(kinds: ["ngram-mod"], draft: "/d.gguf")
                (entry.speculation.draftMax, entry.speculation.ngramMin) = (3, 1)
            }.notes == [])
        #expect(try plan { ($0.speculation.kinds, $0.speculation.draftMax) = (["none"], 3) }.notes == [])
    }

    @Test("no comment loses a character on its way into a shell")
    func comments() throws {
        let plan = try plan(ModelFacts(hasPooling: false)) { entry in
            entry.chatTemplate = "/t.jinja"
            entry.reasoningBudget = 0
            entry.projector = "/p.gguf"
            entry.controlVectors = [.init(path: "/v.gguf", scale: 2)]
            entry.controlLayers = 1...2
            entry.speculation = .init(kinds: ["ngram-mod"], draft: "/d.gguf")
            entry.templateArguments = ["a": 1]
        }
        #expect(plan.flags.allSatisfy { plan.text.contains("`# \($0.comment)`") })
    }
}
