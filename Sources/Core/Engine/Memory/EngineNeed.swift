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
    var compute: Double { masks + max(scores + width * 4 * attention, width * 4 * feeding, changing, results) }

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

    /// Numbers of a token beside those of the model: which it is, its places, that of its result.
    private static let others = 12.0

    /// Numbers of a token while it looks at others.
    private var attention: Double {
        guard header.headCount > 0 else { return 0 }
        let queries = Double(header.headCount) * Double(header.keyLength)
        let keys = memory.layers.map { Double($0.keys + $0.values) }.max() ?? 0
        return Self.others + 2 * Double(header.embeddingLength) + (load.hasFlashAttention ? 3 : 4) * queries + keys
    }

    /// What changes a layer's states: numbers of each token, and some copies of the states.
    private var changing: Double {
        guard let state = memory.recurrent.map(\.state).max() else { return 0 }
        let numbers = Self.others + Double(header.embeddingLength) + 7 * Double(header.recurrentWidth)
        return width * 4 * numbers + 5 * slots * Double(state) * 4
    }

    /// Numbers of a token in the other part of a layer.
    private var feeding: Double {
        let width = Double(header.embeddingLength)
        let isGated = header.tensors.contains { $0.name.contains("ffn_gate") }
        // In the last layer results are all that is left, so that an only layer feeds little forward.
        let inner = header.layerCount > 1 || isEncoder ? Double(header.feedForwardLength) : 0
        let forward = isGated ? 3 * inner + 4 * width : 2 * inner + 2 * width
        let experts = Double(header.expertsUsed) * (3 * Double(header.expertLength) + width) + 4 * width
        return Self.others + max(forward, header.expertsUsed > 0 ? experts : 0)
    }
}
