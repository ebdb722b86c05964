import LocalCodeCore

/// Swaps two models, by hand and through LocalCode, and starts both ways from nothing. A model whose conversation comes back is
/// asked its next question; by hand the conversation has to be read again.
struct SwapRun: Sendable {
    var plan: SwapPlan
    var model: BenchModel
    /// Starts an engine, and a LocalCode that starts it.
    var engine: @Sendable () throws -> BenchProgram
    var localCode: @Sendable () throws -> BenchProgram
    var text: BenchText
    var progress: @Sendable (String) -> Void

    /// Milliseconds to the first token, round by round.
    struct Results: Sendable, Equatable {
        var startByHand: [Double] = []
        var startLocalCode: [Double] = []
        var swapByHand: [Double] = []
        var swapLocalCode: [Double] = []
        /// What LocalCode says of the swaps: restored, cold.
        var sources: [String] = []
    }

    func measure() async throws -> Results {
        var results = Results()
        for round in 0...plan.rounds {
            let name = round == 0 ? "warm-up" : "round \(round) of \(plan.rounds)"
            progress("start by hand, \(name)")
            let byHand = try await start(engine(), model: "bench")
            progress("start through LocalCode, \(name)")
            let ours = try await start(localCode(), model: SwapPlan.models[0])
            guard round > 0 else { continue }
            results.startByHand.append(byHand)
            results.startLocalCode.append(ours)
        }
        results.swapByHand = try await swapByHand()
        (results.swapLocalCode, results.sources) = try await swapLocalCode()
        return results
    }

    /// From nothing to the first token of a short question.
    private func start(_ program: BenchProgram, model: String) async throws -> Double {
        let talk = CacheLane.Talk(id: "start", questions: ["Say something."])
        let begin = monotonicNanoseconds()
        return try await program.run { endpoint, _ in
            let asked = monotonicNanoseconds()
            let answer = try await ask(endpoint, model, talk)
            return Self.milliseconds(from: begin, to: asked + (answer.firstToken ?? answer.total))
        }
    }

    /// From the moment that the running engine is told to end to the first token of the other one.
    private func swapByHand() async throws -> [Double] {
        var talks = talks()
        var times: [Double] = []
        var left: UInt64?
        for round in 0...plan.rounds {
            progress(round == 0 ? "the conversations begin" : "swaps by hand, round \(round) of \(plan.rounds)")
            for index in talks.indices {
                let open = talks[index]
                let (answered, first, end) = try await engine().run { endpoint, _ in
                    let asked = monotonicNanoseconds()
                    let answer = try await ask(endpoint, "bench", open)
                    return (
                        next(open, answer, round), asked + (answer.firstToken ?? answer.total), monotonicNanoseconds()
                    )
                }
                if round > 0, let left { times.append(Self.milliseconds(from: left, to: first)) }
                talks[index] = answered
                left = end
            }
        }
        return times
    }

    /// From the request for the model that is not loaded to its first token.
    private func swapLocalCode() async throws -> ([Double], [String]) {
        try await localCode().run { endpoint, _ in
            var talks = talks()
            var times: [Double] = []
            var sources: [String] = []
            for round in 0...plan.rounds {
                progress(round == 0 ? "the conversations begin" : "swaps, round \(round) of \(plan.rounds)")
                for (index, name) in SwapPlan.models.enumerated() {
                    let answer = try await ask(endpoint, name, talks[index])
                    talks[index] = next(talks[index], answer, round)
                    guard round > 0 else { continue }
                    times.append(Double(answer.firstToken ?? answer.total) / 1e6)
                    sources.append(answer.source ?? "unknown")
                }
            }
            return (times, sources)
        }
    }

    private func talks() -> [CacheLane.Talk] {
        SwapPlan.models.map { name in
            CacheLane.Talk(id: "swap-\(name)", questions: [text.text("swap \(name)", tokens: plan.prompt)])
        }
    }

    /// The conversation with the answer and the next question.
    private func next(_ talk: CacheLane.Talk, _ answer: EngineAnswer, _ round: Int) -> CacheLane.Talk {
        var talk = talk
        talk.answers.append(answer.text)
        talk.questions.append(text.text("\(talk.id) \(round)", tokens: 24))
        return talk
    }

    private func ask(_ endpoint: Endpoint, _ model: String, _ talk: CacheLane.Talk) async throws -> EngineAnswer {
        var body = try JSONValue(parsing: CacheLane.body(talk))
        body["model"] = .string(model)
        let bytes = body.bytes
        return try await onOwnThread {
            try EngineClient(endpoint: endpoint).chat(bytes, headers: ["X-Session-Id: \(talk.id)"])
        }
    }

    private static func milliseconds(from start: UInt64, to end: UInt64) -> Double {
        end > start ? Double(end - start) / 1e6 : 0
    }
}
