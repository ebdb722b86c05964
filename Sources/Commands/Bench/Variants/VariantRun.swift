import LocalCodeCore

/// Asks several set-ups of one engine the same questions, in rounds: in each round every set-up is started, warmed up, asked
/// everything once, and stopped again. So two models never share the memory, what the machine does otherwise meets all alike,
/// and no engine can repeat what it answered in an earlier round.
struct VariantRun: Sendable {
    /// The first one is what the others are compared with.
    var variants: [Variant]
    var rounds: Int
    /// The questions of a round, counted from 0.
    var tasks: @Sendable (_ round: Int) -> [BenchTask]
    /// Starts a set-up.
    var start: @Sendable (Variant) async throws -> MeasuredEngine
    /// Told what comes next.
    var progress: @Sendable (String) -> Void = { _ in }

    struct Results: Sendable, Equatable {
        var samples: [VariantSample] = []
        /// Set-ups that could not be measured, with the reason.
        var failures: [(variant: String, reason: String)] = []

        static func == (left: Results, right: Results) -> Bool {
            left.samples == right.samples && left.failures.elementsEqual(right.failures, by: ==)
        }
    }

    /// What a progress bar counts.
    var steps: Int { rounds * variants.count }

    /// - Throws: what went wrong with the first set-up; another one that fails is left out from then on.
    func measure() async throws -> Results {
        var results = Results()
        var failed: Set<String> = []
        for round in 0..<rounds {
            for turn in variants.indices {
                let variant = variants[(turn + round) % variants.count]
                progress("\(variant.name), round \(round + 1) of \(rounds)")
                guard !failed.contains(variant.name) else { continue }
                do {
                    results.samples += try await ask(variant, round)
                } catch {
                    try Interruption.check()
                    try Task.checkCancellation()
                    if variant == variants.first { throw error }
                    failed.insert(variant.name)
                    results.samples.removeAll { $0.variant == variant.name }
                    results.failures.append((variant.name, Self.reason(error)))
                }
            }
        }
        return results
    }

    private func ask(_ variant: Variant, _ round: Int) async throws -> [VariantSample] {
        let engine = try await start(variant)
        do {
            _ = try await engine.ask(BenchTask.warmUp)
            var samples: [VariantSample] = []
            for task in tasks(round) {
                try Interruption.check()
                let answer = try await engine.ask(task.body)
                samples.append(
                    VariantSample(
                        answer, round: round, group: task.group, variant: variant.name, memory: engine.memory()))
            }
            await engine.stop()
            return samples
        } catch {
            await engine.stop()
            throw error
        }
    }

    /// What an error says, on one line.
    private static func reason(_ error: any Error) -> String {
        let text: String
        switch error {
        case let error as Failure: text = error.message
        case let error as EngineFailure: text = error.message
        default: text = "\(error)"
        }
        return String(text.prefix { !$0.isNewline })
    }
}

/// An engine that runs, as far as a measurement needs it.
struct MeasuredEngine: Sendable {
    /// Sends a chat request that streams.
    var ask: @Sendable (JSONValue) async throws -> EngineAnswer
    /// Bytes that its process takes; nil where the system does not tell.
    var memory: @Sendable () -> Int?
    var stop: @Sendable () async -> Void
}
