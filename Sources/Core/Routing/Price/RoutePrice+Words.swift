extension RoutePrice {
    /// The heads of a table of prices.
    public static let columns = ["model", "queue", "swap", "restore", "prefill", "decode", "seconds", "dollars", ""]

    /// A table of prices: a row each, with what `columns` says, in seconds and dollars. The last cell tells where the
    /// conversation is, and what speaks against a candidate.
    public static func table(_ prices: [RoutePrice]) -> [[String]] {
        prices.map { price in
            let parts = [price.queue, price.swap, price.restore, price.prefill, price.decode, price.seconds]
            let remarks = [price.claim?.words, price.obstacle].compactMap(\.self)
            return [price.model] + (parts + [price.dollars]).map { figure($0, decimals: 2) }
                + [remarks.joined(separator: "; ")]
        }
    }

    /// Seconds, and dollars where there are any: `1.2 s and $0.0021`.
    var words: String { dollars > 0 ? "\(Self.words(seconds)) and \(Self.money(dollars))" : Self.words(seconds) }

    static func words(_ seconds: Double) -> String { figure(seconds, decimals: 1) + " s" }

    static func money(_ dollars: Double) -> String { "$" + figure(dollars, decimals: 2) }

    /// So many decimals, and for what is small as many as it takes to have two digits that count.
    private static func figure(_ value: Double, decimals: Int) -> String {
        guard value.magnitude >= 1e-6 else { return "0" }
        var (decimals, scaled) = (decimals, (0..<decimals).reduce(value.magnitude) { scaled, _ in scaled * 10 })
        while scaled < 10 {
            decimals += 1
            scaled *= 10
        }
        return CacheReceipt.decimal(value, decimals)
    }
}

extension Claim {
    /// For a table.
    var words: String {
        switch self {
        case .home: "the conversation is here"
        case .small: "such requests are for the small model"
        }
    }
}
