extension FigureReport {
    /// What `bench swap` found. LocalCode is to start at most half a second later than the engine.
    init(_ results: SwapRun.Results, notes: [String]) {
        let groups = [
            ("start", results.startByHand, results.startLocalCode), ("swap", results.swapByHand, results.swapLocalCode),
        ]
        var figures: [Figure] = []
        for (group, byHand, localCode) in groups {
            for (row, times) in [("by hand", byHand), (BenchReport.judged, localCode)] {
                let ratio = row == BenchReport.judged ? Estimate(ratiosOf: Array(zip(byHand, times))) : Estimate(1)
                for (quantity, estimate) in [(Quantity.firstToken, Estimate(meanOf: times)), (.share, ratio)] {
                    guard let estimate else { continue }
                    figures.append(Figure(group: group, row: row, quantity: quantity, estimate: estimate))
                }
            }
        }
        var conclusion: [String] = []
        if let added = Estimate(meanOf: zip(results.startByHand, results.startLocalCode).map { $1 - $0 }) {
            let verdict = added.value <= Self.goal ? "met" : "MISSED"
            conclusion.append(
                "LocalCode starts \(Quantity.firstToken.text(added.value)) behind the engine; goal: "
                    + "≤ \(Quantity.firstToken.text(Self.goal)) \(verdict)")
        }
        let restored = results.sources.count { $0 == "restored" }
        conclusion.append("\(restored) of \(results.sources.count) swaps restored the conversation from the disk")
        self.init(
            bench: "swap", notes: notes, groupTitle: "WHAT", rowTitle: "WAY", quantities: [.firstToken, .share],
            figures: figures, conclusion: conclusion)
    }

    /// Milliseconds.
    private static let goal = 500.0
}
