import LocalCodeCore
import Support
import Testing

@Suite("texts that a grammar allows") struct GrammarSamplerTests {
    @Test("every sample matches")
    func matches() throws {
        var count = 0
        for text in GrammarCorpus.accepted {
            let grammar = Grammar(Array(text.utf8))
            // Without those of which no text is ever complete, or only the engine knows what they mean.
            guard var sampler = try? GrammarSampler(grammar, seed: 7), var matcher = try? GrammarMatcher(grammar) else {
                continue
            }
            count += 1
            for _ in 0..<20 {
                let sample = sampler.next()
                #expect(
                    matcher.match(Array(sample.utf8)) == .accepted, "\(sample.debugDescription) of \(text.prefix(200))")
            }
        }
        #expect(count >= GrammarCorpus.accepted.count - 10)
    }

    @Test("the same seed makes the same texts, another one others")
    func seeds() throws {
        let grammar = Grammar(Array(#"root ::= ([a-z]+ " ")+ "." | "x"{3,9}"#.utf8))
        func texts(_ seed: UInt64) throws -> [String] {
            var sampler = try GrammarSampler(grammar, seed: seed)
            return (0..<10).map { _ in sampler.next() }
        }
        #expect(try texts(1) == texts(1))
        #expect(try texts(1) != texts(2))
        #expect(Set(try texts(1)).count > 5)
    }

    @Test("the length is kept where the grammar lets a text end")
    func length() throws {
        var sampler = try GrammarSampler(Grammar(Array(#"root ::= "(" root* ")" | [a-z]"#.utf8)), seed: 3)
        sampler.length = 30
        for _ in 0..<300 { #expect(sampler.next().unicodeScalars.count <= 30) }
        var long = try GrammarSampler(Grammar(Array(#"root ::= "a"{100}"#.utf8)), seed: 3)
        long.length = 10
        #expect(long.next().count == 100)
    }

    @Test("what has no end has no samples")
    func endless() {
        #expect(throws: GrammarProblem.self) { try GrammarSampler(Grammar(Array("root ::= . root".utf8)), seed: 1) }
        #expect(throws: GrammarProblem.self) { try GrammarSampler(Grammar(Array("root ::= <[5]>".utf8)), seed: 1) }
    }
}
