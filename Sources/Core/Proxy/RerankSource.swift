/// What answers a rerank request.
enum RerankSource: Sendable, Equatable {
    /// A model of the fleet, by its name.
    case model(String, ModelEntry.Mode)
    case attached
    /// GLM's rerank.
    case glm

    /// Chooses by the model's name, else what ranks best: a model that is there for it, one that makes vectors, the attached
    /// engine, a chat model, GLM. A name that nobody knows decides nothing, since clients of rerank APIs name the models of
    /// those.
    /// - Parameter name: nil where a request names none.
    /// - Returns: nil when there is nothing.
    static func choose(
        model name: String?, models: [ModelEntry], hasAttached: Bool, isGLMConfigured: Bool, defaultModel: String
    ) -> RerankSource? {
        if let entry = models.first(where: { entry in name.map(entry.isCalled) ?? false }) {
            return .model(entry.name, entry.mode)
        }
        if isGLMConfigured, name?.lowercased() == GLMReranker.model { return .glm }
        for mode in [ModelEntry.Mode.rerank, .embedding] {
            if let entry = models.first(where: { $0.mode == mode }) { return .model(entry.name, mode) }
        }
        if hasAttached { return .attached }
        if let entry = models.first(where: { $0.isCalled(defaultModel) }) ?? models.first {
            return .model(entry.name, entry.mode)
        }
        return isGLMConfigured ? .glm : nil
    }

    /// The backend that it is of.
    var choice: Backends.Choice {
        switch self {
        case .model(let name, _): .model(name)
        case .attached: .attached
        case .glm: .glm
        }
    }
}
