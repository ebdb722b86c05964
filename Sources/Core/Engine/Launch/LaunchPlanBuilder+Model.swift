extension LaunchPlanBuilder {
    /// The files that belong to the model: projector, adapters, control vectors.
    mutating func addFiles() throws(LaunchProblem) {
        if let projector = entry.projector {
            try need(
                "--mmproj", values: [projector], feature: "a projector for images", comment: "it sees images", state: []
            )
        }
        if !entry.adapters.isEmpty {
            let (isScaled, value) = try Self.scaled(entry.adapters, feature: "LoRA adapter")
            try need(
                isScaled ? "--lora-scaled" : "--lora", values: [value], feature: "LoRA adapters",
                comment: isScaled ? "LoRA adapters with their scales" : "LoRA adapters",
                state: Self.scales(entry.adapters))
        }
        if !entry.controlVectors.isEmpty {
            let (isScaled, value) = try Self.scaled(entry.controlVectors, feature: "control vector")
            try need(
                isScaled ? "--control-vector-scaled" : "--control-vector", values: [value], feature: "control vectors",
                comment: isScaled ? "control vectors with their scales" : "control vectors",
                state: Self.scales(entry.controlVectors))
            if let layers = entry.controlLayers {
                let values = ["\(layers.lowerBound)", "\(layers.upperBound)"]
                try need(
                    "--control-vector-layer-range", values: values, feature: "a range of layers for control vectors",
                    comment: "the layers they work on", state: values)
            }
        }
    }

    /// `--spec-type` and what belongs to it. It costs nothing but time to go without, so a kind that this build lacks is noted.
    mutating func addSpeculation() throws(LaunchProblem) {
        let wanted = entry.speculation
        let kinds = try Self.speculationKinds(of: entry)
        for kind in kinds where !capabilities.offersSpeculation(kind) { leaveOut("speculation of the kind \(kind)") }
        speculation = kinds.filter(capabilities.offersSpeculation)
        guard !speculation.isEmpty else { return }
        guard capabilities.offers("--spec-type") else {
            speculation = []
            return leaveOut("speculation")
        }
        let value = speculation.joined(separator: ",")
        let draft = speculation.filter(Self.usesDraft).joined(separator: ",")
        add(
            .init("--spec-type", [value], comment: "how tokens are guessed ahead", state: draft.isEmpty ? nil : [draft])
        )
        if !draft.isEmpty { addDraft(wanted) }
        for kind in speculation where kind.hasPrefix("ngram-") { addNgram(kind, wanted) }
    }

    /// The kinds that are meant. A draft model without a kind would be loaded and not used.
    static func speculationKinds(of entry: ModelEntry) throws(LaunchProblem) -> [String] {
        var kinds = entry.speculation.kinds.filter { $0 != "none" }
        if entry.speculation.kinds.contains("none") { return [] }
        if entry.speculation.draft != nil, !kinds.contains(where: usesDraft) { kinds.append("draft-simple") }
        let drafts = kinds.filter(usesDraft)
        if drafts.count > 1 {
            throw LaunchProblem(
                "speculation has \(drafts.joined(separator: " and ")), and an engine drafts in one way only",
                hint: "keep one of them; n-gram kinds can stand beside it")
        }
        // The heads of MTP can be in the model's own file.
        if let kind = drafts.first, kind != "draft-mtp", entry.speculation.draft == nil {
            throw LaunchProblem(
                "speculation \(kind) needs a draft model", hint: "name one with draft: FILE")
        }
        return kinds
    }

    private mutating func addDraft(_ wanted: ModelEntry.Speculation) {
        if let draft = wanted.draft {
            want(
                "--spec-draft-model", "--model-draft", values: [draft], feature: "a draft model",
                comment: "the draft model")
        }
        if let most = wanted.draftMax {
            want(
                "--spec-draft-n-max", "--draft-max", values: ["\(most)"], feature: "a greatest draft",
                comment: "most tokens to draft")
        }
        if let fewest = wanted.draftMin {
            want(
                "--spec-draft-n-min", "--draft-min", values: ["\(fewest)"], feature: "a smallest draft",
                comment: "fewest tokens to draft")
        }
        if let probability = wanted.draftProbability {
            want(
                "--spec-draft-p-min", "--draft-p-min", values: [LaunchPlan.text(probability)],
                feature: "a least probability",
                comment: "the draft stops below this probability")
        }
        if let layers = wanted.draftGPULayers {
            want(
                "--spec-draft-ngl", "--gpu-layers-draft", values: [layers], feature: "layers of a draft on a GPU",
                comment: "layers of the draft on the GPU")
        }
    }

    private mutating func addNgram(_ kind: String, _ wanted: ModelEntry.Speculation) {
        let isMod = kind == "ngram-mod"
        for (value, suffix, what) in [
            (wanted.ngramMatch, isMod ? "n-match" : "size-n", "tokens that must match before it guesses"),
            (wanted.ngramMax, isMod ? "n-max" : "size-m", "most tokens it guesses"),
            (wanted.ngramMin, isMod ? "n-min" : "", "fewest tokens it guesses"),
            (wanted.ngramHits, isMod ? "" : "min-hits", "times it must have seen them"),
        ] {
            guard let value, !suffix.isEmpty, kind != "ngram-cache" else { continue }
            want(
                "--spec-\(kind)-\(suffix)", values: ["\(value)"], feature: "parameters of \(kind)",
                comment: "\(kind): \(what)")
        }
    }

    /// The chat template and what it is given.
    mutating func addTemplate() throws(LaunchProblem) {
        want("--jinja", feature: nil, comment: "Jinja templates, which tools need")
        if let template = entry.chatTemplate {
            try need(
                "--chat-template-file", values: [template], feature: "a chat template of its own",
                comment: "a chat template in the place of its own")
        }
        if !entry.templateArguments.isEmpty {
            let text = JSONValue.object(entry.templateArguments).description
            try need(
                "--chat-template-kwargs", values: [text], feature: "arguments of the chat template",
                comment: "arguments of the chat template", state: [text])
        }
        if let budget = entry.reasoningBudget {
            let comment =
                switch budget {
                case -1: "reasoning without a limit"
                case 0: "no reasoning"
                default: "most tokens of reasoning"
                }
            try need(
                "--reasoning-budget", values: ["\(budget)"], feature: "a budget of reasoning", comment: comment)
        }
    }

    /// Sampling where a request says nothing.
    mutating func addSampling() throws(LaunchProblem) {
        let sampling = entry.sampling
        for (flag, value, name) in [
            ("--temp", sampling.temperature.map(LaunchPlan.text), "temperature"),
            ("--top-p", sampling.topP.map(LaunchPlan.text), "top-p"),
            ("--top-k", sampling.topK.map(String.init), "top-k"),
            ("--min-p", sampling.minP.map(LaunchPlan.text), "min-p"),
            ("--presence-penalty", sampling.presencePenalty.map(LaunchPlan.text), "presence penalty"),
            ("--frequency-penalty", sampling.frequencyPenalty.map(LaunchPlan.text), "frequency penalty"),
            ("--repeat-penalty", sampling.repeatPenalty.map(LaunchPlan.text), "repeat penalty"),
            ("--seed", sampling.seed.map(String.init), "seed"),
        ] {
            guard let value else { continue }
            try need(
                flag, values: [value], feature: "a \(name) of its own", comment: "\(name) where a request has none")
        }
    }
}
