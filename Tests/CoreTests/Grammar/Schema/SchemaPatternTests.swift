import Testing

@testable import LocalCodeCore

@Suite("Schema: regular expressions") struct SchemaPatternTests {
    struct Case: CustomTestStringConvertible {
        let pattern: String
        let fits: [String]
        let others: [String]

        init(_ pattern: String, _ fits: [String], not others: [String]) {
            (self.pattern, self.fits, self.others) = (pattern, fits, others)
        }

        var testDescription: String { pattern }
    }

    static let cases = [
        Case("", ["", "a"], not: []),
        Case("b", ["b", "abc"], not: ["", "ac"]),
        Case("^b", ["bc"], not: ["ab"]),
        Case("b$", ["ab"], not: ["bc", "b\n"]),
        Case("^a|b$", ["ax", "xb"], not: ["xa", "bx"]),
        Case("^(ab|c)*$", ["", "abc", "cab"], not: ["a", "abca"]),
        Case("^a{2}b{1,}c{0,2}$", ["aab", "aabbbcc"], not: ["ab", "aac", "aabccc"]),
        Case("^a{,2}$", ["a{,2}"], not: ["a", "aa"]),
        Case("^a+?b??$", ["a", "aab"], not: ["b"]),
        Case("^.$", ["x", "😀", "\""], not: ["\n", "\u{2028}", "xx"]),
        Case("^[a-cx-]+$", ["abc-x"], not: ["d", ""]),
        Case("^[^\\s\\d]$", ["x", "é"], not: ["1", " ", "\u{A0}"]),
        Case("^[\\w.]+$", ["a_1.Z"], not: ["é", "-"]),
        Case("^[]$", [], not: ["", "]"]),
        Case("^[^]$", ["\n", "x"], not: [""]),
        Case("^\\u00e9\\x41\\u{1F600}\\ud83d\\ude00\\t\\.$", ["éA😀😀\t."], not: ["éA😀😀\tx"]),
        Case("\\bfoo\\b", ["foo", "a foo!"], not: ["food", "_foo"]),
        Case("^a\\Bb$", ["ab"], not: ["a b"]),
        Case("^(?<year>\\d{4})(?:-x)?$", ["2024", "2024-x"], not: ["24"]),
        Case("^(a*)*$", ["", "aaa"], not: ["b"]),
        Case("^(|a)+$", ["", "aa"], not: ["b"]),
        Case("^\\cJ\\0\\/\\-$", ["\n\u{0}/-"], not: ["J0/-"]),
    ]

    @Test("what fits and what does not", arguments: cases)
    func matches(_ item: Case) throws {
        let pattern = try SchemaPattern.parse(item.pattern).get()
        for text in item.fits { #expect(pattern.matches(text), "\(text.debugDescription)") }
        for text in item.others { #expect(!pattern.matches(text), "\(text.debugDescription)") }
    }

    @Test(
        "what is no regular expression",
        arguments: ["(", "a)", "*", "a|*", "[a", "[z-a]", "a{3,1}", "\\", "\\x4", "\\u{110000}", "(?<n", "^*", "{2}"])
    func isInvalid(_ source: String) throws {
        guard case .failure(let problem) = SchemaPattern.parse(source) else {
            Issue.record("it was read")
            return
        }
        #expect(!problem.isUnsupported, "\(problem.reason)")
    }

    @Test(
        "what cannot be matched in linear time is named",
        arguments: [
            "(?=a)b", "(?!a)", "(?<=a)b", "(a)\\1", "\\k<n>", "\\p{L}", "(?i:a)", "(a{999}){999}", "a{9999999}",
        ])
    func isUnsupported(_ source: String) throws {
        guard case .failure(let problem) = SchemaPattern.parse(source) else {
            Issue.record("it was read")
            return
        }
        #expect(problem.isUnsupported, "\(problem.reason)")
    }

    @Test("patterns on which others go back and forth for ever")
    func doesNotBacktrack() throws {
        let text = String(repeating: "a", count: 20_000)
        for source in ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*a){12}x"] {
            let pattern = try SchemaPattern.parse(source).get()
            #expect(!pattern.matches(text + "!"), "\(source)")
        }
    }

    @Test("groups nested without end are refused, not recursed into")
    func nesting() {
        let source = String(repeating: "(", count: 60_000) + String(repeating: ")", count: 60_000)
        guard case .failure(let problem) = SchemaPattern.parse(source) else {
            Issue.record("it was read")
            return
        }
        #expect(problem.isUnsupported)
    }

    @Test("sets of scalars")
    func sets() {
        let letters = ScalarSet([0x61...0x7A, 0x41...0x5A, 0x5B...0x60])
        #expect(letters.ranges == [0x41...0x7A])
        #expect(letters.inverted.inverted == letters)
        #expect(letters.subtracting(ScalarSet(0x50)).ranges == [0x41...0x4F, 0x51...0x7A])
        #expect(ScalarSet.all.ranges == [0...0xD7FF, 0xE000...0x10FFFF])
        #expect(ScalarSet.all.inverted.isEmpty)
        #expect(letters.intersection(.digits).isEmpty)
    }
}
