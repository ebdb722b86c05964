import LocalCodeCore
import Synchronization
import Testing

@testable import Commands

@Suite("Bench: set-ups in turns")
struct VariantRunTests {
    /// An engine that answers without being asked anything.
    private final class Stage: Sendable {
        let events = Mutex<[String]>([])

        func note(_ event: String) { events.withLock { $0.append(event) } }

        func engine(_ name: String, speed: Double) -> MeasuredEngine {
            note("start \(name)")
            return MeasuredEngine(
                ask: { body in
                    self.note("ask \(name) \(body["max_tokens"]?.int ?? 0)")
                    if body["max_tokens"]?.int == 666 { throw Failure("it broke\nwith its last words") }
                    var answer = EngineAnswer()
                    answer.firstToken = 2_000_000
                    answer.generated = 100
                    answer.decodeSeconds = 100 / speed
                    (answer.drafted, answer.accepted) = (10, 4)
                    return answer
                }, memory: { 7_000_000 }, stop: { self.note("stop \(name)") })
        }
    }

    private func variant(_ name: String) -> Variant {
        Variant(name: name, entry: ModelEntry(name: name, source: .file("/m.gguf")))
    }

    private func task(_ group: String, tokens: Int = 5) -> BenchTask {
        BenchTask(group: group, body: BenchTask.body(messages: [], tokens: tokens))
    }

    @Test("each round starts every set-up anew, another one first, and only one runs at a time")
    func turns() async throws {
        let stage = Stage()
        let run = VariantRun(
            variants: [variant("a"), variant("b")], rounds: 2, tasks: { [task("g", tokens: 5 + $0)] },
            start: { stage.engine($0.name, speed: 50) })
        let results = try await run.measure()
        let warm = "24"
        #expect(
            stage.events.withLock { $0 } == [
                "start a", "ask a \(warm)", "ask a 5", "stop a", "start b", "ask b \(warm)", "ask b 5", "stop b",
                "start b", "ask b \(warm)", "ask b 6", "stop b", "start a", "ask a \(warm)", "ask a 6", "stop a",
            ])
        #expect(results.samples.map(\.round) == [0, 0, 1, 1])
        #expect(results.samples.map(\.variant) == ["a", "b", "b", "a"], "the warm-up is not counted")
        #expect(results.samples.first?.memory == 7_000_000)
    }

    @Test("a set-up that does not start is left out with the reason, and the others go on")
    func failure() async throws {
        let stage = Stage()
        let run = VariantRun(
            variants: [variant("a"), variant("b"), variant("c")], rounds: 2, tasks: { _ in [task("g")] },
            start: { variant in
                guard variant.name != "b" else { throw Failure("no such kind\nmore") }
                return stage.engine(variant.name, speed: 50)
            })
        let results = try await run.measure()
        #expect(results.failures.map(\.variant) == ["b"])
        #expect(results.failures.map(\.reason) == ["no such kind"])
        #expect(results.samples.map(\.variant) == ["a", "c", "c", "a"])
    }

    @Test("an engine that fails in the middle is stopped, and what the set-up had measured does not count")
    func middle() async throws {
        let stage = Stage()
        let run = VariantRun(
            variants: [variant("a"), variant("b")], rounds: 2,
            tasks: { [task("g"), task("h", tokens: $0 == 1 ? 666 : 5)] },
            start: { variant in
                variant.name == "a"
                    ? MeasuredEngine(ask: { _ in EngineAnswer() }, memory: { nil }, stop: {})
                    : stage.engine(variant.name, speed: 50)
            })
        let results = try await run.measure()
        #expect(results.failures.map(\.reason) == ["it broke"])
        #expect(Set(results.samples.map(\.variant)) == ["a"])
        #expect(stage.events.withLock { $0.last } == "stop b")
    }

    @Test("without the first set-up there is nothing to compare with")
    func first() async {
        let run = VariantRun(
            variants: [variant("a"), variant("b")], rounds: 1, tasks: { _ in [] },
            start: { _ in throw Failure("there is no engine") })
        await #expect(throws: Failure("there is no engine")) { try await run.measure() }
    }

    private func sample(
        _ round: Int, _ group: String, _ variant: String, tokens: Int = 100, seconds: Double, drafted: Int = 0,
        accepted: Int = 0
    ) -> VariantSample {
        var sample = VariantSample(round: round, group: group, variant: variant)
        (sample.generated, sample.decodeSeconds) = (tokens, seconds)
        (sample.drafted, sample.accepted) = (drafted, accepted)
        return sample
    }

    private func value(_ figures: [Figure], _ group: String, _ row: String, _ quantity: Quantity) -> Double? {
        figures.first { $0.group == group && $0.row == row && $0.quantity == quantity }?.estimate.value
    }

    @Test("gains are taken from the answers to the same question in the same round, and each task counts alike")
    func gains() throws {
        // The second round is twice as slow for both.
        let samples = [0, 1].flatMap { round -> [VariantSample] in
            let slow = Double(round + 1)
            return [
                sample(round, "edit", "none", seconds: 2 * slow), sample(round, "prose", "none", seconds: 1 * slow),
                sample(round, "edit", "fast", seconds: 0.5 * slow, drafted: 30, accepted: 30),
                sample(round, "prose", "fast", seconds: 1 * slow, drafted: 10, accepted: 0),
            ]
        }
        let figures = VariantFigures(variants: ["none", "fast"], samples: samples, hasTotal: true).figures
        let gain = try #require(
            figures.first { $0.group == "edit" && $0.row == "fast" && $0.quantity == .gain }?.estimate)
        #expect(abs(gain.value - 4) < 1e-9)
        #expect(try #require(gain.margin) < 1e-9)
        #expect(abs(try #require(value(figures, VariantFigures.total, "fast", .gain)) - 2) < 1e-9)
        #expect(value(figures, "edit", "none", .decode) == 37.5)
        #expect(value(figures, "edit", "fast", .acceptance) == 100)
        #expect(value(figures, VariantFigures.total, "fast", .acceptance) == 75)
        #expect(value(figures, "edit", "none", .acceptance) == nil)
        #expect(value(figures, "edit", "none", .memory) == nil)
        #expect(figures.map(\.group).last == VariantFigures.total)
    }

    @Test("answers of a few tokens tell no speed")
    func short() {
        let samples = [sample(0, "call", "none", tokens: 3, seconds: 0.001), sample(0, "call", "b", seconds: 1)]
        let figures = VariantFigures(variants: ["none", "b"], samples: samples, hasTotal: true).figures
        #expect(value(figures, "call", "none", .decode) == nil)
        #expect(value(figures, "call", "b", .gain) == nil)
        #expect(!figures.contains { $0.group == VariantFigures.total }, "one group is its own total")
    }
}
