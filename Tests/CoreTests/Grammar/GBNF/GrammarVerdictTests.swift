import LocalCodeCore
import Support
import Testing

@Suite("the verdict on a grammar") struct GrammarVerdictTests {
    private func problem(_ grammar: String) -> GrammarDiagnostic? { Grammar(Array(grammar.utf8)).problem }

    @Test("the corpus is large enough")
    func count() {
        #expect(GrammarCorpus.accepted.count > 130)
        #expect(GrammarCorpus.accepted.count + GrammarCorpus.refused.count + GrammarCorpus.unsafe.count >= 300)
    }

    @Test("what llama-server takes")
    func accepted() {
        for grammar in GrammarCorpus.accepted {
            let problem = problem(grammar)
            #expect(problem == nil, "\(problem?.summary ?? ""): \(grammar.prefix(200))")
        }
    }

    @Test("what llama-server refuses")
    func refused() {
        for grammar in GrammarCorpus.refused { #expect(problem(grammar)?.severity == .error, "\(grammar.prefix(200))") }
    }

    @Test("what llama-server would not survive")
    func unsafe() {
        for grammar in GrammarCorpus.unsafe { #expect(problem(grammar)?.severity == .unsafe, "\(grammar.prefix(200))") }
    }

    @Test("the gate says where, and shows the line")
    func gate() {
        #expect(GrammarGate.problem(in: Array(#"root ::= "a""#.utf8)) == nil)
        #expect(GrammarGate.problem(in: []) == nil)
        #expect(GrammarGate.problem(in: Array("%llguidance {}\nstart: /a/".utf8)) == nil)
        #expect(GrammarGate.problem(in: Array("root ::= <think> .*".utf8)) == nil)
        let problem = GrammarGate.problem(in: Array("# list\nroot ::= item*\nitem ::= 'x'\n".utf8))
        #expect(
            problem?.message
                == "line 3, column 10: expected an item or the end of the line, found ''' (a text stands in double quotes)"
        )
        #expect(problem?.excerpt == "item ::= 'x'\n         ^")
    }
}
