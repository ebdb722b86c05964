import Support
import Testing

@testable import LocalCodeCore

@Suite("Launch plans: the files of a model, before anything starts")
struct LaunchCheckTests {
    private let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    private func message(_ change: (inout ModelEntry) async throws -> Void) async throws -> String? {
        try await problem(change)?.message
    }

    private func problem(_ change: (inout ModelEntry) async throws -> Void) async throws -> LaunchProblem? {
        var entry = ModelEntry(name: "coder", source: .file(try await TinyModel.tiny.path()))
        try await change(&entry)
        do throws(LaunchProblem) {
            try LaunchPlan.check(entry)
            return nil
        } catch {
            return error
        }
    }

    @Test("what fits is fine")
    func fine() async throws {
        let problem = try await message { entry in
            entry.speculation.draft = try await TinyModel.draft.path()
            entry.projector = try await TinyModel.multimodal.path()
            entry.adapters = [.init(path: try await TinyModel.adapter.path())]
            entry.controlVectors = [.init(path: try await TinyModel.controlVector.path())]
            entry.chatTemplate = try directory.write("", to: "t.jinja")
            (entry.keyType, entry.valueType) = ("bf16", "f32")
        }
        #expect(problem == nil)
        #expect(try await message { $0.source = .huggingFace("org/name") } == nil)
        #expect(
            try await message { entry in
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
            (gone, "\(gone) is not there"), (text, "\(text) is not a GGUF file"),
            (directory.path, "\(directory.path) is a directory"), (truncated, "\(truncated) is truncated: "),
            ("/dev/null", "/dev/null is a device"),
        ] {
            let problem = try await problem { $0.source = .file(path) }
            #expect(problem?.message.hasPrefix(reason) == true, "\(problem?.message ?? "none")")
            #expect(problem?.message.contains("\n") == false)
        }
        #expect(
            try await problem { $0.source = .file(truncated) }?.hint
                == "download it again, or wait for the download to end")
        #expect(try await message { $0.speculation.draft = gone } == "\(gone) (draft) is not there")
        #expect(try await message { $0.projector = gone } == "\(gone) (mmproj) is not there")
        #expect(try await message { $0.adapters = [.init(path: gone)] } == "\(gone) (lora) is not there")
        #expect(try await message { $0.controlVectors = [.init(path: gone)] } == "\(gone) is not there")
        #expect(try await message { $0.chatTemplate = gone } == "\(gone) (chat-template) is not there")
    }

    @Test("files in the wrong place")
    func misplaced() async throws {
        let (tiny, projector) = (try await TinyModel.tiny.path(), try await TinyModel.multimodal.path())
        let adapter = try await TinyModel.adapter.path()
        #expect(
            try await message { $0.source = .file(projector) }
                == "\(projector) is of kind projector, which is no model by itself")
        #expect(try await message { $0.projector = tiny } == "\(tiny) (mmproj) is of kind text, not projector")
        #expect(
            try await message { $0.controlVectors = [.init(path: adapter)] }
                == "\(adapter) is of kind adapter, not control-vector")
    }

    @Test("a draft of another vocabulary, unless it is not used or is made for its target")
    func draft() async throws {
        let rank = try await TinyModel.rank.path()
        let refused = try await problem { $0.speculation.draft = rank }
        #expect(refused?.message == "the draft \(rank) does not fit: it is of kind reranker")
        #expect(refused?.hint?.hasPrefix("'localcode models pair /") == true)
        #expect(
            try await problem { $0.speculation = .init(kinds: ["ngram-mod", "draft-simple"], draft: rank) } == refused)
        #expect(try await message { $0.speculation = .init(kinds: ["none"], draft: rank) } == nil)
        #expect(try await message { $0.speculation = .init(kinds: ["draft-eagle3"], draft: rank) } == nil)
        let recurrent = try await TinyModel.recurrent.path()
        #expect(
            try await message { $0.speculation.draft = recurrent }
                == "the draft \(recurrent) does not fit: it has recurrent parts, which cannot be taken back a token")
    }

    @Test("types of K and V values that the heads of the model are too small for")
    func types() async throws {
        let problem = try await problem { $0.keyType = "q8_0" }
        #expect(problem?.message == "keys of type q8_0 come in blocks of 32, and a head of this model has 16")
        #expect(problem?.hint?.hasSuffix("lists the types that fit") == true)
    }

    // MARK: What a model is for

    @Test("a model is used for what it was made for")
    func modes() async throws {
        let (tiny, rank) = (try await TinyModel.tiny.path(), try await TinyModel.rank.path())
        #expect(try await message { $0.source = .file(rank) } == "\(rank) is a reranker: set mode: rerank")
        #expect(
            try await message { $0.mode = .rerank } == "\(tiny) has no head that ranks, which mode: rerank needs")
        #expect(try await message { $0.mode = .embedding } == nil)
        let embedding = try write(ModelBytes("llama", [(".pooling_type", .word(3))]), to: "embedding.gguf")
        #expect(
            try await message { $0.source = .file(embedding) }
                == "\(embedding) is an embedding model: set mode: embedding")
        #expect(
            try await message { ($0.source, $0.mode) = (.file(embedding), .rerank) }
                == "\(embedding) has no head that ranks, which mode: rerank needs")
        // Without a word about pooling, its head tells.
        let head = ModelBytes("llama", tensors: [.init(name: "cls.output.weight", dimensions: [8])])
        let headed = try write(head, to: "head.gguf")
        #expect(try await message { $0.source = .file(headed) } == "\(headed) is a reranker: set mode: rerank")
    }

    @Test("heads that guess ahead are in the model, or in a draft")
    func prediction() async throws {
        let tiny = try await TinyModel.tiny.path()
        let problem = try await problem { $0.speculation.kinds = ["draft-mtp"] }
        #expect(
            problem?.message == "\(tiny) has no heads that guess ahead, which speculation draft-mtp needs")
        #expect(
            try await message { $0.speculation = .init(kinds: ["draft-mtp"], draft: tiny) } == nil)
        let heads = try write(
            ModelBytes("llama", [(".block_count", .word(2)), (".nextn_predict_layers", .word(1))]), to: "mtp.gguf")
        #expect(
            try await message { entry in
                entry.source = .file(heads)
                entry.speculation.kinds = ["draft-mtp"]
            } == nil)
    }

    // MARK: Steering

    @Test("control vectors that the engine would ignore")
    func steering() async throws {
        let (tiny, vector) = (try await TinyModel.tiny.path(), try await TinyModel.controlVector.path())
        let swa = try await TinyModel.swa.path()
        #expect(
            try await message { entry in
                entry.source = .file(swa)
                entry.controlVectors = [.init(path: vector)]
            } == "\(vector) is made for another model: it has a width of 64, and \(swa) one of 32")
        let far = try write(Self.vector(1, 2), to: "far.gguf")
        let layers = "control vectors work on layers 1 to 1 of \(tiny)"
        #expect(
            try await message { $0.controlVectors = [.init(path: vector), .init(path: far)] }
                == "\(far) is made for another model: it has a direction for layer 2, and \(layers)")
        #expect(
            try await message { ($0.controlVectors, $0.controlLayers) = ([.init(path: vector)], 1...2) }
                == "control-layers 1-2: \(layers)")
        #expect(try await message { ($0.controlVectors, $0.controlLayers) = ([.init(path: vector)], 0...1) } == nil)
        let none = try write(Self.vector(), to: "none.gguf")
        #expect(try await message { $0.controlVectors = [.init(path: none)] } == "\(none) has no directions")
        // Layers that the model has, and the vector has not.
        let early = try write(Self.vector(1, width: 32), to: "early.gguf")
        #expect(
            try await message { entry in
                entry.source = .file(swa)
                (entry.controlVectors, entry.controlLayers) = ([.init(path: early)], 2...3)
            } == "\(early) has no direction for control-layers 2-3")
    }

    private static func vector(_ layers: Int..., width: UInt64 = 64) -> ModelBytes {
        ModelBytes("controlvector", tensors: layers.map { .init(name: "direction.\($0)", dimensions: [width]) })
    }

    private func write(_ model: ModelBytes, to name: String) throws -> String {
        let path = "\(directory.path)/\(name)"
        try TestFiles.write(model.bytes, to: path)
        return path
    }
}
