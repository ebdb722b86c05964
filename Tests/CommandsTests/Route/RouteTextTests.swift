import LocalCodeCore
import Testing

@testable import Commands

@Suite("route explain: text")
struct RouteTextTests {
    private func text(_ report: JSONValue) -> String {
        let stream = Context.Stream(isTerminal: false, hasColor: false, width: 80) { _ in }
        return RouteText(report: report, now: 100, stream: stream).text
    }

    @Test("everything that a report can tell")
    func whole() {
        var request = RequestClass(client: .openCode1, conversation: "ses_1", kind: .turn)
        request.evidence = [
            .init(about: "client", rule: "user-agent", text: "opencode/1.18"),
            .init(about: "conversation", rule: "x-session-affinity", text: "ses_1"),
            .init(about: "hint (not understood)", rule: "x-localcode-kind", text: "poem"),
        ]
        request.hints.lane = .background
        var signals = ContentSignals()
        signals.tools = 11
        signals.promptTokens = 12_345
        signals.codeShare = 0.5
        signals.languages = ["swift"]
        signals.failures = ("edit", 3)
        var decision = RouteDecision(
            rule: "work", reasons: ["one", "two"], models: ["big", "other"], fallbacks: ["big": ["glm-5"]],
            lane: .background, localOnly: "the client says so", excluded: [("blind", "it cannot see")])
        decision.overrides.fields = ["temperature": 0.2, "seed": nil]
        decision.overrides.reasons = false
        var price = RoutePrice(model: "big")
        price.prefill = 1.5
        price.claim = .home
        let report = RouteReport(
            id: "r1", time: 40, asked: "auto", request: request, signals: signals,
            demands: [Demand(.coder, score: 0.8, words: ["11 tools"]), Demand(.reasoning, score: 0.2, words: ["why"])],
            decision: decision, prices: [price], model: "big", attempts: [("big", "answered")],
            placement: "slot 1, 12,000 tokens warm", stabilisers: ["reminders"])
        #expect(
            text(report.json) == """
                request       r1, 1m ago
                client        opencode-1  (user-agent: opencode/1.18)
                kind          turn
                conversation  ses_1  (x-session-affinity)
                hints         lane background
                              x-localcode-kind: 'poem' is not understood

                content       about 12,345 tokens, 11 tools, 50 % code, swift, edit failed 3 times
                wants         coder        0.8   11 tools
                              reasoning    0.2   why

                asks for      auto
                model         big
                or            other
                if it fails   glm-5
                lane          background
                rule          work
                privacy       stays on this machine
                sets          temperature: 0.2, seed: ~, reasoning: off
                because       one
                              two
                left out      blind: it cannot see

                model  queue  swap  restore  prefill  decode  seconds  dollars
                big        0     0        0     1.50       0     1.50        0  the conversation is here

                asked         big: answered
                placement     slot 1, 12,000 tokens warm
                stabilised    reminders

                """)
    }

    @Test("a refusal, a report with nothing in it, and what a terminal would act upon")
    func others() {
        var decision = RouteDecision(models: [], lane: .main)
        decision.refusal = APIError(status: 400, message: "no\u{1B}[2J way\nmodel none")
        let report = RouteReport(
            time: 0, request: RequestClass(kind: .chat), signals: ContentSignals(), demands: [], decision: decision)
        let shown = text(report.json)
        #expect(shown.contains("refused       no^[[2J way⏎model none\n"))
        #expect(!shown.contains("\u{1B}"))
        #expect(text([:]).contains("model         none\n"))
    }

    @Test("a report's line for the log")
    func line() {
        let request = RequestClass(client: .zed, kind: .title)
        let decision = RouteDecision(rule: "names", models: ["small"], lane: .background)
        var report = RouteReport(
            time: 0, request: request, signals: ContentSignals(), demands: [], decision: decision)
        #expect(report.line == "zed title to small, lane background, by the rule 'names'")
        report.decision.refusal = APIError(status: 400, message: "no")
        #expect(report.line == "zed title refused: no, lane background, by the rule 'names'")
    }
}
