extension RouteQuestion {
    /// Which models may answer, and how. A user's hint counts more than a rule, a rule more than a virtual model, and that more
    /// than what holds by default; what must stay on this machine stays, whatever any of them says. Where the configuration leads
    /// to nobody who could answer, the model that was asked for counts.
    public func answer() -> RouteDecision {
        let hints = request.hints
        let wanted = hints.model ?? asked ?? defaultModel
        let rule = rule(for: wanted)
        var decision = RouteDecision(models: [], lane: hints.lane ?? rule?.lane ?? request.kind.lane)
        decision.reasons.append(
            hints.model != nil
                ? "a hint names '\(wanted)'"
                : asked == nil ? "no model is named; the default is '\(wanted)'" : "the client asks for '\(wanted)'")
        if let rule {
            decision.rule = rule.name
            decision.reasons.append("rule '\(rule.name)' matches")
            decision.overrides = rule.overrides
        }
        let localOnly = localOnly(wanted, rule)
        decision.isLocalOnly = localOnly != nil
        if let localOnly { decision.reasons.append("it must not leave this machine: \(localOnly)") }
        if let rule, let refusal = rule.refusal {
            decision.refusal = APIError(
                status: 403, message: "\(refusal) (rule '\(rule.name)')", code: "refused_by_rule")
            return decision
        }
        var search = RouteSearch(
            self, wanted: wanted, rule: rule, localOnly: localOnly, decision: decision)
        search.run()
        return search.decision
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
        if let pattern = privacy.models.first(where: { Wildcard($0).matches(model) }) {
            return "the model '\(pattern)' is private"
        }
        if let field = privacy.headers.first(where: { name, value in
            headers.all(name).contains { value.isEmpty || Wildcard(value).matches($0) }
        }) {
            return "its header has \(field.name)"
        }
        // What such a request brings is of a project that only the conversation's turns tell.
        if !privacy.paths.isEmpty, request.project == nil, Self.partsOfOthers.contains(request.kind) {
            return "it does not tell its project, and some are private"
        }
        return nil
    }

    private static let partsOfOthers: [RequestKind] = [.title, .summary, .compaction, .subagent, .explore, .commit]
}
