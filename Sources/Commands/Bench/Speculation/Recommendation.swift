/// Which set-up a measurement speaks for.
struct Recommendation: Sendable, Equatable {
    var variant: String
    /// A sentence for people.
    var reason: String

    /// Less is not worth a change.
    static let leastGain = 1.05
    /// What is that close to the fastest counts as equally fast.
    static let closeness = 0.97

    /// The fastest set-up of those that are faster than the first one for certain; of equally fast ones one without a draft
    /// model, which takes no memory.
    /// - Parameter needsDraft: whether a set-up loads a second model.
    init(_ report: FigureReport, baseline: String, needsDraft: (String) -> Bool) {
        let total = report.groups.last ?? ""
        let faster = report.rows(of: total).compactMap { row -> (row: String, gain: Estimate)? in
            guard row != baseline, let gain = report.estimate(total, row, .gain), gain.value >= Self.leastGain,
                let least = gain.interval?.lowerBound, least > 1
            else { return nil }
            return (row, gain)
        }
        guard let best = faster.max(by: { $0.gain.value < $1.gain.value }) else {
            variant = baseline
            reason = "nothing else is a twentieth faster over all tasks for certain"
            return
        }
        let close = faster.filter { $0.gain.value >= best.gain.value * Self.closeness }
        let chosen = close.filter { !needsDraft($0.row) }.max { $0.gain.value < $1.gain.value } ?? best
        variant = chosen.row
        let range = chosen.gain.interval.map {
            " (\(BenchReport.text($0.lowerBound)) to \(BenchReport.text($0.upperBound)))"
        }
        reason = "\(BenchReport.text(chosen.gain.value)) times as fast as \(baseline)\(range ?? "") over all tasks"
        let slower = report.groups.dropLast().compactMap { group -> String? in
            guard let gain = report.estimate(group, chosen.row, .gain), gain.value < 1 / Self.leastGain else {
                return nil
            }
            return "'\(group)' (\(BenchReport.text(gain.value)) times)"
        }
        if !slower.isEmpty { reason += ", but slower for \(slower.joined(separator: " and "))" }
    }

    var text: String { "recommended: \(variant); \(reason)" }
}
