import LocalCodeCore

/// `localcode bench eviction`: a trace, played against every policy.
struct EvictionBench: Sendable {
    private let invocation: Invocation
    /// In bytes, smallest first.
    private let budgets: [Int]
    private let costs: SimulationCosts

    private static let targets =
        EvictionPolicy.allCases.map(\.rawValue) + EvictionPolicy.allCases.map { "\($0.rawValue)-all" } + [
            "offline", "bound",
        ]
    private static let fileLimit = 1 << 30

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        guard invocation.operands.isEmpty || invocation["generate"] == nil else {
            throw UsageError("--generate writes a new trace, so there can be no TRACE beside it")
        }
        let named = try invocation.all("budget").map { text -> Int in
            guard let bytes = ByteCount(humanReadable: text)?.bytes, bytes > 0 else {
                throw UsageError("invalid budget '\(text)'", hint: "a size above 0, as in --budget 20G")
            }
            return bytes
        }
        budgets = Set(named.isEmpty ? [5, 10, 20, 40].map { $0 * 1_000_000_000 } : named).sorted()
        var costs = SimulationCosts()
        costs.slots = invocation.integer("slots") ?? costs.slots
        costs.prefillRate = invocation.number("prefill-rate") ?? costs.prefillRate
        costs.bytesPerToken = invocation.bytes("token-size") ?? costs.bytesPerToken
        guard (1...(64 << 20)).contains(costs.bytesPerToken) else {
            throw UsageError("the size of a token is out of range", hint: "1 byte to 64MiB")
        }
        self.costs = costs
    }

    /// The trace that was named, or a generated one.
    func trace() throws -> RequestTrace {
        guard let name = invocation.operands.first else {
            var generator = TraceGenerator(
                seed: UInt64(invocation.integer("seed") ?? 1), sessions: invocation.integer("sessions") ?? 60)
            generator.oneOffsPerDay = invocation.integer("one-offs") ?? 0
            let trace = generator.trace()
            if let file = invocation["generate"] {
                try FileText.write(String(decoding: trace.bytes, as: UTF8.self), to: path(file))
            }
            return trace
        }
        return try Self.read(path(name), named: name)
    }

    /// Reads a trace.
    static func read(_ path: String, named name: String) throws -> RequestTrace {
        guard let bytes = try FileText.bytes(at: path, limit: fileLimit) else {
            throw Failure("there is no file \(name)")
        }
        do {
            let trace = try RequestTrace(parsing: bytes)
            guard !trace.requests.isEmpty else { throw Failure("there are no requests in \(name)") }
            return trace
        } catch let error as TraceError {
            throw Failure("\(name), \(error)")
        }
    }

    private func path(_ name: String) -> String {
        name.hasPrefix("/") ? name : invocation.context.workingDirectory + "/" + name
    }

    func report(_ trace: RequestTrace) throws -> BenchReport {
        let interruption = try Interruption.arm()
        defer { interruption.disarm() }
        let progress = ProgressLine(invocation.context.error, steps: budgets.count + 1)
        defer { progress.end() }
        progress.step("the slots")
        let workload = RetentionWorkload(trace, costs: costs)
        let selected = RetentionWorkload(trace, costs: costs, isSelective: true)
        // Of what is not offered no request asks, but it counts all the same.
        let helpable = workload.endless.lookups
        var rows = (rates: [BenchReport.Row](), saved: [BenchReport.Row](), written: [BenchReport.Row]())
        for budget in budgets {
            try Interruption.check()
            let name = Self.sizeName(budget)
            progress.step(name)
            let outcomes = [selected, workload].flatMap { workload in
                EvictionPolicy.allCases.map { workload.outcome(of: $0, budget: budget) }
            }
            let optimum = workload.offlineOptimum(budget: budget)
            let all = outcomes + [optimum.feasible]
            rows.rates.append(.init(name: name, values: all.map { percent($0.hits, of: helpable) } + [nil]))
            rows.saved.append(.init(name: name, values: all.map(\.secondsSaved) + [optimum.bound]))
            rows.written.append(.init(name: name, values: all.map { Double($0.bytesWritten) / 1e9 } + [nil]))
        }
        return BenchReport(
            targets: Self.targets, notes: notes(trace, workload),
            sections: [
                .init(title: "Requests helped, of those that a store can help", unit: .percent, rows: rows.rates),
                .init(title: "Prefill saved, less restoring", unit: .seconds, rows: rows.saved),
                .init(title: "Written", unit: .gigabytes, rows: rows.written),
            ])
    }

    private func percent(_ part: Int, of whole: Int) -> Double? {
        whole == 0 ? nil : Double(part) / Double(whole) * 100
    }

    private func notes(_ trace: RequestTrace, _ workload: RetentionWorkload) -> [String] {
        let kinds = TraceKind.allCases.compactMap { kind -> String? in
            let count = trace.requests.count { $0.kind == kind }
            return count == 0 ? nil : "\(grouped(count)) \(kind.rawValue)"
        }
        let totals = workload.totals
        let endless = workload.endless
        func tokens(_ count: Int) -> String { grouped(count) + " tokens" }
        func seconds(_ seconds: Double) -> String { BenchReport.text(seconds.rounded()) + " s" }
        return [
            "\(grouped(totals.requests)) requests (\(kinds.joined(separator: ", "))), \(tokens(totals.promptTokens))",
            "\(tokens(totals.residentTokens)) are in the slots when they are needed; reading the others takes "
                + seconds(totals.prefillSeconds),
            "a store without a limit helps \(grouped(endless.lookups)) requests, saves \(seconds(endless.secondsSaved)) and "
                + "needs \(Self.sizeName(endless.peakBytes))",
            "-all: everything is kept; the others keep what is likely to come back, and bases while they are in use",
            "offline: a choice made with the future in sight; bound: what no choice can exceed",
        ]
    }

    /// `20 GB`, `2.5 GB`.
    private static func sizeName(_ bytes: Int) -> String {
        bytes >= 100_000_000
            ? BenchReport.text(Double(bytes) / 1e9) + " GB" : BenchReport.text(Double(bytes) / 1e6) + " MB"
    }
}
