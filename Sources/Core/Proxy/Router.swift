/// Finds out who answers a request: gathers what the rules and prices depend on, and asks them.
struct Router: Sendable {
    /// Somebody who may answer.
    struct Candidate: Sendable, Equatable {
        let model: String
        let choice: Backends.Choice
    }

    /// Who answers, and why.
    struct Route: Sendable {
        let request: RequestClass
        let signals: ContentSignals
        let demands: [Demand]
        var decision: RouteDecision
        /// Those that were compared, the best first; empty where there was nothing to compare.
        var prices: [RoutePrice] = []
        /// In the order in which they are asked, each only when those before it did not answer.
        var candidates: [Candidate] = []
        /// Those with more room than the model that was chosen, for a prompt that turns out to be too long.
        var longer: [Candidate] = []
        /// The model that was chosen; who is asked first is another one where its upstream is down.
        var chosen = ""

        /// Who may have more room than a candidate for which the prompt is too long.
        /// - Parameter rest: those who would be asked behind it otherwise.
        func longer(than candidate: Candidate, of rest: ArraySlice<Candidate>) -> ArraySlice<Candidate> {
            candidate.model == chosen ? longer[...] : rest.filter(longer.contains)[...]
        }

        /// The conversation that it goes on with: a title comes under a session's name, and is none of its turns.
        var conversation: String? {
            switch request.kind {
            case .title, .summary, .commit, .fim: nil
            default: request.conversation
            }
        }

        /// What its slot depends on.
        var origin: RequestOrigin {
            RequestOrigin(
                session: request.conversation, parent: request.parent, kind: request.kind, lane: decision.lane,
                project: request.project, client: request.client == .unknown ? nil : request.client.rawValue)
        }
    }

    let backends: Backends
    let headers: HTTPHeaders

    private var desk: RouteDesk { backends.routes }
    private var configuration: RoutingConfiguration { desk.configuration }

    /// - Parameters:
    ///   - chat: as the client sent it.
    ///   - isQuestion: whether it is only to be told where it would go: nobody is asked about it, and nothing remembered.
    func route(_ chat: ChatRequest, isQuestion: Bool = false) async -> Route {
        var request = RequestClass(headers: headers, body: chat.body)
        request.project = desk.project(of: request, isRemembered: !isQuestion)
        let signals = ContentSignals(chat)
        var demands = Demand.all(of: signals, request)
        if !isQuestion, let opinion = await secondOpinion(chat, request, demands) { demands.insert(opinion, at: 0) }
        let time = LocalTime.now()
        let asked = chat.model.flatMap { $0.isEmpty ? nil : $0 }
        let question = RouteQuestion(
            request: request, signals: signals, hasImages: chat.hasImages, demands: demands, asked: asked,
            defaultModel: backends.defaultModel,
            headers: headers, minute: time.minute, day: time.day, load: await load(), configuration: configuration,
            offers: await offers(chat))
        var decision = question.answer()
        var route = Route(request: request, signals: signals, demands: demands, decision: decision)
        guard decision.refusal == nil else { return route }
        var models = decision.models
        if models.count > 1 {
            let prices = await prices(of: models, isQuestion ? chat : stable(chat, route), route)
            let isLimited = configuration.price.dailyBudget != nil
            let spent = isLimited ? await desk.spending?.today() ?? 0 : 0
            let choice = RoutePrice.choose(prices, configuration.price, spentToday: spent)
            decision.reasons.append(choice.reason)
            route.prices = choice.ordered
            models = choice.ordered.map(\.model)
        }
        let chosen = models.first ?? ""
        route.chosen = chosen
        for model in [chosen] + ordered(decision.fallbacks[chosen] ?? [], by: route.prices) {
            let choice = await backends.choose(model: model)
            if decision.isLocalOnly, !isLocal(choice) {
                decision.excluded.append((model, "it would leave this machine"))
            } else {
                if choice == .none { decision.excluded.append((model, "there is no such model")) }
                route.candidates.append(Candidate(model: model, choice: choice))
            }
        }
        if decision.isLocalOnly, route.candidates.isEmpty {
            decision.refusal = decision.mustStay("'\(chosen)' is not on it")
        }
        for model in decision.longer[chosen] ?? [] {
            let longer = Candidate(model: model, choice: await backends.choose(model: model))
            // From who is down a client would learn less than that its prompt is too long.
            if !decision.isLocalOnly || isLocal(longer.choice), desk.breakers.allows(longer.upstream) {
                route.longer.append(longer)
            }
        }
        route.candidates = standing(route.candidates)
        route.decision = decision
        return route
    }

    /// The request as its engine will get it, as far as that is known by now: what slots hold is found by that.
    private func stable(_ chat: ChatRequest, _ route: Route) -> ChatRequest {
        let chat = chat.edited(route.decision.overrides.edits(chat))
        let stable = try? Stabilisers.apply(
            chat, request: route.request, enabled: configuration.stabilisers, memory: desk.stabilisers)
        return stable?.chat ?? chat
    }

    /// Those that have a price by their price, then those that have none; whoever has an obstacle comes last.
    private func ordered(_ models: [String], by prices: [RoutePrice]) -> [String] {
        func rank(_ model: String) -> Int {
            guard let place = prices.firstIndex(where: { $0.model == model }) else { return prices.count }
            return prices[place].obstacle == nil ? place : prices.count + 1 + place
        }
        return models.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
            .map(\.element)
    }

    /// Those whose upstream is not down. Where all are, the client learns from them what is wrong.
    private func standing(_ candidates: [Candidate]) -> [Candidate] {
        guard candidates.count > 1 else { return candidates }
        let up = candidates.filter { desk.breakers.allows($0.upstream) }
        return up.isEmpty ? candidates : up
    }

    /// Whether a request stays on this machine. GLM is hosted elsewhere, whatever leads there.
    func isLocal(_ choice: Backends.Choice) -> Bool {
        switch choice {
        case .model: true
        case .attached: backends.attached?.server.address.isLocal ?? false
        case .glm, .none: false
        }
    }

    /// Whether a request of another kind than a chat must not leave this machine.
    func isLocalOnly(_ body: JSONView) -> Bool {
        let time = LocalTime.now()
        var request = RequestClass(headers: headers, body: body)
        request.project = desk.project(of: request, isRemembered: true)
        let question = RouteQuestion(
            request: request, signals: ContentSignals(), demands: [],
            asked: body["model"]?.string, defaultModel: backends.defaultModel, headers: headers, minute: time.minute,
            day: time.day, configuration: configuration, offers: [])
        return question.mayBeLocalOnly
    }

    // MARK: What it depends on

    /// Only where a rule asks for it.
    private func load() async -> Double? {
        guard configuration.rules.contains(where: { $0.conditions.load != nil }) else { return nil }
        var loads: [Double] = []
        for entry in backends.models {
            if let load = await backends.running(.model(entry.name))?.slots?.load { loads.append(load) }
        }
        if let load = await backends.attached?.slots?.load { loads.append(load) }
        return loads.max() ?? 0
    }

    private func offers(_ chat: ChatRequest) async -> [RouteOffer] {
        var served: [RouteOffer] = []
        // What an attached engine serves is asked only where it makes a difference.
        if let attached = backends.attached, chat.hasImages || configuration != RoutingConfiguration() {
            served = await attached.server.currentModels().map { model in
                RouteOffer(
                    model: model.id, aliases: model.aliases, isLocal: attached.server.address.isLocal,
                    sees: model.inputModalities.map { $0.contains("image") })
            }
        }
        return RouteOffer.all(of: backends.models, attached: served, hasGLM: backends.isGLMConfigured)
    }

    // MARK: Prices

    private func prices(of models: [String], _ chat: ChatRequest, _ route: Route) async -> [RoutePrice] {
        var prices: [RoutePrice] = []
        for model in models {
            let choice = await backends.choose(model: model)
            guard desk.breakers.allows(Candidate(model: model, choice: choice).upstream) else {
                var price = RoutePrice(model: model)
                price.obstacle = "it did not answer the last requests"
                prices.append(price)
                continue
            }
            var price = RoutePrice(await priceQuestion(model, choice, chat, route))
            if choice == .none { price.obstacle = "there is no such model" }
            prices.append(price)
        }
        return prices
    }

    private func priceQuestion(
        _ model: String, _ choice: Backends.Choice, _ chat: ChatRequest, _ route: Route
    ) async -> PriceQuestion {
        let pace = desk.pace(of: choice.modelName ?? model)
        let answer = pace.answer.map { Int($0) } ?? Self.usualAnswer
        var question = PriceQuestion(
            model: model, promptTokens: route.signals.promptTokens,
            answerTokens: min(answer, chat.outputLimit ?? .max))
        question.prefillRate = pace.prefill
        question.decodeRate = pace.decode
        let home = desk.home(of: route.conversation)
        if home?.model == choice.modelName ?? model {
            question.claim = .home
        } else if route.decision.small == model {
            question.claim = .small
        }
        if case .model(let name) = choice, let fleet = backends.fleet {
            let outlook = await fleet.outlook(name)
            question.swapSeconds = outlook.swapSeconds
            if !outlook.hasRoom, question.claim == .small { question.claim = nil }
            question.queueSeconds = Double(outlook.waiting) * (pace.seconds ?? 1)
        }
        if choice == .glm {
            question.tokenPrice = backends.glm.price(of: model)
            if let home, home.model == model, SystemTime.monotonic() - home.time < Self.hostedCacheSeconds {
                question.cachedTokens = min(home.tokens, question.promptTokens)
            }
        } else if let slots = await backends.running(choice)?.slots,
            let outlook = await slots.outlook(chat, origin: route.origin, model: model)
        {
            question.promptTokens = outlook.promptTokens
            question.warmTokens = outlook.warmTokens
            question.storedTokens = outlook.storedTokens
            question.restoreSeconds = outlook.restoreSeconds
            question.prefillRate = outlook.prefillRate ?? question.prefillRate
            question.queueSeconds += Double(outlook.ahead) * (pace.seconds ?? 1) / Double(max(1, outlook.slots))
        }
        return question
    }

    /// Tokens of an answer, until one was seen.
    private static let usualAnswer = 300
    /// How long GLM is taken to keep a prefix.
    private static let hostedCacheSeconds = 300.0
}

extension Router.Candidate {
    /// What is up or down together.
    var upstream: String {
        switch choice {
        case .model(let name): name
        case .attached: "the attached llama-server"
        case .glm: "GLM"
        case .none: model
        }
    }
}

extension LlamaServer.Address {
    /// Whether no other machine can be behind it.
    var isLocal: Bool { unixSocket != nil || CurlRequest.isLoopback(url) }
}
