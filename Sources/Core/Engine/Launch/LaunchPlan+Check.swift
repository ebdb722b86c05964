extension LaunchPlan {
    /// Looks at the files of a model before anything starts: llama-server says of some only in its log that it does without them,
    /// and ends without a word about others.
    /// - Throws: the first thing that is wrong with them.
    public static func check(_ entry: ModelEntry) throws(LaunchProblem) {
        var target: ModelHeader?
        if case .file(let path) = entry.source {
            let header = try read(path)
            guard [.text, .embedding, .reranker].contains(header.kind) else {
                throw LaunchProblem("\(path) is of kind \(header.kind.rawValue), which is no model by itself")
            }
            try checkMode(entry, header)
            try checkTypes(entry, header)
            try checkPrediction(entry, header)
            target = header
        }
        if let draft = entry.speculation.draft, !entry.speculation.kinds.contains("none"), entry.mode == .chat {
            try checkDraft(try read(draft, "draft"), of: target, entry)
        }
        if let projector = entry.projector { _ = try read(projector, .projector, key: "mmproj") }
        for adapter in entry.adapters { _ = try read(adapter.path, .adapter, key: "lora") }
        let vectors = try entry.controlVectors.map { vector throws(LaunchProblem) in
            try read(vector.path, .controlVector, key: nil)
        }
        if let target { try checkSteering(entry, vectors, of: target) }
        if let template = entry.chatTemplate, entry.mode == .chat, !Directories.isFile(template) {
            throw LaunchProblem("\(template) (chat-template) is not there")
        }
    }

    /// - Parameter key: what the file is for; nil where that goes without saying.
    private static func read(_ path: String, _ key: String? = nil) throws(LaunchProblem) -> ModelHeader {
        do {
            return try ModelHeader.read(path: path)
        } catch {
            throw LaunchProblem("\(named(error.path, key)) \(error.problem)", hint: error.hint)
        }
    }

    private static func read(
        _ path: String, _ kind: ModelHeader.Kind, key: String?
    ) throws(LaunchProblem) -> ModelHeader {
        let header = try read(path, key)
        guard header.kind == kind else {
            throw LaunchProblem("\(named(path, key)) is of kind \(header.kind.rawValue), not \(kind.rawValue)")
        }
        return header
    }

    private static func named(_ path: String, _ key: String?) -> String { key.map { "\(path) (\($0))" } ?? path }

    /// What a model was not made for it does all the same, but not well.
    private static func checkMode(_ entry: ModelEntry, _ header: ModelHeader) throws(LaunchProblem) {
        switch (entry.mode, header.kind) {
        case (.chat, .reranker): throw LaunchProblem("\(header.path) is a reranker: set mode: rerank")
        case (.chat, .embedding): throw LaunchProblem("\(header.path) is an embedding model: set mode: embedding")
        case (.rerank, .text), (.rerank, .embedding):
            throw LaunchProblem("\(header.path) has no head that ranks, which mode: rerank needs")
        default: break
        }
    }

    private static func checkTypes(_ entry: ModelEntry, _ header: ModelHeader) throws(LaunchProblem) {
        let (key, value) = (entry.keyType ?? "f16", entry.valueType ?? "f16")
        if let reason = header.refusal(keyType: key, valueType: value) {
            throw LaunchProblem(reason, hint: "'localcode models show \(header.path)' lists the types that fit")
        }
    }

    /// The heads of MTP are in the model's own file, where there is no draft.
    private static func checkPrediction(_ entry: ModelEntry, _ header: ModelHeader) throws(LaunchProblem) {
        let wanted = entry.speculation
        guard entry.mode == .chat, wanted.kinds.contains("draft-mtp"), !wanted.kinds.contains("none"),
            wanted.draft == nil, header.predictionLayerCount == 0
        else { return }
        throw LaunchProblem(
            "\(header.path) has no heads that guess ahead, which speculation draft-mtp needs",
            hint: "choose another kind, such as ngram-mod")
    }

    /// Drafts of other kinds than draft-simple are made for one target; their vocabulary tells nothing.
    private static func checkDraft(_ draft: ModelHeader, of target: ModelHeader?, _ entry: ModelEntry)
        throws(LaunchProblem)
    {
        let drafts = entry.speculation.kinds.filter(LaunchPlanBuilder.usesDraft)
        guard let target, drafts.isEmpty || drafts == ["draft-simple"] else { return }
        if let reason = DraftPairing.refusal(target: target, draft: draft) {
            throw LaunchProblem(
                "the draft \(draft.path) does not fit: \(reason)",
                hint: "'localcode models pair \(target.path)' lists models that fit")
        }
    }

    /// llama-server goes without a vector of another width, and without the layers that a model does not have.
    private static func checkSteering(
        _ entry: ModelEntry, _ vectors: [ModelHeader], of model: ModelHeader
    ) throws(LaunchProblem) {
        guard !vectors.isEmpty else { return }
        // Directions are added behind a layer, and never behind the first.
        let last = model.layerCount - 1
        let layers = "control vectors work on layers 1 to \(last) of \(model.path)"
        if let wanted = entry.controlLayers, wanted.upperBound > last || wanted.upperBound < 1 {
            throw LaunchProblem("control-layers \(wanted.lowerBound)-\(wanted.upperBound): \(layers)")
        }
        for vector in vectors {
            let directions = vector.directions
            guard !directions.isEmpty else { throw LaunchProblem("\(vector.path) has no directions") }
            if let other = directions.first(where: { $0.width != model.embeddingLength }) {
                throw LaunchProblem(
                    "\(vector.path) is made for another model: it has a width of \(other.width), and \(model.path) one of "
                        + "\(model.embeddingLength)")
            }
            if let far = directions.first(where: { $0.layer < 1 || $0.layer > last }) {
                throw LaunchProblem(
                    "\(vector.path) is made for another model: it has a direction for layer \(far.layer), and \(layers)"
                )
            }
            if let wanted = entry.controlLayers, !directions.contains(where: { wanted.contains($0.layer) }) {
                throw LaunchProblem(
                    "\(vector.path) has no direction for control-layers \(wanted.lowerBound)-\(wanted.upperBound)")
            }
        }
    }
}

extension ModelHeader {
    /// What a control vector has for each layer: `direction.12`, with as many numbers as the model is wide.
    fileprivate var directions: [(layer: Int, width: Int)] {
        tensors.compactMap { tensor in
            let prefix = "direction."
            guard tensor.name.hasPrefix(prefix), let layer = Int(tensor.name.dropFirst(prefix.count)) else {
                return nil
            }
            return (layer, tensor.count)
        }
    }
}
