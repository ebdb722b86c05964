@testable import LocalCodeCore

extension RouteQuestion {
    /// A question about two local models, a small one and one that sees, and GLM's, as a request of the test changes it.
    static func test(
        asked: String? = "coder", kind: RequestKind = .turn, tokens: Int = 1000,
        _ change: (inout RouteQuestion) -> Void = { _ in }
    ) -> RouteQuestion {
        var signals = ContentSignals()
        signals.promptTokens = tokens
        signals.contextTokens = tokens + 32_000
        var question = RouteQuestion(
            request: RequestClass(kind: kind), signals: signals, demands: [], asked: asked, defaultModel: "coder",
            headers: [:], minute: 12 * 60, day: 4, configuration: RoutingConfiguration(), offers: someOffers)
        change(&question)
        return question
    }

    static let someOffers = [
        RouteOffer(model: "coder", aliases: ["gpt-5"], isLocal: true, context: 16_384, sees: false),
        RouteOffer(model: "long", isLocal: true, context: 65_536, sees: false),
        RouteOffer(model: "small", isLocal: true, context: 100_000, sees: false),
        RouteOffer(model: "glm-4.7", isLocal: false, isGLM: true, context: 204_800, sees: false),
        RouteOffer(model: "glm-4.6v", isLocal: false, isGLM: true, context: 131_072, sees: true),
    ]

    static let eyes = RouteOffer(model: "eyes", isLocal: true, context: 16_384, sees: true)
}
