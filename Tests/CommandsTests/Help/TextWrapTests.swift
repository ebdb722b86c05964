import Testing

@testable import Commands

@Suite("Help: text")
struct TextWrapTests {
    @Test("fills lines up to the width")
    func fill() {
        #expect(TextWrap.fill("one two three four", width: 9) == "one two\nthree\nfour")
        #expect(TextWrap.fill("one two", width: 7) == "one two")
        #expect(TextWrap.fill(" one\n two ", width: 20, first: "- ", indent: "  ") == "- one two")
        #expect(TextWrap.fill("one two", width: 5, first: "- ", indent: "  ") == "- one\n  two")
        #expect(TextWrap.fill("extraordinary word", width: 4) == "extraordinary\nword")
        #expect(TextWrap.fill("", width: 4, first: "x") == "x")
    }

    @Test("paragraphs stand between empty lines")
    func paragraphs() {
        #expect(TextWrap.paragraphs("a\nb\n\n \nc\n") == ["a\nb", "c"])
        #expect(TextWrap.paragraphs("").isEmpty)
    }

    @Test(
        "roff prints every character as itself",
        arguments: [
            (".dot", "\\&.dot"), ("a\n.b\n'c", "a\n\\&.b\n\\&\\(aqc"), ("--opt", "\\-\\-opt"), ("C:\\x", "C:\\ex"),
            ("~^`\"'", "\\(ti\\(ha\\(ga\\(dq\\(aq"), ("µ…", "\\[u00B5]\\[u2026]"), ("\u{1F600}", "\\[u1F600]"),
        ])
    func roff(plain: String, markup: String) { #expect(Roff.escaped(plain) == markup) }
}
