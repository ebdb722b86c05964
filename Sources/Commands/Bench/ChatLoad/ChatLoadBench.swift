import LocalCodeCore

/// `localcode bench chat`: how fast a server streams, whatever it is.
struct ChatLoadBench: Sendable {
    var plan: ChatLoadPlan
    var endpoint: ChatEndpoint
    var client: HTTPClient
    var context: Context

    func run() async throws -> FigureReport {
        let interruption = try Interruption.arm()
        defer { interruption.disarm() }
        let progress = ProgressLine(context.error, steps: 1 + plan.clients.count)
        defer { progress.end() }
        return try await progress.ticking {
            try await untilInterrupted {
                progress.step("the first answer")
                var plan = plan
                if plan.model == nil { plan.model = try await firstModel() }
                // It is not counted; a server that refuses it would refuse all the others as well.
                _ = try await ask(plan.body(0))
                return try await measure(plan, progress)
            }
        }
    }

    private func measure(_ plan: ChatLoadPlan, _ progress: ProgressLine) async throws -> FigureReport {
        var tallies: [(clients: Int, tally: StreamTally)] = []
        var number = 1
        for clients in plan.clients {
            progress.step("\(HumanText.count(clients, "client")) for \(HumanText.seconds(Double(plan.duration) / 1e9))")
            let crowd = StreamCrowd(
                clients: clients, end: .time(plan.duration), ask: { try await ask(plan.body($0)) }, isStrict: false)
            let tally = try await crowd.run(from: number)
            number += (tally.requests + tally.failures + clients) * clients
            guard tally.requests > 0 else { throw Failure(tally.failure ?? "no request was answered") }
            tallies.append((clients, tally))
        }
        return Self.report(tallies, plan, base: endpoint.base)
    }

    static func report(_ tallies: [(clients: Int, tally: StreamTally)], _ plan: ChatLoadPlan, base: String)
        -> FigureReport
    {
        let row = plan.model ?? "(its own)"
        var figures: [Figure] = []
        var failures: [String] = []
        for (clients, tally) in tallies {
            let group = HumanText.count(clients, "client")
            func add(_ quantity: Quantity, _ estimate: Estimate?) {
                guard let estimate else { return }
                figures.append(Figure(group: group, row: row, quantity: quantity, estimate: estimate))
            }
            add(.total, Estimate(tally.speed, count: tally.requests))
            add(.perClient, Estimate(meanOf: tally.speeds))
            add(
                .requests,
                Estimate(tally.seconds > 0 ? Double(tally.requests) / tally.seconds : 0, count: tally.requests))
            figures += tally.latencies(group, row)
            if let failure = tally.failure {
                failures.append(
                    "\(tally.failures) of \(tally.failures + tally.requests) requests of \(group) failed: \(failure)")
            }
        }
        let seconds = HumanText.seconds(Double(plan.duration) / 1e9)
        return FigureReport(
            bench: "chat",
            notes: [
                base,
                "prompts of about \(grouped(plan.prompt)) tokens, answers of at most \(grouped(plan.answer)), \(seconds) each",
            ],
            groupTitle: "CLIENTS", rowTitle: "MODEL",
            quantities: [
                .total, .perClient, .requests, .firstTokenMedian, .firstToken95, .firstToken99, .gapMedian, .gap95,
                .gap99,
            ], figures: figures, conclusion: failures)
    }

    private func ask(_ body: [UInt8]) async throws -> EngineAnswer {
        try await StreamProbe.ask(endpoint.base) {
            var headers = endpoint.headers
            headers.add("Accept", "text/event-stream")
            return try await client.send(
                HTTPRequest(method: "POST", url: endpoint.completions, headers: headers, body: body))
        }
    }

    /// What a server that was not told a model serves first; nil where it does not tell.
    private func firstModel() async throws -> String? {
        do {
            let response = try await client.send(
                HTTPRequest(url: endpoint.models, headers: endpoint.headers, idleTimeout: .seconds(30)))
            let body = try await response.body.collect(upTo: 4 << 20)
            return (try? JSONView(validating: body))?["data"]?.elements.first { _ in true }?["id"]?.string
        } catch let error as HTTPClientError {
            throw Failure("\(endpoint.base): \(error.message)", hint: "is the server running there?")
        }
    }
}
