import Support
import Testing

@testable import LocalCodeCore

@Suite struct VocabularyTests {
    private static func vocabulary(
        _ model: String, size: Int = 200, _ values: [(String, ModelBytes.Value)] = [], texts: [Int: String] = [:]
    ) throws -> Vocabulary {
        let tokens = (0..<size).map { texts[$0] ?? "t\($0)" }
        let own: [(String, ModelBytes.Value)] = [
            ("tokenizer.ggml.model", .text(model)), ("tokenizer.ggml.tokens", .texts(tokens)),
        ]
        return try #require(try ModelBytes("llama", own + values).header().vocabulary)
    }

    @Test func tinyModel() async throws {
        let header = try ModelHeader.read(path: try await TinyModel.tiny.path())
        let vocabulary = try #require(header.vocabulary)
        #expect(vocabulary.kind == .bpe && vocabulary.model == "gpt2" && vocabulary.preTokenizer == "qwen2")
        #expect(vocabulary.size == 284)
        #expect(!vocabulary.addsBeginning && !vocabulary.addsEnd)
        #expect(vocabulary.text(of: try #require(vocabulary.beginning)) == "<|endoftext|>")
        #expect(vocabulary.text(of: try #require(vocabulary.end)) == "<|im_end|>")
        #expect(vocabulary.infill.count == 6)
        #expect(vocabulary.infill[.repository].flatMap(vocabulary.text) == "<|repo_name|>")
        #expect(vocabulary.text(of: 284) == nil)
        #expect(vocabulary.text(of: -1) == nil)
    }

    /// What holds where a file says nothing, for its kind of vocabulary.
    @Test(
        arguments: [
            ("llama", nil, Vocabulary.Kind.spm, true, false, 1, 2),
            ("bert", nil, .wpm, true, false, 101, nil),
            ("gpt2", "qwen2", .bpe, false, false, 11, 11),
            ("gpt2", "llama-bpe", .bpe, true, false, 11, 11),
            ("gpt2", "tekken", .bpe, true, false, 11, 11),
            ("gpt2", "glm4", .bpe, false, false, nil, 11),
            ("gemma4", nil, .bpe, true, false, nil, nil),
            ("t5", nil, .ugm, false, true, nil, 1),
            ("rwkv", nil, .rwkv, false, false, nil, nil),
            ("plamo2", nil, .plamo2, false, false, 1, 2),
            ("other", nil, nil, false, false, nil, nil),
        ] as [(String, String?, Vocabulary.Kind?, Bool, Bool, Int?, Int?)])
    func defaults(
        model: String, pre: String?, kind: Vocabulary.Kind?, begins: Bool, ends: Bool, beginning: Int?, end: Int?
    ) throws {
        let vocabulary = try Self.vocabulary(model, pre.map { [("tokenizer.ggml.pre", .text($0))] } ?? [])
        #expect(vocabulary.kind == kind)
        #expect(vocabulary.addsBeginning == begins && vocabulary.addsEnd == ends)
        #expect(vocabulary.beginning == beginning && vocabulary.end == end)
    }

    @Test func theFileHasTheLastWord() throws {
        let vocabulary = try Self.vocabulary(
            "llama",
            [
                ("tokenizer.ggml.bos_token_id", .word(7)), ("tokenizer.ggml.eos_token_id", .word(900)),
                ("tokenizer.ggml.add_bos_token", .bool(false)), ("tokenizer.ggml.add_eos_token", .bool(true)),
            ])
        #expect(vocabulary.beginning == 7)
        // There is no token 900.
        #expect(vocabulary.end == 2)
        #expect(!vocabulary.addsBeginning && vocabulary.addsEnd)
    }

    @Test func infillByName() throws {
        let texts = [3: "<fim_prefix>", 4: "<fim_suffix>", 5: "<fim_middle>", 6: "<fim_prefix", 7: "<reponame>"]
        let vocabulary = try Self.vocabulary("gpt2", [("tokenizer.ggml.fim_suf_token_id", .word(9))], texts: texts)
        #expect(vocabulary.infill == [.prefix: 3, .suffix: 9, .middle: 5, .repository: 7])
        #expect(try Self.vocabulary("gpt2").infill.isEmpty)
    }

    @Test func noTokens() throws {
        let header = try ModelBytes("llama", [("tokenizer.ggml.model", .text("none")), (".vocab_size", .word(50))])
            .header()
        #expect(header.vocabulary?.kind == Vocabulary.Kind.none)
        #expect(header.vocabulary?.size == 50)
        #expect(try ModelBytes("llama").header().vocabulary == nil)
    }
}
