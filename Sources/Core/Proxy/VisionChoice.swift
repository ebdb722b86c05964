/// Which model looks at a request's images.
enum VisionChoice: Equatable {
    /// The one that the request would go to anyway.
    case asChosen
    /// The only model that sees; the request names none.
    case instead(String)
    /// None: what to say.
    case refusal(APIError)

    /// - Parameters:
    ///   - model: the one that the request would go to, and whether it can look at images.
    ///   - isNamed: whether the request asks for that model.
    ///   - seeing: the configured models that can.
    ///   - hosted: models of GLM that can, where it may be asked.
    static func decide(
        model: String, sees: Bool, isNamed: Bool, seeing: [String], hosted: [String] = []
    ) -> VisionChoice {
        if sees { return .asChosen }
        if !isNamed, seeing.count == 1 { return .instead(seeing[0]) }
        let names = seeing + hosted
        let next =
            names.isEmpty
            ? "give it a projector (mmproj) that fits, or send text only" : "ask for \(names.joined(separator: " or "))"
        return .refusal(
            APIError(
                status: 400, message: "the model '\(model)' cannot look at images: \(next)", param: "messages",
                code: "image_not_supported"))
    }
}

extension Exchange {
    /// Where a request with images goes, once it is known where it would go without. A server would refuse them as well, but
    /// only once it is loaded, and each in its own words.
    /// - Returns: the model and its backend, and a note when it is not the one that was chosen.
    func choiceForImages(
        _ chat: ChatRequest, _ choice: Backends.Choice, model: String
    ) async throws(APIError) -> (choice: Backends.Choice, model: String, notes: [String]) {
        guard chat.hasImages, choice != .none else { return (choice, model, []) }
        let backends = proxy.backends
        var sees = true
        switch choice {
        case .model(let name): sees = backends.models.first { $0.name == name }?.projector != nil
        case .attached:
            let served = await backends.attached?.server.currentModels() ?? []
            sees = served.first.flatMap(\.inputModalities).map { $0.contains("image") } ?? true
        case .glm: sees = GLMModels.model(model)?.vision ?? true
        case .none: break
        }
        let hosted = choice == .glm ? GLMModels.all.filter(\.vision).prefix(3).map(\.id) : []
        let decision = VisionChoice.decide(
            model: model, sees: sees, isNamed: chat.model?.isEmpty == false,
            seeing: backends.models.filter { $0.projector != nil }.map(\.name), hosted: hosted)
        switch decision {
        case .asChosen: return (choice, model, [])
        case .instead(let other):
            return (.model(other), other, ["the model is \(other): \(model) cannot look at images"])
        case .refusal(let error): throw error
        }
    }
}
