import LocalCodeCore
import Testing

/// Texts that somebody sends who wants the check itself to fail: it has to come to an end.
@Suite("hostile grammars", .timeLimit(.minutes(1))) struct GrammarHostileTests {
    private static func text(_ part: String, _ count: Int) -> String {
        "root ::= " + String(repeating: part, count: count)
    }

    static let refused: [String] = [
        text("(", 60_000) + "\"a\"" + String(repeating: ")", count: 60_000),
        text("(", 500_000),
        text("()", 2_200_000),
        text("|", 2_200_000),
        text("[", 500_000),
        text("\"a\"{0,2000} ", 20_000),
        text("a b ", 100_000),
        "root ::= " + String(repeating: "(", count: 40) + "\"a\"" + String(repeating: "{0,40})", count: 40),
        String(repeating: "x _\n", count: 500_000),
        "root ::= r0\n" + (0..<20_000).map { "r\($0) ::= r\($0 + 1)" }.joined(separator: "\n") + "\nr20000 ::= .",
        String(repeating: "\"", count: 300_001),
        String(repeating: "a", count: 500_000),
    ]

    @Test("are refused", arguments: refused.indices)
    func hostile(index: Int) { #expect(!Grammar(Array(Self.refused[index].utf8)).isUsable) }

    @Test("long ones that are in order are taken")
    func long() {
        #expect(Grammar(Array("root ::= \"\(String(repeating: "a", count: 1_000_000))\"".utf8)).isUsable)
        #expect(Grammar(Array("root ::= [\(String(repeating: "ab", count: 200_000))]".utf8)).isUsable)
        let rules = (0..<10_000).map { "r\($0) ::= \"a\" r\($0 + 1)" }.joined(separator: "\n")
        #expect(Grammar(Array("root ::= r0\n\(rules)\nr10000 ::= .".utf8)).isUsable)
    }

    @Test("deep parentheses that are in order can be matched, formatted and drawn")
    func deep() throws {
        let depth = 1999
        let text = "root ::= " + String(repeating: "(", count: depth) + "\"a\"" + String(repeating: ")", count: depth)
        let grammar = Grammar(Array(text.utf8))
        #expect(grammar.isUsable)
        var matcher = try GrammarMatcher(grammar)
        #expect(matcher.match(Array("a".utf8)) == .accepted)
        var sampler = try GrammarSampler(grammar, seed: 1)
        #expect(sampler.next() == "a")
        #expect(GrammarFormat.format(grammar) != nil)
        #expect(GrammarRailroad.draw(grammar).contains("(…)"))
    }
}
