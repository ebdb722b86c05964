extension RouteOffer {
    /// What the configuration offers, whether anything runs or not.
    /// - Parameters:
    ///   - attached: what an engine serves that somebody else started.
    ///   - hasGLM: whether the hosted API may be asked.
    public static func all(
        of models: [ModelEntry], attached: [RouteOffer] = [], hasGLM: Bool
    ) -> [RouteOffer] {
        let local = models.filter { $0.mode == .chat }.map { entry in
            let context = entry.context ?? LaunchPlanBuilder.context
            return RouteOffer(
                model: entry.name, aliases: entry.aliases, isLocal: true, context: context > 0 ? context : nil,
                sees: entry.projector != nil)
        }
        guard hasGLM else { return local + attached }
        return local + attached
            + GLMModels.all.map {
                RouteOffer(model: $0.id, isLocal: false, isGLM: true, context: $0.contextTokens, sees: $0.vision)
            }
    }
}
