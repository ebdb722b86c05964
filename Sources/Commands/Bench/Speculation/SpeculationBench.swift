import LocalCodeCore

/// `localcode bench spec`: which way to guess ahead pays for a model on this machine.
struct SpeculationBench: Sendable {
    var model: BenchModel
    var variants: [Variant]
    var kinds: [CodingTask.Kind]
    var rounds: Int
    /// Longest answer.
    var tokens: Int
    var context: Context

    /// The report, and what it speaks for.
    func run() async throws -> (report: FigureReport, recommended: Variant) {
        let bench = VariantBench(model: model, variants: variants, rounds: rounds, context: context)
        let (kinds, tokens) = (kinds, tokens)
        let outcome = try await bench.run { round, _ in
            kinds.map { kind in
                BenchTask(group: kind.title, body: CodingTask(kind, variation: round).body(tokens: tokens))
            }
        }
        return Self.report(outcome.samples, variants, notes: outcome.notes)
    }

    static func report(_ samples: [VariantSample], _ variants: [Variant], notes: [String]) -> (
        report: FigureReport, recommended: Variant
    ) {
        let figures = VariantFigures(variants: variants.map(\.name), samples: samples, hasTotal: true)
        var report = FigureReport(
            bench: "spec", notes: notes, groupTitle: "TASK", rowTitle: "SET-UP",
            quantities: [.decode, .gain, .acceptance, .firstToken, .memory], figures: figures.figures)
        let recommendation = Recommendation(report, baseline: variants[0].name) { name in
            variants.first { $0.name == name }?.entry.speculation.draft != nil
        }
        report.conclusion = [recommendation.text] + otherAnswers(samples, variants)
        return (report, variants.first { $0.name == recommendation.variant } ?? variants[0])
    }

    /// Guessing must not change what is written; where it does, other sizes of batches were rounded otherwise.
    private static func otherAnswers(_ samples: [VariantSample], _ variants: [Variant]) -> [String] {
        var plain: [String: String] = [:]
        for sample in samples where sample.variant == variants[0].name {
            plain["\(sample.round) \(sample.group)"] = sample.text
        }
        let counts = variants.dropFirst().compactMap { variant -> String? in
            let own = samples.filter { $0.variant == variant.name }
            let others = own.count { sample in
                plain["\(sample.round) \(sample.group)"].map { $0 != sample.text } ?? false
            }
            return others > 0 ? "\(variant.name) \(others) of \(own.count)" : nil
        }
        guard !counts.isEmpty else { return [] }
        return [
            "answers that differ from those without, as batches of other sizes are rounded otherwise: "
                + counts.joined(separator: ", ")
        ]
    }
}
