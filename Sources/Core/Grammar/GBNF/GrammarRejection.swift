/// What came of matching a text.
public enum GrammarMatch: Sendable, Equatable {
    case accepted
    case rejected(GrammarRejection)
    /// It would take too much to go on; `offset` in bytes.
    case abandoned(offset: Int, reason: String)
}

/// Where a text leaves a grammar, and what could have come there.
public struct GrammarRejection: Sendable, Equatable {
    /// The number of bytes before the place.
    public let offset: Int
    /// Counted from 1.
    public let line: Int
    /// In characters (Unicode scalars), counted from 1.
    public let column: Int
    /// `'x'`, or `the end of the text`.
    public let found: String
    /// Whether the text is right as far as it goes, but something has to follow.
    public let isIncomplete: Bool
    /// What could have come, as it is written in the grammar: `"null"`, `[0-9]`, `the end of the text`.
    public let expected: [String]
    /// The rules that are open, the outermost first.
    public let rules: [String]
    /// The line of the text, and below it a line with a caret.
    public let excerpt: String

    /// The most that is said about what could have come.
    private static let most = 20
    private static let end = "the end of the text"

    /// - Parameter count: the bytes of the character at the place; 0 at the end, -1 where there is none.
    init(of text: [UInt8], at place: Int, count: Int, in state: [Int32], _ stacks: GrammarStacks, _ grammar: Grammar) {
        var position = TextPlace()
        position.advance(to: place, in: text)
        offset = place
        line = position.line
        column = position.column
        excerpt = position.excerpt(of: text)
        isIncomplete = count == 0
        switch count {
        case 0: found = Self.end
        case -1: found = "a byte that is not valid UTF-8"
        default: found = Self.describe(text[place..<place + count])
        }
        var expected: [String] = []
        for id in state {
            let next =
                id == GrammarStacks.empty ? Self.end : Self.describe(stacks.all[Int(id)], stacks.program, grammar)
            if expected.count < Self.most, !expected.contains(next) { expected.append(next) }
        }
        self.expected = expected.filter { $0 != Self.end } + expected.filter { $0 == Self.end }
        rules = Self.rules(state.last ?? 0, stacks, grammar)
    }

    private static func describe(_ character: ArraySlice<UInt8>) -> String {
        switch character.first ?? 0 {
        case Byte.lineFeed: "the end of the line"
        case Byte.tab: "a tab"
        case Byte.space: "a space"
        case 0x00...0x1F, 0x7F: "a control character"
        default: "'\(String(decoding: character, as: UTF8.self))'"
        }
    }

    private static func describe(_ stack: GrammarStacks.Stack, _ program: GrammarProgram, _ grammar: Grammar) -> String
    {
        let step = program.steps[Int(stack.step)]
        let element = grammar.elements[Int(step.element)]
        if element.kind == .any { return "any character" }
        if element.kind == .literal {
            let rest = program.characters[Int(step.first + stack.count)..<Int(step.second)]
            var text = String.UnicodeScalarView()
            text.append(contentsOf: rest.prefix(40).compactMap(Unicode.Scalar.init))
            return GrammarExcerptText.quoted(String(text)) + (rest.count > 40 ? "…" : "")
        }
        let source = grammar.text[Int(element.low)..<Int(element.high)]
        let shown = TextPlace.printable(String(decoding: source.prefix(60), as: UTF8.self))
        return (element.kind == .negatedSet ? "[^" : "[") + shown + (source.count > 60 ? "…]" : "]")
    }

    private static func rules(_ top: Int32, _ stacks: GrammarStacks, _ grammar: Grammar) -> [String] {
        var names: [String] = []
        var id = top
        var last: Int32 = -1
        while id != GrammarStacks.empty {
            let stack = stacks.all[Int(id)]
            let symbol = stacks.program.steps[Int(stack.step)].symbol
            if symbol != last { names.append(grammar.name(Int(symbol))) }
            last = symbol
            id = stack.below
            if names.count > 1000 { break }
        }
        if names.last != grammar.start { names.append(grammar.start) }
        names.reverse()
        return names.count > most ? Array(names.prefix(5)) + ["…"] + Array(names.suffix(most - 6)) : names
    }
}

/// Writing GBNF.
enum GrammarExcerptText {
    /// A text as a literal.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            default:
                if scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value {
                    let digits = String(scalar.value, radix: 16, uppercase: true)
                    result += "\\x" + (digits.count < 2 ? "0" : "") + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
