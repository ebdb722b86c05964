import LocalCodeCore

/// `localcode bench swap`: starts everything, measures, reports, and clears away.
struct SwapBench: Sendable {
    var plan: SwapPlan
    var model: BenchModel
    /// The LocalCode to measure.
    var localCode: String
    var context: Context

    func run() async throws -> FigureReport {
        let interruption = try Interruption.arm()
        defer { interruption.disarm() }
        let progress = ProgressLine(context.error, steps: plan.steps)
        defer { progress.end() }
        progress.step("the engine starts")
        let before = MachineLoad.nowWithChildren()
        let results = try await withTemporaryDirectory(context.environment) { root in
            try await progress.ticking {
                try FileText.write(plan.configuration(model), to: "\(root)/localcode.yaml")
                // It also reads the model into the system's cache.
                let text = try await engine(root).run { endpoint, _ in
                    try await onOwnThread { try BenchText(measuring: EngineClient(endpoint: endpoint)) }
                }
                return try await SwapRun(
                    plan: plan, model: model, engine: { try engine(root) }, localCode: { try serve(root) }, text: text,
                    progress: { progress.step($0) }
                ).measure()
            }
        }
        let notes = [
            ProxyBench.machine(), model.note,
            "conversations of about \(grouped(plan.prompt)) tokens; \(HumanText.count(plan.rounds, "round")); "
                + "± is the 95 % confidence interval",
        ]
        return FigureReport(results, notes: notes + ProxyBench.disturbances(since: before))
    }

    private func engine(_ root: String) throws -> BenchProgram {
        try BenchProgram.engine(
            "the engine", try model.plan(plan.entry(model, name: "bench")), directory: try fresh("engine", root),
            environment: context.environment)
    }

    /// A `serve` that starts the models itself, and has room for one.
    private func serve(_ root: String) throws -> BenchProgram {
        let directory = try fresh("localcode", root)
        var variables = context.environment.filter { !$0.key.hasPrefix("LOCALCODE_") }
        for name in ["CONFIG", "STATE"] { variables["XDG_\(name)_HOME"] = directory }
        // What it has found out about a llama-server stays, as it does for its user.
        variables["XDG_CACHE_HOME"] = root
        return BenchProgram(
            name: "localcode", executable: localCode,
            arguments: [
                "serve", "--config", "\(root)/localcode.yaml", "--host", "127.0.0.1", "--port", "0", "--llama-server",
                model.executable, "--memory-budget", "\(SwapPlan.budget)", "--cache-min-free", "256M",
            ], environment: variables, directory: directory, readiness: .line(BenchProgram.serveAnnouncement))
    }

    /// A directory that was not there before: nothing is found of an earlier start.
    private func fresh(_ name: String, _ root: String) throws -> String {
        let path = "\(root)/\(name)-\(monotonicNanoseconds())"
        try makeDirectory(path)
        return path
    }
}
