/// Dollars for a million tokens.
public struct TokenPrice: Sendable, Equatable {
    public var input: Double
    public var cachedInput: Double
    public var output: Double

    public init(input: Double, cachedInput: Double, output: Double) {
        self.input = input
        self.cachedInput = cachedInput
        self.output = output
    }

    /// Dollars for a request.
    /// - Parameters:
    ///   - prompt: all tokens of the prompt, those from the cache included.
    ///   - cached: tokens of it that were in the cache.
    ///   - answer: tokens of the answer, what the model thought included.
    public func dollars(prompt: Int, cached: Int, answer: Int) -> Double {
        let prompt = max(0, prompt)
        let cached = min(max(0, cached), prompt)
        let millions = Double(prompt - cached) * input + Double(cached) * cachedInput + Double(max(0, answer)) * output
        return millions / 1e6
    }

    /// Dollars for an answer, as its usage tells; what it does not tell counts nothing.
    public func dollars(for usage: Usage) -> Double {
        dollars(prompt: usage.prompt ?? 0, cached: usage.cached ?? 0, answer: usage.completion ?? 0)
    }
}

/// What the GLM API charges for tokens.
public enum GLMPrices {
    /// The price of a model on the prepaid endpoint, by the list of models.dev (October 2026); nil for a name that is none of
    /// GLM's. An id that is not in the list is taken to cost what the dearest does.
    public static func price(of model: String) -> TokenPrice? {
        let id = model.lowercased()
        return table[id] ?? (id.hasPrefix("glm-") ? dearest : nil)
    }

    private static let dearest = TokenPrice(input: 1.4, cachedInput: 0.26, output: 4.4)
    private static let free = TokenPrice(input: 0, cachedInput: 0, output: 0)

    private static let table: [String: TokenPrice] = {
        var table: [String: TokenPrice] = [:]
        func add(_ ids: String..., price: TokenPrice) { for id in ids { table[id] = price } }

        add("glm-5.3", "glm-5.2", "glm-5.1", price: dearest)
        add("glm-5.3-flash", price: TokenPrice(input: 0.15, cachedInput: 0.03, output: 0.5))
        add("glm-5-turbo", price: TokenPrice(input: 1.2, cachedInput: 0.24, output: 4))
        add("glm-5", price: TokenPrice(input: 1, cachedInput: 0.2, output: 3.2))
        add("glm-4.7", "glm-4.6", "glm-4.5", price: TokenPrice(input: 0.6, cachedInput: 0.11, output: 2.2))
        add("glm-4.7-flashx", price: TokenPrice(input: 0.07, cachedInput: 0.01, output: 0.4))
        add("glm-4.5-air", price: TokenPrice(input: 0.2, cachedInput: 0.03, output: 1.1))
        add("glm-4.7-flash", "glm-4.5-flash", "glm-4-flash-250414", price: free)
        return table
    }()
}
