extension RouteQuestion {
    /// Which models may answer, and how. A user's hint counts more than a rule, a rule more than a virtual model, and that more
    /// than what holds by default; what must stay on this machine stays, whatever any of them says. Where the configuration leads
    /// to nobody who could answer, the model that was asked for counts.
    public func answer() -> RouteDecision {
        let hints = request.hints
        // A hint for a model that nobody knows must not lead elsewhere than the request itself does.
        let hinted = hints.model.flatMap { isKnown($0) ? $0 : nil }
        let wanted = hinted ?? asked ?? defaultModel
        let rule = rule(for: wanted)
        var decision = RouteDecision(models: [], lane: hints.lane ?? rule?.lane ?? request.kind.lane)
        decision.reasons.append(
            hinted != nil
                ? "a hint names '\(wanted)'"
                : asked == nil ? "no model is named; the default is '\(wanted)'" : "the client asks for '\(wanted)'")
        if let named = hints.model, hinted == nil {
            decision.notes.append("a hint names '\(named)', which is no model")
        }
        if let rule {
            decision.rule = rule.name
            decision.reasons.append("rule '\(rule.name)' matches")
            decision.overrides = rule.overrides
        }
        let localOnly = localOnly(wanted, rule)
        decision.localOnly = localOnly
        if let localOnly { decision.reasons.append("it must not leave this machine: \(localOnly)") }
        if let rule, let refusal = rule.refusal {
            decision.refusal = APIError(
                status: 403, message: "\(refusal) (rule '\(rule.name)')", code: "refused_by_rule")
            return decision
        }
        var question = self
        question.request.hints.model = hinted
        var search = RouteSearch(
            question, wanted: wanted, rule: rule, decision: decision)
        search.run()
        return search.decision
    }

    /// Whether it must not leave this machine, for a request of which only headers and names are known: a rule counts where nothing
    /// that is known speaks against it.
    public var mayBeLocalOnly: Bool {
        let wanted = asked ?? defaultModel
        return answer().isLocalOnly
            || configuration.rules.contains { rule in
                var conditions = rule.conditions
                (conditions.demands, conditions.tokens, conditions.load) = ([:], nil, nil)
                if request.project == nil { conditions.projects = [] }
                return rule.isLocalOnly && conditions.hold(for: self, model: wanted)
            }
    }

    /// Whether a name is that of a model, or of a virtual one.
    private func isKnown(_ name: String) -> Bool {
        offers.isEmpty || configuration.virtualModels.contains { $0.name == name }
            || RouteNeeds(self, isLocalOnly: false).exists(name)
    }

    /// Who says that a request must not leave this machine; nil: nobody does.
    private func localOnly(_ model: String, _ rule: RoutingRule?) -> String? {
        if request.hints.isLocalOnly { return "the client says so" }
        if let rule, rule.isLocalOnly { return "rule '\(rule.name)' says so" }
        let privacy = configuration.privacy
        if let path = privacy.paths.first(where: { path in
            request.project.map { ProjectPath.lies($0, in: path) } ?? false
        }) {
            return "its project lies in \(path)"
        }
        let identity = RouteNeeds(self, isLocalOnly: false).identity
        let names = [model, asked, request.hints.model].compactMap(\.self)
        let all = names + names.map(identity)
        if let pattern = privacy.models.first(where: { all.contains(where: Wildcard($0).matches) }) {
            return "the model '\(pattern)' is private"
        }
        if let field = privacy.headers.first(where: { name, value in
            headers.all(name).contains { value.isEmpty || Wildcard(value).matches($0) }
        }) {
            return "its header has \(field.name)"
        }
        // What such a request brings is of a project that only the conversation's turns tell, or nobody.
        if !privacy.paths.isEmpty, request.project == nil, Self.partsOfOthers.contains(request.kind) {
            return "it does not tell its project, and some are private"
        }
        return nil
    }

    private static let partsOfOthers: [RequestKind] = [
        .title, .summary, .compaction, .subagent, .explore, .commit, .fim, .completion, .embedding, .rerank,
    ]
}
