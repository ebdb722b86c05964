extension FigureReport {
    /// What `bench batch` found.
    /// - Parameter lanes: the first one is what the others are compared with.
    init(_ samples: [BatchRun.Sample], clients: [Int], lanes: [String], notes: [String]) {
        var figures: [Figure] = []
        var verdicts: [String] = []
        for count in clients {
            let group = BatchRun.name(count)
            let own = samples.filter { $0.clients == count }
            for lane in lanes {
                let tallies = own.filter { $0.lane == lane }.sorted { $0.round < $1.round }.map(\.tally)
                guard !tallies.isEmpty else { continue }
                let first = own.filter { $0.lane == lanes[0] }.sorted { $0.round < $1.round }.map(\.tally)
                let gain =
                    lane == lanes[0]
                    ? Estimate(1) : Estimate(ratiosOf: zip(first, tallies).map { ($0.speed, $1.speed) })
                let all = tallies.reduce(into: StreamTally()) { $0.add($1) }
                let estimates: [(Quantity, Estimate?)] = [
                    (.total, Estimate(meanOf: tallies.map(\.speed))), (.gain, gain),
                    (.perClient, Estimate(meanOf: all.speeds)),
                ]
                figures += estimates.compactMap { quantity, estimate in
                    estimate.map { Figure(group: group, row: lane, quantity: quantity, estimate: $0) }
                }
                figures += all.latencies(group, lane)
                if lane == BenchReport.judged, count == Self.judgedClients, let gain {
                    verdicts.append(Self.verdict(gain, group))
                }
            }
        }
        self.init(
            bench: "batch", notes: notes, groupTitle: "CLIENTS", rowTitle: "WAY",
            quantities: [
                .total, .gain, .perClient, .firstTokenMedian, .firstToken95, .firstToken99, .gapMedian, .gap95, .gap99,
            ], figures: figures, conclusion: verdicts)
    }

    /// The number of clients that the goal is about.
    private static let judgedClients = 4
    private static let goal = 0.97

    private static func verdict(_ gain: Estimate, _ group: String) -> String {
        "\(group) get \(BenchReport.text(gain.value)) times the bare engine's tokens through LocalCode; goal: "
            + "≥ \(BenchReport.text(goal)) \(gain.value >= goal ? "met" : "MISSED")"
    }
}
