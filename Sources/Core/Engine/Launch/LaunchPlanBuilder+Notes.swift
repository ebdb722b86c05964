extension LaunchPlanBuilder {
    /// Notes a context that is larger than a request can use: llama-server gives no slot more than the model was trained for.
    mutating func noteContext(_ facts: ModelFacts) {
        guard let context = entry.context, let trained = facts.contextLength, trained > 0, context > trained else {
            return
        }
        note("a request can use \(trained) of the \(context) tokens of context: the model was trained for no more")
    }

    /// Notes keys that are not looked at, by the mode or by the kinds of speculation.
    mutating func noteWhatHasNoUse() {
        let wanted = entry.speculation
        guard entry.mode == .chat else {
            let blank = ModelEntry(name: entry.name, source: entry.source)
            let keys = Self.names([
                ("draft", wanted.draft != nil), ("speculation", !wanted.kinds.isEmpty),
                ("chat-template", entry.chatTemplate != nil), ("template-arguments", !entry.templateArguments.isEmpty),
                ("reasoning-budget", entry.reasoningBudget != nil), ("sampling", entry.sampling != blank.sampling),
            ])
            if !keys.isEmpty { note("\(keys), which mode: \(entry.mode.rawValue) has no use for", goesWithout: true) }
            return
        }
        guard !wanted.kinds.contains("none") else { return }
        if wanted.draft == nil, !wanted.kinds.contains(where: Self.usesDraft) {
            let keys = Self.names([
                ("draft-max", wanted.draftMax != nil), ("draft-min", wanted.draftMin != nil),
                ("draft-p-min", wanted.draftProbability != nil), ("draft-gpu-layers", wanted.draftGPULayers != nil),
            ])
            if !keys.isEmpty { note("\(keys), for which it would need a draft", goesWithout: true) }
        }
        if !wanted.kinds.contains(where: { $0.hasPrefix("ngram-") && $0 != "ngram-cache" }) {
            let keys = Self.names([
                ("ngram-match", wanted.ngramMatch != nil), ("ngram-max", wanted.ngramMax != nil),
                ("ngram-min", wanted.ngramMin != nil), ("ngram-hits", wanted.ngramHits != nil),
            ])
            if !keys.isEmpty {
                note("\(keys), for which it would need speculation of an n-gram kind", goesWithout: true)
            }
        }
    }

    /// Those that are there.
    private static func names(_ keys: [(name: String, isThere: Bool)]) -> String {
        keys.filter(\.isThere).map(\.name).joined(separator: ", ")
    }
}
