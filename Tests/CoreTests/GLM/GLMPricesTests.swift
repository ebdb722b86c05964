import Testing

@testable import LocalCodeCore

struct GLMPricesTests {
    @Test("known models have the price of the list, whatever the case")
    func known() throws {
        #expect(GLMPrices.price(of: "GLM-4.7") == TokenPrice(input: 0.6, cachedInput: 0.11, output: 2.2))
        #expect(GLMPrices.price(of: "glm-4.7-flash") == TokenPrice(input: 0, cachedInput: 0, output: 0))
        #expect(GLMPrices.price(of: "glm-5.3")?.output == 4.4)
        for model in GLMModels.all {
            let price = try #require(GLMPrices.price(of: model.id))
            #expect(price.cachedInput <= price.input && price.input <= price.output, "\(model.id)")
        }
    }

    @Test("what is new is taken to be dear, and what is not GLM's has no price")
    func unknown() {
        #expect(GLMPrices.price(of: "glm-9") == GLMPrices.price(of: "glm-5.3"))
        #expect(GLMPrices.price(of: "qwen3-coder") == nil)
    }

    @Test("a request costs what its usage tells")
    func usage() {
        let price = TokenPrice(input: 2, cachedInput: 0.5, output: 4)
        var usage = Usage()
        #expect(price.dollars(for: usage) == 0)
        usage.prompt = 1_000_000
        usage.completion = 250_000
        #expect(price.dollars(for: usage) == 3)
        usage.cached = 500_000
        #expect(price.dollars(for: usage) == 2.25)
        // More in the cache than in the prompt is nothing that an upstream should say.
        usage.cached = 3_000_000
        #expect(price.dollars(for: usage) == 1.5)
    }

    @Test("a plan is paid by the month")
    func plan() throws {
        let client = try HTTPClient()
        func price(_ url: String, _ model: String) -> TokenPrice? {
            GLMBackend(baseURL: url, key: "k", client: client).price(of: model)
        }
        #expect(price(GLMBackend.codingURL + "/", "glm-5.3")?.output == 0)
        #expect(price(GLMBackend.generalURL, "glm-5.3")?.output == 4.4)
        #expect(price(GLMBackend.codingURL, "other") == nil)
    }
}
