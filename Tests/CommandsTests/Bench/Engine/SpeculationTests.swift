import LocalCodeCore
import Testing

@testable import Commands

@Suite("Bench: spec")
struct SpeculationTests {
    private let entry = ModelEntry(name: "coder", source: .file("/m/coder.gguf"))

    @Test("none comes first, then each n-gram kind the engine offers, then each draft with each length")
    func variants() {
        let variants = SpeculationVariants(
            entry: entry, offered: ["draft-simple", "ngram-mod", "ngram-cache", "draft-mtp"], drafts: ["/m/d.gguf"],
            lengths: [4, 12]
        ).all
        #expect(variants.map(\.name) == ["none", "ngram-mod", "ngram-mod 6", "ngram-cache", "d 4", "d 12"])
        #expect(variants[0].entry.speculation.kinds == ["none"])
        #expect(variants[2].entry.speculation.ngramMatch == 6)
        #expect(variants[5].entry.speculation.draft == "/m/d.gguf")
        #expect(variants[5].entry.speculation.draftMax == 12)
        #expect(variants[5].entry.speculation.kinds == ["draft-simple"])
    }

    @Test("what the model has now is measured as well, once")
    func current() {
        var entry = entry
        entry.hasGovernor = true
        entry.speculation = .init(kinds: ["ngram-mod"])
        entry.speculation.ngramMatch = 9
        let variants = SpeculationVariants(entry: entry, offered: ["ngram-mod"]).all
        #expect(variants.map(\.name) == ["none", "ngram-mod", "ngram-mod 6", "as it is now"])
        #expect(variants.last?.entry.speculation == entry.speculation)
        #expect(variants.allSatisfy { !$0.entry.hasGovernor }, "a governor would choose for itself")
        entry.speculation = .init(kinds: ["ngram-mod"])
        #expect(SpeculationVariants(entry: entry, offered: ["ngram-mod"]).all.count == 3)
        entry.speculation = .init(kinds: ["none"], draft: "/m/d.gguf")
        #expect(SpeculationVariants(entry: entry, offered: ["ngram-mod"]).all.count == 3)
    }

    @Test("kinds can be chosen, and an engine that does not tell is believed to know all")
    func chosen() {
        let some = SpeculationVariants(entry: entry, offered: [], kinds: ["ngram-map-k"]).all
        #expect(some.map(\.name) == ["none", "ngram-map-k", "ngram-map-k 6"])
        #expect(SpeculationVariants(entry: entry, offered: []).all.count == 10)
    }

    @Test("lengths", arguments: ["", "0", "x", "4,200"])
    func lengths(text: String) {
        #expect(throws: UsageError.self) { try SpeculationVariants.lengths(from: text) }
        #expect((try? SpeculationVariants.lengths(from: "4,8,4")) == [4, 8])
    }

    @Test("the edited file stands in the prompt, so that the answer repeats it")
    func edit() throws {
        let task = CodingTask(.edit, variation: 0)
        #expect(task.before?.answer.contains("max_parcels: int = 100") == true)
        #expect(task.question.contains("max_parcels from 100 to 250"))
        let body = try JSONView(validating: task.body(tokens: 4).bytes)
        let roles = body["messages"]?.elements.map { $0["role"]?.string }
        #expect(roles == ["system", "user", "assistant", "user"])
        #expect(CodingTask(.prose, variation: 0).before == nil)
    }

    @Test("variations of a task are of one kind and not of one text", arguments: CodingTask.Kind.allCases)
    func variations(kind: CodingTask.Kind) throws {
        let questions = (0..<CodingTexts.names.count).map { CodingTask(kind, variation: $0).question }
        #expect(Set(questions).count == questions.count)
        #expect(CodingTask(kind, variation: CodingTexts.names.count) == CodingTask(kind, variation: 0))
        let body = try JSONView(validating: CodingTask(kind, variation: 1).body(tokens: 40).bytes)
        #expect(body["max_tokens"]?.int == 40)
        #expect(body["temperature"]?.double == 0)
        #expect(body["cache_prompt"]?.bool == false)
        #expect((body["response_format"] != nil) == (kind == .call))
    }

    @Test("tasks are chosen by name")
    func kinds() throws {
        #expect(try CodingTask.kinds(from: "call,edit,edit") == [.edit, .call])
        let error = #expect(throws: UsageError.self) { try CodingTask.kinds(from: "edti") }
        #expect(error?.hint == "did you mean 'edit'?")
        #expect(throws: UsageError.self) { try CodingTask.kinds(from: ",") }
    }

    private func report(_ gains: [(String, Double, ClosedRange<Double>?)], slower: String? = nil) -> FigureReport {
        let total = gains.map { name, gain, interval in
            Figure(
                group: VariantFigures.total, row: name, quantity: .gain,
                estimate: Estimate(gain, interval: interval, count: 3))
        }
        let part = slower.map { [Figure(group: "prose", row: $0, quantity: .gain, estimate: Estimate(0.8))] } ?? []
        return FigureReport(
            bench: "spec", notes: [], groupTitle: "", rowTitle: "", quantities: [.gain], figures: part + total)
    }

    private func recommended(_ gains: [(String, Double, ClosedRange<Double>?)], slower: String? = nil) -> Recommendation
    {
        Recommendation(report(gains, slower: slower), baseline: "none") { $0.hasPrefix("draft") }
    }

    @Test("the fastest is recommended, if it is faster for certain and worth it")
    func recommendation() {
        #expect(recommended([("none", 1, nil), ("a", 1.4, 1.2...1.6), ("b", 1.7, 1.5...1.9)]).variant == "b")
        #expect(recommended([("none", 1, nil), ("a", 1.4, 0.9...2.1)]).variant == "none")
        #expect(recommended([("none", 1, nil), ("a", 1.04, 1.03...1.05)]).variant == "none")
        #expect(recommended([("none", 1, nil), ("a", 1.4, nil)]).variant == "none")
        #expect(recommended([]).variant == "none")
    }

    @Test("of equally fast ones, one without a draft is")
    func equal() {
        #expect(recommended([("draft 4", 1.5, 1.4...1.6), ("a", 1.48, 1.3...1.6)]).variant == "a")
        #expect(recommended([("draft 4", 1.5, 1.4...1.6), ("a", 1.2, 1.1...1.3)]).variant == "draft 4")
    }

    @Test("it says where it is slower")
    func reason() {
        let text = recommended([("none", 1, nil), ("a", 1.4, 1.2...1.6)], slower: "a").text
        #expect(
            text == "recommended: a; 1.40 times as fast as none (1.20 to 1.60) over all tasks, but slower for 'prose' "
                + "(0.80 times)")
    }

    @Test("answers that differ from those without speculation are counted")
    func otherAnswers() {
        let samples = [("none", 0, "x"), ("none", 1, "y"), ("a", 0, "x"), ("a", 1, "z"), ("b", 0, "x"), ("b", 1, "y")]
            .map { variant, round, text in
                var sample = VariantSample(round: round, group: "edit", variant: variant)
                sample.text = text
                return sample
            }
        let variants = ["none", "a", "b"].map { Variant(name: $0, entry: entry) }
        let (report, recommended) = SpeculationBench.report(samples, variants, notes: ["a machine"])
        #expect(recommended.name == "none")
        #expect(report.notes == ["a machine"])
        #expect(
            report.conclusion.last
                == "answers that differ from those without, as batches of other sizes are rounded otherwise: a 1 of 2")
        #expect(SpeculationBench.report(Array(samples.prefix(3)), variants, notes: []).report.conclusion.count == 1)
    }
}
