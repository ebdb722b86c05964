extension GLMBackend {
    /// What a model's tokens cost here; nil for a name that is none of GLM's. The Coding Plan is paid by the month: a
    /// request more costs nothing.
    public func price(of model: String) -> TokenPrice? {
        let price = GLMPrices.price(of: model)
        guard baseURL.hasSuffix("/coding/paas/v4") else { return price }
        return price.map { _ in TokenPrice(input: 0, cachedInput: 0, output: 0) }
    }
}
