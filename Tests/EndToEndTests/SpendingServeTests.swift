import LocalCodeCore
import Support
import Testing

/// What GLM costs through `localcode serve`: who is asked for it, and what is written down.
@Suite(.timeLimit(.minutes(2))) struct SpendingServeTests {
    /// Waiting is so dear that GLM, which is taken to be faster, is chosen.
    private static func routing(_ budget: String) -> String {
        "  virtual: {auto: [tiny, glm-4.7]}\n  price: {hour: 1000000\(budget)}"
    }

    private func spent(_ rig: FallbackRig) -> JSONObject? {
        let text = TestFiles.text(of: "\(rig.proxy.home.directory.path)/state/localcode/spending.json")
        return (try? JSONValue(parsing: Array(text.utf8)))?.object
    }

    @Test func whatGLMCostsIsWrittenDown() async throws {
        let rig = try await FallbackRig.start(routing: Self.routing(""), engine: { FallbackRig.answer($0) })
        #expect(try await rig.ask("auto").text == "from GLM")
        #expect(try await rig.ask("tiny").text == "from here")
        #expect(try await rig.ask("auto", stream: true).text == "from GLM")
        // 120 tokens of prompt, 64 of them from GLM's cache, and 2 of the answer, twice.
        let dollars = 2 * (56 * 0.6 + 64 * 0.11 + 2 * 2.2) / 1e6
        while abs((spent(rig).flatMap { $0.first { _ in true } }?.value.double ?? 0) - dollars) > 1e-12 {
            try #require(!Task.isCancelled, "\(String(describing: spent(rig)))")
            await Task.yield()
        }
        #expect(spent(rig)?.count == 1)
    }

    @Test func behindTheDaysBudgetGLMIsAskedOnlyWhereNobodyElseAnswers() async throws {
        let rig = try await FallbackRig.start(
            routing: Self.routing(", daily-budget: 0.0001"),
            engine: { request in
                let isDown = request.body.firstRange(of: Array("down".utf8)) != nil
                return isDown ? FallbackRig.error(503, "unavailable_error") : FallbackRig.answer(request)
            })
        #expect(try await rig.ask("auto").text == "from here")
        #expect(try await rig.ask("auto", "down").text == "from GLM")
        #expect(rig.asked == (2, 1))
    }
}
