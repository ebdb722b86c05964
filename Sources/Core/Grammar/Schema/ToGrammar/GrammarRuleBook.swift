/// The rules of a grammar in the making.
struct GrammarRuleBook {
    private var names: [String] = []
    private var texts: [String: String] = [:]
    /// Rules by what they say, so that none is written twice.
    private var known: [String: String] = [:]

    /// How many rules a grammar may have.
    static let limit = 5_000

    /// Rules that values of any kind are made of: llama-server's own, so that a model sees the same habits of whitespace.
    private static let common: [(name: String, text: String, needs: [String])] = [
        ("ws", #"| " " | "\n"{1,2} [ \t]{0,20}"#, []),
        (
            "value", "object | array | string | number | boolean | null",
            ["object", "array", "string", "number", "boolean", "null"]
        ),
        (
            "object", #""{" ws (string ws ":" ws value ("," ws string ws ":" ws value)* ws)? "}""#,
            ["ws", "string", "value"]
        ),
        ("array", #""[" ws (value ("," ws value)* ws)? "]""#, ["ws", "value"]),
        ("string", #""\"" char* "\"""#, ["char"]),
        ("char", #"[^"\\\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})"#, []),
        ("number", #"integer ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,3})?"#, ["integer"]),
        ("integer", #""-"? ("0" | [1-9] [0-9]{0,15})"#, []),
        ("boolean", #""true" | "false""#, []),
        ("null", #""null""#, []),
    ]

    /// The name of a rule for all values of a kind, such as `string`; or `ws` for whitespace.
    mutating func common(_ name: String) -> String {
        guard texts[name] == nil, let rule = Self.common.first(where: { $0.name == name }) else { return name }
        names.append(name)
        texts[name] = rule.text
        for need in rule.needs { _ = common(need) }
        return name
    }

    /// Keeps a name for a rule whose text is still to be made.
    mutating func reserve(_ wish: String) -> String {
        var letters = ""
        for byte in wish.utf8 {
            let isLetter = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            if isLetter {
                letters.unicodeScalars.append(Unicode.Scalar(byte))
            } else if letters.last != "-" {
                letters += "-"
            }
        }
        if letters.utf8.count > 60 { letters = String(letters.suffix(60)) }
        if letters.isEmpty { letters = "rule" }
        var name = letters
        var number = 1
        while texts[name] != nil || Self.common.contains(where: { $0.name == name }) {
            number += 1
            name = "\(letters)-\(number)"
        }
        names.append(name)
        texts[name] = ""
        return name
    }

    mutating func define(_ name: String, _ text: String) {
        texts[name] = text
    }

    /// The rule that says this; made if there is none.
    mutating func rule(_ wish: String, _ text: String) -> String {
        if let name = known[text] { return name }
        let name = reserve(wish)
        define(name, text)
        known[text] = name
        return name
    }

    var count: Int { names.count }

    /// The grammar, `root` first; without rules that nothing leads to, as impossible alternatives leave some behind.
    var grammar: String {
        var reached: Set<String> = ["root"]
        var open = ["root"]
        while let name = open.popLast() {
            for other in Self.references(in: texts[name] ?? "")
            where texts[other] != nil && reached.insert(other).inserted {
                open.append(other)
            }
        }
        return names.filter(reached.contains).map { "\($0) ::= \(texts[$0] ?? "")\n" }.joined()
    }

    /// The names of rules in a text.
    private static func references(in text: String) -> [String] {
        var names: [String] = []
        var name = ""
        var closing: UInt8?
        var isEscaped = false
        for byte in Array(text.utf8) + [0x20] {
            if isEscaped {
                isEscaped = false
            } else if let end = closing {
                isEscaped = byte == UInt8(ascii: "\\")
                if byte == end { closing = nil }
            } else if Unicode.Scalar(byte).properties.isAlphabetic || byte == UInt8(ascii: "-") || byte &- 0x30 < 10 {
                name.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                if !name.isEmpty { names.append(name) }
                name = ""
                if byte == UInt8(ascii: "\"") { closing = byte }
                if byte == UInt8(ascii: "[") { closing = UInt8(ascii: "]") }
            }
        }
        return names
    }
}
