import LocalCodeCore

/// What `bench grammar` reads.
enum GrammarBenchTexts {
    /// JSON in GBNF.
    static let json = Array(
        #"""
        root ::= space value space
        value ::= object | list | string | number | "true" | "false" | "null"
        object ::= "{" space (pair ("," space pair)*)? "}"
        pair ::= string space ":" space value space
        list ::= "[" space (value space ("," space value space)*)? "]"
        string ::= "\"" ([^"\\\x00-\x1F\x7F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4}))* "\""
        number ::= "-"? ("0" | [1-9] [0-9]*) ("." [0-9]+)? ([eE] [-+]? [0-9]+)?
        space ::= [ \t\n]*

        """#.utf8)

    /// A grammar of so many rules, like those that are made of schemas.
    static func rules(_ count: Int) -> [UInt8] {
        var text = "root ::= rule-0\n"
        for index in 0..<(count - 1) {
            let next = index + 1 < count - 1 ? "rule-\(index + 1)" : "\"end\""
            text +=
                #"rule-\#(index) ::= "\"key\#(index)\":" ("\"" [^"\\]{0,20} "\"" | [0-9]+ ("." [0-9]{1,3})?) ("," \#(next))?"#
                + "\n"
        }
        return Array(text.utf8)
    }

    /// Documents of 8 MB.
    static var documents: [(name: String, text: [UInt8])] {
        [
            ("numbers", list(of: { "\($0 * 7919 % 100_003),-\($0 % 97).\($0 % 1000)e-\($0 % 9)" })),
            (
                "objects",
                list(of: { #"{"id": \#($0), "name": "item \#($0 % 313)", "tags": ["a", "b\n"], "ok": true}"# })
            ),
            (
                "text",
                list(of: { #""line \#($0): a rather long sentence as it is in answers, \"quoted\" now and then\n""# })
            ),
            ("text in Chinese", list(of: { #""第\#($0)行：这是一个用来测量速度的比较长的句子。""# })),
        ]
    }

    private static func list(of item: (Int) -> String) -> [UInt8] {
        var text = Array("[".utf8)
        var index = 0
        while text.count < 8_000_000 {
            if index > 0 { text += Array(", ".utf8) }
            text += Array(item(index).utf8)
            index += 1
        }
        return text + Array("]\n".utf8)
    }

    /// What somebody might send who wants a server to hang.
    static var hostile: [(name: String, text: [UInt8])] {
        func text(_ part: String, _ count: Int) -> [UInt8] {
            Array(("root ::= " + String(repeating: part, count: count)).utf8)
        }
        return [
            (
                "60,000 parentheses",
                text("(", 60_000) + Array("\"a\"".utf8) + Array(repeating: UInt8(ascii: ")"), count: 60_000)
            ),
            ("10 MB of parentheses", text("(", 10_000_000)),
            ("10 MB of alternatives", text("|", 10_000_000)),
            ("10 MB of repetitions", text("\"a\"{0,2000} ", 900_000)),
            (
                "10 MB in one text",
                Array("root ::= \"".utf8) + Array(repeating: UInt8(ascii: "a"), count: 10_000_000) + Array("\"".utf8)
            ),
            ("10 MB of rules", Array((0..<600_000).map { "r\($0) ::= r\($0 + 1)\n" }.joined().utf8)),
            ("nested repetitions", Array("root ::= ((((\"a\"*)*)*){0,40}){0,40}".utf8)),
        ]
    }
}
