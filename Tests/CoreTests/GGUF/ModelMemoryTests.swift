import Support
import Testing

@testable import LocalCodeCore

/// Which layers of a model keep what, for families whose files do not say all of it.
@Suite struct ModelMemoryTests {
    typealias Values = [(String, ModelBytes.Value)]

    private static func memory(_ architecture: String, layers: UInt32, _ values: Values) throws -> ModelMemory {
        let basis: Values = [
            (".block_count", .word(layers)), (".embedding_length", .word(64)), (".attention.head_count", .word(4)),
        ]
        let named = Set(values.map(\.0))
        return try ModelBytes(architecture, basis.filter { !named.contains($0.0) } + values).header().memory
    }

    /// `w` for a layer with a window, `f` for one that keeps all, `r` for a recurrent one, `b` for both, `-` for none.
    private static func picture(_ memory: ModelMemory) -> String {
        memory.layers.map { layer in
            switch (layer.keys > 0, layer.isWindowed, layer.state > 0) {
            case (true, true, _): "w"
            case (true, false, true): "b"
            case (true, false, false): "f"
            case (false, _, true): "r"
            case (false, _, false): "-"
            }
        }.joined()
    }

    @Test(
        arguments: [
            ("gemma3", 8, [(".attention.sliding_window", ModelBytes.Value.word(512))], "wwwwwfww", 512),
            ("gemma3", 4, [], "ffff", nil),
            ("gemma2", 4, [], "wfwf", 4096),
            ("gemma2", 4, [(".attention.sliding_window", .word(0))], "ffff", nil),
            ("gpt-oss", 4, [(".attention.sliding_window", .word(128))], "wfwf", 128),
            ("olmo2", 5, [(".attention.sliding_window", .word(64))], "wwwfw", 64),
            ("cohere2moe", 5, [(".attention.sliding_window", .word(64))], "fwwwf", 64),
            ("smallthinker", 5, [(".attention.sliding_window", .word(64))], "fwwwf", 4096),
            ("llama4", 4, [], "wwwf", 8192),
            ("llama4", 4, [(".attention.sliding_window", .word(0))], "ffff", nil),
            ("exaone4", 4, [(".attention.sliding_window", .word(4096))], "ffff", nil),
            ("phi3", 4, [(".attention.sliding_window", .word(2047))], "ffff", nil),
            ("qwen2", 4, [(".attention.sliding_window", .word(4096))], "ffff", nil),
            (
                "mimo2", 4,
                [
                    (".attention.sliding_window", .word(128)),
                    (".attention.sliding_window_pattern", .bools([true, false, false, true])),
                ], "wffw", 128
            ),
            (
                "gemma3", 4,
                [(".attention.sliding_window", .word(512)), (".attention.sliding_window_pattern", .word(2))], "wfwf",
                512
            ),
        ] as [(String, UInt32, Values, String, Int?)])
    func windows(architecture: String, layers: UInt32, values: Values, picture: String, window: Int?) throws {
        let memory = try Self.memory(architecture, layers: layers, values)
        #expect(Self.picture(memory) == picture)
        #expect(memory.window == window)
    }

    @Test func patternsForFewerLayers() throws {
        let values: Values = [
            (".attention.sliding_window", .word(512)), (".attention.sliding_window_pattern", .bools([true, false])),
        ]
        let error = try #require(throws: GGUFError.self) { try Self.memory("gemma3", layers: 3, values) }
        #expect(error.reason == "its gemma3.attention.sliding_window_pattern has 2 values for 3 layers")
        let heads: Values = [(".attention.head_count", .words([4, 4]))]
        #expect(throws: GGUFError.self) { try Self.memory("llama", layers: 3, heads) }
    }

    @Test func windowsMayHaveHeadsOfTheirOwn() throws {
        let memory = try Self.memory(
            "gemma4", layers: 4,
            [
                (".attention.sliding_window", .word(512)), (".attention.key_length", .word(512)),
                (".attention.value_length", .word(512)), (".attention.key_length_swa", .word(256)),
                (".attention.value_length_swa", .word(128)), (".attention.head_count_kv", .word(2)),
                (".attention.sliding_window_pattern", .bools([true, false, true, false])),
                (".attention.shared_kv_layers", .word(1)),
            ])
        #expect(Self.picture(memory) == "wfw-")
        #expect(memory.layers.map(\.keys) == [512, 1024, 512, 0])
        #expect(memory.layers.map(\.values) == [256, 1024, 256, 0])
    }

    @Test func states() throws {
        let ssm: Values = [
            (".ssm.conv_kernel", .word(4)), (".ssm.inner_size", .word(128)), (".ssm.state_size", .word(16)),
            (".ssm.group_count", .word(2)),
        ]
        let state = 3 * (128 + 2 * 2 * 16) + 16 * 128
        let mamba = try Self.memory("mamba2", layers: 2, ssm)
        #expect(Self.picture(mamba) == "rr")
        #expect(mamba.layers.map(\.state) == [state, state])
        let jamba = try Self.memory("jamba", layers: 4, ssm + [(".attention.head_count_kv", .words([0, 0, 2, 0]))])
        #expect(Self.picture(jamba) == "rrfr")
        #expect(Self.picture(try Self.memory("qwen3next", layers: 8, ssm)) == "rrrfrrrf")
        let interval: Values = [(".full_attention_interval", .word(2))]
        #expect(Self.picture(try Self.memory("qwen35", layers: 5, ssm + interval)) == "rfrfr")
        let flags: Values = [(".attention.recurrent_layers", .bools([true, false, true]))]
        #expect(Self.picture(try Self.memory("qwen35moe", layers: 3, ssm + flags)) == "rfr")
        #expect(Self.picture(try Self.memory("falcon-h1", layers: 2, ssm)) == "bb")
        let nemotron: Values = [
            (".attention.head_count_kv", .words([0, 2, 0])), (".feed_forward_length", .words([0, 0, 256])),
        ]
        #expect(Self.picture(try Self.memory("nemotron_h", layers: 3, ssm + nemotron)) == "rf-")
    }

    @Test func otherStates() throws {
        let rwkv = try Self.memory(
            "rwkv7", layers: 1, [(".wkv.head_size", .word(8)), (".token_shift_count", .word(1))])
        #expect(rwkv.layers.map(\.state) == [64 + 64 * 8])
        let lfm = try Self.memory(
            "lfm2", layers: 2,
            [(".shortconv.l_cache", .word(3)), (".attention.head_count_kv", .words([0, 2]))])
        #expect(Self.picture(lfm) == "rf")
        #expect(lfm.layers[0].state == 128)
        let kimi = try Self.memory(
            "kimi-linear", layers: 2,
            [
                (".kda.head_dim", .word(8)), (".ssm.conv_kernel", .word(4)),
                (".attention.head_count_kv", .words([0, 4])),
            ])
        #expect(kimi.layers[0].state == 3 * 3 * 32 + 8 * 8 * 4)
    }

    /// Latents are keys and values at once; layers that guess the next tokens keep nothing here.
    @Test func latents() throws {
        let memory = try Self.memory(
            "deepseek2", layers: 3,
            [
                (".attention.head_count_kv", .word(1)), (".attention.key_length", .word(576)),
                (".attention.value_length", .word(512)), (".attention.key_length_mla", .word(192)),
                (".attention.value_length_mla", .word(128)), (".nextn_predict_layers", .word(1)),
            ])
        #expect(memory.layers.map(\.keys) == [576, 576])
        #expect(memory.layers.map(\.values) == [0, 0])
    }

    @Test(arguments: ["bert", "gemma-embedding", "llada"]) func nothing(architecture: String) throws {
        #expect(try Self.memory(architecture, layers: 2, []).layers.isEmpty)
    }

    @Test func tinyModels() async throws {
        let pictures: [(TinyModel, String)] = [
            (.tiny, "ff"), (.swa, "wwwf"), (.recurrent, "rrrrrr"), (.rank, ""), (.draft, "f"),
        ]
        for (model, picture) in pictures {
            #expect(Self.picture(try ModelHeader.read(path: try await model.path()).memory) == picture)
        }
    }
}
