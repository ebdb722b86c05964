import LocalCodeCore

/// Lets more and more clients ask at once, on each of several ways to the model in turns.
struct BatchRun: Sendable {
    /// One way to the model.
    struct Lane: Sendable {
        var name: String
        var ask: @Sendable (JSONValue) async throws -> EngineAnswer
    }

    /// What the clients of one turn came to.
    struct Sample: Sendable {
        var clients: Int
        var lane: String
        var round: Int
        var tally: StreamTally
    }

    var plan: BatchPlan
    var lanes: [Lane]
    /// Makes texts of the right length.
    var text: BenchText
    var progress: @Sendable (String) -> Void = { _ in }

    /// What a progress bar counts.
    static func steps(_ plan: BatchPlan) -> Int { plan.clients.count * (plan.rounds + 1) }

    func measure() async throws -> [Sample] {
        var samples: [Sample] = []
        var number = 0
        for clients in plan.clients {
            // The first round warms up: it is not counted.
            for round in 0...plan.rounds {
                progress("\(Self.name(clients)), \(round == 0 ? "warm-up" : "round \(round) of \(plan.rounds)")")
                for turn in lanes.indices {
                    let lane = lanes[(turn + round) % lanes.count]
                    let requests = round == 0 ? 1 : plan.requests
                    let crowd = StreamCrowd(
                        clients: clients, end: .requests(requests),
                        ask: { [text, plan] number in
                            try await lane.ask(
                                BenchTask.text("batch \(number)", text: text, tokens: plan.prompt, answer: plan.answer))
                        })
                    let tally = try await crowd.run(from: number)
                    number += clients * requests
                    if round > 0 {
                        samples.append(Sample(clients: clients, lane: lane.name, round: round, tally: tally))
                    }
                }
            }
        }
        return samples
    }

    static func name(_ clients: Int) -> String { HumanText.count(clients, "client") }
}
