extension BenchReport {
    /// What `bench cache` found. The goals are about LocalCode:
    /// a restored state costs at most a fifth more than a resident one and the reading of its file, it is 25 times faster than
    /// reading 4,096 tokens anew, and a request that is in its slot gets at most a millisecond slower at 60 KB.
    init(_ results: CacheRun.Results, lanes: [String], notes: [String]) {
        self.init(
            targets: lanes, notes: notes,
            sections: [
                Section(
                    title: "Time to the first token", unit: .milliseconds,
                    rows: results.cells.flatMap { cell in
                        CacheRun.Moment.allCases.map { moment in
                            Row(name: Self.name(cell, moment), values: cell.medians(moment) { $0.milliseconds })
                        }
                    }),
                Section(
                    title: "Evaluated of the prompt", unit: .tokens,
                    rows: results.cells.flatMap { cell in
                        CacheRun.Moment.allCases.map { moment in
                            Row(name: Self.name(cell, moment), values: cell.medians(moment) { Double($0.evaluated) })
                        }
                    }),
                Section(
                    title: "Time to the end of the answer, two tokens", unit: .milliseconds,
                    rows: results.cells.flatMap { cell in
                        [CacheRun.Moment.resident, .restored].map { moment in
                            Row(name: Self.name(cell, moment), values: cell.medians(moment) { $0.total })
                        }
                    }),
                Section(
                    title: "Restored, time to the first token", unit: .milliseconds, rows: Self.restored(results, lanes)
                ),
                Section(title: "Restored, faster than cold", unit: .times, rows: Self.factors(results)),
                Section(
                    title: "The same request of 60 KB in its slot, added", unit: .milliseconds,
                    rows: Self.pairs(results.pairs, lanes.count)),
                Section(title: "States", unit: .megabytes, rows: Self.states(results, lanes.count)),
                Section(title: "The disk", unit: .megabytesPerSecond, rows: Self.disk(results, lanes.count)),
            ])
    }

    private static func size(_ cell: CacheRun.Cell) -> String { grouped(cell.tokens) + " tokens" }

    private static func name(_ cell: CacheRun.Cell, _ moment: CacheRun.Moment) -> String {
        let what =
            switch moment {
            case .cold: "cold"
            case .resident: "in the slot"
            case .swapped: "gave way, saved for that"
            case .restored: "gave way, saved before"
            case .restarted: "after a restart"
            }
        return "\(size(cell)), \(what)"
    }

    private static func restored(_ results: CacheRun.Results, _ lanes: [String]) -> [Row] {
        results.cells.map { cell in
            var goal: Goal?
            if let resident = cell.median(.resident, lane: 1), let bytes = cell.stateBytes, let rate = cell.readRate {
                goal = .atMost(1.2 * resident + Double(bytes) / rate * 1_000)
            }
            return Row(name: size(cell), values: cell.medians(.restored) { $0.milliseconds }, goal: goal)
        }
    }

    private static func factors(_ results: CacheRun.Results) -> [Row] {
        results.cells.map { cell in
            let cold = cell.medians(.cold) { $0.milliseconds }
            let restored = cell.medians(.restored) { $0.milliseconds }
            let values = zip(cold, restored).map { cold, restored in cold.flatMap { cold in restored.map { cold / $0 } }
            }
            return Row(name: size(cell), values: values, goal: cell.tokens == 4_096 ? .atLeast(25) : nil)
        }
    }

    private static func pairs(_ pairs: [[CacheLane.Sample]], _ lanes: Int) -> [Row] {
        guard pairs.count == 2, let direct = Commands.median(pairs[0].map(\.milliseconds)) else { return [] }
        let added = Commands.median(zip(pairs[0], pairs[1]).map { $1.milliseconds - $0.milliseconds })
        let rest = [Double?](repeating: nil, count: max(0, lanes - 2))
        let read = Commands.median(pairs.flatMap { $0 }.map { Double($0.evaluated) }) ?? 0
        let name = "median of \(pairs[0].count) pairs, \(BenchReport.text(read)) tokens read"
        return [Row(name: name, values: [direct, added] + rest, isAdded: true, goal: .atMost(1))]
    }

    private static func states(_ results: CacheRun.Results, _ lanes: Int) -> [Row] {
        results.cells.map { cell in
            Row(name: size(cell), values: only(cell.stateBytes.map { Double($0) / 1e6 }, lanes))
        }
    }

    private static func disk(_ results: CacheRun.Results, _ lanes: Int) -> [Row] {
        results.cells.flatMap { cell in
            [("read", cell.readRate), ("written", cell.writeRate)].map { what, rate in
                Row(name: "a state of \(size(cell)), \(what)", values: only(rate.map { $0 / 1e6 }, lanes))
            }
        }
    }

    /// A value in LocalCode's column.
    private static func only(_ value: Double?, _ lanes: Int) -> [Double?] {
        [nil, value] + [Double?](repeating: nil, count: max(0, lanes - 2))
    }
}

extension CacheRun.Cell {
    /// One value a lane; nil without samples.
    func medians(_ moment: CacheRun.Moment, _ value: (CacheLane.Sample) -> Double) -> [Double?] {
        (samples[moment] ?? []).map { Commands.median($0.map(value)) }
    }

    /// Milliseconds.
    func median(_ moment: CacheRun.Moment, lane: Int) -> Double? {
        samples[moment].flatMap { Commands.median($0[lane].map(\.milliseconds)) }
    }
}
