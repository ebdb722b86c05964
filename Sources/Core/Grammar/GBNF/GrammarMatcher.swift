/// Tells whether a text is one that a grammar allows.
///
/// It reads as llama-server's sampler does, with a set of stacks, but remembers which character led from which set to which: in
/// a long text most characters then cost one look into a table. Memory is bounded.
public struct GrammarMatcher: Sendable {
    private var stacks: GrammarStacks
    private let grammar: Grammar
    /// For each code point below 128, the least one of its class.
    private let ascii: [UInt32]

    /// Sets of stacks.
    private var states: [[Int32]] = []
    private var numbers: [[Int32]: Int32] = [:]
    /// For each state and each ASCII byte, the next state.
    private var table: [Int32] = []
    /// The same for other characters, by state and the least code point of the class.
    private var others: [UInt64: Int32] = [:]

    private static let unknown: Int32 = -1
    private static let dead: Int32 = -2
    /// How many states are remembered, 512 bytes each.
    private static let limit = 1 << 15
    /// How many ways there may be to read a text up to some place.
    private static let ways = 10_000

    /// - Throws: the reason why nothing can be matched: the grammar is refused, or refers to tokens of a vocabulary.
    public init(_ grammar: Grammar) throws(GrammarProblem) { try self.init(grammar, depth: 500_000) }

    /// - Parameter depth: how many rules may be open.
    init(_ grammar: Grammar, depth: Int) throws(GrammarProblem) {
        if let problem = grammar.problem { throw GrammarProblem(problem) }
        guard let program = GrammarProgram(grammar) else {
            throw GrammarProblem(message: "there is no rule '\(grammar.start)'", excerpt: "")
        }
        guard !program.hasTokens else {
            throw GrammarProblem(
                message: "the grammar refers to tokens of a model's vocabulary, which only the engine has", excerpt: "")
        }
        self.grammar = grammar
        stacks = GrammarStacks(program, ways: Self.ways, depth: depth)
        ascii = (0..<128).map { program.classes[program.classIndex(of: $0)] }
    }

    /// Reads a whole text.
    /// - Parameter text: UTF-8.
    public mutating func match(_ text: [UInt8]) -> GrammarMatch {
        var place = 0
        do {
            // A state of an earlier text is as good as a new one.
            var state = try remembers() ? number(of: stacks.start()) : restart(stacks.start())
            let end = try text.withUnsafeBufferPointer { text throws(GrammarStacks.Excess) in
                while true {
                    run(text, &place, &state)
                    guard place < text.count else { return Ending.whole }
                    let count = GrammarCharacters.length(text, place, text.count)
                    guard count > 0 else { return .encoding }
                    let next = try step(state, Self.decode(text, place, count))
                    guard next != Self.dead else { return .character(count) }
                    state = next
                    place += count
                }
            }
            switch end {
            case .whole:
                if states[Int(state)].first == GrammarStacks.empty { return .accepted }
                return .rejected(rejection(of: text, at: place, 0, state))
            case .encoding:
                return .rejected(rejection(of: text, at: place, -1, state))
            case .character(let count):
                return .rejected(rejection(of: text, at: place, count, state))
            }
        } catch {
            return .abandoned(offset: place, reason: Self.describe(error))
        }
    }

    private enum Ending {
        case whole
        case encoding
        case character(Int)
    }

    /// Follows what is known, over ASCII.
    private func run(_ text: UnsafeBufferPointer<UInt8>, _ place: inout Int, _ state: inout Int32) {
        table.withUnsafeBufferPointer { table in
            var position = place
            var current = state
            while position < text.count {
                let byte = text[position]
                guard byte < 0x80 else { break }
                let next = table[Int(current) << 7 | Int(byte)]
                guard next >= 0 else { break }
                current = next
                position += 1
            }
            place = position
            state = current
        }
    }

    /// The state behind a character.
    private mutating func step(_ state: Int32, _ character: UInt32) throws(GrammarStacks.Excess) -> Int32 {
        let least = character < 128 ? ascii[Int(character)] : leastOfClass(character)
        let key = UInt64(UInt32(bitPattern: state)) << 32 | UInt64(least)
        let known = character < 128 ? table[Int(state) << 7 | Int(character)] : others[key] ?? Self.unknown
        guard known == Self.unknown else { return known }
        let next = try stacks.advance(states[Int(state)], by: least)
        if !remembers() { return next.isEmpty ? Self.dead : try restart(next) }
        let number = next.isEmpty ? Self.dead : number(of: next)
        if character < 128 {
            for byte in 0..<128 where ascii[byte] == least { table[Int(state) << 7 | byte] = number }
        } else {
            others[key] = number
        }
        return number
    }

    private func leastOfClass(_ character: UInt32) -> UInt32 {
        stacks.program.classes[stacks.program.classIndex(of: character)]
    }

    private mutating func number(of set: [Int32]) -> Int32 {
        if let known = numbers[set] { return known }
        let number = Int32(states.count)
        numbers[set] = number
        states.append(set)
        table.append(contentsOf: repeatElement(Self.unknown, count: 128))
        return number
    }

    /// Whether there is room for what comes next.
    private func remembers() -> Bool { states.count < Self.limit && others.count < 8 * Self.limit && !stacks.isFull }

    /// Forgets everything but one set.
    private mutating func restart(_ set: [Int32]) throws(GrammarStacks.Excess) -> Int32 {
        states.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        table.removeAll(keepingCapacity: true)
        others.removeAll(keepingCapacity: true)
        return number(of: try stacks.keep(set))
    }

    private static func decode(_ text: UnsafeBufferPointer<UInt8>, _ place: Int, _ count: Int) -> UInt32 {
        var value = UInt32(text[place])
        if count > 1 { value &= 0xFF >> UInt32(count + 1) }
        for index in 1..<max(1, count) { value = value << 6 | UInt32(text[place + index] & 0x3F) }
        return value
    }

    private static func describe(_ excess: GrammarStacks.Excess) -> String {
        switch excess {
        case .ways(let limit): "there are more than \(limit) ways to read the text up to here: llama-server would hang"
        case .depth(let limit): "more than \(limit) rules are open at once"
        }
    }

    private func rejection(of text: [UInt8], at place: Int, _ count: Int, _ state: Int32) -> GrammarRejection {
        GrammarRejection(of: text, at: place, count: count, in: states[Int(state)], stacks, grammar)
    }
}
