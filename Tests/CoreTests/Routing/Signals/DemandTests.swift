import LocalCodeCore
import Testing

@Suite("Signals: demands")
struct DemandTests {
    private func demands(_ kind: RequestKind, _ change: (inout ContentSignals) -> Void) -> [Demand] {
        var signals = ContentSignals()
        change(&signals)
        return Demand.all(of: signals, RequestClass(kind: kind))
    }

    @Test("the strongest comes first, with what caused it")
    func order() {
        let found = demands(.turn) {
            $0.tools = 11
            $0.codeShare = 0.5
            $0.languages = ["swift"]
            $0.reasoningWords = ["why"]
        }
        #expect(found.map(\.kind) == [.coder, .reasoning])
        #expect(found.first?.words == ["11 tools", "50 % code", "swift"])
        #expect(found.first?.score == 1)
        #expect(found.last == Demand(.reasoning, score: 0.2, words: ["why"]))
    }

    @Test("each demand has its causes")
    func causes() {
        func first(_ kind: RequestKind, _ change: (inout ContentSignals) -> Void = { _ in }) -> Demand.Kind? {
            demands(kind, change).first?.kind
        }
        #expect(first(.title) == .small)
        #expect(first(.summary) == .small)
        #expect(first(.commit) == .coder)
        #expect(first(.fim) == .coder)
        #expect(first(.plan) == .reasoning)
        #expect(first(.chat) { $0.images = 1 } == .vision)
        #expect(first(.vision) == .vision)
        #expect(first(.chat) { $0.length = 1000 } == .general)
        #expect(first(.turn) { $0.contextTokens = 128_000 } == .longContext)
        #expect(first(.structured) == nil)
        let failing = demands(.turn) { $0.failures = ("edit", 3) }
        #expect(failing.first == Demand(.reasoning, score: 0.6, words: ["edit failed 3 times"]))
    }

    @Test("a short question is for a small model, unless it is hard or about code")
    func small() {
        func score(_ change: (inout ContentSignals) -> Void) -> Double {
            demands(.chat) {
                $0.length = 40
                change(&$0)
            }.first { $0.kind == .small }?.score ?? 0
        }
        #expect(score { $0.isQuestion = true } == 0.5)
        #expect(score { _ in } == 0.4)
        #expect(score { $0.reasoningWords = ["prove"] } == 0)
        #expect(score { $0.codeShare = 0.5 } == 0)
        #expect(score { $0.length = 400 } == 0)
    }

    @Test("scores stay within bounds")
    func bounds() {
        let found = demands(.plan) {
            $0.codeShare = 1
            $0.languages = ["swift", "c"]
            $0.hasDiff = true
            $0.hasStackTrace = true
            $0.codeWords = ["a", "b", "c", "d", "e", "f"]
            $0.reasoningWords = ["a", "b", "c", "d", "e", "f"]
            $0.failures = ("x", 1000)
            $0.images = 5
            $0.contextTokens = .max
        }
        #expect(found.allSatisfy { $0.score > 0 && $0.score <= 1 })
        #expect(Set(found.map(\.kind)) == [.coder, .reasoning, .vision, .longContext])
    }
}
