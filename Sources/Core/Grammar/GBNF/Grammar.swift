/// A grammar in GBNF, llama.cpp's language for what a model may write (its `grammars/README.md`; what counts is what its parser
/// does): rules, and in them alternatives of items. All of it lies in flat lists, so that no depth of parentheses can hurt.
///
/// A grammar can always be made, from any text; `diagnostics` says what it is worth.
public struct Grammar: Sendable {
    /// What was parsed.
    public let text: [UInt8]
    /// The name of the rule that everything starts with; llama-server always starts with `root`.
    public let start: String
    /// What is wrong, in the order of the text.
    public let diagnostics: [GrammarDiagnostic]

    /// Whether the text is GBNF, whatever else is wrong.
    public let isParsed: Bool

    /// The names, in the order in which they appear.
    let symbols: [Symbol]
    /// The definitions of rules and the insides of parentheses.
    let bodies: [Body]
    /// The items of all bodies: those of one body lie together.
    let elements: [Element]

    /// The name of a rule.
    struct Symbol {
        /// Where it first appears.
        let name: Range<Int32>
        /// The definition that counts; nil: there is none.
        var body: Int32?
    }

    /// What stands behind a `::=` or in parentheses.
    struct Body {
        /// The rule that it belongs to.
        let symbol: Int32
        /// Whether it is in parentheses.
        let isGroup: Bool
        /// Where the name or the parenthesis is.
        let offset: Int32
        var elements: Range<Int32> = 0..<0
    }

    /// An item, or what stands between or behind items.
    struct Element {
        enum Kind: UInt8 {
            /// A text in quotes; `low` and `high` are the range in the grammar's text between them.
            case literal
            /// A class in brackets; `low` and `high` likewise, from behind the `[` or the `[^`.
            case set
            case negatedSet
            /// `.`
            case any
            /// `<text>` or `<[number]>`; `low` and `high` are its range.
            case token
            /// The name of a rule; `low` is its symbol.
            case reference
            /// Parentheses; `low` is the body.
            case group
            /// Behind an item: it comes `low` to `high` times, where the highest number means without an end.
            case repetition
            /// `|`
            case bar
        }

        let kind: Kind
        let low: UInt32
        let high: UInt32
        let offset: Int32

        static let unlimited = UInt32.max
    }

    /// Parses a grammar and looks for what the engine would not survive.
    /// - Parameters:
    ///   - text: UTF-8.
    ///   - start: the rule to start with.
    ///   - isFormOnly: whether to parse only.
    public init(_ text: [UInt8], start: String = "root", isFormOnly: Bool = false) {
        var parser = GrammarParser(text)
        parser.parse()
        self.text = text
        self.start = start
        symbols = parser.names.symbols
        bodies = parser.bodies
        elements = parser.elements
        var findings = parser.findings
        isParsed = !findings.isRefused
        if isParsed, !isFormOnly {
            let draft = Grammar(text: text, start: start, parser: parser)
            GrammarLint.check(draft, &findings)
        }
        diagnostics = findings.located(in: text)
    }

    /// A grammar that was not looked at any further.
    private init(text: [UInt8], start: String, parser: GrammarParser) {
        self.text = text
        self.start = start
        diagnostics = []
        isParsed = true
        symbols = parser.names.symbols
        bodies = parser.bodies
        elements = parser.elements
    }

    /// Whether llama-server takes the grammar and survives it.
    public var isUsable: Bool { problem == nil }

    /// The first reason not to use the grammar.
    public var problem: GrammarDiagnostic? { diagnostics.first { $0.severity != .warning } }

    /// The names of the rules that are defined, in the order of their first appearance.
    public var ruleNames: [String] {
        symbols.indices.filter { symbols[$0].body != nil }.map(name)
    }

    func name(_ symbol: Int) -> String { string(symbols[symbol].name) }

    func string(_ range: Range<Int32>) -> String {
        String(decoding: text[Int(range.lowerBound)..<Int(range.upperBound)], as: UTF8.self)
    }

    /// The symbol of the start rule.
    var startSymbol: Int? {
        let name = Array(start.utf8)
        return symbols.firstIndex { text[Int($0.name.lowerBound)..<Int($0.name.upperBound)].elementsEqual(name) }
    }
}

/// The names of rules, numbered in the order of their first appearance.
struct GrammarNames {
    private(set) var symbols: [Grammar.Symbol] = []
    /// Open addressing; a free place is -1.
    private var table = [Int32](repeating: -1, count: 64)

    mutating func symbol(_ name: Range<Int>, in text: [UInt8]) -> Int {
        if symbols.count * 2 >= table.count { grow(text) }
        let place = place(of: name, in: text)
        if table[place] >= 0 { return Int(table[place]) }
        table[place] = Int32(symbols.count)
        symbols.append(Grammar.Symbol(name: Int32(name.lowerBound)..<Int32(name.upperBound)))
        return symbols.count - 1
    }

    /// Gives a rule a definition.
    mutating func define(_ symbol: Int, _ body: Int) { symbols[symbol].body = Int32(body) }

    private func place(of name: Range<Int>, in text: [UInt8]) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text[name] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let mask = table.count - 1
        var place = Int(truncatingIfNeeded: hash ^ hash >> 29) & mask
        while table[place] >= 0 {
            let known = symbols[Int(table[place])].name
            if Int(known.count) == name.count,
                text[Int(known.lowerBound)..<Int(known.upperBound)].elementsEqual(text[name])
            {
                return place
            }
            place = (place + 1) & mask
        }
        return place
    }

    private mutating func grow(_ text: [UInt8]) {
        table = [Int32](repeating: -1, count: table.count * 2)
        for (index, symbol) in symbols.enumerated() {
            let name = Int(symbol.name.lowerBound)..<Int(symbol.name.upperBound)
            table[place(of: name, in: text)] = Int32(index)
        }
    }
}
