/// A model that a user named in localcode.yaml, and how its engine is to be started. What is nil is left to LocalCode's
/// defaults, or to llama-server's.
public struct ModelEntry: Sendable, Equatable {
    /// Where the weights are.
    public enum Source: Sendable, Equatable {
        /// An absolute path of a GGUF file, the first part of a split one.
        case file(String)
        /// A name that llama-server downloads (`-hf`): `ggml-org/gemma-3-270m-GGUF:Q4_K_M`.
        case huggingFace(String)
    }

    /// What its engine is for: a process does one of these.
    public enum Mode: String, Sendable, CaseIterable {
        case chat, rerank, embedding
    }

    /// `auto` leaves it to llama-server, which asks the devices.
    public enum FlashAttention: String, Sendable, CaseIterable {
        case auto, on, off
    }

    /// A file with the factor it counts with: a LoRA adapter, a control vector.
    public struct Scaled: Sendable, Equatable {
        /// An absolute path.
        public var path: String
        public var scale: Double

        public init(path: String, scale: Double = 1) {
            self.path = path
            self.scale = scale
        }
    }

    /// How tokens are guessed ahead.
    public struct Speculation: Sendable, Equatable {
        /// llama-server's names for the kinds, `ngram-mod`, `draft-simple`, …; empty: none.
        public var kinds: [String]
        /// The absolute path of a draft model.
        public var draft: String?
        /// Most tokens to draft in a round, by the draft model.
        public var draftMax: Int?
        /// Fewest.
        public var draftMin: Int?
        /// The draft stops below this probability.
        public var draftProbability: Double?
        /// The draft's layers on the GPU: a number, `auto` or `all`.
        public var draftGPULayers: String?
        /// Tokens that must match for an n-gram kind to guess (`size-n`; `n-match` of ngram-mod).
        public var ngramMatch: Int?
        /// Most tokens that an n-gram kind guesses (`size-m`; `n-max` of ngram-mod).
        public var ngramMax: Int?
        /// Fewest tokens that ngram-mod guesses.
        public var ngramMin: Int?
        /// How often an n-gram must have been seen before it is used.
        public var ngramHits: Int?

        public init(kinds: [String] = [], draft: String? = nil) {
            self.kinds = kinds
            self.draft = draft
        }
    }

    /// What requests call it.
    public var name: String
    public var source: Source
    /// Other names of it.
    public var aliases: [String] = []
    public var mode = Mode.chat

    /// Tokens of context that the slots share.
    public var context: Int?
    /// Requests at a time.
    public var slots: Int?
    /// llama.cpp's names of the types of K and V values: `f16`, `q8_0`, …
    public var keyType: String?
    public var valueType: String?
    public var flashAttention: FlashAttention?
    /// A number, `auto` or `all`.
    public var gpuLayers: String?
    /// Threads that write, and those that read a prompt.
    public var threads: Int?
    public var batchThreads: Int?
    /// Tokens that are read at once: logically, and in one computation.
    public var batch: Int?
    public var microBatch: Int?

    /// The absolute path of a projector for images.
    public var projector: String?
    public var adapters: [Scaled] = []
    public var controlVectors: [Scaled] = []
    /// Layers that the control vectors work on; nil: all.
    public var controlLayers: ClosedRange<Int>?
    public var speculation = Speculation()
    /// Whether LocalCode may choose among the kinds by what it has measured (`governor: true`).
    public var hasGovernor = false

    /// Tokens of reasoning: -1 without a limit, 0 none.
    public var reasoningBudget: Int?
    /// The absolute path of a Jinja file in the place of the model's own template.
    public var chatTemplate: String?
    /// Arguments of the chat template, an object.
    public var templateArguments: JSONObject = [:]
    /// Sampling where a request says nothing; nil members are the model's own.
    public var sampling = Sampling()
    /// More arguments for llama-server, as they are.
    public var extraArguments: [String] = []
    /// More variables for its environment.
    public var environment: [String: String] = [:]

    /// Bytes it takes, where the estimate is to be replaced.
    public var memory: Int?
    /// It is unloaded when it was idle for so long; nil: the setting `model-ttl`.
    public var timeToLive: Duration?
    /// Loaded at the start, and never unloaded for another.
    public var isPinned = false

    /// Sampling defaults.
    public struct Sampling: Sendable, Equatable {
        public var temperature: Double?
        public var topP: Double?
        public var topK: Int?
        public var minP: Double?
        public var presencePenalty: Double?
        public var frequencyPenalty: Double?
        public var repeatPenalty: Double?
        public var seed: Int?

        public init() {}
    }

    public init(name: String, source: Source) {
        self.name = name
        self.source = source
    }

    /// Whether a request that asks for this name means this model.
    public func isCalled(_ name: String) -> Bool { self.name == name || aliases.contains(name) }
}
