import Testing

@testable import LocalCodeCore

@Suite("matching a text") struct GrammarMatcherTests {
    private func match(_ grammar: String, _ text: String, start: String = "root") throws -> GrammarMatch {
        var matcher = try GrammarMatcher(Grammar(Array(grammar.utf8), start: start))
        return matcher.match(Array(text.utf8))
    }

    private func rejection(_ grammar: String, _ text: String) throws -> GrammarRejection? {
        if case .rejected(let rejection) = try match(grammar, text) { rejection } else { nil }
    }

    struct Language: Sendable, CustomTestStringConvertible {
        let grammar: String
        let good: [String]
        let bad: [String]
        var testDescription: String { grammar }
    }

    static let languages: [Language] = [
        Language(grammar: #"root ::= "ab""#, good: ["ab"], bad: ["", "a", "abc", "b"]),
        Language(grammar: #"root ::= "a"{2,4}"#, good: ["aa", "aaa", "aaaa"], bad: ["", "a", "aaaaa"]),
        Language(grammar: #"root ::= "a"{3}"#, good: ["aaa"], bad: ["aa", "aaaa"]),
        Language(grammar: #"root ::= "a"{2,}"#, good: ["aa", "aaaaaaa"], bad: ["a"]),
        Language(grammar: #"root ::= "a"{0} "b""#, good: ["b"], bad: ["ab"]),
        Language(grammar: #"root ::= ("a" | "bc"){2}"#, good: ["aa", "abc", "bca", "bcbc"], bad: ["a", "aaa", "ab"]),
        Language(grammar: #"root ::= "a"{2}{3}"#, good: ["aaaaaa"], bad: ["aaaaa", "aaaaaaa"]),
        Language(grammar: #"root ::= ("a"{0,2}){0,2}"#, good: ["", "a", "aaaa"], bad: ["aaaaa"]),
        Language(grammar: #"root ::= "a"{0,3000}"#, good: [String(repeating: "a", count: 4000)], bad: ["b"]),
        Language(grammar: #"root ::= [a-c-]+"#, good: ["a-c"], bad: ["d", ""]),
        Language(grammar: #"root ::= [^a-c\n]"#, good: ["d", "é", "😀"], bad: ["a", "\n", "dd"]),
        Language(grammar: #"root ::= [] "a" [^]"#, good: ["a"], bad: ["", "aa"]),
        Language(grammar: #"root ::= [^z-a]"#, good: ["m"], bad: [""]),
        Language(grammar: #"root ::= ."#, good: ["a", "\n", "漢"], bad: ["", "ab"]),
        Language(grammar: #"root ::= "\u00e9" [\U0001F600-\U0001F64F]"#, good: ["é😀"], bad: ["e😀", "éx"]),
        Language(grammar: "root ::= \"a\nb\"", good: ["a\nb"], bad: ["ab"]),
        Language(grammar: "root ::= ", good: [""], bad: ["a"]),
        Language(grammar: #"root ::= "(" root ")" | "x""#, good: ["x", "((x))"], bad: ["", "((x)", "(x))"]),
        Language(grammar: #"root ::= ("a"*)* "b""#, good: ["b", "aaab"], bad: ["a", "bb"]),
        Language(grammar: #"root ::= (("a"?)* ("c"?)*)*"#, good: ["", "acaacc"], bad: ["b"]),
        Language(grammar: "root ::= x\nx ::= \"a\"\nx ::= \"b\"", good: ["b"], bad: ["a"]),
        Language(
            grammar: #"root ::= t ("+" t)*\#nt ::= f ("*" f)*\#nf ::= [0-9]+ | "(" root ")""#,
            good: ["1", "1+2*3", "(1+2)*(3)"], bad: ["1+", "(1", "1 "]),
    ]

    @Test("what is in a language and what is not", arguments: languages)
    func language(_ language: Language) throws {
        for text in language.good {
            #expect(try match(language.grammar, text) == .accepted, "\(text.debugDescription)")
        }
        for text in language.bad { #expect(try match(language.grammar, text) != .accepted, "\(text.debugDescription)") }
    }

    @Test("where a text goes wrong, what could have come there, and which rules are open")
    func rejection() throws {
        let grammar = """
            root ::= object
            object ::= "{" (pair ("," pair)*)? "}"
            pair ::= key ":" value
            key ::= "\\"" [a-z]+ "\\""
            value ::= "true" | "false" | [0-9]+ | object
            """
        let wrong = try #require(try rejection(grammar, "{\"a\":1,\n\"é\":2}".replacing("\n", with: "")))
        #expect(wrong.offset == 8 && wrong.line == 1 && wrong.column == 9)
        #expect(wrong.found == "'é'" && !wrong.isIncomplete)
        #expect(wrong.expected == ["[a-z]"])
        #expect(wrong.rules == ["root", "object", "pair", "key"])
        #expect(wrong.excerpt == "{\"a\":1,\"é\":2}\n        ^")
        let inside = try #require(try rejection(grammar, #"{"a":tru}"#))
        #expect(inside.expected == [#""e""#])
        let short = try #require(try rejection(grammar, #"{"a":1"#))
        #expect(short.isIncomplete && short.found == "the end of the text")
        #expect(Set(short.expected) == ["[0-9]", #"",""#, #""}""#])
        let long = try #require(try rejection(grammar, #"{"a":1}}"#))
        #expect(long.expected == ["the end of the text"])
    }

    @Test("bytes that are no UTF-8 are where the text ends")
    func encoding() throws {
        var matcher = try GrammarMatcher(Grammar(Array("root ::= .*".utf8)))
        guard case .rejected(let rejection) = matcher.match([0x61, 0xC3, 0x28]) else {
            Issue.record("accepted")
            return
        }
        #expect(rejection.offset == 1)
        #expect(rejection.found == "a byte that is not valid UTF-8")
    }

    @Test("a matcher can be used again and again")
    func again() throws {
        var matcher = try GrammarMatcher(Grammar(Array(#"root ::= "a" root "b" | "c""#.utf8)))
        for depth in 0..<200 {
            let text = String(repeating: "a", count: depth) + "c" + String(repeating: "b", count: depth)
            #expect(matcher.match(Array(text.utf8)) == .accepted)
            #expect(matcher.match(Array((text + "b").utf8)) != .accepted)
        }
    }

    @Test("deep texts are read, endless ones within bounds")
    func depth() throws {
        let grammar = Grammar(Array(#"root ::= "a" root "b" | "c""#.utf8))
        var matcher = try GrammarMatcher(grammar, depth: 10_000)
        func text(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "a", count: depth) + "c" + String(repeating: "b", count: depth)).utf8)
        }
        #expect(matcher.match(text(9_000)) == .accepted)
        #expect(matcher.match(text(9_000)) == .accepted)
        guard case .abandoned(let offset, _) = matcher.match(text(100_000)) else {
            Issue.record("nothing limits the depth")
            return
        }
        #expect(10_000...40_000 ~= offset)
        #expect(matcher.match(text(5)) == .accepted)
    }

    @Test("long texts are read in bounded memory")
    func length() throws {
        // Every character makes another stack.
        let grammar = Grammar(Array(#"root ::= ("a" root "b" | "c") ";"?"#.utf8))
        var matcher = try GrammarMatcher(grammar, depth: 1_000)
        for depth in 1..<300 {
            let text = String(repeating: "a", count: depth) + "c;" + String(repeating: "b;", count: depth)
            #expect(matcher.match(Array(text.utf8)) == .accepted)
        }
    }

    @Test("other rules can be the start")
    func start() throws {
        let grammar = "root ::= item \";\"\nitem ::= [a-z]"
        #expect(try match(grammar, "x", start: "item") == .accepted)
        #expect(throws: GrammarProblem.self) { try match(grammar, "x", start: "none") }
    }

    @Test("what cannot be matched says why")
    func problems() {
        #expect(throws: GrammarProblem.self) { try match("root ::= <think>", "x") }
        #expect(throws: GrammarProblem.self) { try match("root ::= (", "x") }
    }
}
