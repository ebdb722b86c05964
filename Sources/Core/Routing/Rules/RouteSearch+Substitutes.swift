/// Where none of the models that are meant can answer.
extension RouteSearch {
    /// Other models; none, with a refusal, where there are none. Whoever asks for a model of this machine gets no other, unless
    /// the configuration names one.
    mutating func substitutes(for names: [String]) -> [String] {
        let obstacles = names.compactMap { name in needs.obstacle(name).map { (name, $0) } }
        let chained = fitting(names.flatMap { chain(of: $0) })
        if !chained.isEmpty { return instead(chained, "its fallback", obstacles) }
        let isNamed = (question.request.hints.model ?? question.asked) != nil && !isVirtual
        let here = names.filter { needs.obstacle($0) != .leavesMachine }
        guard let first = here.first else {
            if !isNamed, let first = pooled.first { return instead([first], "the first that can answer", obstacles) }
            decision.refusal = decision.mustStay(noModel(of: names, "is on it", else: "is not on it"))
            return []
        }
        guard obstacles.contains(where: { $0.1 == .blind }) else { return longEnough(here, first, obstacles) }
        let seeing = (pool.others + pool.small).filter { $0.sees == true }
        if !isNamed, seeing.count == 1 { return instead([seeing[0].model], "the only one that sees", obstacles) }
        decision.refusal = cannotSee(here)
        return []
    }

    /// Those whose context a request fits; else the longest, which will tell the client to shorten it.
    private mutating func longEnough(
        _ names: [String], _ first: String, _ obstacles: [(String, RouteNeeds.Obstacle)]
    ) -> [String] {
        guard !needs.isGLM(first) else { return names }
        if !pooled.isEmpty { return instead(pooled, "where it fits", obstacles) }
        let longest = (names.compactMap(needs.offer) + pool.others).max { ($0.context ?? 0) < ($1.context ?? 0) }
        guard let longest, longest.context ?? 0 > needs.offer(first)?.context ?? 0 else { return [first] }
        decision.reasons.append("it fits nowhere; '\(longest.model)' has the longest context")
        return [longest.model]
    }

    private mutating func instead(
        _ models: [String], _ what: String, _ obstacles: [(String, RouteNeeds.Obstacle)]
    ) -> [String] {
        let names = models.joined(separator: ", ")
        decision.reasons.append("\(models.count == 1 ? "'\(names)' is" : "\(names) are") \(what)")
        if !obstacles.isEmpty {
            let why = obstacles.map { "\($0) \($1.predicate)" }.joined(separator: ", ")
            decision.notes.append("the model is \(models.joined(separator: " or ")): \(why)")
        }
        return models
    }

    /// Models that may stand in for the wanted one without being named for it, but for the length of the prompt: not the hosted
    /// ones, and of this machine if that one is. The small model is the last resort.
    private var pool: (others: [RouteOffer], small: [RouteOffer]) {
        let mayLeave = needs.offer(wanted).map { !$0.isLocal && !$0.isGLM } ?? false
        let small = needs.identity(Self.small(configuration))
        let offers = needs.offers.filter { offer in
            guard !offer.isGLM, offer.isLocal || mayLeave else { return false }
            switch needs.obstacle(offer.model) {
            case .leavesMachine, .blind, .unknown, .noKey: return false
            case .tooShort, nil: return true
            }
        }
        return (offers.filter { $0.model != small }, offers.filter { $0.model == small })
    }

    /// Those of them that can answer.
    private var pooled: [String] {
        let others = pool.others.map(\.model).filter { needs.obstacle($0) == nil }
        return others.isEmpty ? pool.small.map(\.model).filter { needs.obstacle($0) == nil } : others
    }

    /// What is wanted, and that it does not do something; a virtual model with the models that it stands for.
    private func noModel(of names: [String], _ does: String, else doesNot: String) -> String {
        isVirtual
            ? "no model of '\(wanted)' (\(names.joined(separator: ", "))) \(does)"
            : "'\(names.first ?? wanted)' \(doesNot)"
    }

    private func cannotSee(_ models: [String]) -> APIError {
        let seeing = needs.offers.filter { $0.sees == true }
        let hosted = models.contains(where: needs.isGLM) ? seeing.filter(\.isGLM).prefix(3).map(\.model) : []
        let names = seeing.filter { !$0.isGLM }.map(\.model) + hosted
        let next =
            names.isEmpty
            ? "give it a projector (mmproj) that fits, or send text only" : "ask for \(names.joined(separator: " or "))"
        let finding = noModel(of: models, "can look at images", else: "cannot look at images")
        return APIError(
            status: 400, message: "\(isVirtual ? "" : "the model ")\(finding): \(next)", param: "messages",
            code: "image_not_supported")
    }

    // MARK: Prompts that turn out to be too long

    /// Whether a fallback can be tried: it has a longer context as far as is known.
    func mayBeLonger(_ name: String, than model: String) -> Bool {
        guard let context = needs.offer(model)?.context, let other = needs.offer(name)?.context else { return true }
        return other > context
    }

    /// Other models that are known to have a longer context. The longest first, the small model last.
    func longer(than model: String) -> [String] {
        guard !needs.isGLM(model), let context = needs.offer(model)?.context else { return [] }
        return (pool.others.sorted { ($0.context ?? 0) > ($1.context ?? 0) } + pool.small)
            .filter { $0.context.map { $0 > context } ?? false }.map(\.model)
    }
}
