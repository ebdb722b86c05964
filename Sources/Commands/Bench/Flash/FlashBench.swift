import LocalCodeCore

/// `localcode bench flash`: what flash attention and the types of K and V values cost a model, in speed and in memory.
struct FlashBench: Sendable {
    var model: BenchModel
    /// llama.cpp's names of types.
    var types: [String]
    /// Tokens of the prompts.
    var sizes: [Int]
    var rounds: Int
    /// Tokens of an answer.
    var tokens: Int
    var context: Context

    func run() async throws -> FigureReport {
        let bench = VariantBench(model: model, variants: variants, rounds: rounds, context: context)
        let (sizes, tokens) = (sizes, tokens)
        let outcome = try await bench.run { round, text in
            sizes.map { size in
                BenchTask(
                    group: "\(grouped(size)) tokens",
                    body: BenchTask.text("flash \(size) \(round)", text: text, tokens: size, answer: tokens))
            }
        }
        return Self.report(outcome.samples, variants.map(\.name), notes: outcome.notes)
    }

    /// Without flash attention V values cannot be of a type with blocks, so that there is one such set-up only.
    var variants: [Variant] {
        let plain = types.first ?? "f16"
        var all = [variant("on, \(plain)", .on, plain)]
        if plain == "f16" { all.append(variant("off, \(plain)", .off, plain)) }
        return all + types.dropFirst().map { variant("on, \($0)", .on, $0) }
    }

    private func variant(_ name: String, _ flash: ModelEntry.FlashAttention, _ type: String) -> Variant {
        var entry = model.entry
        entry.flashAttention = flash
        (entry.keyType, entry.valueType) = (type, type)
        entry.speculation = ModelEntry.Speculation(kinds: ["none"])
        entry.slots = 1
        // Texts can come out longer than the vocabulary promised.
        entry.context = max(entry.context ?? 0, (sizes.max() ?? 0) * 5 / 4 + tokens + 512)
        return Variant(name: name, entry: entry)
    }

    static func report(_ samples: [VariantSample], _ variants: [String], notes: [String]) -> FigureReport {
        FigureReport(
            bench: "flash", notes: notes, groupTitle: "PROMPT", rowTitle: "FLASH, K/V",
            quantities: [.decode, .gain, .prefill, .firstToken, .memory],
            figures: VariantFigures(variants: variants, samples: samples).figures)
    }

    /// `f16,q8_0`.
    static func types(from text: String, offered: [String]) throws(UsageError) -> [String] {
        var types: [String] = []
        for part in text.split(separator: ",") {
            let type = String(part)
            guard offered.isEmpty || offered.contains(type) else {
                let near = Spelling.nearest(to: type, among: offered).map { "did you mean '\($0)'?" }
                throw UsageError(
                    "this llama-server has no K/V type '\(type)'", hint: near ?? offered.joined(separator: ", "))
            }
            if !types.contains(type) { types.append(type) }
        }
        guard !types.isEmpty else { throw UsageError("--types is empty") }
        return types
    }
}
