/// What the layers of a model keep of the tokens they have read: keys and values of attention, of all tokens or of those in
/// a window, and states of fixed size.
public struct ModelMemory: Sendable, Equatable {
    /// One layer.
    public struct Layer: Sendable, Equatable {
        /// Numbers that a token adds to the keys and to the values; 0 where the layer keeps none.
        public var keys = 0
        public var values = 0
        /// Whether it keeps them for the tokens of a window only.
        public var isWindowed = false
        /// Numbers of its state, whatever was read; 0 where it has none.
        public var state = 0

        public init() {}
    }

    public var layers: [Layer] = []
    /// Tokens that the windowed layers see; nil where there are none.
    public var window: Int?

    /// Layers that keep every token's keys.
    public var full: [Layer] { layers.filter { $0.keys > 0 && !$0.isWindowed } }
    /// Layers that keep those of a window.
    public var windowed: [Layer] { layers.filter { $0.keys > 0 && $0.isWindowed } }
    /// Layers with a state of fixed size.
    public var recurrent: [Layer] { layers.filter { $0.state > 0 } }

    /// What a token takes in these layers; nil for a type that is not known.
    func bytes(of layers: [Layer], key: String, value: String) -> Double? {
        guard let key = TensorType(name: key), let value = TensorType(name: value) else { return nil }
        return layers.reduce(0) { sum, layer in
            sum + (key.bytes(Double(layer.keys)) ?? 0) + (value.bytes(Double(layer.values)) ?? 0)
        }
    }
}

/// What the layers' memory follows from.
struct ModelShape {
    let layerCount: Int
    let embeddingLength: Int
    let headCounts: [Int]
    let keyHeadCounts: [Int]
    let keyLength: Int
    let valueLength: Int
    let feedForwardLengths: [Int]
}

extension ModelMemory {
    /// By llama.cpp's rules for the architectures, whose files do not say everything.
    init(_ keys: ArchitectureKeys, _ shape: ModelShape) throws(GGUFError) {
        let architecture = keys.architecture
        guard !Self.withoutMemory.contains(architecture) else { return }
        // Layers that guess the next tokens come last, and have a memory of their own where they are used.
        let count = max(0, shape.layerCount - (try keys.number("nextn_predict_layers") ?? 0))
        let recurrent = try RecurrentLayers(keys, shape, count: count)
        let windows = try AttentionWindows(keys, count: count, isRecurrent: recurrent.isRecurrent)
        let kept = try Self.keptLayers(keys, count: count)
        let hasLatents = try keys.number("attention.key_length_mla") ?? 0 > 0
        let keyLength = try keys.number("attention.key_length_swa") ?? shape.keyLength
        let valueLength = try keys.number("attention.value_length_swa") ?? shape.valueLength
        let index = Self.indexed.contains(architecture) ? try keys.number("attention.indexer.key_length") ?? 0 : 0
        window = windows.window
        layers = (0..<count).map { number in
            var layer = Layer()
            if recurrent.isRecurrent[number] { layer.state = recurrent.state }
            guard recurrent.hasAttention[number], number < kept, number < shape.keyHeadCounts.count else {
                return layer
            }
            let heads = shape.keyHeadCounts[number]
            layer.isWindowed = windows.isWindowed[number]
            layer.keys = heads * (layer.isWindowed ? keyLength : shape.keyLength)
            // Latents are keys and values at once.
            layer.values = hasLatents ? 0 : heads * (layer.isWindowed ? valueLength : shape.valueLength)
            if index > 0, !layer.isWindowed { layer.keys += index }
            return layer
        }
        if windowed.isEmpty { window = nil }
    }

    /// Layers behind these use the keys of earlier ones.
    private static func keptLayers(_ keys: ArchitectureKeys, count: Int) throws(GGUFError) -> Int {
        switch keys.architecture {
        case "gemma3n": 20
        case "gemma4": max(0, count - (try keys.number("attention.shared_kv_layers") ?? 0))
        // It looks into the memory of the model that it guesses for.
        case "gemma4-assistant": 0
        default: count
        }
    }

    /// They read all of a text at once, or again.
    private static let withoutMemory: Set = [
        "bert", "modern-bert", "nomic-bert", "nomic-bert-moe", "neo-bert", "jina-bert-v2", "jina-bert-v3", "eurobert",
        "wavtokenizer-dec", "gemma-embedding", "gemma-embedding2", "dream", "llada", "llada-moe", "rnd1", "clef",
        "clip",
        "controlvector",
    ]

    /// They have keys of an index beside those of attention.
    private static let indexed: Set = [
        "deepseek32", "glm-dsa", "glm5-next", "hy_v4", "dots3note", "minimax-m3", "qwen4exp",
    ]
}

/// Which layers keep a window of the tokens.
struct AttentionWindows {
    private(set) var window: Int?
    private(set) var isWindowed: [Bool]

    /// In each period of so many layers one sees everything: the last, or the first.
    private struct Pattern {
        var period: Int
        var seesFirst = false
        /// The window of a file that names none, or that is ignored.
        var window: Int?
        var ignoresFile = false
    }

    private static let patterns: [String: Pattern] = [
        "afmoe": Pattern(period: 4), "cohere2": Pattern(period: 4), "cohere2moe": Pattern(period: 4, seesFirst: true),
        "exaone-moe": Pattern(period: 4, window: 128), "exaone4": Pattern(period: 4, window: 4096),
        "gemma2": Pattern(period: 2, window: 4096), "gemma3": Pattern(period: 6), "gemma3n": Pattern(period: 5),
        "gpt-oss": Pattern(period: 2), "laguna": Pattern(period: 4, seesFirst: true),
        "llama4": Pattern(period: 4, window: 8192, ignoresFile: true), "mellum": Pattern(period: 4),
        "muse-glimmer": Pattern(period: 4), "olmo2": Pattern(period: 4), "plamo3": Pattern(period: 8),
        "smallthinker": Pattern(period: 4, seesFirst: true),
    ]

    init(_ keys: ArchitectureKeys, count: Int, isRecurrent: [Bool]) throws(GGUFError) {
        isWindowed = [Bool](repeating: false, count: count)
        let said = try keys.number("attention.sliding_window")
        let architecture = keys.architecture
        // Of this family only the largest has windows.
        guard architecture != "exaone4" || count == 64 else { return }
        guard said != 0, let size = said ?? Self.patterns[architecture]?.window else { return }
        if let flags = try keys.flags("attention.sliding_window_pattern", layers: count), architecture != "phi3" {
            isWindowed = flags
        } else if let pattern = Self.patterns[architecture] {
            let period = try keys.number("attention.sliding_window_pattern") ?? pattern.period
            for layer in 0..<count where period > 0 {
                isWindowed[layer] = pattern.seesFirst ? layer % period != 0 : layer % period < period - 1
            }
            if period == 0 { isWindowed = isWindowed.map { _ in true } }
        } else if architecture == "lfm2" {
            isWindowed = isRecurrent.map { !$0 }
        } else if architecture == "deepseek4" {
            isWindowed = isWindowed.map { _ in true }
        } else {
            return
        }
        window = architecture == "smallthinker" ? 4096 : Self.patterns[architecture]?.ignoresFile == true ? 8192 : size
    }
}
