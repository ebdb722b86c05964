/// What can answer a request.
public struct Backends: Sendable {
    /// The engines of the configured models.
    public var fleet: Fleet?
    /// The models of the fleet, in the order of the configuration. Their names hold for ever, what else they say until
    /// somebody steers one.
    public var models: [ModelEntry]
    /// A llama-server that somebody else started.
    public var attached: RunningEngine?
    /// Whole answers of the engines; nil where none are kept.
    public var answers: AnswerCache?
    /// The hosted GLM API; always there, though perhaps without a key.
    public var glm: GLMBackend
    /// Fetches pictures that requests name by URL.
    public var images: ImageFetcher
    /// GLM's reasoning of earlier turns.
    public let reasoning = SharedReasoning()
    /// What is known for routing.
    public let routes: RouteDesk
    /// Who is filling gaps, and which models can.
    public let infills = InfillDesk()
    public let infillModels = InfillModels()
    /// What is known of the grammars and schemas that requests bring.
    public let grammars = GrammarCheck()
    /// The engines' answers with tool calls of earlier turns.
    public let toolMemory = ToolMemory()
    /// Whether a key or a URL for GLM was given.
    public var isGLMConfigured: Bool
    /// The model of a request that names none.
    public var defaultModel: String
    /// The model that answers to every name that nobody else knows; nil: such a name is an error.
    public var anyModel: String?

    public init(
        fleet: Fleet? = nil, models: [ModelEntry] = [], attached: RunningEngine? = nil, answers: AnswerCache? = nil,
        glm: GLMBackend, isGLMConfigured: Bool, images: ImageFetcher, defaultModel: String, anyModel: String? = nil,
        routes: RouteDesk = RouteDesk()
    ) {
        self.fleet = fleet
        self.models = models
        self.attached = attached
        self.answers = answers
        self.glm = glm
        self.isGLMConfigured = isGLMConfigured
        self.images = images
        self.defaultModel = defaultModel
        self.anyModel = anyModel
        self.routes = routes
    }

    /// Which backend a request goes to.
    public enum Choice: Sendable, Equatable {
        /// A model of the fleet, by its name.
        case model(String)
        case attached
        case glm
        /// Nobody knows the name.
        case none

        /// The name of a model of the fleet.
        var modelName: String? { if case .model(let name) = self { name } else { nil } }
    }

    /// What a choice depends on besides the name.
    struct Offer: Sendable {
        var models: [ModelEntry] = []
        /// What the attached engine serves; nil: there is none.
        var attached: [LlamaServer.Model]?
        var isGLMConfigured = false
        var anyModel: String?
    }

    /// Chooses by the model's name: what is configured or served under that name is meant; GLM's names go to GLM where it is
    /// configured; everything else goes to the engine that answers to any name, and without one to GLM, which may know
    /// models that we do not.
    static func choose(model: String, _ offer: Offer) -> Choice {
        if let entry = offer.models.first(where: { $0.isCalled(model) }) { return .model(entry.name) }
        if let served = offer.attached, served.contains(where: { $0.id == model || $0.aliases.contains(model) }) {
            return .attached
        }
        if offer.isGLMConfigured, model.lowercased().hasPrefix("glm-") { return .glm }
        if offer.attached != nil { return .attached }
        if let any = offer.anyModel { return .model(any) }
        return offer.models.isEmpty || offer.isGLMConfigured ? .glm : .none
    }

    func choose(model: String) async -> Choice {
        var offer = Offer(models: models, isGLMConfigured: isGLMConfigured, anyModel: anyModel)
        if let attached {
            // Asked only where its answer makes a difference.
            let mayBeGLM = isGLMConfigured && model.lowercased().hasPrefix("glm-")
            offer.attached = mayBeGLM ? await attached.server.currentModels() : []
        }
        return Self.choose(model: model, offer)
    }

    /// The names that a person may have meant.
    var modelNames: String { models.map(\.name).joined(separator: ", ") }
}

extension Backends {
    /// Waits for the engine of a choice. What is given must be released.
    /// - Throws: `APIError`, `CancellationError`.
    func use(_ choice: Choice) async throws -> EngineUse {
        switch choice {
        case .model(let name):
            if let fleet { return try await fleet.use(name) }
        case .attached:
            if let attached {
                guard !LocalOnly.isOn || attached.server.address.isLocal else {
                    throw Self.leavesMachine("the attached llama-server")
                }
                return EngineUse(attached)
            }
        case .glm, .none: break
        }
        throw Self.noEngine
    }

    /// The engine of a choice if it runs; it may end at any time.
    func running(_ choice: Choice) async -> RunningEngine? {
        switch choice {
        case .model(let name): await fleet?.running(name)
        case .attached: attached
        case .glm, .none: nil
        }
    }

    /// The last word about a request that must not leave the machine.
    static func leavesMachine(_ model: String) -> APIError {
        APIError(
            status: 400,
            message: "this request must not leave the machine, and \(model) is not on it: "
                + "configure a local model, or change what says so ('localcode route explain' tells)",
            param: "model", code: "local_only")
    }

    static let noEngine = APIError(
        status: 501, message: "this needs a llama-server: start one, name it with --engine URL, or configure models",
        code: "no_engine")
}
