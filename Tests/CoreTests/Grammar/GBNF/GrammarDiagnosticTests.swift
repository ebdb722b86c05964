import LocalCodeCore
import Testing

@Suite("what is said about a grammar") struct GrammarDiagnosticTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let grammar: String
        let summary: String
        var hint: String?
        var testDescription: String { grammar }
    }

    private func diagnostics(_ grammar: String) -> [GrammarDiagnostic] { Grammar(Array(grammar.utf8)).diagnostics }

    static let mistakes: [Case] = [
        Case(
            grammar: #"root ::= "a"\#n  | "b""#, summary: "2:3: error: a line cannot begin with '|'",
            hint: "put the '|' at the end of the line before"),
        Case(
            grammar: "root ::= my_rule", summary: "1:12: error: expected an item or the end of the line, found '_'",
            hint: "a name has letters, digits and '-' only: my-rule"),
        Case(
            grammar: "my_rule ::= .", summary: "1:3: error: expected '::=' behind 'my', found '_'", hint: "my-rule"),
        Case(grammar: "root = .", summary: "1:6: error: expected '::=' behind 'root', found '='", hint: "root ::= …"),
        Case(grammar: "root", summary: "1:5: error: expected '::=' behind 'root', found the end of the grammar"),
        Case(grammar: "", summary: "1:1: error: the grammar has no rules"),
        Case(grammar: #"root ::= "a"#, summary: #"1:10: error: the text that begins here has no closing '"'"#),
        Case(grammar: "root ::= [a", summary: "1:10: error: the class that begins here has no closing ']'"),
        Case(grammar: #"root ::= "\d""#, summary: #"1:11: error: unknown escape '\d'"#, hint: "write [0-9]"),
        Case(grammar: #"root ::= "\x4""#, summary: #"1:11: error: expected 2 hexadecimal digits behind '\x'"#),
        Case(
            grammar: "root ::= (.\nb ::= .",
            summary: "2:3: error: expected ')' for the '(' in line 1, found ':'", hint: "is not closed"),
        Case(grammar: "root ::= . )", summary: "1:12: error: this ')' has no '('"),
        Case(grammar: "root ::= *", summary: "1:10: error: there is nothing in front of '*' to repeat"),
        Case(grammar: "root ::= .{,3}", summary: "1:12: error: expected a number behind '{'", hint: "write {0,…}"),
        Case(grammar: "root ::= .{3", summary: "1:13: error: expected ',' or '}' behind the number"),
        Case(grammar: "root ::= .{2001}", summary: "1:12: error: 2001 times: llama-server repeats at most 2000 times"),
        Case(
            grammar: "root ::= .{100}{21}",
            summary: "1:16: error: repetitions multiply to more than 2000, which llama-server refuses"),
        Case(
            grammar: "root ::= .{3,1}",
            summary: "1:11: unsafe: at least 3 and at most 1 times: llama-server hangs on this", hint: "write {1,3}"),
        Case(
            grammar: "root ::= .{0,5000}",
            summary: "1:11: warning: more than 2000 times: llama-server takes this as without a limit"),
        Case(
            grammar: "root ::= numbr\nnumber ::= .", summary: "1:10: error: the rule 'numbr' is not defined",
            hint: "did you mean 'number'?"),
        Case(
            grammar: "Root ::= .", summary: "1:1: error: there is no rule 'root', with which llama-server begins",
            hint: "did you mean 'Root'?"),
        Case(
            grammar: "root ::= .\nroot ::= .",
            summary:
                "2:1: warning: the rule 'root' is defined for a second time; llama-server takes the last definition",
            hint: "the first one is in line 1"),
        Case(grammar: "root ::= .\nx ::= .", summary: "2:1: warning: nothing leads from 'root' to the rule 'x'"),
        Case(
            grammar: "root ::= a\na ::= b | .\nb ::= a .",
            summary: "3:7: error: the rule 'a' begins with itself (a → b → a), which llama-server refuses",
            hint: "write a repetition instead"),
        Case(
            grammar: "root ::= (.?)*",
            summary:
                "1:14: warning: what is repeated here can be empty: the same text can be read in many ways, and some"),
        Case(
            grammar: "root ::= (. | )*",
            summary: "1:16: error: what is repeated here has an empty alternative, which llama-server refuses as left"),
        Case(
            grammar: "root ::= x root . | .\nx ::= y\ny ::= .?",
            summary: "1:12: unsafe: the rule 'root' can begin with itself, behind something that can be empty:"),
        Case(
            grammar: "root ::= . | x\nx ::= \"a\" x",
            summary: "2:1: warning: the rule 'x' never comes to an end: it leads to itself in every alternative"),
        Case(
            grammar: "root ::= [z-a]",
            summary: "1:10: unsafe: the range of this class runs backwards and matches nothing"),
        Case(
            grammar: "root ::= [z-ab]",
            summary: "1:10: warning: a range of this class runs backwards and matches nothing"),
        Case(grammar: "root ::= []", summary: "1:10: warning: an empty class stands for the empty text"),
        Case(
            grammar: #"root ::= "\uD83D\uDE00""#, summary: "1:10: unsafe: no model can write half a surrogate pair",
            hint: #"write \U0001F600"#),
        Case(
            grammar: #"root ::= "\xC3\xA4""#,
            summary: #"1:10: warning: '\x80' and above are code points, not bytes of UTF-8"#),
        Case(
            grammar: #"root ::= "a" root "b" | "a" root "c" | "d""#,
            summary: #"1:1: unsafe: too many ways to read the same text, such as "aaaaaaaa"#),
    ]

    @Test("a mistake, its place and the way out", arguments: mistakes)
    func mistake(_ mistake: Case) {
        let found = diagnostics(mistake.grammar)
        let summaries = found.map(\.summary)
        let match = found.first { $0.summary.hasPrefix(mistake.summary) }
        #expect(match != nil, "\(summaries)")
        if let hint = mistake.hint { #expect(match?.hint?.contains(hint) == true, "\(match?.hint ?? "no hint")") }
    }

    @Test("all mistakes are found at once, those of good rules between them are not made up")
    func several() {
        let grammar = """
            root ::= one two | three
            one ::= 'x'
            two ::= ("a" | "b"
            three ::= "c"
            four := "d"
            five ::= "e" {2
            six ::= [0-9]
            """
        #expect(diagnostics(grammar).map { "\($0.line):\($0.column)" } == ["2:9", "4:7", "5:6", "6:16"])
    }

    @Test("columns count characters, and long lines are cut around the place")
    func excerpts() {
        let umlauts = diagnostics(#"root ::= "äöü" ;"#)
        #expect(umlauts.map(\.column) == [16])
        #expect(umlauts.map(\.excerpt) == ["root ::= \"äöü\" ;\n               ^"])
        let long = "root ::= " + String(repeating: "\"a\" ", count: 1000) + "; " + String(repeating: "x", count: 500)
        let lines = diagnostics(long).first?.excerpt.split(separator: "\n") ?? []
        #expect(lines.count == 2)
        #expect(lines.first?.count ?? 0 <= 102)
        let caret = lines.last?.count ?? 0
        #expect(lines.first?.dropFirst(caret - 1).first == ";")
    }

    @Test("there is a limit to what is said")
    func limit() {
        let errors = diagnostics(String(repeating: "x ::= _\n", count: 10_000)).filter { $0.severity == .error }
        #expect(errors.count == 50)
        #expect(diagnostics(String(repeating: "root ::= .\n", count: 10_000)).count == 50)
    }

    @Test("a NUL ends the grammar, and bytes that are no UTF-8 are shown")
    func bytes() {
        let cut = Grammar(Array("root ::= .".utf8) + [0] + Array(" )".utf8))
        #expect(cut.isUsable)
        #expect(cut.diagnostics.map(\.offset) == [10])
        let invalid = Grammar(Array("root ::= \"".utf8) + [0xC3, 0x28] + Array("\"".utf8))
        #expect(invalid.diagnostics.map(\.message) == ["the grammar is not valid UTF-8"])
        #expect(invalid.diagnostics.map(\.offset) == [10])
    }
}
