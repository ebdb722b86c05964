extension RouteReport {
    /// How a request would be routed as far as the configuration tells: what runs, what it holds and how fast it is are
    /// not known, so that there are no prices, and of several models the first one is named.
    /// - Parameters:
    ///   - headers: those of the request.
    ///   - defaultModel: the model of requests that name none.
    public init(
        _ chat: ChatRequest, headers: HTTPHeaders, configuration: RoutingConfiguration, offers: [RouteOffer],
        defaultModel: String
    ) {
        let request = RequestClass(headers: headers, body: chat.body)
        let signals = ContentSignals(chat)
        let demands = Demand.all(of: signals, request)
        let now = LocalTime.now()
        let asked = chat.model.flatMap { $0.isEmpty ? nil : $0 }
        let decision = RouteQuestion(
            request: request, signals: signals, demands: demands, asked: asked, defaultModel: defaultModel,
            headers: headers, minute: now.minute, day: now.day, configuration: configuration, offers: offers
        ).answer()
        self.init(
            time: SystemTime.wall(), asked: asked, request: request, signals: signals, demands: demands,
            decision: decision, model: decision.models.first)
    }
}
