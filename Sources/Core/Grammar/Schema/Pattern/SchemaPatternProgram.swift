/// A pattern as a machine that is in several states at once: it reads each scalar once, however the pattern is written.
struct SchemaPatternProgram: Sendable {
    private enum Step: Sendable {
        case set(ScalarSet)
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case border(isInverted: Bool)
        case match
    }

    private var steps: [Step] = []

    /// How many steps a pattern may have once its repetitions are written out.
    private static let limit = 5_000

    init(_ node: SchemaPattern.Node) throws(SchemaPattern.Problem) {
        try add(node)
        steps.append(.match)
    }

    private mutating func add(_ node: SchemaPattern.Node) throws(SchemaPattern.Problem) {
        if steps.count > Self.limit {
            throw SchemaPattern.Problem(reason: "its repetitions are too large to be matched", isUnsupported: true)
        }
        switch node {
        case .set(let set): steps.append(.set(set))
        case .start: steps.append(.start)
        case .end: steps.append(.end)
        case .border(let isInverted): steps.append(.border(isInverted: isInverted))
        case .sequence(let parts): for part in parts { try add(part) }
        case .choice(let branches):
            var jumps: [Int] = []
            for branch in branches.dropLast() {
                let split = steps.count
                steps.append(.split(split + 1, 0))
                try add(branch)
                jumps.append(steps.count)
                steps.append(.jump(0))
                steps[split] = .split(split + 1, steps.count)
            }
            if let last = branches.last { try add(last) }
            for jump in jumps { steps[jump] = .jump(steps.count) }
        case .repeated(let node, let min, let max):
            for _ in 0..<min { try addOnce(node) }
            if let max {
                var splits: [Int] = []
                for _ in 0..<(max - min) {
                    splits.append(steps.count)
                    steps.append(.jump(0))
                    try addOnce(node)
                }
                for split in splits { steps[split] = .split(split + 1, steps.count) }
            } else {
                let split = steps.count
                steps.append(.jump(0))
                try addOnce(node)
                steps.append(.jump(split))
                steps[split] = .split(split + 1, steps.count)
            }
        }
    }

    /// One more copy of what is repeated. What has no steps, as an empty group, must not be copied without end.
    private mutating func addOnce(_ node: SchemaPattern.Node) throws(SchemaPattern.Problem) {
        let before = steps.count
        try add(node)
        if steps.count == before { steps.append(.jump(before + 1)) }
    }

    func matches(_ text: String) -> Bool {
        var states = States(steps.count)
        /// States that are reached by reading, before what they lead to.
        var reached: [Int] = []
        var before: Unicode.Scalar?
        var scalars = text.unicodeScalars.makeIterator()
        while true {
            let scalar = scalars.next()
            states.removeAll()
            // The pattern may begin anywhere.
            for state in reached + [0] where follow(state, &states, before, scalar) { return true }
            guard let scalar else { return false }
            reached.removeAll(keepingCapacity: true)
            for state in states.list {
                if case .set(let set) = steps[state], set.contains(scalar.value) { reached.append(state + 1) }
            }
            before = scalar
        }
    }

    /// Adds a state and those that it leads to without reading; true if the pattern has been matched.
    private func follow(
        _ state: Int, _ states: inout States, _ before: Unicode.Scalar?, _ after: Unicode.Scalar?
    ) -> Bool {
        var open = [state]
        while let state = open.popLast() {
            guard states.insert(state) else { continue }
            switch steps[state] {
            case .match: return true
            case .set: break
            case .jump(let target): open.append(target)
            case .split(let first, let second): open += [second, first]
            case .start: if before == nil { open.append(state + 1) }
            case .end: if after == nil { open.append(state + 1) }
            case .border(let isInverted):
                let isBorder = Self.isWord(before) != Self.isWord(after)
                if isBorder != isInverted { open.append(state + 1) }
            }
        }
        return false
    }

    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map { ScalarSet.word.contains($0.value) } ?? false
    }

    /// The states that the machine is in, each once.
    private struct States {
        private(set) var list: [Int] = []
        private var isMember: [Bool]

        init(_ count: Int) { isMember = Array(repeating: false, count: count) }

        mutating func insert(_ state: Int) -> Bool {
            guard !isMember[state] else { return false }
            isMember[state] = true
            list.append(state)
            return true
        }

        mutating func removeAll() {
            for state in list { isMember[state] = false }
            list.removeAll(keepingCapacity: true)
        }
    }
}
