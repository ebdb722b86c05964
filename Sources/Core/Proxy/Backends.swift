/// What can answer a request.
public struct Backends: Sendable {
    /// A llama-server, attached or started by us.
    public var engine: LlamaServer?
    /// The engine's slots and their KV state; nil leaves them to the engine.
    public var slots: SlotPool?
    /// Whole answers of the engine; nil where none are kept.
    public var answers: AnswerCache?
    /// The hosted GLM API; always there, though perhaps without a key.
    public var glm: GLMBackend
    /// GLM's reasoning of earlier turns.
    public let reasoning = SharedReasoning()
    /// Whether a key or a URL for GLM was given.
    public var isGLMConfigured: Bool
    /// The model of a request that names none.
    public var defaultModel: String

    public init(
        engine: LlamaServer?, slots: SlotPool? = nil, answers: AnswerCache? = nil, glm: GLMBackend,
        isGLMConfigured: Bool, defaultModel: String
    ) {
        self.engine = engine
        self.slots = slots
        self.answers = answers
        self.glm = glm
        self.isGLMConfigured = isGLMConfigured
        self.defaultModel = defaultModel
    }

    /// Which backend a request goes to.
    public enum Choice: Sendable, Equatable {
        case engine, glm
    }

    /// Chooses by the model's name: what the engine serves under that name is its own; GLM's names go to GLM where it is
    /// configured; everything else goes to the engine, and without one to GLM, which may know models that we do not.
    public static func choose(
        model: String, engineModels: [LlamaServer.Model]?, isGLMConfigured: Bool
    ) -> Choice {
        guard let engineModels else { return .glm }
        if engineModels.contains(where: { $0.id == model || $0.aliases.contains(model) }) { return .engine }
        return isGLMConfigured && model.lowercased().hasPrefix("glm-") ? .glm : .engine
    }

    func choose(model: String) async -> Choice {
        guard let engine else { return .glm }
        guard isGLMConfigured else { return .engine }
        return Self.choose(model: model, engineModels: await engine.currentModels(), isGLMConfigured: isGLMConfigured)
    }
}
