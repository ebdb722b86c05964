/// A grammar as the matcher walks it: each alternative is a run of steps with an end behind it.
struct GrammarProgram: Sendable {
    struct Step {
        enum Kind: UInt8 {
            /// Characters `first` to `second` of `characters`.
            case text
            /// A character of the set `first`.
            case set
            /// A token, which only an engine knows.
            case token
            /// The body `first`.
            case call
            /// The body `first`, `second` to `third` times.
            case loop
            case end
        }

        let kind: Kind
        var first: Int32 = 0
        var second: Int32 = 0
        var third: Int32 = 0
        /// What it was made of.
        let element: Int32
        /// The rule it is in.
        let symbol: Int32
    }

    private(set) var steps: [Step] = []
    /// Where the alternatives of a body begin.
    private(set) var alternatives: [[Int32]] = []
    /// The characters of texts.
    private(set) var characters: [UInt32] = []
    private(set) var sets: [CodePoints] = []
    private(set) var hasTokens = false
    /// The body to start with.
    let start: Int32
    /// The least code point of each class of code points that no step tells apart, in order.
    private(set) var classes: [UInt32] = [0]

    private var knownSets: [CodePoints: Int32] = [:]

    static let unlimited: Int32 = .max

    /// - Returns: nil if the start rule is not defined.
    init?(_ grammar: Grammar) {
        guard let symbol = grammar.startSymbol, let start = grammar.symbols[symbol].body else { return nil }
        self.start = start
        alternatives = Array(repeating: [], count: grammar.bodies.count)
        for body in grammar.bodies.indices { compile(body, of: grammar) }
        findClasses()
    }

    private mutating func compile(_ body: Int, of grammar: Grammar) {
        let symbol = grammar.bodies[body].symbol
        var run: [Step] = []
        for step in IteratorSequence(GrammarItems(grammar, body: body)) {
            switch step {
            case .item(let item):
                if let step = compile(item, of: grammar, symbol) { run.append(step) }
            case .end:
                alternatives[body].append(Int32(steps.count))
                steps += run
                steps.append(Step(kind: .end, element: -1, symbol: symbol))
                run.removeAll(keepingCapacity: true)
            }
        }
    }

    /// - Returns: nil if the item is nothing.
    private mutating func compile(_ item: GrammarItem, of grammar: Grammar, _ symbol: Int32) -> Step? {
        guard !grammar.isNothing(item.element) else { return nil }
        var step = self.step(for: item.element, of: grammar, symbol)
        for repetition in item.repetitions {
            let low = grammar.elements[repetition].low
            let high = grammar.elements[repetition].high
            guard high > 0 else { return nil }
            if low == 1, high == 1 { continue }
            let body = step.kind == .call ? step.first : single(step)
            step = Step(
                kind: .loop, first: body, second: Int32(low),
                third: high == Grammar.Element.unlimited ? Self.unlimited : Int32(high), element: step.element,
                symbol: symbol)
        }
        return step
    }

    private mutating func step(for element: Int, of grammar: Grammar, _ symbol: Int32) -> Step {
        let item = grammar.elements[element]
        let range = Int(item.low)..<Int(max(item.low, item.high))
        var step = Step(kind: .set, element: Int32(element), symbol: symbol)
        switch item.kind {
        case .literal:
            let first = Int32(characters.count)
            characters += GrammarCharacters.literal(grammar.text, range)
            step = Step(
                kind: .text, first: first, second: Int32(characters.count), element: Int32(element), symbol: symbol)
        case .set, .negatedSet:
            let ranges = GrammarCharacters.ranges(grammar.text, range)
            step.first = number(of: CodePoints(ranges, negated: item.kind == .negatedSet))
        case .any:
            step.first = number(of: .all)
        case .reference, .group:
            let body = grammar.target(of: element) ?? 0
            step = Step(kind: .call, first: Int32(body), element: Int32(element), symbol: symbol)
        case .token, .repetition, .bar:
            hasTokens = true
            step = Step(kind: .token, element: Int32(element), symbol: symbol)
        }
        return step
    }

    /// A body of one step.
    private mutating func single(_ step: Step) -> Int32 {
        alternatives.append([Int32(steps.count)])
        steps.append(step)
        steps.append(Step(kind: .end, element: -1, symbol: step.symbol))
        return Int32(alternatives.count - 1)
    }

    private mutating func number(of set: CodePoints) -> Int32 {
        if let known = knownSets[set] { return known }
        let number = Int32(sets.count)
        knownSets[set] = number
        sets.append(set)
        return number
    }

    private mutating func findClasses() {
        knownSets = [:]
        var borders: [UInt32] = [0]
        for range in sets.flatMap(\.ranges) { borders += [range.lowerBound, range.upperBound + 1] }
        var seen = Set<UInt32>()
        for character in characters where seen.insert(character).inserted {
            borders += [character, character == UInt32.max ? character : character + 1]
        }
        borders.sort()
        classes.removeAll()
        for border in borders where classes.last != border { classes.append(border) }
    }

    /// The class of a code point.
    func classIndex(of value: UInt32) -> Int {
        var low = 0
        var high = classes.count
        while low < high {
            let middle = (low + high) / 2
            if classes[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }
}
