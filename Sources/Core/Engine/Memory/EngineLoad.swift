/// How an engine is used, as far as its memory depends on it.
public struct EngineLoad: Sendable, Equatable {
    /// Tokens of context that the slots share.
    public var context: Int
    public var slots: Int
    /// Tokens that are read at once: logically, and in one computation.
    public var batch = 2048
    public var microBatch = 512
    /// Types of keys and values.
    public var keyType = "f16"
    public var valueType = "f16"
    public var hasFlashAttention = true
    /// Whether layers with windows keep all tokens all the same.
    public var hasFullWindows = false
    /// Tokens that are guessed at a time, the most.
    public var drafted = 0
    /// Whether every token has a result: an engine for embeddings or reranking.
    public var isPooling = false
    /// Checkpoints of a slot.
    public var checkpoints = 0
    /// Types whose weights are copied into another order.
    public var repackedTypes = Repacking.expected

    /// As a launch plan has them where an entry says nothing.
    public static let context = LaunchPlanBuilder.context
    public static let checkpoints = LaunchPlanBuilder.checkpoints

    /// The types of keys and values that llama-server offers.
    public static let offeredTypes = ["f32", "f16", "bf16", "q8_0", "q5_1", "q5_0", "iq4_nl", "q4_1", "q4_0"]

    public init(context: Int, slots: Int) {
        self.context = context
        self.slots = slots
    }

    /// The use that an entry makes of its model.
    /// - Parameter contextLength: what the model has where the entry leaves it to it.
    public init(_ entry: ModelEntry, contextLength: Int?) {
        context = entry.context ?? LaunchPlanBuilder.context
        if context == 0 { context = contextLength ?? LaunchPlanBuilder.context }
        slots = max(1, entry.slots ?? LaunchPlanBuilder.slots)
        isPooling = entry.mode != .chat
        let whole = isPooling ? entry.microBatch ?? entry.batch ?? LaunchPlanBuilder.wholeBatch : nil
        batch = entry.batch ?? whole ?? batch
        microBatch = entry.microBatch ?? whole ?? microBatch
        if !isPooling { checkpoints = Self.checkpoints }
        keyType = entry.keyType ?? keyType
        valueType = entry.valueType ?? valueType
        hasFlashAttention = entry.flashAttention != .off
        hasFullWindows = entry.extraArguments.contains("--swa-full")
        drafted = isPooling ? 0 : Self.drafted(entry.speculation)
        // On a GPU they stay as they are.
        if let layers = entry.gpuLayers, layers != "0" { repackedTypes = [] }
        if entry.extraArguments.contains(where: { $0 == "--no-repack" || $0 == "-nr" }) { repackedTypes = [] }
    }

    /// How a draft model is used beside it.
    var ofDraft: EngineLoad {
        var load = EngineLoad(context: context, slots: slots)
        load.batch = batch
        load.microBatch = microBatch
        load.hasFlashAttention = hasFlashAttention
        load.repackedTypes = repackedTypes
        return load
    }

    /// The most tokens that the kinds guess, with llama-server's defaults.
    private static func drafted(_ speculation: ModelEntry.Speculation) -> Int {
        let kinds = speculation.kinds.isEmpty && speculation.draft != nil ? ["draft-simple"] : speculation.kinds
        return kinds.map { kind in
            switch kind {
            case "none": 0
            case "ngram-mod": speculation.ngramMax ?? 64
            case "ngram-cache": 8
            case _ where kind.hasPrefix("ngram-"): speculation.ngramMax ?? 48
            default: speculation.draftMax ?? 3
            }
        }.max() ?? 0
    }
}
