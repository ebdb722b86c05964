import LocalCodeCore
import Support
import Testing

@Suite("writing and drawing grammars") struct GrammarFormatTests {
    private func format(_ text: String) -> String? { GrammarFormat.format(Grammar(Array(text.utf8))) }

    @Test("the usual form")
    func form() {
        let text = """
            # A list
            root::=item(","   item)*   # comma

            \t# an item


            item ::=
              [a-z] + | # letters
              "x" { 1 , 3 } |"y"
            """
        #expect(
            format(text) == """
                # A list
                root ::= item ("," item)*  # comma

                # an item

                item ::=
                  [a-z]+ |  # letters
                  "x"{1,3} |
                  "y"

                """)
    }

    @Test("long rules have an alternative a line, long parentheses as well")
    func long() {
        let names = (1...12).map { "alternative-number-\($0)" }.joined(separator: " | ")
        let text = "root ::= \"a\" (\(names))? | \"b\"\n"
        let lines = format(text)?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
        #expect(lines.first == "root ::=")
        #expect(lines.dropFirst().first == "  \"a\" (")
        #expect(lines.dropFirst(2).first == "    alternative-number-1 |")
        #expect(lines.suffix(3) == ["  )? |", "  \"b\"", ""])
    }

    /// What a grammar means, apart from its spelling.
    private func drawing(_ text: String) -> String { GrammarRailroad.draw(Grammar(Array(text.utf8))) }

    @Test("nothing but space changes, and a second time nothing at all")
    func idempotent() throws {
        for grammar in GrammarCorpus.accepted {
            let once = try #require(format(grammar))
            #expect(format(once) == once, "\(grammar.prefix(200))")
            #expect(drawing(once) == drawing(grammar), "\(grammar.prefix(200))")
            #expect(once.count { $0 == "#" } == grammar.count { $0 == "#" }, "\(grammar.prefix(200))")
        }
    }

    @Test("made-up grammars keep their meaning")
    func generated() throws {
        var generator = GrammarGenerator(seed: 11)
        for _ in 0..<150 {
            let grammar = generator.next()
            guard let once = format(grammar) else { continue }
            #expect(format(once) == once, "\(grammar)")
            #expect(drawing(once) == drawing(grammar), "\(grammar)")
        }
    }

    @Test("what cannot be parsed is not formatted")
    func broken() { #expect(format("root ::= (") == nil) }

    @Test("railroad tracks")
    func tracks() {
        #expect(
            drawing(#"root ::= "-"? ([0-9] | word)+ ("." .{2})*\#nword ::= [^a-z]"#) == """
                root
                  ───┬─ "-" ─┬─┬─┬─ [0-9] ─┬──┬─┬─ "." ─┬─ any character ─┬─┬───
                     ╰───────╯ │ ╰─ word ──╯  │ │       ╰─◂ 2 times ──────╯ │
                               ╰─◂ 1 or more ─╯ ╰─◂ 0 or more ──────────────╯

                word
                  ─── [^a-z] ───

                """)
    }
}
