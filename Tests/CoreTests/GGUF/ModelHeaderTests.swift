import Support
import Testing

@testable import LocalCodeCore

@Suite struct ModelHeaderTests {
    @Test func aTextModel() async throws {
        let header = try ModelHeader.read(path: try await TinyModel.tiny.path())
        #expect(header.kind == .text)
        #expect(header.architecture == "llama")
        #expect(header.name == "tiny")
        #expect(header.contextLength == 32_768)
        #expect(header.layerCount == 2 && header.embeddingLength == 64 && header.headCount == 4)
        #expect(header.keyHeadCounts == [4, 4])
        #expect(header.keyLength == 16 && header.valueLength == 16)
        #expect(header.feedForwardLength == 128)
        #expect(header.expertCount == 0 && header.expertsUsed == 0)
        #expect(header.quantisation == "F32")
        #expect(header.parameterCount == 118_592)
        #expect(header.tensorBytes == 118_592 * 4)
        #expect(header.partCount == 1 && header.fileBytes > header.tensorBytes)
        #expect(header.chatTemplate?.contains("<|im_start|>") == true)
        #expect(header.kvBytesPerToken(key: "f16", value: "f16") == 512)
        #expect(header.kvBytesPerToken(key: "q8_0", value: "f32") == 648.0)
        #expect(header.kvBytesPerToken(key: "q9_9", value: "f16") == nil)
    }

    @Test(arguments: [
        (TinyModel.rank, ModelHeader.Kind.reranker), (.multimodal, .projector), (.controlVector, .controlVector),
        (.recurrent, .text), (.draft, .text),
    ])
    func kinds(model: TinyModel, kind: ModelHeader.Kind) async throws {
        #expect(try ModelHeader.read(path: try await model.path()).kind == kind)
    }

    @Test func kindsByWhatTheySay() throws {
        func kind(_ architecture: String, _ values: [(String, ModelBytes.Value)]) throws -> ModelHeader.Kind {
            try ModelBytes(architecture, values).header().kind
        }
        #expect(try kind("llama", [("general.type", .text("adapter"))]) == .adapter)
        #expect(try kind("qwen3", [(".pooling_type", .word(3))]) == .embedding)
        #expect(try kind("qwen3", [(".pooling_type", .word(4))]) == .reranker)
        #expect(try kind("qwen3", [(".pooling_type", .word(0))]) == .text)
        #expect(try kind("bert", [(".attention.causal", .bool(false))]) == .embedding)
    }

    @Test func noArchitecture() throws {
        var model = ModelBytes("x", [("general.name", .text("n"))])
        model.values.removeFirst()
        let error = try #require(throws: GGUFError.self) { try model.header() }
        #expect(error.reason == "it does not say what architecture it has")
    }

    @Test func quantisations() throws {
        func name(_ values: [(String, ModelBytes.Value)], _ types: [(UInt32, UInt64)]) throws -> String? {
            let tensors = types.enumerated().map { index, type in
                ModelBytes.Tensor(name: "t\(index)", dimensions: [type.1], type: type.0)
            }
            return try ModelBytes("llama", values, tensors: tensors).header().quantisation
        }
        #expect(try name([("general.file_type", .word(15))], [(0, 256)]) == "Q4_K_M")
        #expect(try name([("general.file_type", .word(9999))], [(0, 256), (12, 1024)]) == "Q4_K")
        #expect(try name([], [(0, 256), (8, 512), (0, 256), (0, 32)]) == "F32")
        #expect(try name([], []) == nil)
        #expect(try name([], [(999, 64)]) == "TYPE 999")
    }

    /// Of some heads, and of a length that is not the width divided by their number.
    @Test func groupedHeads() throws {
        let header = try ModelBytes(
            "qwen3",
            [
                (".block_count", .word(3)), (".embedding_length", .word(1024)), (".attention.head_count", .word(16)),
                (".attention.head_count_kv", .words([8, 4, 2])), (".attention.key_length", .word(128)),
                (".attention.value_length", .word(64)),
            ]
        ).header()
        #expect(header.keyHeadCounts == [8, 4, 2])
        #expect(header.memory.layers.map(\.keys) == [1024, 512, 256])
        #expect(header.memory.layers.map(\.values) == [512, 256, 128])
        #expect(header.kvBytesPerToken(key: "f16", value: "f16") == 5376)
    }

    @Test(arguments: [
        (".block_count", ModelBytes.Value.word(.max)), (".block_count", .word(5000)),
        (".embedding_length", .word(.max)),
        (".embedding_length", .text("many")), (".attention.head_count", .signed(-1)),
        (".attention.head_count", .signedWords([4, -4])), (".attention.head_count_kv", .words([4])),
        (".attention.key_length", .long(.max)), (".expert_count", .float(3)),
    ])
    func whatNoModelHas(key: String, value: ModelBytes.Value) throws {
        let values: [(String, ModelBytes.Value)] = [
            (".block_count", .word(2)), (".embedding_length", .word(64)), (".attention.head_count", .word(4)),
        ]
        let model = ModelBytes("llama", values.filter { $0.0 != key } + [(key, value)])
        let error = try #require(throws: GGUFError.self) { try model.header() }
        #expect(error.code == .damaged)
        #expect(error.reason.hasPrefix("its llama\(key) "), "\(error)")
    }

    /// The largest numbers that pass do not overflow.
    @Test func largestNumbers() throws {
        let most = ModelBytes.Value.word(UInt32(Int32.max))
        let keys = [
            "embedding_length", "attention.head_count", "attention.head_count_kv", "attention.key_length",
            "attention.value_length", "feed_forward_length", "expert_count", "expert_used_count",
            "expert_feed_forward_length", "ssm.inner_size", "ssm.state_size", "ssm.conv_kernel", "ssm.group_count",
            "attention.sliding_window", "context_length", "attention.indexer.key_length", "wkv.head_size",
        ]
        for architecture in ["llama", "gemma3", "jamba", "falcon-h1", "rwkv7", "minimax-01", "deepseek32", "bert"] {
            let header = try ModelBytes(
                architecture, [(".block_count", .word(4096))] + keys.map { (".\($0)", most) }
            ).header()
            for load in [EngineLoad(context: .max, slots: .max), EngineLoad(context: -5, slots: 0)] {
                #expect(MemoryEstimate.of(header, load).total >= 0)
            }
        }
    }

    @Test func typesThatAHeadDoesNotFit() async throws {
        let header = try ModelHeader.read(path: try await TinyModel.tiny.path())
        #expect(header.refusal(keyType: "f16", valueType: "bf16") == nil)
        #expect(header.refusal(keyType: "f16", valueType: "f61") == "there is no type f61")
        #expect(
            header.refusal(keyType: "q8_0", valueType: "f16")
                == "keys of type q8_0 come in blocks of 32, and a head of this model has 16")
    }
}
