extension RoutePrice {
    /// Time and money in one number, seconds: a dollar counts as much as the time that may cost a dollar.
    public func cost(_ settings: RoutingConfiguration.PriceSettings) -> Double {
        seconds + dollars * 3600 / max(settings.hour, 0.01)
    }

    /// Orders candidates by what they cost, the chosen one first.
    ///
    /// Those that have an obstacle come last, and what would cost more than is left of the day's budget has one. Where the
    /// conversation is, it stays, unless leaving saves more than the margin. A small model has what it is for. Among equals the
    /// given order counts.
    /// - Parameters:
    ///   - prices: of the candidates, in the order of preference.
    ///   - spentToday: dollars that went to GLM since midnight.
    /// - Returns: the candidates, and one sentence for why the first one is the first.
    public static func choose(
        _ prices: [RoutePrice], _ settings: RoutingConfiguration.PriceSettings, spentToday: Double
    ) -> (ordered: [RoutePrice], reason: String) {
        let checked = prices.map { price in
            var price = price
            price.obstacle = price.obstacle ?? price.budgetObstacle(settings, spentToday: spentToday)
            return price
        }
        var ordered = checked.enumerated().sorted { left, right in
            let (a, b) = (left.element, right.element)
            if (a.obstacle == nil) != (b.obstacle == nil) { return a.obstacle == nil }
            let (costA, costB) = (a.cost(settings), b.cost(settings))
            return costA == costB ? left.offset < right.offset : costA < costB
        }.map(\.element)
        guard let cheapest = ordered.first else { return ([], "there is nobody to choose") }
        if let obstacle = cheapest.obstacle {
            return (ordered, "nobody is without an obstacle, so '\(cheapest.model)' is asked although \(obstacle)")
        }
        let open = ordered.filter { $0.obstacle == nil }
        guard open.count > 1 else {
            return (ordered, ordered.count > 1 ? "only '\(cheapest.model)' can be asked" : "there is no other")
        }
        guard let place = open.firstIndex(where: { $0.claim == .home }) else {
            // Nobody waits for such an answer, and who is never asked is never measured.
            if let small = open.first(where: { $0.claim == .small }) {
                return ([small] + ordered.filter { $0.model != small.model }, "'\(small.model)' is for such requests")
            }
            return (
                ordered,
                "'\(cheapest.model)' costs least: \(cheapest.words) against \(open[1].words) of "
                    + "'\(open[1].model)'"
            )
        }
        let home = open[place]
        guard place > 0 else {
            return (ordered, "the conversation is with '\(home.model)', which costs least: \(home.words)")
        }
        let saving = home.cost(settings) - cheapest.cost(settings)
        guard saving <= settings.margin else {
            return (
                ordered,
                "'\(cheapest.model)' saves \(Self.words(saving)) over '\(home.model)', where the conversation is"
            )
        }
        ordered.insert(ordered.remove(at: place), at: 0)
        return (
            ordered,
            "the conversation stays with '\(home.model)': '\(cheapest.model)' would save no more than "
                + "\(Self.words(saving))"
        )
    }

    /// Why the day's budget does not allow it; nil if it does, as it always does what costs nothing.
    private func budgetObstacle(_ settings: RoutingConfiguration.PriceSettings, spentToday: Double) -> String? {
        guard dollars > 0, let budget = settings.dailyBudget, spentToday + dollars > budget else { return nil }
        let left = max(0, budget - spentToday)
        return "it would cost \(Self.money(dollars)), and \(Self.money(left)) are left of today's \(Self.money(budget))"
    }
}
