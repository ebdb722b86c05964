import Support
import Testing

@testable import LocalCodeCore

@Suite("Launch plans: the files of a model, before anything starts")
struct LaunchCheckTests {
    private let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    private func problem(_ change: (inout ModelEntry) async throws -> Void) async throws -> String? {
        var entry = ModelEntry(name: "coder", source: .file(try await TinyModel.tiny.path()))
        try await change(&entry)
        do throws(LaunchProblem) {
            try LaunchPlan.check(entry)
            return nil
        } catch {
            return error.message
        }
    }

    @Test("what fits is fine")
    func fine() async throws {
        let problem = try await problem { entry in
            entry.speculation.draft = try await TinyModel.draft.path()
            entry.projector = try await TinyModel.multimodal.path()
            entry.adapters = [.init(path: try await TinyModel.adapter.path())]
            entry.controlVectors = [.init(path: try await TinyModel.controlVector.path())]
            entry.chatTemplate = try directory.write("", to: "t.jinja")
            (entry.keyType, entry.valueType) = ("bf16", "f32")
        }
        #expect(problem == nil)
        #expect(try await self.problem { $0.source = .huggingFace("org/name") } == nil)
        #expect(
            try await self.problem { entry in
                entry.source = .file(try await TinyModel.rank.path())
                entry.mode = .rerank
            } == nil)
    }

    @Test("missing, truncated, no GGUF, a directory: one sentence each")
    func broken() async throws {
        let bytes = try TestFiles.bytes(of: try await TinyModel.tiny.path())
        let truncated = directory.path + "/truncated.gguf"
        try TestFiles.write(Array(bytes[..<100_000]), to: truncated)
        let text = try directory.write("no model", to: "text.gguf")
        let gone = directory.path + "/gone.gguf"
        for (path, reason) in [
            (gone, "there is no file \(gone)"), (text, "\(text) is not a GGUF file"),
            (directory.path, "\(directory.path) is a directory"), (truncated, "\(truncated) is truncated: "),
        ] {
            let problem = try await problem { $0.source = .file(path) }
            #expect(problem?.hasPrefix("the model of coder cannot be used: \(reason)") == true, "\(problem ?? "none")")
            #expect(problem?.contains("\n") == false)
        }
        #expect(
            try await problem { $0.speculation.draft = gone }
                == "the draft model of coder cannot be used: there is no file \(gone)")
        #expect(
            try await problem { $0.projector = gone } == "the mmproj of coder cannot be used: there is no file \(gone)")
        #expect(
            try await problem { $0.adapters = [.init(path: gone)] }
                == "the LoRA adapter of coder cannot be used: there is no file \(gone)")
        #expect(
            try await problem { $0.controlVectors = [.init(path: gone)] }
                == "the control vector of coder cannot be used: there is no file \(gone)")
        #expect(
            try await problem { $0.chatTemplate = gone }
                == "the chat template of coder cannot be used: there is no file \(gone)")
    }

    @Test("files in the wrong place")
    func misplaced() async throws {
        let (tiny, projector) = (try await TinyModel.tiny.path(), try await TinyModel.multimodal.path())
        let adapter = try await TinyModel.adapter.path()
        #expect(
            try await problem { $0.source = .file(projector) }
                == "the model of coder cannot be used: \(projector) is of kind projector")
        #expect(
            try await problem { $0.projector = tiny } == "the mmproj of coder cannot be used: \(tiny) is of kind text")
        #expect(
            try await problem { $0.controlVectors = [.init(path: adapter)] }
                == "the control vector of coder cannot be used: \(adapter) is of kind adapter")
    }

    @Test("a draft of another vocabulary, unless it is not used or is made for its target")
    func draft() async throws {
        let rank = try await TinyModel.rank.path()
        let refused = try await problem { $0.speculation.draft = rank }
        #expect(refused?.hasPrefix("coder cannot use the draft model \(rank): ") == true)
        #expect(
            try await problem { $0.speculation = .init(kinds: ["ngram-mod", "draft-simple"], draft: rank) } == refused)
        #expect(try await problem { $0.speculation = .init(kinds: ["none"], draft: rank) } == nil)
        #expect(try await problem { $0.speculation = .init(kinds: ["draft-eagle3"], draft: rank) } == nil)
    }

    @Test("types of K and V values that the heads of the model are too small for")
    func types() async throws {
        let problem = try await problem { $0.keyType = "q8_0" }
        #expect(problem?.hasPrefix("coder cannot have these types of K and V values: keys of type q8_0") == true)
    }
}
