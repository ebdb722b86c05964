/// The parts of an estimate. What an engine computes with follows no published rule; the numbers here were found by measuring
/// llama-server with models of several families, contexts and batches.
struct EngineNeed {
    let header: ModelHeader
    let load: EngineLoad

    private var memory: ModelMemory { header.memory }
    private var context: Int { Self.padded(max(1, load.context)) }
    /// Tokens in one computation.
    private var width: Double { Double(min(load.microBatch, load.batch, context)) }
    private var slots: Double { Double(load.slots) }

    /// Cells of the layers that keep all tokens, and of those that keep a window.
    var cells: Double { memory.full.isEmpty ? 0 : Double(context) }
    var windowCells: Double {
        guard let window = memory.window else { return 0 }
        if load.hasFullWindows { return Double(context) }
        let needed = Double(window) * slots + width
        return Double(Self.padded(Int(clamping: min(needed, Double(context)))))
    }

    var kv: Double { cells * perToken(memory.full) + windowCells * perToken(memory.windowed) }

    var recurrent: Double { slots * memory.recurrent.reduce(0) { $0 + Double($1.state) * 4 } }

    /// What a checkpoint of a conversation keeps: what cannot be cut back to an earlier token.
    var checkpoint: Double {
        min(Double(memory.window ?? 0), windowCells) * perToken(memory.windowed) + recurrent / slots
    }

    /// The results of the tokens that are asked for.
    var output: Double { slots * vocabulary * 4 }

    /// Masks stay for the whole computation; of all else, what one step needs.
    var compute: Double { masks + max(width * 4 * numbersPerToken + scores, results) }

    /// Copies of the weights that are multiplied, with types of which the processor has faster orders.
    var repacked: Int {
        let types = load.repackedTypes
        guard !types.isEmpty else { return 0 }
        var bytes = 0
        var hasOutput = false
        for tensor in header.tensors {
            if tensor.name == "output.weight" { hasOutput = true }
            guard Repacking.applies(to: tensor, types: types) else { continue }
            bytes += tensor.bytes ?? 0
        }
        // Without results of its own a model multiplies with its embeddings.
        if !hasOutput, let embeddings = header.tensors.first(where: { $0.name == Repacking.embeddings }),
            types.contains(embeddings.type)
        {
            bytes += embeddings.bytes ?? 0
        }
        return bytes
    }

    // MARK: - Parts

    /// llama-server's contexts are multiples of this.
    private static func padded(_ tokens: Int) -> Int { (min(tokens, 1 << 40) + 255) & ~255 }

    private func perToken(_ layers: [ModelMemory.Layer]) -> Double {
        var layers = layers
        // Without flash attention all values are as wide as the widest.
        if !load.hasFlashAttention, let most = memory.layers.map(\.values).max() {
            for index in layers.indices where layers[index].values > 0 { layers[index].values = most }
        }
        return memory.bytes(of: layers, key: load.keyType, value: load.valueType)
            ?? memory.bytes(of: layers, key: "f16", value: "f16") ?? 0
    }

    private var vocabulary: Double { isEncoder ? 0 : Double(header.vocabulary?.size ?? 0) }

    /// It keeps nothing: all of a text is read at once.
    private var isEncoder: Bool { memory.layers.isEmpty }

    private var masks: Double {
        let seen = isEncoder ? width : cells + windowCells
        return width * seen * (load.hasFlashAttention ? 2 : 4)
    }

    /// How much each head looks at each token, which flash attention computes bit by bit.
    private var scores: Double {
        load.hasFlashAttention
            ? 0 : width * 4 * Double(header.headCount) * (isEncoder ? width : max(cells, windowCells))
    }

    /// The last step: results of the tokens that are asked for, in the vocabulary's width.
    private var results: Double {
        let count = load.isPooling ? width : min(width, slots * Double(1 + load.drafted))
        return count * vocabulary * 4 + width * 4 * 5 * Double(header.embeddingLength)
    }

    /// Numbers of a token while a layer is computed: the larger of its parts, beside what is carried along.
    private var numbersPerToken: Double {
        let width = Double(header.embeddingLength)
        let heads = Double(header.headCount)
        let keys = memory.layers.map { Double($0.keys + $0.values) }.max() ?? 2 * width
        let attention = 2 * width + 3 * heads * Double(header.keyLength) + keys
        let steps: Double = header.tensors.contains { $0.name.contains("ffn_gate") } ? 3 : 2
        // In the only layer, and the last of several, little is left to be fed forward: results are few.
        let forward =
            header.layerCount > 1 || isEncoder ? 4 * width + steps * Double(header.feedForwardLength) : 2 * width
        let experts = Double(header.expertsUsed) * (3 * Double(header.expertLength) + width) + 4 * width
        let recurrent = memory.recurrent.isEmpty ? 0 : width + 7 * Double(header.recurrentWidth)
        // Numbers of tokens, their places and those of their results.
        return 12 + max(heads > 0 ? attention : 0, forward, header.expertsUsed > 0 ? experts : 0, recurrent)
    }
}
