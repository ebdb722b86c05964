/// The way from what is wanted to models that can answer, with a word on each step.
struct RouteSearch {
    let question: RouteQuestion
    /// The model that the client, its hint or else the settings name.
    let wanted: String
    let rule: RoutingRule?
    let needs: RouteNeeds
    var decision: RouteDecision

    var configuration: RoutingConfiguration { question.configuration }

    init(
        _ question: RouteQuestion, wanted: String, rule: RoutingRule?, decision: RouteDecision
    ) {
        self.question = question
        self.wanted = wanted
        self.rule = rule
        self.decision = decision
        needs = RouteNeeds(question, isLocalOnly: decision.isLocalOnly)
    }

    mutating func run() {
        decision.models = models()
        guard decision.refusal == nil else { return }
        // A rule is never worse than the client's own choice: what it asked for comes last.
        let names = configuration.virtualModels.first { $0.name == wanted }?.models ?? [wanted]
        let own = rule?.models.isEmpty == false ? names.filter { needs.exists($0) && needs.obstacle($0) == nil } : []
        for model in decision.models {
            let others = decision.models.filter { $0 != model }
            let next = distinct(others + fitting(chain(of: model)) + own, but: model)
            if !next.isEmpty { decision.fallbacks[model] = next }
            let longer = distinct(next.filter { mayBeLonger($0, than: model) } + longer(than: model), but: model)
            if !longer.isEmpty { decision.longer[model] = longer }
        }
    }

    /// The models to choose among; none, with a refusal, where nobody can answer.
    private mutating func models() -> [String] {
        if let preferred = ruled() ?? background() {
            let found = fitting(preferred)
            if !found.isEmpty { return found }
            decision.reasons.append("none of these can answer, so '\(wanted)' counts")
        }
        let names = expanded(wanted)
        if !isVirtual {
            if keep(wanted) { return names }
        } else if !names.contains(where: needs.exists) {
            // Upstreams may know more names than we do.
            return names
        } else {
            let found = fitting(names)
            if !found.isEmpty { return found }
        }
        return substitutes(for: names)
    }

    // MARK: What is preferred

    /// What a rule wants, unless a hint names a model.
    private mutating func ruled() -> [String]? {
        guard let rule, question.request.hints.model == nil, !rule.models.isEmpty else { return nil }
        decision.reasons.append("the rule uses \(rule.models.joined(separator: ", "))")
        return rule.models.flatMap { expanded($0) }
    }

    /// Titles and summaries may come from the small model, where there is one.
    private mutating func background() -> [String]? {
        let small = Self.small(configuration)
        guard [.title, .summary].contains(question.request.kind), question.request.hints.model == nil,
            needs.identity(small) != needs.identity(wanted)
        else { return nil }
        if let absence = needs.absence(small) {
            if configuration.small != nil { decision.excluded.append((small, "it \(absence.predicate)")) }
            return nil
        }
        decision.reasons.append("a \(question.request.kind.rawValue) may come from '\(small)'")
        decision.small = small
        return [small] + expanded(wanted)
    }

    static func small(_ configuration: RoutingConfiguration) -> String { configuration.small ?? "small" }

    /// Whether what is wanted stands for models.
    var isVirtual: Bool { configuration.virtualModels.contains { $0.name == wanted } }

    /// A virtual model's models; any other name stands for itself.
    private mutating func expanded(_ name: String) -> [String] {
        guard let virtual = configuration.virtualModels.first(where: { $0.name == name }) else { return [name] }
        let reason = "'\(name)' stands for \(virtual.models.joined(separator: ", "))"
        if !decision.reasons.contains(reason) { decision.reasons.append(reason) }
        return virtual.models
    }

    /// What the configuration names to be tried after a model.
    mutating func chain(of model: String) -> [String] {
        let chain = configuration.fallbacks[model] ?? configuration.fallbacks[needs.identity(model)] ?? []
        return chain.flatMap { expanded($0) }
    }

    // MARK: What can answer

    /// Those that exist and have no obstacle, each model once.
    mutating func fitting(_ names: [String]) -> [String] {
        distinct(names.filter { keep($0, mustExist: true) })
    }

    private func distinct(_ names: [String], but model: String? = nil) -> [String] {
        var seen = Set([model].compactMap { $0.map(needs.identity) })
        return names.filter { seen.insert(needs.identity($0)).inserted }
    }

    /// Whether a model can answer; if not, it is noted why.
    private mutating func keep(_ name: String, mustExist: Bool = false) -> Bool {
        let absence = mustExist ? needs.absence(name) : nil
        guard let obstacle = absence ?? needs.obstacle(name) else { return true }
        if !decision.excluded.contains(where: { $0.model == name }) {
            decision.excluded.append((name, "it \(obstacle.predicate)"))
        }
        return false
    }
}
