/// The tokens of a model, as its file has them.
public struct Vocabulary: Sendable {
    /// How text becomes tokens; llama.cpp's names for the kinds.
    public enum Kind: String, Sendable {
        case none, spm, bpe, wpm, ugm, rwkv, plamo2, plamo3, test
    }

    /// Nil: of a kind that llama.cpp does not know.
    public let kind: Kind?
    /// The file's words for it: `gpt2`, and `qwen2` for how text is cut first.
    public let model: String
    public let preTokenizer: String?
    public let size: Int
    /// Whether a prompt gets a beginning and an end of its own.
    public let addsBeginning: Bool
    public let addsEnd: Bool
    /// The tokens for these.
    public let beginning: Int?
    public let end: Int?
    /// The tokens of fill-in-the-middle.
    public let infill: [Infill: Int]

    private let tokens: GGUFArray?

    /// What a token of fill-in-the-middle stands for, in the order of a prompt.
    public enum Infill: String, Sendable, CaseIterable {
        case prefix, suffix, middle, pad, repository, separator

        /// The key of its number.
        fileprivate var key: String {
            switch self {
            case .prefix: "tokenizer.ggml.fim_pre_token_id"
            case .suffix: "tokenizer.ggml.fim_suf_token_id"
            case .middle: "tokenizer.ggml.fim_mid_token_id"
            case .pad: "tokenizer.ggml.fim_pad_token_id"
            case .repository: "tokenizer.ggml.fim_rep_token_id"
            case .separator: "tokenizer.ggml.fim_sep_token_id"
            }
        }

        /// What models call it whose file does not say which it is.
        fileprivate var texts: [String] {
            switch self {
            case .prefix:
                [
                    "<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>", "<PRE>", "▁<PRE>",
                    "<|code_prefix|>", "<|prefix|>", "<|plamo:fim_prefix|>",
                ]
            case .suffix:
                [
                    "<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>", "<SUF>", "▁<SUF>",
                    "<|code_suffix|>", "<|suffix|>", "<|plamo:fim_suffix|>",
                ]
            case .middle:
                [
                    "<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>", "<MID>", "▁<MID>",
                    "<|code_middle|>", "<|middle|>", "<|plamo:fim_middle|>",
                ]
            case .pad: ["<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]"]
            case .repository: ["<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"]
            case .separator: ["<|file_sep|>", "<|plamo:file_separator|>"]
            }
        }
    }

    /// The vocabulary of a file; nil where it has none.
    init?(_ file: GGUFFile, architecture: String) {
        guard let model = file["tokenizer.ggml.model"]?.string else { return nil }
        let kind = Self.kind(of: model)
        let preTokenizer = file["tokenizer.ggml.pre"]?.string
        let tokens = file["tokenizer.ggml.tokens"]?.array
        let size = tokens?.count ?? file["\(architecture).vocab_size"]?.integer ?? 0
        func token(_ key: String, or fallback: Int?) -> Int? {
            guard let id = file[key]?.integer, (0..<size).contains(id) else { return fallback }
            return id
        }
        self.kind = kind
        self.model = model
        self.preTokenizer = preTokenizer
        self.size = size
        self.tokens = tokens
        beginning = token("tokenizer.ggml.bos_token_id", or: Self.beginning(kind, model: model, preTokenizer))
        end = token("tokenizer.ggml.eos_token_id", or: Self.end(kind, model: model))
        let begins = file["tokenizer.ggml.add_bos_token"]?.bool ?? Self.addsBeginning(kind, preTokenizer)
        addsBeginning = begins || model == "gemma4"
        addsEnd = file["tokenizer.ggml.add_eos_token"]?.bool ?? (kind == .ugm)
        infill = Self.infill(file, tokens)
    }

    /// The bytes of a token's text; nil where there is none.
    public func bytes(of token: Int) -> ArraySlice<UInt8>? { tokens?.bytes(at: token) }

    /// A token's text; nil where there is none.
    public func text(of token: Int) -> String? { bytes(of: token).map { String(decoding: $0, as: UTF8.self) } }

    // MARK: What holds where the file says nothing, by llama.cpp's rules

    private static func kind(of model: String) -> Kind? {
        switch model {
        case "none", "no_vocab": Kind.none
        case "llama": .spm
        case "gpt2", "hybriddna", "whitespace", "gemma4": .bpe
        case "bert": .wpm
        case "t5": .ugm
        default: Kind(rawValue: model)
        }
    }

    private static let beginningByDefault: Set = [
        "llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano",
        "tekken", "chameleon",
    ]

    private static func addsBeginning(_ kind: Kind?, _ preTokenizer: String?) -> Bool {
        switch kind {
        case .spm, .wpm: true
        case .bpe: preTokenizer.map(beginningByDefault.contains) ?? false
        default: false
        }
    }

    private static func beginning(_ kind: Kind?, model: String, _ preTokenizer: String?) -> Int? {
        switch kind {
        case .spm, .plamo2, .plamo3: 1
        case .wpm: 101
        case .bpe: model == "gemma4" || ["chatglm-bpe", "glm4", "glm5"].contains(preTokenizer) ? nil : 11
        default: nil
        }
    }

    private static func end(_ kind: Kind?, model: String) -> Int? {
        switch kind {
        case .spm, .plamo2, .plamo3: 2
        case .bpe: model == "gemma4" ? nil : 11
        case .ugm: 1
        default: nil
        }
    }

    private static func infill(_ file: GGUFFile, _ tokens: GGUFArray?) -> [Infill: Int] {
        var found: [Infill: Int] = [:]
        for infill in Infill.allCases {
            if let id = file[infill.key]?.integer, (0..<(tokens?.count ?? 0)).contains(id) { found[infill] = id }
        }
        var wanted: [[UInt8]: Infill] = [:]
        for infill in Infill.allCases where found[infill] == nil {
            for text in infill.texts { wanted[Array(text.utf8)] = infill }
        }
        guard let tokens, tokens.type == .string, !wanted.isEmpty else { return found }
        let longest = wanted.keys.map(\.count).max() ?? 0
        for id in 0..<tokens.count {
            guard let bytes = tokens.bytes(at: id), bytes.count <= longest, let last = bytes.last,
                last == UInt8(ascii: ">") || last == UInt8(ascii: "]"),
                let infill = wanted[Array(bytes)], found[infill] == nil
            else { continue }
            found[infill] = id
        }
        return found
    }
}
