import Testing

@testable import LocalCodeCore

struct RoutePriceTests {
    private func question(prompt: Int = 10_000, answer: Int = 100) -> PriceQuestion {
        var question = PriceQuestion(model: "coder", promptTokens: prompt, answerTokens: answer)
        question.prefillRate = 1000
        question.decodeRate = 10
        return question
    }

    @Test("a cold prompt is read at the measured rate, behind queue and swap")
    func cold() {
        var question = question()
        question.queueSeconds = 3
        question.swapSeconds = 7
        let price = RoutePrice(question)
        #expect(price.prefill == 10 && price.decode == 10 && price.queue == 3 && price.swap == 7)
        #expect(price.restore == 0 && price.dollars == 0 && price.seconds == 30)
    }

    @Test("what is in the slot is not read, and what is on the disk only where restoring it is faster")
    func states() {
        var question = question()
        question.warmTokens = 4000
        #expect(RoutePrice(question).prefill == 6)
        question.storedTokens = 9000
        question.restoreSeconds = 2
        #expect(RoutePrice(question).restore == 2 && RoutePrice(question).prefill == 1)
        question.restoreSeconds = 5
        #expect(RoutePrice(question).restore == 0 && RoutePrice(question).prefill == 6)
        question.restoreSeconds = 0
        question.storedTokens = 3000
        #expect(RoutePrice(question).prefill == 6)
    }

    @Test("GLM's tokens cost by where they come from")
    func money() {
        var question = question(prompt: 1_000_000, answer: 500_000)
        question.tokenPrice = TokenPrice(input: 2, cachedInput: 0.5, output: 4)
        #expect(RoutePrice(question).dollars == 4)
        question.cachedTokens = 600_000
        #expect(abs(RoutePrice(question).dollars - (0.8 + 0.3 + 2)) < 1e-9)
        #expect(RoutePrice(question).prefill == 400)
    }

    @Test("until something was measured, what is usual is expected")
    func unmeasured() {
        var question = PriceQuestion(model: "m", promptTokens: 5000, answerTokens: 100)
        #expect(RoutePrice(question).prefill == 10 && RoutePrice(question).decode == 5)
        question.tokenPrice = TokenPrice(input: 0, cachedInput: 0, output: 0)
        #expect(RoutePrice(question).prefill == 2.5 && RoutePrice(question).decode == 2)
    }

    @Test("figures that cannot be are none")
    func nonsense() {
        var question = question(prompt: -5, answer: -1)
        question.warmTokens = 7
        question.prefillRate = 0
        question.decodeRate = .nan
        question.queueSeconds = -.infinity
        question.swapSeconds = .infinity
        question.storedTokens = .max
        question.restoreSeconds = .nan
        let price = RoutePrice(question)
        #expect(price.seconds == 86_400 && price.swap == 86_400)
    }

    @Test("a table has a cell for each column")
    func table() {
        var home = RoutePrice(question())
        home.claim = .home
        home.obstacle = "it is down"
        home.dollars = 0.01234
        let rows = RoutePrice.table([home])
        #expect(rows.allSatisfy { $0.count == RoutePrice.columns.count })
        #expect(
            rows[0] == [
                "coder", "0", "0", "0", "10.00", "10.00", "20.00", "0.012",
                "the conversation is here; it is down",
            ])
    }
}
