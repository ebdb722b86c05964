import LocalCodeCore

/// `localcode bench cache`: starts the engines and LocalCode, measures, reports, and clears away.
struct CacheBench: Sendable {
    var plan: CachePlan
    var engine: BenchEngine
    var localCode: String
    /// A Python that has stillwarm; nil leaves it out.
    var stillwarm: String?
    var context: Context

    func run() async throws -> BenchReport {
        let interruption = try Interruption.arm()
        defer { interruption.disarm() }
        let progress = ProgressLine(context.error, steps: plan.steps)
        defer { progress.end() }
        progress.step("the engines start")
        return try await withTemporaryDirectory(context.environment) { root in
            try await progress.ticking {
                let programs = MeasuredPrograms(
                    engine: engine, localCode: localCode, root: root, environment: context.environment)
                return try await programs.withBoth { bare, localCode in
                    guard let stillwarm else { return try await measure([bare, localCode], progress) }
                    return try await programs.withStillwarm(python: stillwarm) { other in
                        try await measure([bare, localCode, other], progress)
                    }
                }
            }
        }
    }

    private static let names = [MeasuredPrograms.bare, BenchReport.judged, "stillwarm"]

    private func measure(_ sides: [MeasuredPrograms.Side], _ progress: ProgressLine) async throws -> BenchReport {
        let lanes = zip(Self.names, sides).enumerated().map { index, side in
            CacheLane(
                name: side.0, client: EngineClient(endpoint: side.1.endpoint),
                speech: index == 2 ? .stillwarm : .chat, slots: side.1.states)
        }
        let (bare, serve) = (lanes[0].client, lanes[1].client)
        let text = try await onOwnThread { try BenchText(measuring: bare) }
        let control = CacheRun.Control(
            restart: { for side in sides { try await side.engine.restart() } },
            settle: { try await onOwnThread { try LocalCodeSlots.waitUntilSaved(serve) } },
            progress: { progress.step($0) })
        let before = MachineLoad.nowWithChildren()
        let results = try await CacheRun(plan: plan, lanes: lanes, text: text, control: control).measure()
        return BenchReport(
            results, lanes: lanes.map(\.name), notes: notes + ProxyBench.disturbances(since: before))
    }

    private var notes: [String] {
        [ProxyBench.machine()] + engine.notes + [
            "medians; \(CachePlan.conversations) conversations in 2 slots, all ways in turns"
                + (DiskSpeed.canForget ? "; states are read from the disk" : "; states are read from the page cache")
        ]
    }
}
