/// Which bodies a body can begin with.
struct GrammarGraph {
    struct Edge {
        let target: Int32
        /// Whether nothing stands behind the target in its alternative: the engine then forgets the alternative when it goes in.
        var isLast: Bool
        let element: Int32
    }

    /// The edges, those of one body together.
    private(set) var edges: [Edge] = []
    private(set) var ranges: [Range<Int32>] = []
    /// For each body, what going through all that it begins with costs the engine: it does not remember where it was.
    private(set) var copies: [Double] = []
    /// Bodies that are not at a beginning, but repeated in a way that costs the engine a walk for each time.
    private(set) var aside: [(target: Int32, copies: Double)] = []
    /// Unlimited repetitions of something that can be skipped.
    private(set) var loops: [Int] = []

    /// - Parameter canBeSkipped: for each body, whether one goes on to what stands behind it.
    init(of grammar: Grammar, canBeSkipped: [Bool]) {
        ranges.reserveCapacity(grammar.bodies.count)
        for body in grammar.bodies.indices { append(body, of: grammar, canBeSkipped) }
    }

    private mutating func append(_ body: Int, of grammar: Grammar, _ canBeSkipped: [Bool]) {
        let first = edges.count
        var alternative = first
        var isBeginning = true
        for step in IteratorSequence(GrammarItems(grammar, body: body)) {
            guard case .item(let item) = step else {
                alternative = edges.count
                isBeginning = true
                continue
            }
            let form = Form(item, in: grammar, canBeSkipped)
            if form.isNothing { continue }
            if let loop = form.loop { loops.append(loop) }
            for index in alternative..<edges.count { edges[index].isLast = false }
            guard isBeginning else {
                if let target = form.target, form.copies > 1 { aside.append((Int32(target), form.copies)) }
                continue
            }
            if let target = form.target {
                edges.append(Edge(target: Int32(target), isLast: !form.isFollowed, element: Int32(item.element)))
                copies.append(form.copies)
            }
            isBeginning = form.canBeSkipped
        }
        ranges.append(Int32(first)..<Int32(edges.count))
    }

    /// What an item is when its repetitions are written out.
    struct Form {
        let target: Int?
        /// Whether it is nothing at all, like an empty text.
        private(set) var isNothing: Bool
        /// Whether one goes on to what stands behind it.
        private(set) var canBeSkipped: Bool
        /// Whether a copy of the target has something behind it.
        private(set) var isFollowed = false
        /// How often the target is looked at from the beginning.
        private(set) var copies = 1.0
        /// The repetition that repeats without a limit what can be skipped.
        private(set) var loop: Int?

        init(_ item: GrammarItem, in grammar: Grammar, _ skipped: [Bool]) {
            target = grammar.target(of: item.element)
            isNothing = grammar.isNothing(item.element)
            canBeSkipped = target.map { skipped[$0] } ?? false
            for repetition in item.repetitions where !isNothing {
                let low = grammar.elements[repetition].low
                let high = grammar.elements[repetition].high
                let isUnlimited = high == Grammar.Element.unlimited
                let optional = isUnlimited ? 1 : Double(high - low)
                if isUnlimited, canBeSkipped { loop = repetition }
                if low > 1 || high > 1 { isFollowed = true }
                // S{m,n} is S m times and then S'(n-m), where S'(x) is S S'(x-1) or nothing.
                let required = low == 0 ? 0 : canBeSkipped ? Double(low) : 1
                let rest = low == 0 || canBeSkipped ? (canBeSkipped ? optional : min(1, optional)) : 0
                copies *= required + rest
                isNothing = low == 0 && optional == 0
                canBeSkipped = low == 0 || canBeSkipped
            }
        }
    }
}

// MARK: - Circles

extension GrammarGraph {
    /// The bodies in an order in which each comes behind those that it begins with, and a circle if there is one.
    func order() -> (order: [Int], circle: [Edge]?) {
        var order: [Int] = []
        order.reserveCapacity(ranges.count)
        // 0: not seen, 1: on the path, 2: done.
        var colour = [UInt8](repeating: 0, count: ranges.count)
        var path: [(body: Int, next: Int)] = []
        for root in ranges.indices where colour[root] == 0 {
            path.append((root, Int(ranges[root].lowerBound)))
            colour[root] = 1
            while let (body, next) = path.last {
                guard next < Int(ranges[body].upperBound) else {
                    path.removeLast()
                    colour[body] = 2
                    order.append(body)
                    continue
                }
                path[path.count - 1].next += 1
                let target = Int(edges[next].target)
                if colour[target] == 1 {
                    let start = path.firstIndex { $0.body == target } ?? 0
                    return (order, path[start...].map { edges[$0.next - 1] })
                }
                if colour[target] == 0 {
                    colour[target] = 1
                    path.append((target, Int(ranges[target].lowerBound)))
                }
            }
        }
        return (order, nil)
    }

    /// For each body, the number of its circle: bodies that can begin with each other have the same (Tarjan's algorithm).
    func components() -> [Int32] {
        var component = [Int32](repeating: -1, count: ranges.count)
        var number = [Int32](repeating: -1, count: ranges.count)
        var lowest = [Int32](repeating: 0, count: ranges.count)
        var count: Int32 = 0
        var found: Int32 = 0
        var waiting: [Int] = []
        var path: [(body: Int, next: Int)] = []
        func enter(_ body: Int) {
            number[body] = count
            lowest[body] = count
            count += 1
            waiting.append(body)
            path.append((body, Int(ranges[body].lowerBound)))
        }
        for root in ranges.indices where number[root] < 0 {
            enter(root)
            while let (body, next) = path.last {
                if next < Int(ranges[body].upperBound) {
                    path[path.count - 1].next += 1
                    let target = Int(edges[next].target)
                    if number[target] < 0 {
                        enter(target)
                    } else if component[target] < 0 {
                        lowest[body] = min(lowest[body], number[target])
                    }
                    continue
                }
                path.removeLast()
                if let parent = path.last?.body { lowest[parent] = min(lowest[parent], lowest[body]) }
                guard lowest[body] == number[body] else { continue }
                while let member = waiting.popLast() {
                    component[member] = found
                    if member == body { break }
                }
                found += 1
            }
        }
        return component
    }
}
