/// What is said about a mistake, and where it goes on.
extension GrammarParser {
    func missingName() -> GrammarFinding {
        if text[position] == UInt8(ascii: "|") {
            return GrammarFinding(
                "a line cannot begin with '|'", at: position,
                hint: "put the '|' at the end of the line before, or the alternatives in parentheses")
        }
        return GrammarFinding("expected the name of a rule, found \(found)", at: position, hint: nameHint)
    }

    func missingDefinition(of name: Range<Int>) -> GrammarFinding {
        let hint =
            switch text[position] {
            case UInt8(ascii: "_"): nameHint
            case UInt8(ascii: "="), Byte.colon, Byte.minus: "a rule is written: \(string(name)) ::= …"
            default: "only in parentheses, behind '::=' and behind '|' can a rule go on in the next line"
            }
        return GrammarFinding("expected '::=' behind '\(string(name))', found \(found)", at: position, hint: hint)
    }

    func missingParenthesis(_ place: Int) -> GrammarFinding {
        GrammarFinding(
            "expected ')' for the '(' in line \(lineNumber(of: place)), found \(found)", at: position, hint: itemHint)
    }

    func unexpected() -> GrammarFinding {
        if text[position] == UInt8(ascii: ")") {
            return GrammarFinding("this ')' has no '('", at: position)
        }
        return GrammarFinding("expected an item or the end of the line, found \(found)", at: position, hint: itemHint)
    }

    func nothingToRepeat(_ place: Int) -> GrammarFinding {
        let sign = Character(Unicode.Scalar(text[place]))
        return GrammarFinding(
            "there is nothing in front of '\(sign)' to repeat", at: place,
            hint: #"it stands behind an item; "" and [] are nothing to llama-server"#)
    }

    private var itemHint: String? {
        switch text[position] {
        case UInt8(ascii: "'"): "a text stands in double quotes"
        case UInt8(ascii: "_"): nameHint
        case UInt8(ascii: ";"): "a rule ends with its line"
        case UInt8(ascii: "/"): "there are no regular expressions; comments begin with '#'"
        case Byte.colon: "a '(' in front of it is not closed, or a rule begins in the middle of a line"
        case Byte.comma: "items follow each other without commas"
        default: nil
        }
    }

    /// What to write instead of a name with characters that a name cannot have.
    private var nameHint: String? {
        guard text[position] == UInt8(ascii: "_") else { return nil }
        let isPart = { (byte: UInt8) in byte.isGrammarWord || byte == UInt8(ascii: "_") }
        var start = position
        while start > 0, isPart(text[start - 1]) { start -= 1 }
        var stop = position
        while isPart(text[stop]) { stop += 1 }
        let name = string(start..<stop).split(separator: "_").joined(separator: "-")
        return "a name has letters, digits and '-' only" + (name.isEmpty ? "" : ": \(name)")
    }

    private var found: String {
        guard position < end else { return "the end of the grammar" }
        switch text[position] {
        case Byte.lineFeed, Byte.carriageReturn: return "the end of the line"
        case 0x21...0x7E: return "'\(Character(Unicode.Scalar(text[position])))'"
        default:
            let rest = String(decoding: text[position..<min(position + 4, end)], as: UTF8.self).unicodeScalars
            return rest.first.map { "'\(TextPlace.printable(String($0)))'" } ?? "something else"
        }
    }

    func string(_ range: Range<Int>) -> String { String(decoding: text[range].prefix(80), as: UTF8.self) }

    func lineNumber(of place: Int) -> Int {
        text.withUnsafeBufferPointer { $0[..<place].reduce(1) { $1 == Byte.lineFeed ? $0 + 1 : $0 } }
    }

    /// Goes to the next line that begins like a rule: the line of the mistake itself, unless the rule with the mistake is it.
    mutating func synchronise(from place: Int, rule: Int) {
        var line = place
        while line > rule, text[line - 1] != Byte.lineFeed { line -= 1 }
        if line <= rule { line = lineStart(behind: place) }
        while line < end {
            var next = line
            while text[next] == Byte.space || text[next] == Byte.tab { next += 1 }
            let name = next
            while text[next].isGrammarWord || text[next] == UInt8(ascii: "_") { next += 1 }
            let isNamed = next > name
            while text[next] == Byte.space || text[next] == Byte.tab { next += 1 }
            if isNamed, text[next] == Byte.colon, text[next + 1] == Byte.colon {
                position = name
                return
            }
            line = lineStart(behind: line)
        }
        position = end
    }

    private func lineStart(behind place: Int) -> Int {
        text[place..<end].firstIndex(of: Byte.lineFeed).map { $0 + 1 } ?? end
    }
}
