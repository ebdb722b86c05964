extension LaunchPlanBuilder {
    /// Tokens of context where the entry says nothing.
    static let context = 16384
    /// Requests at a time where the entry says nothing.
    static let slots = 2
    /// Points that a slot can go back to.
    static let checkpoints = 8
    /// Tokens in one computation where each text must fit into one.
    static let wholeBatch = 2048

    /// The weights and what they are called. Other names are LocalCode's business: of several, llama-server tells the one that
    /// comes first in the alphabet.
    mutating func addModel() throws(LaunchProblem) {
        switch entry.source {
        case .file(let path):
            try need("--model", values: [path], feature: "a model", comment: "the weights")
        case .huggingFace(let name):
            try need(
                "--hf-repo", "-hf", values: [name], feature: "a download from Hugging Face",
                comment: "the weights, downloaded at the first start")
        }
        want("--alias", values: [entry.name], feature: nil, comment: "its name")
    }

    /// What LocalCode asks it besides answers.
    mutating func addService(slotDirectory: String?) {
        want("--slots", feature: nil, comment: "LocalCode watches it with GET /slots")
        want("--metrics", feature: nil, comment: "counters at GET /metrics")
        guard let slotDirectory else { return }
        want(
            "--slot-save-path", values: [slotDirectory], feature: "saved KV states",
            comment: "KV states go here and come from here")
    }

    /// Context and slots. Idle slots keep their state, several slots share one pool, and llama-server's own copies in memory are
    /// off, since ours are on the disk: with those, a slot that LocalCode fills could be overwritten. A state is saved with its
    /// checkpoints, of which a model with sliding windows has 32 by default, each as large as its windows: eight are enough to go
    /// back a turn or to the beginning.
    mutating func addContext() throws(LaunchProblem) {
        let context = entry.context ?? Self.context
        let slots = entry.slots ?? Self.slots
        want(
            "--ctx-size", values: ["\(context)"], feature: "a context of its own",
            comment: context == 0
                ? "as many tokens of context as the model has" : "tokens of context, which the slots share",
            state: ["\(context)"])
        want("--parallel", values: ["\(slots)"], feature: "slots", comment: "requests at a time", state: ["\(slots)"])
        want("--cont-batching", feature: nil, comment: "they are computed together")
        want(
            "--kv-unified", feature: nil,
            comment: "one pool of KV values for all slots: a state fits into each of them",
            state: [])
        switch entry.mode {
        case .chat:
            want(
                "--no-cache-idle-slots", feature: nil, comment: "a slot keeps its state while others are used",
                state: [])
            want(
                "--cache-ram", values: ["0"], feature: nil,
                comment: "no copies in memory, which could overwrite a slot that LocalCode fills", state: ["0"])
            want(
                "--ctx-checkpoints", "--swa-checkpoints", values: ["\(Self.checkpoints)"],
                feature:
                    "checkpoints, without which states of models with sliding windows or recurrent parts are read again",
                comment: "points a slot can go back to, for models with sliding windows or recurrent parts",
                state: ["\(Self.checkpoints)"])
        case .rerank:
            try need("--rerank", "--reranking", feature: "reranking", comment: "it ranks documents")
        case .embedding:
            try need("--embedding", "--embeddings", feature: "embeddings", comment: "it answers with vectors")
        }
    }

    /// The types of K and V values, and flash attention, which V values of a quantised type need.
    mutating func addTypes() throws(LaunchProblem) {
        let attention = entry.flashAttention ?? .auto
        if attention == .off, let type = entry.valueType, !["f32", "f16", "bf16"].contains(type) {
            throw LaunchProblem(
                "V values of type \(type) need flash attention, and flash-attention is off",
                hint: "let flash-attention be auto, or kv-type-v f16")
        }
        addFlashAttention(attention)
        for (flag, short, type) in [("--cache-type-k", "K", entry.keyType), ("--cache-type-v", "V", entry.valueType)] {
            guard let type else { continue }
            guard capabilities.offersType(type) else { throw missing("\(short) values of type \(type)") }
            try need(
                flag, values: [type], feature: "\(short) values of type \(type)",
                comment: "type of the \(short) values",
                state: [type])
        }
    }

    /// Vectors are of whole texts (/v1/embeddings refuses others), so a model that does not say how those come about takes the mean
    /// of its tokens.
    mutating func addPooling(_ facts: ModelFacts) throws(LaunchProblem) {
        guard entry.mode == .embedding, facts.hasPooling == false,
            !entry.extraArguments.contains(where: { $0 == "--pooling" || $0.hasPrefix("--pooling=") })
        else { return }
        try need(
            "--pooling", values: ["mean"], feature: "vectors of whole texts",
            comment: "a text has the mean of its tokens: the model does not say what else")
    }

    private mutating func addFlashAttention(_ attention: ModelEntry.FlashAttention) {
        if capabilities.takesValue("--flash-attn") {
            let comment =
                switch attention {
                case .auto: "flash attention where the devices have it"
                case .on: "with flash attention"
                case .off: "without flash attention"
                }
            want(
                "--flash-attn", values: [attention.rawValue], feature: nil, comment: comment,
                state: [attention.rawValue])
        } else if attention == .on {
            // An older build: a switch.
            want("--flash-attn", feature: "flash attention", comment: "with flash attention", state: [])
        }
    }

    /// Where and how fast it computes.
    mutating func addComputation() {
        if let layers = entry.gpuLayers {
            want(
                "--gpu-layers", "--n-gpu-layers", values: [layers], feature: "layers on a GPU",
                comment: "layers on the GPU")
        }
        if let threads = entry.threads {
            want("--threads", values: ["\(threads)"], feature: "a number of threads", comment: "threads that write")
        }
        if let threads = entry.batchThreads {
            want(
                "--threads-batch", values: ["\(threads)"], feature: "a number of threads for prompts",
                comment: "threads that read a prompt")
        }
        // What is ranked or embedded is read in one computation, or refused.
        let whole = entry.mode == .chat ? nil : entry.microBatch ?? entry.batch ?? Self.wholeBatch
        let computed =
            whole == nil ? "tokens in one computation" : "tokens in one computation, into which each text must fit"
        if let batch = entry.batch ?? whole {
            want("--batch-size", values: ["\(batch)"], feature: "a batch size", comment: "tokens that are read at once")
        }
        if let batch = entry.microBatch ?? whole {
            want("--ubatch-size", values: ["\(batch)"], feature: "a batch size", comment: computed)
        }
    }
}
