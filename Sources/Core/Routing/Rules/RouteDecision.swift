/// A model that could answer, as far as the rules depend on it.
public struct RouteOffer: Sendable, Equatable {
    public var model: String
    public var aliases: [String]
    /// Whether a request stays on this machine with it.
    public var isLocal: Bool
    /// Whether it is GLM's.
    public var isGLM: Bool
    /// Tokens that one request may have, its answer included; nil: not known.
    public var context: Int?
    /// Whether it can look at pictures; nil: not known.
    public var sees: Bool?

    public init(
        model: String, aliases: [String] = [], isLocal: Bool, isGLM: Bool = false, context: Int? = nil,
        sees: Bool? = nil
    ) {
        self.model = model
        self.aliases = aliases
        self.isLocal = isLocal
        self.isGLM = isGLM
        self.context = context
        self.sees = sees
    }
}

/// Everything that the rules depend on. Its answer is a pure function of it.
public struct RouteQuestion: Sendable {
    public var request: RequestClass
    public var signals: ContentSignals
    /// Whether any message has a picture: an old one has to be looked at like a new one.
    public var hasImages: Bool
    public var demands: [Demand]
    /// The model that the client names; nil: none.
    public var asked: String?
    /// The model of a request that names none.
    public var defaultModel: String
    public var headers: HTTPHeaders
    /// Minutes since local midnight, and the day of the week, 1 is Monday.
    public var minute: Int
    public var day: Int
    /// The part of the engines' slots that is busy, from 0 to 1; nil: not known.
    public var load: Double?
    public var configuration: RoutingConfiguration
    /// In the order of the configuration. A name that is not among them may be known to an upstream all the same.
    public var offers: [RouteOffer]

    /// - Parameter hasImages: by default, what the signals say of the last turn.
    public init(
        request: RequestClass, signals: ContentSignals, hasImages: Bool? = nil, demands: [Demand], asked: String?,
        defaultModel: String, headers: HTTPHeaders, minute: Int, day: Int, load: Double? = nil,
        configuration: RoutingConfiguration, offers: [RouteOffer]
    ) {
        self.request = request
        self.signals = signals
        self.hasImages = hasImages ?? (signals.images > 0)
        self.demands = demands
        self.asked = asked
        self.defaultModel = defaultModel
        self.headers = headers
        self.minute = minute
        self.day = day
        self.load = load
        self.configuration = configuration
        self.offers = offers
    }
}

/// Which models may answer a request, and how. Never empty-handed: `models` has at least one name unless there is a refusal.
public struct RouteDecision: Sendable, Equatable {
    /// The rule of the configuration that matched; nil: none.
    public var rule: String?
    /// One sentence for each step that led here, in order.
    public var reasons: [String]
    /// The models to choose among by price, the preferred one first.
    public var models: [String]
    /// The small one of them, where the request is of a kind that it is for; nil: there is none.
    public var small: String?
    /// The models to try when the chosen one fails before its first token, in order; by the name of the chosen one.
    public var fallbacks: [String: [String]]
    /// The models to try when the prompt turns out to be too long for the chosen one, in the place of its fallbacks; by the
    /// name of the chosen one.
    public var longer: [String: [String]] = [:]
    /// What the client is told where its choice did not count.
    public var notes: [String] = []
    public var lane: RequestLane
    public var overrides: RequestOverrides
    /// Who says that the request must not leave this machine; nil: nobody does.
    public var localOnly: String?
    public var refusal: APIError?
    /// Models that were left out, and why.
    public var excluded: [(model: String, reason: String)]

    public init(
        rule: String? = nil, reasons: [String] = [], models: [String], fallbacks: [String: [String]] = [:],
        lane: RequestLane, overrides: RequestOverrides = RequestOverrides(), localOnly: String? = nil,
        refusal: APIError? = nil, excluded: [(model: String, reason: String)] = []
    ) {
        self.rule = rule
        self.reasons = reasons
        self.models = models
        self.fallbacks = fallbacks
        self.lane = lane
        self.overrides = overrides
        self.localOnly = localOnly
        self.refusal = refusal
        self.excluded = excluded
    }

    public var isLocalOnly: Bool { localOnly != nil }

    /// What the client is told where nobody on this machine can answer.
    /// - Parameter finding: `'glm-4.7' is not on it`.
    func mustStay(_ finding: String) -> APIError {
        APIError(
            status: 400,
            message: "this request must not leave the machine (\(localOnly ?? "")), and \(finding): "
                + "ask for a local model, or name one for it below 'fallback' in localcode.yaml",
            param: "model", code: "local_only")
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.rule == right.rule && left.reasons == right.reasons && left.models == right.models
            && left.small == right.small && left.fallbacks == right.fallbacks && left.longer == right.longer
            && left.notes == right.notes
            && left.lane == right.lane && left.overrides == right.overrides
            && left.localOnly == right.localOnly && left.refusal == right.refusal
            && left.excluded.elementsEqual(right.excluded) { $0 == $1 }
    }
}
