/// What a request cannot do without, and which models have it.
struct RouteNeeds {
    /// Why a model cannot answer.
    enum Obstacle: Equatable {
        case unknown
        /// It is GLM's, and GLM is not configured.
        case noKey
        case leavesMachine
        case blind
        case tooShort(context: Int, needed: Int)

        /// What is said of the model.
        var predicate: String {
            switch self {
            case .unknown: "is no model's name"
            case .noKey: "needs a key for GLM"
            case .leavesMachine: "would leave this machine"
            case .blind: "cannot look at images"
            case .tooShort(let context, let needed):
                "has a context of \(context) tokens, too short for about \(needed)"
            }
        }
    }

    let offers: [RouteOffer]
    let isLocalOnly: Bool
    let hasImages: Bool
    /// Tokens of the prompt, and room for an answer.
    let tokens: Int

    init(_ question: RouteQuestion, isLocalOnly: Bool) {
        offers = question.offers
        self.isLocalOnly = isLocalOnly
        hasImages = question.hasImages
        let signals = question.signals
        tokens = signals.promptTokens + min(max(0, signals.contextTokens - signals.promptTokens), Self.room)
    }

    /// Clients ask for answers of up to 32,000 tokens and mean: as long as it takes. Of an answer's limit so much counts.
    private static let room = 1024

    func offer(_ name: String) -> RouteOffer? {
        offers.first { $0.model == name || $0.aliases.contains(name) || $0.isGLM && $0.model == name.lowercased() }
    }

    /// Whether it is a model of GLM's, known or not.
    func isGLM(_ name: String) -> Bool { offer(name)?.isGLM ?? name.lowercased().hasPrefix("glm-") }

    /// The same for all names of a model.
    func identity(_ name: String) -> String { offer(name)?.model ?? name }

    /// What keeps a model from answering; nil: nothing that is known. Of a name that no offer has little is known.
    func obstacle(_ name: String) -> Obstacle? {
        let offer = offer(name)
        if isLocalOnly, !(offer?.isLocal ?? !isGLM(name)) { return .leavesMachine }
        guard let offer else { return nil }
        if hasImages, offer.sees == false { return .blind }
        if let context = offer.context, context < tokens { return .tooShort(context: context, needed: tokens) }
        return nil
    }

    /// Whether a name that the configuration uses means anything.
    func exists(_ name: String) -> Bool { absence(name) == nil }

    /// Why such a name means nothing; nil: it does.
    func absence(_ name: String) -> Obstacle? {
        if offer(name) != nil { return nil }
        return isGLM(name) ? offers.contains(where: \.isGLM) ? nil : .noKey : .unknown
    }
}
