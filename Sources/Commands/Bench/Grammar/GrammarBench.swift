import LocalCodeCore

/// `localcode bench grammar`
struct GrammarBench: Sendable {
    let runs: Int
    let context: Context

    func report() throws -> BenchReport {
        let interruption = try Interruption.arm()
        defer { interruption.disarm() }
        let progress = ProgressLine(context.error, steps: 3)
        defer { progress.end() }
        progress.step("a grammar of 1,000 rules")
        let rules = try ruleRows()
        progress.step("JSON documents")
        let matching = try matchRows()
        progress.step("hostile grammars")
        let hostile = try hostileRows()
        return BenchReport(
            targets: [BenchReport.judged], notes: ["the best of \(runs) runs"],
            sections: [
                .init(title: "A grammar of 1,000 rules", unit: .milliseconds, rows: rules),
                .init(
                    title: "Check of the JSON grammar and match of a document", unit: .megabytesPerSecond,
                    rows: matching),
                .init(title: "Hostile grammars, checked", unit: .seconds, rows: hostile),
            ])
    }

    private func ruleRows() throws -> [BenchReport.Row] {
        let text = GrammarBenchTexts.rules(1000)
        let parse = try best { _ = Grammar(text, isFormOnly: true) }
        let check = try best { _ = Grammar(text) }
        return [
            .init(name: "parse", values: [parse * 1000], goal: .below(5)),
            .init(name: "parse and check", values: [check * 1000], goal: .below(50)),
        ]
    }

    private func matchRows() throws -> [BenchReport.Row] {
        try GrammarBenchTexts.documents.map { name, document in
            let seconds = try best {
                let grammar = Grammar(GrammarBenchTexts.json)
                var matcher = try GrammarMatcher(grammar)
                guard matcher.match(document) == .accepted else { throw Failure("the \(name) does not match") }
            }
            return .init(name: name, values: [Double(document.count) / 1e6 / seconds], goal: .atLeast(20))
        }
    }

    private func hostileRows() throws -> [BenchReport.Row] {
        try GrammarBenchTexts.hostile.map { name, text in
            .init(name: name, values: [try best { _ = Grammar(text) }], goal: .below(2))
        }
    }

    /// The shortest time of a piece of work, in seconds.
    private func best(_ work: () throws -> Void) throws -> Double {
        var best = Double.infinity
        for _ in 0..<runs {
            try Interruption.check()
            let clock = ContinuousClock()
            let duration = try clock.measure(work)
            best = min(best, duration / .seconds(1))
        }
        return best
    }
}
