/// What a model's file says of the model.
public struct ModelHeader: Sendable {
    /// What a file is for.
    public enum Kind: String, Sendable {
        /// Writes text.
        case text
        /// Turns text into vectors.
        case embedding
        /// Judges how well texts fit a question.
        case reranker
        /// Turns images or sound into what a model reads (`--mmproj`).
        case projector
        /// Changes another model (`--lora`).
        case adapter
        /// Steers another model (`--control-vector`).
        case controlVector = "control-vector"
    }

    /// The first part's path.
    public let path: String
    public let kind: Kind
    /// llama.cpp's name for how it computes: `llama`, `qwen3moe`.
    public let architecture: String
    public let name: String?
    /// Tokens that it was trained to read.
    public let contextLength: Int?
    public let layerCount: Int
    /// The width of what goes from layer to layer.
    public let embeddingLength: Int
    /// Heads that ask, the most of a layer.
    public let headCount: Int
    /// Heads of keys and values, for each layer.
    public let keyHeadCounts: [Int]
    /// Numbers in a key and in a value of a head.
    public let keyLength: Int
    public let valueLength: Int
    /// The width inside the feed-forward layers, the widest; of a mixture, that of an expert too.
    public let feedForwardLength: Int
    public let expertLength: Int
    /// Experts of a mixture, and the most that a token uses; 0 where there are none.
    public let expertCount: Int
    public let expertsUsed: Int
    /// The width inside its recurrent layers; 0 where there are none.
    public let recurrentWidth: Int
    /// What its layers keep of what was read.
    public let memory: ModelMemory
    /// Layers at its end that guess the next tokens (MTP); 0 where there are none.
    public let predictionLayerCount: Int
    /// Whether its file says how the results of all tokens become one.
    public let hasPooling: Bool
    /// How its weights are written: `Q4_K_M`; nil where there are none.
    public let quantisation: String?
    public let parameterCount: Int
    public let tensors: [GGUFTensor]
    /// What its tensors take.
    public let tensorBytes: Int
    /// Its files, and what they take.
    public let partCount: Int
    public let fileBytes: Int
    public let vocabulary: Vocabulary?
    public let chatTemplate: String?

    /// Reads the headers of a model's files.
    public static func read(path: String) throws(GGUFError) -> ModelHeader {
        try ModelHeader(try GGUFFile.read(path: path))
    }

    /// - Throws: `GGUFError` where the file says what no model has.
    public init(_ file: GGUFFile) throws(GGUFError) {
        guard let architecture = file["general.architecture"]?.string else {
            throw GGUFError(.damaged, file.path, "it does not say what architecture it has")
        }
        let keys = ArchitectureKeys(file: file, architecture: architecture)
        path = file.path
        self.architecture = architecture
        kind = Self.kind(file, keys)
        name = file["general.name"]?.string
        contextLength = try keys.number("context_length")
        let layerCount = try keys.number("block_count", most: 4096) ?? 0
        let embeddingLength = try keys.number("embedding_length") ?? 0
        let headCounts = try keys.numbers("attention.head_count", layers: layerCount) ?? []
        let keyHeadCounts = try keys.numbers("attention.head_count_kv", layers: layerCount) ?? headCounts
        // llama.cpp divides by the first layer's number.
        let perHead = headCounts.first.flatMap { $0 == 0 ? nil : embeddingLength / $0 } ?? 0
        let keyLength = try keys.number("attention.key_length") ?? perHead
        let valueLength = try keys.number("attention.value_length") ?? perHead
        self.layerCount = layerCount
        self.embeddingLength = embeddingLength
        self.keyHeadCounts = keyHeadCounts
        self.keyLength = keyLength
        self.valueLength = valueLength
        headCount = headCounts.max() ?? 0
        let feedForwardLengths = try keys.numbers("feed_forward_length", layers: layerCount) ?? []
        feedForwardLength = feedForwardLengths.max() ?? 0
        expertLength = try keys.numbers("expert_feed_forward_length", layers: layerCount)?.max() ?? 0
        expertCount = try keys.number("expert_count") ?? 0
        expertsUsed = try keys.numbers("expert_used_count", layers: layerCount)?.max() ?? 0
        let shape = ModelShape(
            layerCount: layerCount, embeddingLength: embeddingLength, headCounts: headCounts,
            keyHeadCounts: keyHeadCounts, keyLength: keyLength, valueLength: valueLength,
            feedForwardLengths: feedForwardLengths)
        memory = try ModelMemory(keys, shape)
        recurrentWidth = try keys.number("ssm.inner_size") ?? (memory.recurrent.isEmpty ? 0 : embeddingLength)
        predictionLayerCount = try keys.number("nextn_predict_layers") ?? 0
        hasPooling = (1...4).contains(keys.value("pooling_type")?.integer ?? 0)
        quantisation = Quantisation.name(file)
        tensors = file.tensors
        parameterCount = file.tensors.reduce(0) { Int(clamping: Double($0) + Double($1.count)) }
        tensorBytes = file.tensors.reduce(0) { Int(clamping: Double($0) + Double($1.bytes ?? 0)) }
        partCount = file.parts.count
        fileBytes = file.parts.reduce(0) { $0 + $1.bytes }
        vocabulary = Vocabulary(file, architecture: architecture)
        chatTemplate = file["tokenizer.chat_template"]?.string
    }

    private static func kind(_ file: GGUFFile, _ keys: ArchitectureKeys) -> Kind {
        switch (file["general.type"]?.string, keys.architecture) {
        case ("adapter", _): return .adapter
        case ("mmproj", _), (_, "clip"): return .projector
        case (_, "controlvector"): return .controlVector
        default: break
        }
        // llama.cpp's numbers: none, mean, first, last, rank.
        switch keys.value("pooling_type")?.integer {
        case 4: return .reranker
        case 1, 2, 3: return .embedding
        default: break
        }
        // Only what ranks has a head for it.
        if file.tensors.contains(where: { rankHeads.contains($0.name) }) { return .reranker }
        return keys.value("attention.causal")?.bool == false ? .embedding : .text
    }

    private static let rankHeads: Set = ["cls.weight", "cls.output.weight"]

    /// What a token adds to the memory of the layers that keep all of them, for these types of keys and values; nil for a
    /// type that is not known.
    public func kvBytesPerToken(key: String, value: String) -> Double? {
        memory.bytes(of: memory.full, key: key, value: value)
    }

    /// What a token adds to the layers that keep a window of them, until it is full; nil for a type that is not known.
    public func windowBytesPerToken(key: String, value: String) -> Double? {
        memory.bytes(of: memory.windowed, key: key, value: value)
    }

    /// Why llama-server would refuse a type for keys or values; nil: it would not, as far as the header tells.
    public func refusal(keyType: String, valueType: String) -> String? {
        for (what, name, length) in [("keys", keyType, keyLength), ("values", valueType, valueLength)] {
            guard let type = TensorType(name: name), let block = type.block else { return "there is no type \(name)" }
            guard length.isMultiple(of: block.numbers) else {
                return
                    "\(what) of type \(name) come in blocks of \(block.numbers), and a head of this model has \(length)"
            }
        }
        return nil
    }
}

extension Int {
    /// The nearest whole number.
    init(clamping number: Double) { self = number >= 0x1p62 ? 1 << 62 : Int(Swift.max(0, number)) }
}
