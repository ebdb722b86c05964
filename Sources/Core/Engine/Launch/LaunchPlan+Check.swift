extension LaunchPlan {
    /// Looks at the files of a model before anything starts: llama-server says of some only in its log that it does without them,
    /// and ends without a word about others.
    /// - Throws: the first thing that is wrong with them.
    public static func check(_ entry: ModelEntry) throws(LaunchProblem) {
        var target: ModelHeader?
        if case .file(let path) = entry.source {
            let header = try read(path, "model", of: entry)
            try check(header, isOneOf: [.text, .embedding, .reranker], "model", of: entry)
            try checkTypes(entry, header)
            target = header
        }
        if let draft = entry.speculation.draft, !entry.speculation.kinds.contains("none"), entry.mode == .chat {
            try checkDraft(try read(draft, "draft model", of: entry), of: target, entry)
        }
        if let projector = entry.projector {
            try check(try read(projector, "mmproj", of: entry), isOneOf: [.projector], "mmproj", of: entry)
        }
        for adapter in entry.adapters {
            try check(try read(adapter.path, "LoRA adapter", of: entry), isOneOf: [.adapter], "LoRA adapter", of: entry)
        }
        for vector in entry.controlVectors {
            let header = try read(vector.path, "control vector", of: entry)
            try check(header, isOneOf: [.controlVector], "control vector", of: entry)
        }
        if let template = entry.chatTemplate, !Directories.isFile(template) {
            throw LaunchProblem("the chat template of \(entry.name) cannot be used: there is no file \(template)")
        }
    }

    private static func read(_ path: String, _ what: String, of entry: ModelEntry) throws(LaunchProblem) -> ModelHeader
    {
        do {
            return try ModelHeader.read(path: path)
        } catch {
            throw LaunchProblem("the \(what) of \(entry.name) cannot be used: \(error)")
        }
    }

    private static func check(
        _ header: ModelHeader, isOneOf kinds: [ModelHeader.Kind], _ what: String, of entry: ModelEntry
    ) throws(LaunchProblem) {
        guard !kinds.contains(header.kind) else { return }
        throw LaunchProblem(
            "the \(what) of \(entry.name) cannot be used: \(header.path) is of kind \(header.kind.rawValue)")
    }

    private static func checkTypes(_ entry: ModelEntry, _ header: ModelHeader) throws(LaunchProblem) {
        let (key, value) = (entry.keyType ?? "f16", entry.valueType ?? "f16")
        if let reason = header.refusal(keyType: key, valueType: value) {
            throw LaunchProblem("\(entry.name) cannot have these types of K and V values: \(reason)")
        }
    }

    /// Drafts of other kinds than draft-simple are made for one target; their vocabulary tells nothing.
    private static func checkDraft(_ draft: ModelHeader, of target: ModelHeader?, _ entry: ModelEntry)
        throws(LaunchProblem)
    {
        let drafts = entry.speculation.kinds.filter(LaunchPlanBuilder.usesDraft)
        guard let target, drafts.isEmpty || drafts == ["draft-simple"] else { return }
        if let reason = DraftPairing.refusal(target: target, draft: draft) {
            throw LaunchProblem(
                "\(entry.name) cannot use the draft model \(draft.path): \(reason)",
                hint: "'localcode models pair \(target.path)' lists models that fit")
        }
    }
}
