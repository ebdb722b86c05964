import LocalCodeCore

/// `localcode bench replay`: the same requests to a llama-server as it comes and to one behind LocalCode.
struct ReplayBench: Sendable {
    var plan: ReplayPlan
    var engine: BenchEngine
    var localCode: String
    /// Longest answer.
    var answerTokens: Int
    var context: Context

    struct Results: Sendable, Equatable {
        /// Names of the phases, and each lane's costs in them.
        var phases: [String] = []
        var costs: [[ReplayLane.Cost]] = []
        /// Tokens of each phase that come for the first time in the trace, by its own count.
        var new: [Int] = []
        /// Tokens of each phase's prompts, by the trace's count, with answers as short as they were.
        var traceTokens: [Int] = []
    }

    func run() async throws -> BenchReport {
        let interruption = try Interruption.arm()
        defer { interruption.disarm() }
        let progress = ProgressLine(context.error, steps: 2 * plan.phases.reduce(0) { $0 + $1.instants.count } + 1)
        defer { progress.end() }
        progress.step("the engines start")
        return try await withTemporaryDirectory(context.environment) { root in
            try await progress.ticking {
                let programs = MeasuredPrograms(
                    engine: engine, localCode: localCode, root: root, environment: context.environment)
                return try await programs.withBoth { bare, localCode in
                    try await replay(bare, localCode, progress)
                }
            }
        }
    }

    private func replay(
        _ bare: MeasuredPrograms.Side, _ localCode: MeasuredPrograms.Side, _ progress: ProgressLine
    ) async throws -> BenchReport {
        let client = EngineClient(endpoint: bare.endpoint)
        let text = try await onOwnThread { try BenchText(measuring: client) }
        let serve = EngineClient(endpoint: localCode.endpoint)
        let lanes = [
            ReplayLane(name: MeasuredPrograms.bare, client: client, text: text, answerTokens: answerTokens),
            ReplayLane(name: BenchReport.judged, client: serve, text: text, answerTokens: answerTokens),
        ]
        var results = Results(
            new: plan.newTokens(answerTokens: answerTokens),
            traceTokens: plan.phases.map { $0.tokens(answerTokens: answerTokens) })
        let before = MachineLoad.nowWithChildren()
        for (index, phase) in plan.phases.enumerated() {
            if index > 0 {
                // As it would be after a night, or half a minute: what is idle is saved.
                try await onOwnThread { try LocalCodeSlots.waitUntilSaved(serve) }
                try await bare.engine.restart()
                try await localCode.engine.restart()
            }
            var costs: [ReplayLane.Cost] = []
            for lane in lanes {
                costs.append(
                    try await lane.play(phase) { done in
                        progress.step("\(phase.name), \(lane.name): \(done) of \(phase.requests) requests")
                    })
            }
            results.phases.append(phase.name)
            results.costs.append(costs)
        }
        return BenchReport(
            results, lanes: lanes.map(\.name), notes: notes(results) + ProxyBench.disturbances(since: before))
    }

    private func notes(_ results: Results) -> [String] {
        let sources = results.costs.reduce(into: [String: Int]()) { total, costs in
            total.merge(costs[1].sources) { $0 + $1 }
        }
        let receipts = sources.sorted { $0.key < $1.key }.map { "\(grouped($0.value)) \($0.key)" }
        return [ProxyBench.machine()] + engine.notes + [
            plan.phases.map { "\($0.name) \(grouped($0.requests)) requests" }.joined(separator: ", "),
            "LocalCode's receipts: " + receipts.joined(separator: ", "),
        ]
    }
}

extension BenchReport {
    /// What `bench replay` found. LocalCode is to have a fifth of the tokens evaluated in all, and never more in any phase.
    init(_ results: ReplayBench.Results, lanes: [String], notes: [String]) {
        func rows(_ value: (ReplayLane.Cost) -> Double, _ goal: (Double) -> Goal?) -> [Row] {
            var rows = zip(results.phases, results.costs).map { name, costs in
                Row(name: name, values: costs.map(value), goal: goal(value(costs[0])))
            }
            let totals = lanes.indices.map { lane in results.costs.reduce(0) { $0 + value($1[lane]) } }
            if rows.count > 1 { rows.append(Row(name: "in all", values: totals)) }
            return rows
        }
        let evaluated = rows({ Double($0.evaluated) }, { .atMost($0) })
        // The trace's count of tokens is not quite the engine's.
        let again = results.phases.indices.map { index -> Row in
            let costs = results.costs[index]
            let scale = Double(costs[0].promptTokens) / Double(max(1, results.traceTokens[index]))
            let new = Double(results.new[index]) * scale
            return Row(name: results.phases[index], values: costs.map { max(0, Double($0.evaluated) - new) })
        }
        let fewer = evaluated.enumerated().map { index, row -> Row in
            let isTotal = index == evaluated.count - 1
            guard let bare = row.values[0], let ours = row.values[1], ours > 0 else {
                return Row(name: row.name, values: [nil, nil])
            }
            return Row(name: row.name, values: [nil, bare / ours], goal: isTotal ? .atLeast(5) : nil)
        }
        self.init(
            targets: lanes, notes: notes,
            sections: [
                Section(title: "Prompts", unit: .tokens, rows: rows({ Double($0.promptTokens) }, { _ in nil })),
                Section(title: "Evaluated of them", unit: .tokens, rows: evaluated),
                Section(title: "Evaluated although they came before, about", unit: .tokens, rows: again),
                Section(title: "Fewer tokens evaluated", unit: .times, rows: fewer),
                Section(
                    title: "Evaluated, by kind of request", unit: .tokens,
                    rows: TraceKind.allCases.compactMap { kind in
                        let totals = lanes.indices.map { lane in
                            results.costs.reduce(0) { $0 + ($1[lane].evaluatedByKind[kind] ?? 0) }
                        }
                        return totals.contains { $0 > 0 }
                            ? Row(name: kind.rawValue, values: totals.map { Double($0) }) : nil
                    }),
                Section(title: "Time", unit: .seconds, rows: rows({ $0.seconds }, { _ in nil })),
                Section(
                    title: "Time to the first token, median", unit: .milliseconds,
                    rows: zip(results.phases, results.costs).map { name, costs in
                        Row(name: name, values: costs.map { Commands.median($0.firstTokens) })
                    }),
            ])
    }
}
