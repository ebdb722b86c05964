extension RoutePrice {
    /// Time and money in one number, seconds: a dollar counts as much as the time that may cost a dollar.
    public func cost(_ settings: RoutingConfiguration.PriceSettings) -> Double {
        seconds + dollars * 3600 / max(settings.hour, 0.01)
    }

    /// Orders candidates by what they cost, the chosen one first.
    ///
    /// Those that have an obstacle come last, and what would cost more than is left of the day's budget has one. Where a
    /// model has a claim, it is asked, unless another one saves more than the margin. Among equals the given order counts.
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
        // A conversation's state counts for more than what its kind of request is for.
        guard
            let place = open.firstIndex(where: { $0.claim == .home }) ?? open.firstIndex(where: { $0.claim != nil }),
            let claim = open[place].claim
        else {
            return (
                ordered,
                "'\(cheapest.model)' costs least: \(cheapest.words) against \(open[1].words) of "
                    + "'\(open[1].model)'"
            )
        }
        let meant = open[place]
        guard place > 0 else { return (ordered, claim.wins(meant.model, meant.words)) }
        let saving = meant.cost(settings) - cheapest.cost(settings)
        guard saving <= settings.margin else {
            return (ordered, claim.yields(meant.model, cheapest.model, Self.words(saving)))
        }
        ordered.insert(ordered.remove(at: place), at: 0)
        return (ordered, claim.stays(meant.model, cheapest.model, Self.words(saving)))
    }

    /// Why the day's budget does not allow it; nil if it does, as it always does what costs nothing.
    private func budgetObstacle(_ settings: RoutingConfiguration.PriceSettings, spentToday: Double) -> String? {
        guard dollars > 0, let budget = settings.dailyBudget, spentToday + dollars > budget else { return nil }
        let left = max(0, budget - spentToday)
        return "it would cost \(Self.money(dollars)), and \(Self.money(left)) are left of today's \(Self.money(budget))"
    }
}
