extension RoutePrice {
    /// The heads of a table of prices.
    public static let columns = ["model", "queue", "swap", "restore", "prefill", "decode", "seconds", "dollars", ""]

    /// A table of prices: a row each, with what `columns` says, in seconds and dollars. The last cell tells where the
    /// conversation is, and what speaks against a candidate.
    public static func table(_ prices: [RoutePrice]) -> [[String]] {
        prices.map { price in
            let parts = [price.queue, price.swap, price.restore, price.prefill, price.decode, price.seconds]
            let remarks = [price.isHome ? "the conversation is here" : nil, price.obstacle].compactMap(\.self)
            return [price.model] + parts.map { CacheReceipt.decimal($0, 2) }
                + [CacheReceipt.decimal(price.dollars, 4), remarks.joined(separator: "; ")]
        }
    }

    /// Seconds, and dollars where there are any: `1.2 s and $0.0021`.
    var words: String { dollars > 0 ? "\(Self.words(seconds)) and \(Self.money(dollars))" : Self.words(seconds) }

    static func words(_ seconds: Double) -> String { CacheReceipt.decimal(seconds, 1) + " s" }

    /// Cents, and for less than ten of them what they are made of.
    static func money(_ dollars: Double) -> String { "$" + CacheReceipt.decimal(dollars, dollars < 0.1 ? 4 : 2) }
}
