import LocalCodeCore

/// `localcode bench route`
struct RouteBench: Sendable {
    let runs: Int
    let context: Context

    func report() throws -> BenchReport {
        let interruption = try Interruption.arm()
        defer { interruption.disarm() }
        let sizes = [1_000, 60_000, 1_000_000]
        let progress = ProgressLine(context.error, steps: sizes.count + 1)
        defer { progress.end() }
        var sections: [BenchReport.Section] = []
        for size in sizes {
            progress.step("requests of \(size / 1_000) KB")
            let body = try JSONView(validating: ChatBody(size: size).bytes)
            sections.append(
                .init(title: "A request of \(size / 1_000) KB", unit: .microseconds, rows: try rows(body, size: size)))
        }
        progress.step("hostile bodies")
        sections.append(.init(title: "Hostile bodies, looked at", unit: .milliseconds, rows: try hostileRows()))
        return BenchReport(
            targets: [BenchReport.judged], notes: ["the best of \(runs) runs"], sections: sections)
    }

    private func rows(_ body: JSONView, size: Int) throws -> [BenchReport.Row] {
        let chat = try ChatRequest(body, kind: .chat)
        let repeats = size > 100_000 ? 10 : 100
        let classify = try best(repeats) { _ = RequestClass(headers: Self.headers, body: body) }
        let signals = try best(repeats) { _ = ContentSignals(chat) }
        let both = try best(repeats) {
            _ = Demand.all(of: ContentSignals(chat), RequestClass(headers: Self.headers, body: body))
        }
        let all = try best(repeats) {
            _ = RouteReport(
                chat, headers: Self.headers, configuration: Self.configuration, offers: Self.offers,
                defaultModel: "main")
        }
        return [
            .init(name: "client, kind, conversation, project", values: [classify * 1e6]),
            .init(name: "content", values: [signals * 1e6]),
            .init(
                name: "both, with what it wants", values: [both * 1e6], goal: size == 60_000 ? .below(100) : nil),
            .init(name: "the whole decision", values: [all * 1e6]),
        ]
    }

    private func hostileRows() throws -> [BenchReport.Row] {
        try Self.hostile.map { name, body in
            let view = try JSONView(validating: body)
            let chat = try ChatRequest(view, kind: .chat)
            let seconds = try best(1) {
                _ = Demand.all(of: ContentSignals(chat), RequestClass(headers: Self.headers, body: view))
            }
            return .init(name: name, values: [seconds * 1e3], goal: .below(1_000))
        }
    }

    /// The shortest time of a piece of work, in seconds.
    private func best(_ repeats: Int, _ work: () throws -> Void) throws -> Double {
        var best = Double.infinity
        for _ in 0..<runs {
            try Interruption.check()
            let clock = ContinuousClock()
            let duration = try clock.measure { for _ in 0..<repeats { try work() } }
            best = min(best, duration / .seconds(repeats))
        }
        return best
    }

    private static let headers: HTTPHeaders = [
        "Content-Type": "application/json", "Authorization": "Bearer key",
        "User-Agent": "opencode/1.18.18 ai-sdk/provider-utils/4.0.23 runtime/bun/1.3.0",
        "x-session-affinity": "ses_0123456789ab0123456789abcd", "X-Session-Id": "ses_0123456789ab0123456789abcd",
        "Accept": "*/*", "Host": "127.0.0.1:4242", "Connection": "keep-alive",
    ]

    private static let offers = ["main", "small", "coder"].map {
        RouteOffer(model: $0, isLocal: true, context: 262_144)
    }

    /// Rules of which none matches, so that all are looked at.
    private static let configuration: RoutingConfiguration = {
        var configuration = RoutingConfiguration()
        configuration.rules = (0..<20).map { index in
            var rule = RoutingRule(name: "rule \(index)")
            rule.conditions.clients = [.openCode1]
            rule.conditions.demands = [.coder: 0]
            rule.conditions.headers = [(name: "x-team", pattern: "team-\(index)*")]
            rule.models = ["coder"]
            return rule
        }
        return configuration
    }()

    /// What somebody might send who wants a server to hang: some 20 MB each.
    private static var hostile: [(name: String, body: [UInt8])] {
        func body(_ messages: [UInt8], _ more: String = "") -> [UInt8] {
            Array(#"{"messages":["#.utf8) + messages + Array(#"{"role":"user","content":"x"}]\#(more)}"#.utf8)
        }
        func many(_ text: String, _ count: Int) -> [UInt8] { Array(String(repeating: text, count: count).utf8) }
        let directories = String(repeating: "working directory: ", count: 1_000_000)
        return [
            ("700,000 messages", body(many(#"{"role":"user","content":"a"},"#, 700_000))),
            ("200,000 failed calls", body(Self.failures)),
            ("20 MB in the system prompt", body(many(#"{"role":"system","content":"\#(directories)"},"#, 1))),
            ("20 MB of halves of characters", body(many(#"{"role":"user","content":[{"text":"\ud800"}]},"#, 450_000))),
            ("800,000 parts", body(many(#"{"role":"user","content":[\#(Self.parts){}]},"#, 1))),
            ("1 million fields", body([], (0..<1_000_000).map { #","f\#($0)":0"# }.joined())),
        ]
    }

    private static var failures: [UInt8] {
        let call = #"{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"edit"}}]},"#
        let result = #"{"role":"tool","tool_call_id":"c","content":"error: none"},"#
        return Array((#"{"role":"user","content":"x"},"# + String(repeating: call + result, count: 200_000)).utf8)
    }

    private static var parts: String { String(repeating: #"{"text":"","type":"text"},"#, count: 800_000) }
}
