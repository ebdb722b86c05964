/// What a run found, as rows: the table and the JSON are two views of it.
struct BenchReport: Sendable, Equatable {
    /// Names of the targets; the first is the direct way.
    var targets: [String]
    /// What was measured on: machine, versions.
    var notes: [String]
    var sections: [Section]

    struct Section: Sendable, Equatable {
        var title: String
        var unit: Unit
        var rows: [Row]
    }

    struct Row: Sendable, Equatable {
        var name: String
        /// One value a target, in the order of the targets; nil: not measured.
        var values: [Double?]
        /// The values behind the first one are differences to it.
        var isAdded = false
        /// What LocalCode is to reach here.
        var goal: Goal?
    }

    enum Unit: String, Sendable {
        case microseconds = "µs"
        case milliseconds = "ms"
        case seconds = "s"
        case perSecond = "/s"
        case megabytes = "MB"
        case megabytesPerSecond = "MB/s"
        case gigabytes = "GB"
        case percent = "%"
        case tokens = "tokens"
        case times = "times"
    }

    enum Goal: Sendable, Equatable {
        case atMost(Double)
        case below(Double)
        case atLeast(Double)
        case timesNginx(Double)
    }

    /// The target whose values the goals are about.
    static let judged = "localcode"

    /// The number a goal stands for; nil when it leans on a target that was not measured.
    func limit(of row: Row) -> Double? {
        switch row.goal {
        case .atMost(let limit), .below(let limit), .atLeast(let limit): limit
        case .timesNginx(let factor): value("nginx", row).map { $0 * factor }
        case nil: nil
        }
    }

    /// nil: there is no goal, or it cannot be judged.
    func isMet(_ row: Row) -> Bool? {
        guard let limit = limit(of: row), let value = value(Self.judged, row) else { return nil }
        switch row.goal {
        case .atLeast: return value >= limit
        case .below: return value < limit
        default: return value <= limit
        }
    }

    private func value(_ target: String, _ row: Row) -> Double? {
        targets.firstIndex(of: target).flatMap { row.values.indices.contains($0) ? row.values[$0] : nil }
    }
}

extension BenchReport {
    init(_ results: BenchRun.Results, targets: [String], notes: [String]) {
        self.init(
            targets: targets, notes: notes,
            sections: [
                Section(
                    title: "Time added to a request", unit: .microseconds,
                    rows: results.requests.flatMap { Self.requestRows($0.size, $0.cell) }),
                Section(
                    title: "Time added to a streamed token", unit: .microseconds,
                    rows: results.streams.flatMap { Self.tokenRows($0.streams, $0.cell) }),
                Section(
                    title: "CPU time per 1,000 requests", unit: .milliseconds,
                    rows: results.requests.map { size, cell in
                        Row(name: sizeName(size), values: cell.perUnit(\.requests) { $0 * 1_000 / 1_000_000 })
                    }),
                Section(
                    title: "CPU time per million tokens", unit: .seconds,
                    rows: results.streams.map { streams, cell in
                        Row(
                            name: Self.streamName(streams),
                            values: cell.perUnit(\.tokens) { $0 * 1_000_000 / 1_000_000_000 },
                            goal: .timesNginx(3))
                    }),
                Section(
                    title: "At saturation", unit: .perSecond,
                    rows: [
                        results.requestSaturation.map {
                            Row(
                                name: "requests, \(BenchPlan.saturationConnections) connections",
                                values: $0.perSecond(\.requests))
                        },
                        results.tokenSaturation.map {
                            Row(
                                name: "tokens, \(Self.streamName(results.streams.map(\.streams).max() ?? 1))",
                                values: $0.perSecond(\.tokens))
                        },
                    ].compactMap { $0 }),
                Section(title: "Resident memory", unit: .megabytes, rows: Self.memoryRows(results)),
                Section(
                    title: "JSON pass over the largest body", unit: .megabytesPerSecond,
                    rows: [
                        Row(
                            name: "read and validated",
                            values: targets.map { $0 == Self.judged ? results.jsonSpeed.map { $0 / 1_000_000 } : nil },
                            goal: .atLeast(500))
                    ]),
            ])
    }

    private static func streamName(_ streams: Int) -> String { streams == 1 ? "1 stream" : "\(streams) streams" }

    private static func requestRows(_ size: Int, _ cell: BenchRun.Cell) -> [Row] {
        let goals = [60_000: Goal.atMost(200), 1_000_000: .atMost(2_000)]
        return percentileRows(sizeName(size), cell.results.map(\.requestLatency), medianGoal: goals[size])
    }

    private static func tokenRows(_ streams: Int, _ cell: BenchRun.Cell) -> [Row] {
        percentileRows(streamName(streams), cell.results.map(\.tokenLatency), medianGoal: .timesNginx(2))
    }

    private static func percentileRows(_ name: String, _ samples: [LatencySamples], medianGoal: Goal?) -> [Row] {
        [(50.0, "p50"), (99.0, "p99")].map { percent, label in
            let values = samples.map { $0.percentile(percent) }
            let direct = values.first ?? nil
            let added = values.enumerated().map { index, value in
                index == 0 ? value : value.flatMap { value in direct.map { value - $0 } }
            }
            return Row(
                name: "\(name), \(label)", values: added, isAdded: true, goal: percent == 50 ? medianGoal : nil)
        }
    }

    private static func memoryRows(_ results: BenchRun.Results) -> [Row] {
        func row(_ name: String, _ bytes: [Int?], _ goal: Goal? = nil) -> Row {
            Row(name: name, values: bytes.map { $0.map { Double($0) / 1_000_000 } }, goal: goal)
        }
        return [row("idle", results.idleMemory, .below(30))]
            + results.streamMemory.map {
                row("\(BenchPlan.memoryStreams) streams of \(sizeName($0.size)) bodies", $0.memory, .below(60))
            } + [row("after the whole run", results.finalMemory)]
    }
}

extension BenchRun.Cell {
    /// CPU nanoseconds for each of what `count` counts, scaled.
    func perUnit(_ count: (LoadResult) -> Int, _ scale: (Double) -> Double) -> [Double?] {
        zip(results, cpuNanoseconds).map { result, cpu in
            cpu.flatMap { count(result) == 0 ? nil : scale(Double($0) / Double(count(result))) }
        }
    }

    func perSecond(_ count: (LoadResult) -> Int) -> [Double?] {
        results.map { $0.nanoseconds == 0 ? nil : Double(count($0)) / Double($0.nanoseconds) * 1_000_000_000 }
    }
}
