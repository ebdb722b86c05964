extension ModelKey {
    /// The keys of a model, in the order of the documentation.
    public static let all: [ModelKey] = whatItIs + contextAndSpeed + files + guessing + chat + life

    private static let whatItIs: [ModelKey] = [
        ModelKey("path", "FILE", \.source, "the weights, a GGUF file; of a split one the first part") {
            written, reading in
            reading.text(written).map { .file(reading.resolve($0)) }
        },
        ModelKey("hf", "NAME", \.source, "instead of `path`: a model that llama-server downloads from Hugging Face") {
            written, reading in
            guard let text = reading.text(written) else { return nil }
            if text.contains("/"), !text.contains(where: \.isWhitespace) { return .huggingFace(text) }
            reading.refuse(
                "hf", line: written.line, "'\(text)' is not a name such as ggml-org/gemma-3-270m-GGUF:Q4_K_M")
            return nil
        },
        ModelKey("aliases", "LIST", \.aliases, "other names that requests can call it by") { written, reading in
            reading.texts(written)?.compactMap { item in
                if isName(item.text) { return item.text }
                reading.refuse("aliases", line: item.line, "'\(item.text)' is no name: \(nameRule)")
                return nil
            }
        },
        choice("mode", \.mode, "what it is for; a process does one of these"),
    ]

    private static let contextAndSpeed: [ModelKey] = [
        integer("context", \.context, from: 0, "tokens of context, which the slots share; 0: as many as the model has"),
        integer("slots", \.slots, to: 256, "requests at a time, as many as clients are expected"),
        type("kv-type", \.bothTypes, "type of K and V values: \(alternatives(kvTypes))"),
        type("kv-type-k", \.keyType, "type of the K values alone"),
        type("kv-type-v", \.valueType, "type of the V values alone; quantised ones need flash attention"),
        choice("flash-attention", \.flashAttention, "auto leaves it to llama-server, which asks the devices"),
        layers("gpu-layers", \.gpuLayers, "layers on the GPU"),
        integer("threads", \.threads, to: 4096, "threads that write"),
        integer("batch-threads", \.batchThreads, to: 4096, "threads that read a prompt"),
        integer("batch", \.batch, "tokens that are read at once"),
        integer("micro-batch", \.microBatch, "tokens in one computation; for rerank and embedding, the longest text"),
    ]

    private static let files: [ModelKey] = [
        file("mmproj", \.projector, "a projector, with which it sees images"),
        ModelKey("lora", "LIST or FILE: SCALE", \.adapters, "LoRA adapters, with scales in a mapping") {
            written, reading in reading.scaled(written)
        },
        ModelKey(
            "control-vectors", "LIST or FILE: SCALE", \.controlVectors, "control vectors, with scales in a mapping"
        ) { written, reading in reading.scaled(written) },
        word(
            "control-layers", "FIRST-LAST", \.controlLayers, "layers that control vectors work on; all without it",
            wanted: "a range of layers such as 10-31", parse: layerRange),
    ]

    private static let guessing: [ModelKey] = [
        file("draft", \.speculation.draft, "a small model of the same vocabulary that guesses ahead"),
        ModelKey(
            "speculation", "LIST", \.speculation.kinds,
            "how tokens are guessed: \(alternatives(speculationKinds))"
        ) { written, reading in
            reading.texts(written)?.compactMap { item in
                if speculationKinds.contains(item.text) { return item.text }
                reading.refuse(
                    "speculation", line: item.line,
                    "'\(item.text)' is not one of \(speculationKinds.joined(separator: ", "))",
                    hint: Spelling.nearest(to: item.text, among: speculationKinds).map { "did you mean '\($0)'?" })
                return nil
            }
        },
        integer("draft-max", \.speculation.draftMax, to: 1024, "most tokens that a draft model guesses in a round"),
        integer("draft-min", \.speculation.draftMin, from: 0, to: 1024, "fewest"),
        number("draft-p-min", \.speculation.draftProbability, in: 0...1, "it stops below this probability"),
        layers("draft-gpu-layers", \.speculation.draftGPULayers, "its layers on the GPU"),
        integer(
            "ngram-match", \.speculation.ngramMatch, to: 1024, "tokens that must match before an n-gram kind guesses"),
        integer("ngram-max", \.speculation.ngramMax, to: 1024, "most tokens that it guesses"),
        integer("ngram-min", \.speculation.ngramMin, from: 0, to: 1024, "fewest, for ngram-mod"),
        integer("ngram-hits", \.speculation.ngramHits, "times the match must have been seen, for the others"),
        yes("governor", \.hasGovernor, "start it with the kind that was measured to be fastest"),
    ]

    /// llama.cpp's names of the ways to guess ahead.
    public static let speculationKinds = [
        "none", "draft-simple", "draft-eagle3", "draft-mtp", "draft-dflash", "draft-dspark", "ngram-simple",
        "ngram-map-k",
        "ngram-map-k4v", "ngram-mod", "ngram-cache",
    ]

    /// What a model can be called: it stands in URLs, file names and comma-separated lists.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 128 && text.allSatisfy { !$0.isWhitespace && $0 != "," && !$0.isControl }
    }

    static let nameRule = "at most 128 bytes, without white space and commas"

    private static func layerRange(_ text: String) -> ClosedRange<Int>?? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = ends.first.flatMap({ Int($0) }), let last = ends.last.flatMap({ Int($0) }), ends.count <= 2,
            0 <= first, first <= last
        else { return nil }
        return .some(first...last)
    }
}

extension ModelEntry {
    fileprivate var bothTypes: String? {
        get { keyType == valueType ? keyType : nil }
        set { (keyType, valueType) = (newValue, newValue) }
    }
}

extension Character {
    fileprivate var isControl: Bool { unicodeScalars.contains { $0.value < 32 || $0.value == 127 } }
}
