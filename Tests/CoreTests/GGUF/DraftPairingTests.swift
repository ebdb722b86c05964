import Support
import Testing

@testable import LocalCodeCore

@Suite struct DraftPairingTests {
    /// A model by its vocabulary.
    private static func model(
        _ model: String = "gpt2", size: Int = 300, begins: UInt32? = nil, ends: UInt32? = nil,
        texts: [Int: String] = [:]
    ) throws -> ModelHeader {
        var values: [(String, ModelBytes.Value)] = [
            ("tokenizer.ggml.model", .text(model)),
            ("tokenizer.ggml.tokens", .texts((0..<size).map { texts[$0] ?? "t\($0)" })),
            ("tokenizer.ggml.add_bos_token", .bool(begins != nil)),
            ("tokenizer.ggml.add_eos_token", .bool(ends != nil)),
        ]
        if let begins { values.append(("tokenizer.ggml.bos_token_id", .word(begins))) }
        if let ends { values.append(("tokenizer.ggml.eos_token_id", .word(ends))) }
        return try ModelBytes("llama", values).header()
    }

    private static func refusal(_ target: ModelHeader, _ draft: ModelHeader) -> String? {
        DraftPairing.refusal(target: target, draft: draft)
    }

    @Test func equalVocabulariesFit() throws {
        #expect(Self.refusal(try Self.model(), try Self.model()) == nil)
        #expect(Self.refusal(try Self.model(begins: 7, ends: 8), try Self.model(begins: 7, ends: 8)) == nil)
    }

    @Test func kinds() throws {
        #expect(
            Self.refusal(try Self.model("llama"), try Self.model("gpt2"))
                == "its vocabulary is of kind bpe, the target's of kind spm")
        #expect(
            Self.refusal(try Self.model("new"), try Self.model("newer"))
                == "its vocabulary is of kind newer, the target's of kind new")
    }

    @Test func tokensAroundAPrompt() throws {
        let (none, seven, eight) = (try Self.model(), try Self.model(begins: 7), try Self.model(begins: 8))
        #expect(Self.refusal(seven, none) == "the target puts a token at the beginning of a prompt, and it does not")
        #expect(Self.refusal(none, seven) == "it puts a token at the beginning of a prompt, and the target does not")
        #expect(Self.refusal(seven, eight) == "its token at the beginning of a prompt is 8, the target's 7")
        let (end, other) = (try Self.model(ends: 7), try Self.model(ends: 9))
        #expect(Self.refusal(end, other) == "its token at the end of a prompt is 9, the target's 7")
        #expect(Self.refusal(none, end) == "it puts a token at the end of a prompt, and the target does not")
    }

    @Test func sizes() throws {
        let target = try Self.model(size: 300)
        #expect(Self.refusal(target, try Self.model(size: 428)) == nil)
        #expect(Self.refusal(target, try Self.model(size: 172)) == nil)
        let reason = "it has 429 tokens and the target 300, which differs by more than 128"
        #expect(Self.refusal(target, try Self.model(size: 429)) == reason)
        #expect(Self.refusal(target, try Self.model(size: 171)) != nil)
    }

    @Test func texts() throws {
        let target = try Self.model()
        #expect(Self.refusal(target, try Self.model(texts: [0: "a", 4: "b"])) == nil)
        #expect(Self.refusal(target, try Self.model(texts: [5: "b"])) == "its token 5 is 'b', the target's 't5'")
        #expect(Self.refusal(target, try Self.model(texts: [299: "b"])) == "its token 299 is 'b', the target's 't299'")
        // Tokens that only one of them has.
        #expect(Self.refusal(target, try Self.model(size: 310, texts: [305: "b"])) == nil)
        // llama.cpp compares up to a null byte.
        #expect(Self.refusal(target, try Self.model(texts: [9: "t9\0more"])) == nil)
    }

    @Test func vocabulariesAreNeeded() throws {
        let none = try ModelBytes("llama").header()
        #expect(Self.refusal(none, try Self.model()) == "the target has no vocabulary")
        #expect(Self.refusal(try Self.model(), none) == "it has no vocabulary")
        let small = try ModelBytes(
            "llama", [("tokenizer.ggml.model", .text("none")), (".vocab_size", .word(3))]
        ).header()
        #expect(Self.refusal(small, small) == nil)
    }

    @Test func tinyModels() async throws {
        let tiny = try ModelHeader.read(path: try await TinyModel.tiny.path())
        #expect(Self.refusal(tiny, try ModelHeader.read(path: try await TinyModel.draft.path())) == nil)
        #expect(
            Self.refusal(tiny, try ModelHeader.read(path: try await TinyModel.multimodal.path()))
                == "it is of kind projector")
        #expect(
            Self.refusal(tiny, try ModelHeader.read(path: try await TinyModel.rank.path())) == "it is of kind reranker")
    }

    /// Recurrent, and hybrid: some layers are.
    @Test func recurrentParts() async throws {
        let reason = "it has recurrent parts, which cannot be taken back a token"
        let tiny = try ModelHeader.read(path: try await TinyModel.tiny.path())
        let recurrent = try ModelHeader.read(path: try await TinyModel.recurrent.path())
        #expect(Self.refusal(tiny, recurrent) == reason)
        let hybrid = try ModelBytes(
            "falcon-h1",
            [
                (".block_count", .word(2)), (".embedding_length", .word(8)), (".attention.head_count", .word(2)),
                (".ssm.conv_kernel", .word(4)), (".ssm.inner_size", .word(8)), (".ssm.state_size", .word(4)),
            ]
        ).header()
        #expect(Self.refusal(tiny, hybrid) == reason)
        // It can be the target.
        #expect(Self.refusal(recurrent, try ModelHeader.read(path: try await TinyModel.draft.path())) == nil)
    }

    /// A tenth is small enough.
    @Test func largeDrafts() throws {
        let directory = try TestDirectory()
        let values: [(String, ModelBytes.Value)] = [
            ("tokenizer.ggml.model", .text("none")), (".vocab_size", .word(3)),
        ]
        for (name, count) in [("target", 1000), ("small", 100), ("large", 101)] as [(String, UInt64)] {
            let model = ModelBytes("llama", values, tensors: [.init(name: "t", dimensions: [count])])
            try TestFiles.write(model.bytes, to: "\(directory.path)/\(name).gguf")
        }
        let target = try ModelHeader.read(path: "\(directory.path)/target.gguf")
        let found = DraftPairing.candidates(for: target, in: [directory.path])
        #expect(found.map(\.refusal) == [nil, nil])
        #expect(found.map(\.doubt) == [nil, "is large for a draft (10 % of the target)"])
    }

    // MARK: Candidates

    @Test func candidates() async throws {
        let directory = try TestDirectory()
        try directory.makeDirectory("models/deep")
        let target = "\(directory.path)/models/target.gguf"
        try directory.link("models/target.gguf", to: try await TinyModel.tiny.path())
        try directory.link("models/deep/draft.gguf", to: try await TinyModel.draft.path())
        try directory.link("models/again.gguf", to: try await TinyModel.draft.path())
        try directory.link("models/twin.gguf", to: try await TinyModel.twin.path())
        try directory.link("models/mm.gguf", to: try await TinyModel.multimodal.path())
        try directory.write("no model", to: "models/notes.gguf")
        try directory.write("no model", to: "models/notes.txt")
        let found = DraftPairing.candidates(
            for: try ModelHeader.read(path: target), in: ["\(directory.path)/models", "\(directory.path)/nowhere"])
        let names = found.map { String($0.path.split(separator: "/").last ?? "") }
        #expect(names.first == "tinydraft.gguf")
        #expect(Set(names) == ["tinydraft.gguf", "tinytwin.gguf", "tinymm.gguf", "notes.gguf"])
        #expect(names.count == 4)
        #expect(found[0].refusal == nil && found[0].bytes == 28_512 * 4 && found[0].parameterCount == 28_512)
        func refusal(_ name: String) -> String? { zip(names, found).first { $0.0 == name }?.1.refusal }
        #expect(refusal("tinytwin.gguf") == "it is no smaller than the target")
        #expect(refusal("tinymm.gguf") == "it is of kind projector")
        #expect(refusal("notes.gguf") == "it is not a GGUF file")
        #expect(found[0].doubt == "is large for a draft (24 % of the target)")
    }

    @Test func aSingleFile() async throws {
        let target = try ModelHeader.read(path: try await TinyModel.tiny.path())
        let draft = try await TinyModel.draft.path()
        let found = DraftPairing.candidates(for: target, in: [draft])
        #expect(found.map(\.path) == [Directories.resolved(draft)])
    }

    /// A split model is one candidate.
    @Test func splitModels() async throws {
        let directory = try TestDirectory()
        for number in 0..<2 as Range<UInt32> {
            let part = ModelBytes(
                "llama",
                [
                    ("split.no", .word(number)), ("split.count", .word(2)), ("tokenizer.ggml.model", .text("gpt2")),
                ], tensors: [.init(name: "t\(number)", dimensions: [8])])
            try TestFiles.write(part.bytes, to: "\(directory.path)/m-0000\(number + 1)-of-00002.gguf")
        }
        let target = try ModelHeader.read(path: try await TinyModel.tiny.path())
        let found = DraftPairing.candidates(for: target, in: [directory.path])
        #expect(found.map(\.bytes) == [64])
        try TestFiles.remove("\(directory.path)/m-00002-of-00002.gguf")
        let broken = DraftPairing.candidates(for: target, in: [directory.path])
        #expect(broken.map(\.refusal) == ["m-00002-of-00002.gguf is not there"])
    }
}
