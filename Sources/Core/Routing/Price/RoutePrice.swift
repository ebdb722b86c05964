/// What speaks for a model besides its price.
public enum Claim: Sendable, Equatable {
    /// The conversation's state is here: leaving has to save more than the margin.
    case home
    /// It is the small model, for a request that such models are for, and nobody has to give way for it.
    case small
}

/// What is known about answering a request with one model, at this moment.
public struct PriceQuestion: Sendable, Equatable {
    public var model: String
    /// About how many tokens the prompt has, and the answer will have.
    public var promptTokens: Int
    public var answerTokens: Int
    /// Tokens of the prompt whose KV state is in a slot.
    public var warmTokens = 0
    /// Tokens of the prompt whose state is on the disk, and what restoring it takes.
    public var storedTokens = 0
    public var restoreSeconds = 0.0
    /// Tokens a second, as measured; nil: not yet.
    public var prefillRate: Double?
    public var decodeRate: Double?
    /// Until the model is loaded; 0: it is.
    public var swapSeconds = 0.0
    /// Until a slot is free; 0: one is.
    public var queueSeconds = 0.0
    /// What GLM asks for; nil: nothing.
    public var tokenPrice: TokenPrice?
    /// Tokens that GLM has in its cache, as far as it told.
    public var cachedTokens = 0
    /// What speaks for it besides its price; nil: nothing.
    public var claim: Claim?

    public init(model: String, promptTokens: Int, answerTokens: Int) {
        self.model = model
        self.promptTokens = promptTokens
        self.answerTokens = answerTokens
    }
}

/// What an answer is expected to cost, part by part. Seconds and dollars.
public struct RoutePrice: Sendable, Equatable {
    public var model: String
    public var queue = 0.0
    public var swap = 0.0
    public var restore = 0.0
    public var prefill = 0.0
    public var decode = 0.0
    public var dollars = 0.0
    public var claim: Claim?
    /// Why it cannot be chosen although it would be cheapest: over the budget, its upstream is down. Nil: it can.
    public var obstacle: String?

    public init(model: String) { self.model = model }

    public var seconds: Double { queue + swap + restore + prefill + decode }
}
