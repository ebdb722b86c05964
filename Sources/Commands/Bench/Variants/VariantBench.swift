import LocalCodeCore

/// What `bench spec` and `bench flash` have in common: it starts set-ups of a model in turns, and asks, counts and clears away.
struct VariantBench: Sendable {
    var model: BenchModel
    var variants: [Variant]
    var rounds: Int
    var context: Context

    struct Outcome: Sendable {
        var samples: [VariantSample]
        /// What the report says of the run.
        var notes: [String]
    }

    /// - Parameter tasks: the questions of each round, for an engine whose vocabulary makes so many tokens of words.
    func run(_ tasks: @escaping @Sendable (_ round: Int, BenchText) -> [BenchTask]) async throws -> Outcome {
        let interruption = try Interruption.arm()
        defer { interruption.disarm() }
        let progress = ProgressLine(context.error, steps: 1 + rounds * variants.count)
        defer { progress.end() }
        progress.step("the engine starts")
        let before = MachineLoad.nowWithChildren()
        let results = try await withTemporaryDirectory(context.environment) { root in
            let runs = try BenchRuns(model, directory: root)
            return try await progress.ticking {
                try await untilInterrupted {
                    let text = try await vocabulary(runs)
                    return try await VariantRun(
                        variants: variants, rounds: rounds, tasks: { tasks($0, text) },
                        start: { try await runs.measured($0) }, progress: { progress.step($0) }
                    ).measure()
                }
            }
        }
        let failures = results.failures.map { "\($0.variant) is left out: \($0.reason)" }
        let notes = [
            ProxyBench.machine(), model.note,
            "\(HumanText.count(rounds, "round")); in each, every set-up is started anew; ± is the 95 % confidence interval",
        ]
        return Outcome(
            samples: results.samples, notes: notes + failures + ProxyBench.disturbances(since: before))
    }

    /// Starts the first set-up once, which also reads the model into the system's cache.
    private func vocabulary(_ runs: BenchRuns) async throws -> BenchText {
        let run = try await runs.start(variants.first?.entry ?? model.entry)
        do {
            let text = try await BenchText(measuring: run.server)
            await run.stop()
            return text
        } catch {
            await run.stop()
            throw error
        }
    }
}
