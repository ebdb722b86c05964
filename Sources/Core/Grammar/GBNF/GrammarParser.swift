/// Reads GBNF as llama.cpp's parser does, byte for byte the same language, but goes on behind a mistake to find the others.
///
/// Parentheses are kept on a list: no depth of them reaches the call stack.
struct GrammarParser {
    /// With a zero behind the end, so that one can look ahead. llama.cpp reads a C string: a NUL is the end for it, too.
    let text: [UInt8]
    let end: Int
    var position = 0

    private(set) var names = GrammarNames()
    private(set) var bodies: [Grammar.Body] = []
    private(set) var elements: [Grammar.Element] = []
    private(set) var findings = GrammarFindings()
    var size = GrammarSize()

    /// The bodies that are open: the rule, and the parentheses around the position.
    private var open: [Level] = []
    /// The items of the open bodies.
    private var pending: [Grammar.Element] = []
    /// What a repetition would repeat.
    var last = GrammarSize.Item()

    private struct Level {
        let body: Int
        /// Where its items begin in `pending`.
        let first: Int
        /// How many symbols the engine had before it.
        let symbols: Int
    }

    /// - Parameter text: UTF-8.
    init(_ text: [UInt8]) {
        self.text = text + [0]
        end = self.text.firstIndex(of: 0) ?? text.count
    }

    mutating func parse() {
        if end < text.count - 1 {
            findings.warn("a NUL byte is the end of the grammar for llama-server", at: end)
        }
        if let place = GrammarCharacters.firstInvalid(text, end: end) {
            findings.add(GrammarFinding("the grammar is not valid UTF-8", at: place))
            return
        }
        skipSpace(newlines: true)
        if position == end {
            findings.add(
                GrammarFinding(
                    "the grammar has no rules", at: 0, hint: #"the shortest ones look like this: root ::= "yes" | "no""#
                ))
        }
        while position < end, !findings.isFull {
            let start = position
            do {
                try parseRule()
            } catch {
                findings.add(error)
                if error.severity == .unsafe { return }
                synchronise(from: max(error.offset, start), rule: start)
            }
        }
    }

    mutating func warn(_ message: String, at place: Int, hint: String? = nil) {
        findings.warn(message, at: place, hint: hint)
    }
}

// MARK: - Rules

extension GrammarParser {
    private mutating func parseRule() throws(GrammarFinding) {
        let start = position
        let name = try parseName()
        skipSpace(newlines: false)
        guard text[position] == Byte.colon, text[position + 1] == Byte.colon, text[position + 2] == UInt8(ascii: "=")
        else { throw missingDefinition(of: name) }
        position += 3
        let symbol = names.symbol(name, in: text)
        if let body = names.symbols[symbol].body, findings.takesWarnings {
            let line = lineNumber(of: Int(bodies[Int(body)].offset))
            warn(
                "the rule '\(string(name))' is defined for a second time; llama-server takes the last definition",
                at: start,
                hint: "the first one is in line \(line); write alternatives with '|'")
        }
        skipSpace(newlines: true)
        try parseBody(symbol, at: start)
        switch text[position] {
        case Byte.carriageReturn: position += text[position + 1] == Byte.lineFeed ? 2 : 1
        case Byte.lineFeed: position += 1
        default: if position < end { throw unexpected() }
        }
        skipSpace(newlines: true)
    }

    private mutating func parseName() throws(GrammarFinding) -> Range<Int> {
        let start = position
        while text[position].isGrammarWord { position += 1 }
        guard position > start else { throw missingName() }
        return start..<position
    }

    /// A rule's alternatives with everything in them.
    private mutating func parseBody(_ symbol: Int, at place: Int) throws(GrammarFinding) {
        open.removeAll(keepingCapacity: true)
        pending.removeAll(keepingCapacity: true)
        openBody(symbol, at: place, isGroup: false)
        names.define(symbol, bodies.count - 1)
        while true {
            let byte = text[position]
            switch byte {
            case UInt8(ascii: "|"):
                append(.bar, 0, 0, at: position)
                try checkSize()
                position += 1
                last = GrammarSize.Item()
                skipSpace(newlines: true)
            case UInt8(ascii: "("):
                openBody(symbol, at: position, isGroup: true)
                try checkSize()
                position += 1
                skipSpace(newlines: true)
            case UInt8(ascii: ")") where open.count > 1:
                try closeGroup()
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), Byte.openBrace:
                try parseRepetition()
            case Byte.quote, Byte.openBracket, UInt8(ascii: "<"), UInt8(ascii: "!"), UInt8(ascii: "."):
                try parseItem(byte)
            case _ where byte.isGrammarWord:
                let start = position
                let name = try parseName()
                take(.reference, names.symbol(name, in: text), 0, at: start, elements: 1)
            default:
                guard open.count == 1 else { throw missingParenthesis(Int(bodies[open[open.count - 1].body].offset)) }
                closeBody()
                return
            }
        }
    }

    private mutating func openBody(_ symbol: Int, at place: Int, isGroup: Bool) {
        open.append(Level(body: bodies.count, first: pending.count, symbols: symbolCount))
        bodies.append(Grammar.Body(symbol: Int32(symbol), isGroup: isGroup, offset: Int32(place)))
        if isGroup { size.generated += 1 }
        last = GrammarSize.Item()
    }

    /// Moves the items of the innermost body to their place.
    @discardableResult
    private mutating func closeBody() -> Level {
        let level = open.removeLast()
        let first = Int32(elements.count)
        elements += pending[level.first...]
        pending.removeSubrange(level.first...)
        bodies[level.body].elements = first..<Int32(elements.count)
        return level
    }

    private mutating func closeGroup() throws(GrammarFinding) {
        let level = closeBody()
        let place = Int(bodies[level.body].offset)
        position += 1
        take(.group, level.body, 0, at: place, elements: 1)
        last.rules = max(1, symbolCount - level.symbols)
    }

    /// What the engine's table of symbols holds at this place: names, and numbers for what it makes itself.
    private var symbolCount: Int { names.symbols.count + size.generated }
}

// MARK: - Items

extension GrammarParser {
    private mutating func parseItem(_ byte: UInt8) throws(GrammarFinding) {
        let start = position
        switch byte {
        case Byte.quote:
            let (range, count) = try scanLiteral()
            take(.literal, range.lowerBound, range.upperBound, at: start, elements: count)
        case Byte.openBracket:
            let (range, isNegated, count) = try scanSet()
            take(isNegated ? .negatedSet : .set, range.lowerBound, range.upperBound, at: start, elements: count)
        case UInt8(ascii: "."):
            position += 1
            take(.any, 0, 0, at: start, elements: 1)
        default:
            let range = try scanToken()
            take(.token, range.lowerBound, range.upperBound, at: start, elements: 1)
        }
        try checkSize()
    }

    /// What is too much for the engine is too much to go on with.
    private func checkSize() throws(GrammarFinding) {
        if open.count > GrammarSize.depth {
            throw GrammarFinding(
                "parentheses are nested more than \(GrammarSize.depth - 1) deep: llama-server crashes on deep nesting",
                at: position, hint: "give the inner parts rules of their own", severity: .unsafe)
        }
        guard pending.count + elements.count <= GrammarSize.items, size.isBearable else {
            throw GrammarFinding(
                "the grammar expands to more than llama-server has memory for", at: position,
                hint: "repeat with '*' or '+', or fewer times", severity: .unsafe)
        }
    }

    /// An item is complete.
    /// - Parameter elements: what it is for the engine: an empty text is nothing, and cannot be repeated.
    private mutating func take(
        _ kind: Grammar.Element.Kind, _ low: Int, _ high: Int, at place: Int, elements: Int
    ) {
        append(kind, UInt32(low), UInt32(high), at: place)
        last = GrammarSize.Item(isRepeatable: elements > 0, elements: elements)
        skipSpace(newlines: open.count > 1)
    }

    private mutating func append(_ kind: Grammar.Element.Kind, _ low: UInt32, _ high: UInt32, at place: Int) {
        pending.append(Grammar.Element(kind: kind, low: low, high: high, offset: Int32(place)))
    }

    private mutating func parseRepetition() throws(GrammarFinding) {
        let start = position
        let repetition = try scanRepetition(newlines: open.count > 1)
        guard last.isRepeatable else { throw nothingToRepeat(start) }
        if repetition.isCut {
            warn(
                "more than \(GrammarSize.repetitions) times: llama-server takes this as without a limit", at: start,
                hint: "the highest limit is \(GrammarSize.repetitions)")
        }
        if repetition.high < repetition.low {
            findings.unsafe(
                "at least \(repetition.low) and at most \(repetition.high) times: llama-server hangs on this",
                at: start,
                hint: "write {\(repetition.high),\(repetition.low)}")
        }
        guard last.rules * repetition.copies <= GrammarSize.repetitions else {
            throw GrammarFinding(
                "repetitions multiply to more than \(GrammarSize.repetitions), which llama-server refuses", at: start,
                hint: "repeat fewer times, or give the repeated part a rule of its own")
        }
        size.count(repetition, of: &last)
        append(.repetition, repetition.low, max(repetition.low, repetition.high), at: start)
        try checkSize()
    }
}
