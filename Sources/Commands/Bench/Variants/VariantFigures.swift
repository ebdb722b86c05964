#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Makes figures of what set-ups were measured at.
struct VariantFigures {
    /// In the order of the report; the first one is what the others are compared with.
    var variants: [String]
    var samples: [VariantSample]
    /// Whether a last group holds all questions together.
    var hasTotal = false

    static let total = "all tasks"

    var figures: [Figure] {
        var seen: Set<String> = []
        let groups = samples.map(\.group).filter { seen.insert($0).inserted }
        let parts = groups.flatMap { group in variants.flatMap { figures(group, $0) } }
        guard hasTotal, groups.count > 1 else { return parts }
        return parts + variants.flatMap { figures(nil, $0) }
    }

    /// Those of a set-up in a group, or in all of them.
    private func figures(_ group: String?, _ variant: String) -> [Figure] {
        let own = of(variant, group)
        guard !own.isEmpty else { return [] }
        let drafted = own.reduce(0) { $0 + $1.drafted }
        let accepted = own.reduce(0) { $0 + $1.accepted }
        let estimates: [(Quantity, Estimate?)] = [
            (.decode, Estimate(meanOf: byRound(own, \.generated, \.decodeSeconds, where: { $0.decodeSpeed != nil }))),
            (.gain, gain(group, variant)),
            (.prefill, Estimate(meanOf: byRound(own, \.read, \.prefillSeconds, where: { $0.prefillSpeed != nil }))),
            (.acceptance, drafted == 0 ? nil : Estimate(100 * Double(accepted) / Double(drafted), count: drafted)),
            (.firstToken, Estimate(meanOf: own.map(\.firstToken))),
            (.memory, own.compactMap(\.memory).max().map { Estimate(Double($0) / 1e6, count: own.count) }),
        ]
        return estimates.compactMap { quantity, estimate in
            estimate.map { Figure(group: group ?? Self.total, row: variant, quantity: quantity, estimate: $0) }
        }
    }

    private func of(_ variant: String, _ group: String?) -> [VariantSample] {
        samples.filter { $0.variant == variant && (group == nil || $0.group == group) }
    }

    /// Tokens a second of each round.
    private func byRound(
        _ samples: [VariantSample], _ tokens: (VariantSample) -> Int, _ seconds: (VariantSample) -> Double,
        where isUsable: (VariantSample) -> Bool
    ) -> [Double] {
        let rounds = Dictionary(grouping: samples.filter(isUsable), by: \.round)
        return rounds.sorted { $0.key < $1.key }.map { _, samples -> Double in
            let count = samples.map(tokens).reduce(0, +)
            return Double(count) / samples.map(seconds).reduce(0, +)
        }
    }

    /// How many times as fast a set-up writes as the first one, from the two answers to the same question in the same round.
    /// Of several questions each counts alike.
    private func gain(_ group: String?, _ variant: String) -> Estimate? {
        guard let first = variants.first else { return nil }
        guard variant != first else { return Estimate(1) }
        var speeds: [String: Double] = [:]
        for sample in of(first, group) { speeds["\(sample.round) \(sample.group)"] = sample.decodeSpeed }
        var rounds: [Int: [Double]] = [:]
        for sample in of(variant, group) {
            guard let speed = sample.decodeSpeed, let before = speeds["\(sample.round) \(sample.group)"] else {
                continue
            }
            rounds[sample.round, default: []].append(log(speed / before))
        }
        let means = rounds.sorted { $0.key < $1.key }.map { $1.reduce(0, +) / Double($1.count) }
        return Estimate(meanOfLogarithms: means)
    }
}
