import Support
import Testing

@testable import LocalCodeCore

/// Estimates against what llama-server (build 11549) has reported for Gemma 3 270M, whose shape is given here.
@Suite struct MemoryEstimateTests {
    private static func gemma() throws -> ModelHeader {
        try ModelBytes(
            "gemma3",
            [
                (".block_count", .word(18)), (".embedding_length", .word(640)), (".feed_forward_length", .word(2048)),
                (".attention.head_count", .word(4)), (".attention.head_count_kv", .word(1)),
                (".attention.key_length", .word(256)), (".attention.value_length", .word(256)),
                (".attention.sliding_window", .word(512)), (".vocab_size", .word(262_144)),
                ("tokenizer.ggml.model", .text("none")),
            ], tensors: [.init(name: "blk.0.ffn_gate.weight", dimensions: [8])]
        ).header()
    }

    private static func mebibytes(_ bytes: Int) -> Double { Double(bytes) / 1_048_576 }

    struct Use: Sendable, CustomStringConvertible {
        var context = 8192
        var slots = 2
        var microBatch = 512
        var hasFlashAttention = true
        var types = ("f16", "f16")
        var drafted = 0
        var hasFullWindows = false
        var isPooling = false
        /// What llama-server reported, in MiB: KV buffers, and compute and output buffers together.
        var kv: Double
        var compute: Double

        var description: String { "\(context)/\(slots)/\(microBatch)/\(hasFlashAttention)/\(types)/\(drafted)" }

        var load: EngineLoad {
            var load = EngineLoad(context: context, slots: slots)
            load.microBatch = microBatch
            load.hasFlashAttention = hasFlashAttention
            (load.keyType, load.valueType) = types
            load.drafted = drafted
            load.hasFullWindows = hasFullWindows
            load.isPooling = isPooling
            return load
        }
    }

    @Test(arguments: [
        Use(context: 1024, kv: 18, compute: 22.28), Use(context: 1024, microBatch: 128, kv: 18, compute: 7.07),
        Use(slots: 1, kv: 39, compute: 28.28), Use(kv: 46.5, compute: 29.78), Use(slots: 4, kv: 61.5, compute: 32.78),
        Use(microBatch: 128, kv: 42.75, compute: 8.88), Use(context: 32_768, kv: 118.5, compute: 53.78),
        Use(context: 1024, hasFlashAttention: false, kv: 18, compute: 26.27),
        Use(hasFlashAttention: false, kv: 46.5, compute: 97.27),
        Use(context: 32_768, hasFlashAttention: false, kv: 118.5, compute: 337.27),
        Use(types: ("q8_0", "q8_0"), kv: 24.7, compute: 30.31), Use(types: ("bf16", "f32"), kv: 69.75, compute: 29.78),
        Use(drafted: 64, kv: 46.5, compute: 147.78), Use(drafted: 48, kv: 46.5, compute: 115.78),
        Use(drafted: 8, kv: 46.5, compute: 35.78), Use(hasFullWindows: true, kv: 144, compute: 36.28),
        Use(microBatch: 2048, isPooling: true, kv: 69, compute: 2119.12),
    ])
    func measured(use: Use) throws {
        let estimate = MemoryEstimate.of(try Self.gemma(), use.load)
        #expect(abs(Self.mebibytes(estimate.kv) - use.kv) < 0.01)
        let ratio = Self.mebibytes(estimate.compute) / use.compute
        #expect((0.9...1.1).contains(ratio), "\(Self.mebibytes(estimate.compute)) MiB")
    }

    @Test func checkpointsAreWindowsAndStates() throws {
        var load = EngineLoad(context: 8192, slots: 2)
        #expect(MemoryEstimate.of(try Self.gemma(), load).checkpoints == 0)
        load.checkpoints = 8
        // 15 layers, a window of 512, 256 keys and values of two bytes.
        #expect(MemoryEstimate.of(try Self.gemma(), load).checkpoints == 2 * 8 * 15 * 512 * 1024)
    }

    @Test func repackedWeights() throws {
        func tensor(_ name: String, _ type: UInt32, _ rows: UInt64) -> ModelBytes.Tensor {
            .init(name: name, dimensions: [256, rows], type: type, bytes: Int(rows) * 256)
        }
        let model = ModelBytes(
            "llama", [],
            tensors: [
                tensor("token_embd.weight", 12, 64), tensor("blk.0.attn_q.weight", 12, 8),
                tensor("blk.0.attn_k.weight", 12, 7), tensor("blk.0.ffn_down.weight", 14, 8),
            ])
        var load = EngineLoad(context: 1024, slots: 1)
        load.repackedTypes = []
        #expect(MemoryEstimate.of(try model.header(), load).repacked == 0)
        load.repackedTypes = Repacking.types(flags: ["avx2"])
        // One matrix, and the embeddings, with which it multiplies at the end as well.
        #expect(MemoryEstimate.of(try model.header(), load).repacked == (8 + 64) * 144)
        var other = model
        other.tensors.append(tensor("output.weight", 14, 64))
        #expect(MemoryEstimate.of(try other.header(), load).repacked == 8 * 144)
        load.repackedTypes = Repacking.types(flags: ["asimddp"])
        #expect(MemoryEstimate.of(try other.header(), load).repacked == 8 * 144 + (8 + 64) * 210)
        #expect(
            MemoryEstimate.of(try other.header(), load).necessary < MemoryEstimate.of(try other.header(), load).total)
        #expect(Repacking.types(flags: ["sse4_2"]).isEmpty)
    }

    /// Weights that are copied are mapped only where they lie between others.
    @Test func mappedWeights() throws {
        func tensor(_ name: String, _ type: UInt32, bytes: Int) -> ModelBytes.Tensor {
            .init(name: name, dimensions: [256, 8], type: type, bytes: bytes)
        }
        let (copied, kept) = (8 * 144, 8 * 210)
        let model = ModelBytes(
            "llama", [],
            tensors: [
                tensor("blk.0.a.weight", 12, bytes: copied), tensor("blk.0.b.weight", 14, bytes: kept),
                tensor("blk.0.c.weight", 12, bytes: copied), tensor("blk.0.d.weight", 14, bytes: kept),
                tensor("blk.0.e.weight", 12, bytes: copied),
            ])
        var load = EngineLoad(context: 1024, slots: 1)
        load.repackedTypes = []
        #expect(MemoryEstimate.of(try model.header(), load).weights == 3 * copied + 2 * kept)
        load.repackedTypes = Repacking.types(flags: ["avx2"])
        // Tensors begin at multiples of 32 bytes.
        #expect(MemoryEstimate.of(try model.header(), load).weights == copied + 2 * kept + 16)
    }

    // MARK: Entries

    private static func entry(_ path: String, _ change: (inout ModelEntry) -> Void = { _ in }) -> ModelEntry {
        var entry = ModelEntry(name: "m", source: .file(path))
        change(&entry)
        return entry
    }

    @Test func entriesWithAllTheirFiles() async throws {
        let tiny = try await TinyModel.tiny.path()
        let (draft, projector) = (try await TinyModel.draft.path(), try await TinyModel.multimodal.path())
        let vector = try await TinyModel.controlVector.path()
        let plain = try #require(try MemoryEstimate.of(Self.entry(tiny)))
        #expect(plain.weights == 474_368)
        #expect(plain.kv == 16_384 * 512)
        #expect(plain.draft == 0 && plain.projector == 0 && plain.adapters == 0)
        let full = try #require(
            try MemoryEstimate.of(
                Self.entry(tiny) {
                    $0.speculation = .init(kinds: ["draft-simple"], draft: draft)
                    $0.projector = projector
                    $0.controlVectors = [.init(path: vector)]
                    $0.adapters = [.init(path: draft)]
                }))
        #expect(full.draft > 28_512 * 4 + 16_384 * 128)
        #expect(full.projector > 42_688 * 4)
        #expect(full.adapters == 28_512 * 4 + 2 * 64 * 4 || full.adapters == 28_512 * 4)
        #expect(full.buffers == full.weights + full.kv + full.compute + full.draft + full.projector + full.adapters)
        // The program is there once, with or without a draft.
        #expect(full.total - full.buffers == plain.total - plain.buffers)
    }

    /// What the smallest models take is mostly the program.
    @Test func theProgramItself() async throws {
        let directory = try TestDirectory()
        let entry = Self.entry(try await TinyModel.tiny.path())
        let script = try directory.write("#!/bin/sh\n", to: "script")
        let program = try directory.write("\u{7F}ELF", to: "program")
        func base(_ executable: String?) throws -> Int? { try MemoryEstimate.of(entry, executable: executable)?.base }
        #expect(try base(nil) == ProgramSize.native)
        #expect(try base(program) == ProgramSize.native && base("/gone") == ProgramSize.native)
        #expect(try base(script) == ProgramSize.script)
        let estimate = try #require(try MemoryEstimate.of(entry))
        #expect(estimate.necessary == estimate.buffers + ProgramSize.native)
    }

    @Test func whatEntriesAsk() {
        func load(_ change: (inout ModelEntry) -> Void) -> EngineLoad {
            EngineLoad(Self.entry("/m.gguf", change), contextLength: 32_768)
        }
        let plain = load { _ in }
        #expect(plain.context == 16_384 && plain.slots == 2 && plain.microBatch == 512 && plain.drafted == 0)
        #expect(plain.hasFlashAttention && !plain.hasFullWindows && !plain.isPooling && plain.checkpoints == 8)
        #expect(load { $0.context = 0 }.context == 32_768)
        #expect(load { $0.flashAttention = .off }.hasFlashAttention == false)
        #expect(load { $0.extraArguments = ["--swa-full"] }.hasFullWindows)
        #expect(load { $0.extraArguments = ["--no-repack"] }.repackedTypes.isEmpty)
        #expect(load { $0.gpuLayers = "all" }.repackedTypes.isEmpty)
        #expect(load { $0.mode = .rerank }.microBatch == 2048)
        #expect(load { $0.mode = .rerank }.isPooling)
        #expect(
            load {
                $0.mode = .embedding; $0.microBatch = 256
            }.batch == 256)
        #expect(load { $0.speculation.kinds = ["ngram-mod"] }.drafted == 64)
        #expect(load { $0.speculation.kinds = ["ngram-simple", "ngram-cache"] }.drafted == 48)
        #expect(
            load {
                $0.speculation.kinds = ["ngram-map-k"]; $0.speculation.ngramMax = 12
            }.drafted == 12)
        #expect(load { $0.speculation.draft = "/d.gguf" }.drafted == 3)
        #expect(
            load {
                $0.speculation.kinds = ["draft-simple"]; $0.speculation.draftMax = 16
            }.drafted == 16)
        #expect(load { $0.speculation.kinds = ["none"] }.drafted == 0)
    }

    @Test func filesThatAreNotThere() async throws {
        let tiny = try await TinyModel.tiny.path()
        #expect(throws: GGUFError(.missing, "/none.gguf", "cannot open it: No such file or directory")) {
            try MemoryEstimate.of(Self.entry("/none.gguf"))
        }
        let error = try #require(throws: GGUFError.self) {
            try MemoryEstimate.of(Self.entry(tiny) { $0.speculation.draft = "/none.gguf" })
        }
        #expect(error.description == "there is no file /none.gguf")
        #expect(try MemoryEstimate.of(ModelEntry(name: "m", source: .huggingFace("a/b"))) == nil)
    }
}
