/// An item of an alternative with its repetitions, as the engine sees them.
struct GrammarItem {
    /// The item's own element.
    let element: Int
    /// The repetitions behind it, the innermost first.
    let repetitions: Range<Int>
}

/// The items of a body, alternative by alternative.
struct GrammarItems: Sequence, IteratorProtocol {
    enum Step {
        case item(GrammarItem)
        /// An alternative ends, and if it is not the last, another one begins.
        case end
    }

    private let elements: [Grammar.Element]
    private var place: Int
    private let end: Int
    private var isDone = false

    init(_ grammar: Grammar, body: Int) {
        elements = grammar.elements
        place = Int(grammar.bodies[body].elements.lowerBound)
        end = Int(grammar.bodies[body].elements.upperBound)
    }

    mutating func next() -> Step? {
        guard place < end else {
            defer { isDone = true }
            return isDone ? nil : .end
        }
        let start = place
        place += 1
        if elements[start].kind == .bar { return .end }
        while place < end, elements[place].kind == .repetition { place += 1 }
        return .item(GrammarItem(element: start, repetitions: start + 1..<place))
    }
}

extension Grammar {
    /// The body that an element stands for; nil: it is no rule and no group, or the rule is not defined.
    func target(of element: Int) -> Int? {
        switch elements[element].kind {
        case .reference: symbols[Int(elements[element].low)].body.map(Int.init)
        case .group: Int(elements[element].low)
        default: nil
        }
    }

    /// Whether an element is nothing: `""` or `[]`.
    func isNothing(_ element: Int) -> Bool {
        switch elements[element].kind {
        case .literal, .set, .negatedSet: elements[element].low == elements[element].high
        default: false
        }
    }

    /// Whether an item may be left out altogether, whatever is repeated.
    func isOptional(_ item: GrammarItem) -> Bool { item.repetitions.contains { elements[$0].low == 0 } }
}

/// What holds of a body as soon as it holds of all that one of its alternatives needs: that it can be empty, that it can end.
struct GrammarProperty {
    /// By body.
    private(set) var holds: [Bool]

    /// - Parameter item: whether it holds of an item that stands for no body.
    init(of grammar: Grammar, item isMet: (Int) -> Bool) {
        holds = Array(repeating: false, count: grammar.bodies.count)
        // For each alternative, how many bodies it still needs; for each body, the alternatives that need it, chained.
        var needed: [Int32] = []
        var owner: [Int32] = []
        var firstUse = [Int32](repeating: -1, count: grammar.bodies.count)
        var uses: [(alternative: Int32, next: Int32)] = []
        var work: [Int] = []
        for body in grammar.bodies.indices {
            needed.append(0)
            owner.append(Int32(body))
            var steps = GrammarItems(grammar, body: body)
            var isOpen = true
            while let step = steps.next() {
                switch step {
                case .item(let item):
                    if grammar.isOptional(item) { continue }
                    if let target = grammar.target(of: item.element) {
                        uses.append((Int32(needed.count - 1), firstUse[target]))
                        firstUse[target] = Int32(uses.count - 1)
                        needed[needed.count - 1] += 1
                    } else if !isMet(item.element) {
                        isOpen = false
                    }
                case .end:
                    if !isOpen { needed[needed.count - 1] = -1 }
                    if needed[needed.count - 1] == 0, !holds[body] {
                        holds[body] = true
                        work.append(body)
                    }
                    needed.append(0)
                    owner.append(Int32(body))
                    isOpen = true
                }
            }
            needed.removeLast()
            owner.removeLast()
        }
        while let body = work.popLast() {
            var use = firstUse[body]
            while use >= 0 {
                let alternative = Int(uses[Int(use)].alternative)
                use = uses[Int(use)].next
                guard needed[alternative] > 0 else { continue }
                needed[alternative] -= 1
                let owner = Int(owner[alternative])
                if needed[alternative] == 0, !holds[owner] {
                    holds[owner] = true
                    work.append(owner)
                }
            }
        }
    }
}
