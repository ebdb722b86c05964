import LocalCodeCore
import Testing

@testable import Commands

@Suite("Bench: swap")
struct SwapTests {
    private func model(_ source: ModelEntry.Source) -> BenchModel {
        BenchModel(
            entry: ModelEntry(name: "m", source: source), executable: "/llama-server",
            capabilities: EngineCapabilities(version: "", flags: [:]), isConfigured: false)
    }

    @Test("the configuration names one model twice, and the budget has room for one")
    func configuration() throws {
        let plan = SwapPlan(prompt: 2_000, rounds: 3)
        let text = plan.configuration(model(.file("/m/a b.gguf")))
        let file = try ConfigurationFile(parsing: Array(text.utf8), path: "localcode.yaml")
        let (entries, problems) = ModelEntry.read(from: file, in: "/", home: nil)
        #expect(problems.isEmpty)
        #expect(entries.map(\.name) == SwapPlan.models)
        #expect(entries.allSatisfy { $0.source == .file("/m/a b.gguf") && $0.slots == 1 })
        #expect(entries.allSatisfy { $0.context ?? 0 > 2_000 * 5 / 4 })
        let sizes = entries.compactMap(\.memory)
        #expect(sizes.count == 2)
        #expect(sizes.allSatisfy { $0 <= SwapPlan.budget } && sizes.reduce(0, +) > SwapPlan.budget)
        #expect(plan.configuration(model(.huggingFace("a/b:Q4"))).contains("hf: \"a/b:Q4\""))
    }

    private func report(_ localCode: [Double]) -> FigureReport {
        FigureReport(
            SwapRun.Results(
                startByHand: [1_000, 2_000], startLocalCode: localCode, swapByHand: [4_000, 4_000],
                swapLocalCode: [1_000, 1_000], sources: ["restored", "cold"]), notes: [])
    }

    @Test("the start is judged by what LocalCode adds")
    func start() throws {
        let met = report([1_200, 2_400])
        #expect(
            met.conclusion == [
                "LocalCode starts 300 ms behind the engine; goal: ≤ 500 ms met",
                "1 of 2 swaps restored the conversation from the disk",
            ])
        #expect(report([2_000, 3_000]).conclusion[0].hasSuffix("MISSED"))
        #expect(abs(try #require(met.estimate("start", "localcode", .share)).value - 1.2) < 1e-9)
        #expect(abs(try #require(met.estimate("swap", "localcode", .share)).value - 0.25) < 1e-9)
        #expect(met.estimate("swap", "by hand", .firstToken)?.value == 4_000)
        #expect(!Quantity.share.isBetterHigh)
    }
}
