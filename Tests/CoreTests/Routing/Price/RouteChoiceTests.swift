import Testing

@testable import LocalCodeCore

struct RouteChoiceTests {
    private func price(
        _ model: String, _ seconds: Double, dollars: Double = 0, claim: Claim? = nil, obstacle: String? = nil
    ) -> RoutePrice {
        var price = RoutePrice(model: model)
        price.prefill = seconds
        price.dollars = dollars
        price.claim = claim
        price.obstacle = obstacle
        return price
    }

    private func settings(
        budget: Double? = nil, hour: Double = 36, margin: Double = 2
    ) -> RoutingConfiguration.PriceSettings {
        var settings = RoutingConfiguration.PriceSettings()
        settings.dailyBudget = budget
        settings.hour = hour
        settings.margin = margin
        return settings
    }

    private func order(
        _ prices: [RoutePrice], _ settings: RoutingConfiguration.PriceSettings, spent: Double = 0
    ) -> [String] {
        RoutePrice.choose(prices, settings, spentToday: spent).ordered.map(\.model)
    }

    @Test("the cheapest comes first, and among equals the preferred one")
    func cheapest() {
        let choice = RoutePrice.choose(
            [price("a", 3), price("b", 1), price("c", 2), price("d", 1)], settings(), spentToday: 0)
        #expect(choice.ordered.map(\.model) == ["b", "d", "c", "a"])
        #expect(choice.reason == "'b' costs least: 1.0 s against 1.0 s of 'd'")
    }

    @Test("a dollar counts as much as the time that may cost one")
    func money() {
        // At 36 dollars an hour a cent is a second.
        let prices = [price("local", 5), price("glm", 1, dollars: 0.03)]
        #expect(order(prices, settings()) == ["glm", "local"])
        #expect(order(prices, settings(hour: 18)) == ["local", "glm"])
        #expect(order(prices, settings(hour: 0)) == ["local", "glm"])
        let reason = RoutePrice.choose(prices, settings(), spentToday: 0).reason
        #expect(reason == "'glm' costs least: 1.0 s and $0.030 against 5.0 s of 'local'")
    }

    @Test("a conversation stays where it is unless leaving saves more than the margin")
    func home() {
        let stays = RoutePrice.choose([price("other", 1), price("home", 3, claim: .home)], settings(), spentToday: 0)
        #expect(stays.ordered.map(\.model) == ["home", "other"])
        #expect(stays.reason == "the conversation stays with 'home': 'other' would save no more than 2.0 s")
        let leaves = RoutePrice.choose(
            [price("other", 1), price("home", 3.1, claim: .home)], settings(), spentToday: 0)
        #expect(leaves.ordered.map(\.model) == ["other", "home"])
        #expect(leaves.reason == "'other' saves 2.1 s over 'home', where the conversation is")
        let first = RoutePrice.choose([price("other", 4), price("home", 3, claim: .home)], settings(), spentToday: 0)
        #expect(first.ordered.map(\.model) == ["home", "other"])
        #expect(first.reason == "the conversation is with 'home', which costs least: 3.0 s")
    }

    @Test("the small model has what it is for, whatever that costs, unless the conversation is elsewhere or it is down")
    func small() {
        let prices = [price("small", 20, claim: .small), price("main", 1)]
        let choice = RoutePrice.choose(prices, settings(), spentToday: 0)
        #expect(choice.ordered.map(\.model) == ["small", "main"])
        #expect(choice.reason == "'small' is for such requests")
        #expect(
            order([price("small", 2, claim: .small), price("home", 3, claim: .home)], settings()) == ["home", "small"])
        let down = [price("small", 2, claim: .small, obstacle: "it is down"), price("main", 3)]
        #expect(order(down, settings()) == ["main", "small"])
    }

    @Test("who has an obstacle is asked last, though the conversation is there")
    func obstacles() {
        let prices = [price("down", 0, claim: .home, obstacle: "it is down"), price("up", 60)]
        let choice = RoutePrice.choose(prices, settings(), spentToday: 0)
        #expect(choice.ordered.map(\.model) == ["up", "down"])
        #expect(choice.reason == "only 'up' can be asked")
        let none = RoutePrice.choose([prices[0]], settings(), spentToday: 0)
        #expect(none.reason == "nobody is without an obstacle, so 'down' is asked although it is down")
    }

    @Test("what would cost more than is left of the day's budget is an obstacle; what costs nothing never is")
    func budget() throws {
        let prices = [price("glm", 1, dollars: 0.03), price("local", 60), price("free", 90)]
        #expect(order(prices, settings(budget: 5), spent: 4.97) == ["glm", "local", "free"])
        let over = RoutePrice.choose(prices, settings(budget: 5), spentToday: 4.98)
        #expect(over.ordered.map(\.model) == ["local", "free", "glm"])
        #expect(over.ordered.last?.obstacle == "it would cost $0.030, and $0.020 are left of today's $5.00")
        #expect(
            RoutePrice.choose(prices, settings(budget: 0), spentToday: 9).ordered.map(\.obstacle?.isEmpty) == [
                nil, nil, false,
            ])
        #expect(order(prices, settings(), spent: 1e9) == ["glm", "local", "free"])
    }

    @Test(
        "what is small has digits that count",
        arguments: [
            (0, 0, "0 s"), (12.34, 0, "12.3 s"), (0.5, 0, "0.50 s"), (0.0421, 0, "0.042 s"), (0.00031, 0, "0.00031 s"),
            (0.0000001, 0, "0 s"), (1, 5, "1.0 s and $5.00"), (1, 0.0021, "1.0 s and $0.0021"),
            (1, 0.000006, "1.0 s and $0.0000060"), (1000, 123.456, "1000.0 s and $123.46"),
        ])
    func digits(seconds: Double, dollars: Double, words: String) {
        #expect(price("a", seconds, dollars: dollars).words == words)
    }

    @Test func theTableHasTheSameDigits() {
        let rows = RoutePrice.table([price("a", 0.0042, dollars: 0.000006), price("b", 2, claim: .home)])
        #expect(
            rows == [
                ["a", "0", "0", "0", "0.0042", "0", "0.0042", "0.0000060", ""],
                ["b", "0", "0", "0", "2.00", "0", "2.00", "0", "the conversation is here"],
            ])
    }

    @Test("nobody and one")
    func few() {
        #expect(RoutePrice.choose([], settings(), spentToday: 0).ordered.isEmpty)
        #expect(RoutePrice.choose([price("a", 1)], settings(), spentToday: 0).reason == "there is no other")
    }
}
