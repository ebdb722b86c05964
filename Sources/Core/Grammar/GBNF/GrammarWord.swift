/// A word of a grammar's text, for those who write it anew.
struct GrammarWord {
    enum Kind {
        case name
        /// `::=`
        case definition
        case bar
        case open
        case close
        /// A literal, class, token or `.`
        case item
        /// `*`, `{1,3}`, …
        case repetition
        case comment
        case lineEnd
    }

    let kind: Kind
    let text: String
    /// In characters.
    let width: Int

    private init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
        width = text.unicodeScalars.count
    }

    /// The words of a text that was parsed without an error.
    static func words(of grammar: Grammar) -> [GrammarWord] {
        // What the parser's scanners read stays in their hands.
        var parser = GrammarParser(grammar.text)
        var words: [GrammarWord] = []
        while parser.position < parser.end {
            let start = parser.position
            let kind: Kind
            switch parser.text[start] {
            case Byte.space, Byte.tab, Byte.carriageReturn:
                parser.position += 1
                // A lone carriage return is the end of a line, too.
                guard parser.text[start] == Byte.carriageReturn, parser.text[start + 1] != Byte.lineFeed else {
                    continue
                }
                kind = .lineEnd
            case Byte.lineFeed:
                parser.position += 1
                kind = .lineEnd
            case UInt8(ascii: "#"):
                parser.skipSpace(newlines: false)
                kind = .comment
            case Byte.colon:
                parser.position += 3
                kind = .definition
            case UInt8(ascii: "|"), UInt8(ascii: "("), UInt8(ascii: ")"):
                parser.position += 1
                kind =
                    parser.text[start] == UInt8(ascii: "|")
                    ? .bar : parser.text[start] == UInt8(ascii: "(") ? .open : .close
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
                parser.position += 1
                kind = .repetition
            case Byte.openBrace:
                words += repetition(&parser)
                continue
            case let byte where byte.isGrammarWord:
                while parser.text[parser.position].isGrammarWord { parser.position += 1 }
                kind = .name
            default:
                guard parser.skipItem() else { return words }
                kind = .item
            }
            var bytes = parser.text[start..<parser.position]
            if kind == .comment { while bytes.last.map({ $0 <= Byte.space }) == true { bytes.removeLast() } }
            words.append(GrammarWord(kind, String(decoding: bytes, as: UTF8.self)))
        }
        return words
    }

    /// Braces without the space in them. Comments in them move behind.
    private static func repetition(_ parser: inout GrammarParser) -> [GrammarWord] {
        var text = ""
        var comments: [GrammarWord] = []
        while parser.position < parser.end {
            let start = parser.position
            if parser.text[start] == UInt8(ascii: "#") {
                while parser.position < parser.end,
                    ![Byte.lineFeed, Byte.carriageReturn].contains(parser.text[parser.position])
                {
                    parser.position += 1
                }
                comments.append(
                    GrammarWord(.comment, String(decoding: parser.text[start..<parser.position], as: UTF8.self)))
                continue
            }
            parser.position += 1
            guard parser.text[start] > Byte.space else { continue }
            text.unicodeScalars.append(Unicode.Scalar(parser.text[start]))
            if parser.text[start] == Byte.closeBrace { break }
        }
        return [GrammarWord(.repetition, text)] + comments
    }
}

extension GrammarParser {
    /// Goes behind a literal, class, token or dot.
    fileprivate mutating func skipItem() -> Bool {
        do {
            switch text[position] {
            case Byte.quote: _ = try scanLiteral()
            case Byte.openBracket: _ = try scanSet()
            case UInt8(ascii: "<"), UInt8(ascii: "!"): _ = try scanToken()
            case UInt8(ascii: "."): position += 1
            default: return false
            }
            return true
        } catch {
            return false
        }
    }
}
