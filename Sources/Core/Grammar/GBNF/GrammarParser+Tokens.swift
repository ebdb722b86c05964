/// The smallest parts, and the space between them.
extension GrammarParser {
    /// Skips spaces, tabs and comments, and where they may be, the ends of lines.
    mutating func skipSpace(newlines: Bool) {
        while true {
            switch text[position] {
            case Byte.space, Byte.tab:
                position += 1
            case Byte.lineFeed, Byte.carriageReturn:
                guard newlines else { return }
                position += 1
            case UInt8(ascii: "#"):
                while position < end, text[position] != Byte.lineFeed, text[position] != Byte.carriageReturn {
                    position += 1
                }
            default:
                return
            }
        }
    }

    /// A text in quotes.
    /// - Returns: the range between the quotes, and how many characters it is.
    mutating func scanLiteral() throws(GrammarFinding) -> (range: Range<Int>, count: Int) {
        let quote = position
        var place = quote + 1
        var count = 0
        var lineEnd: Int?
        while text[place] != Byte.quote {
            guard place < end else {
                throw GrammarFinding(#"the text that begins here has no closing '"'"#, at: quote)
            }
            if text[place] == Byte.lineFeed, lineEnd == nil { lineEnd = place }
            place = try GrammarCharacters.read(text, at: place).next
            count += 1
        }
        if let lineEnd, findings.takesWarnings {
            warn(
                "the text that begins in line \(lineNumber(of: quote)) goes on behind the end of its line", at: lineEnd,
                hint: #"is a '"' missing? a line break is written \n"#)
        }
        position = place + 1
        return (quote + 1..<place, count)
    }

    /// A class in brackets.
    mutating func scanSet() throws(GrammarFinding) -> (range: Range<Int>, isNegated: Bool, count: Int) {
        let bracket = position
        var place = bracket + 1
        let isNegated = text[place] == UInt8(ascii: "^")
        if isNegated { place += 1 }
        let first = place
        var count = 0
        while text[place] != Byte.closeBracket {
            guard place < end else {
                throw GrammarFinding("the class that begins here has no closing ']'", at: bracket)
            }
            let low = try GrammarCharacters.read(text, at: place)
            count += 1
            if text[low.next] == Byte.minus, text[low.next + 1] != Byte.closeBracket {
                guard low.next + 1 < end else {
                    throw GrammarFinding("the class that begins here has no closing ']'", at: bracket)
                }
                place = try GrammarCharacters.read(text, at: low.next + 1).next
                count += 1
            } else {
                place = low.next
            }
        }
        position = place + 1
        return (first..<place, isNegated, count)
    }

    /// `<text>` or `<[number]>`, perhaps with a `!` in front.
    mutating func scanToken() throws(GrammarFinding) -> Range<Int> {
        let start = position
        var place = start
        if text[place] == UInt8(ascii: "!") { place += 1 }
        guard text[place] == UInt8(ascii: "<") else {
            throw GrammarFinding("expected a token, '<…>', behind '!'", at: place)
        }
        place += 1
        if text[place] == Byte.openBracket {
            place += 1
            let (value, next) = scanNumber(at: place)
            guard next > place else {
                throw GrammarFinding("expected the number of a token behind '<['", at: place)
            }
            guard value <= UInt64(UInt32.max) else { throw GrammarFinding("no token has so high a number", at: place) }
            guard text[next] == Byte.closeBracket, text[next + 1] == UInt8(ascii: ">") else {
                throw GrammarFinding("expected ']>' behind the number of a token", at: next)
            }
            position = next + 2
        } else {
            while place < end, text[place] != UInt8(ascii: ">") { place += 1 }
            guard place < end else { throw GrammarFinding("the token that begins here has no closing '>'", at: start) }
            position = place + 1
        }
        return start..<position
    }

    /// `*`, `+`, `?` or braces, and the space behind.
    mutating func scanRepetition(newlines: Bool) throws(GrammarFinding) -> GrammarSize.Repetition {
        let byte = text[position]
        position += 1
        skipSpace(newlines: newlines)
        switch byte {
        case UInt8(ascii: "*"): return .init(low: 0, high: Grammar.Element.unlimited, isCut: false)
        case UInt8(ascii: "+"): return .init(low: 1, high: Grammar.Element.unlimited, isCut: false)
        case UInt8(ascii: "?"): return .init(low: 0, high: 1, isCut: false)
        default: break
        }
        let start = position
        guard let low = try number() else {
            throw GrammarFinding(
                "expected a number behind '{'", at: position,
                hint: text[position] == Byte.comma ? "write {0,…} for 'up to'" : "write {3}, {1,} or {1,3}")
        }
        skipSpace(newlines: newlines)
        var high: UInt64? = low
        if text[position] == Byte.comma {
            position += 1
            skipSpace(newlines: newlines)
            high = try number()
            if high != nil { skipSpace(newlines: newlines) }
        } else if text[position] != Byte.closeBrace {
            throw GrammarFinding("expected ',' or '}' behind the number", at: position)
        }
        guard text[position] == Byte.closeBrace else { throw GrammarFinding("expected '}'", at: position) }
        position += 1
        skipSpace(newlines: newlines)
        let limit = UInt64(GrammarSize.repetitions)
        guard low <= limit else {
            throw GrammarFinding(
                "\(low) times: llama-server repeats at most \(limit) times", at: start,
                hint: "put a part of it into a rule and repeat that")
        }
        guard let high, high != UInt64.max else {
            return .init(low: UInt32(low), high: Grammar.Element.unlimited, isCut: false)
        }
        return .init(
            low: UInt32(low), high: high > limit ? Grammar.Element.unlimited : UInt32(high), isCut: high > limit)
    }

    private mutating func number() throws(GrammarFinding) -> UInt64? {
        let (value, next) = scanNumber(at: position)
        guard next > position else { return nil }
        if value == UInt64.max, !isHighest(position..<next) {
            throw GrammarFinding("the number is too high", at: position)
        }
        position = next
        return value
    }

    /// Digits. What does not fit is the highest number.
    private func scanNumber(at start: Int) -> (value: UInt64, next: Int) {
        var value: UInt64 = 0
        var isTooHigh = false
        var place = start
        while UInt8(ascii: "0")...UInt8(ascii: "9") ~= text[place] {
            let (product, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = product.addingReportingOverflow(UInt64(text[place] - UInt8(ascii: "0")))
            isTooHigh = isTooHigh || first || second
            value = sum
            place += 1
        }
        return (isTooHigh ? UInt64.max : value, place)
    }

    /// Whether digits are exactly the highest number, which means "without a limit" to the engine.
    private func isHighest(_ digits: Range<Int>) -> Bool {
        text[digits].drop { $0 == UInt8(ascii: "0") }.elementsEqual(String(UInt64.max).utf8)
    }
}

extension UInt8 {
    /// Whether the byte can be in a rule's name.
    var isGrammarWord: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), Byte.minus:
            true
        default: false
        }
    }
}
