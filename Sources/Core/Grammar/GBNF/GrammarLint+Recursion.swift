/// Rules that begin with themselves: the engine would expand them for ever.
extension GrammarLint {
    /// The longest way of rules that begin with each other which the engine's call stack bears.
    private static let depth = 10_000
    /// How many steps the engine may need to look for left recursion: it goes every way there is.
    private static let steps = 100_000_000.0

    mutating func checkRecursion() {
        let seen = GrammarGraph(of: grammar, canBeSkipped: hasEmptyAlternative())
        for loop in seen.loops.prefix(GrammarFindings.limit) {
            findings.add(
                GrammarFinding(
                    "what is repeated here has an empty alternative, which llama-server refuses as left recursion",
                    at: offset(of: loop), hint: "leave the empty alternative out: '*' and '?' mean it already"))
        }
        let (order, circle) = seen.order()
        if let circle {
            let names = circle.map { name(Int($0.target)) }
            let way = Self.shorten(([names.last ?? ""] + names))
            return findings.add(
                GrammarFinding(
                    "the rule '\(names.last ?? "")' begins with itself (\(way.joined(separator: " → "))), which llama-server refuses",
                    at: offset(of: Int(circle[circle.count - 1].element)),
                    hint: #"write a repetition instead: sum ::= term ("+" term)*"#))
        }
        guard seen.loops.isEmpty else { return }
        checkCost(seen, order)
        checkHidden()
    }

    /// The way through a circle, without rules that follow themselves (their parentheses), and not longer than one reads.
    private static func shorten(_ names: [String]) -> [String] {
        var result: [String] = []
        for name in names where result.last != name { result.append(name) }
        if result.count == 1 { result += result }
        return result.count > 8 ? Array(result.prefix(4)) + ["…"] + Array(result.suffix(3)) : result
    }

    /// What the engine takes for "can be empty": an alternative without any item.
    private func hasEmptyAlternative() -> [Bool] {
        let none = [Bool](repeating: false, count: grammar.bodies.count)
        return grammar.bodies.indices.map { body in
            var isEmpty = true
            for step in IteratorSequence(GrammarItems(grammar, body: body)) {
                switch step {
                case .item(let item):
                    if !GrammarGraph.Form(item, in: grammar, none).isNothing { isEmpty = false }
                case .end:
                    if isEmpty { return true }
                    isEmpty = true
                }
            }
            return false
        }
    }

    /// The engine looks for left recursion recursively and without a memory.
    private mutating func checkCost(_ graph: GrammarGraph, _ order: [Int]) {
        var cost = [Double](repeating: 1, count: order.count)
        var depth = [Int32](repeating: 1, count: order.count)
        for body in order {
            for index in graph.ranges[body] {
                let target = Int(graph.edges[Int(index)].target)
                cost[body] += cost[target] * graph.copies[Int(index)]
                depth[body] = max(depth[body], depth[target] + 1)
            }
        }
        // Who was passed on the way of an earlier body is not looked at again.
        var isPassed = [Bool](repeating: false, count: order.count)
        var total = graph.aside.reduce(0.0) { $0 + $1.copies * $1.copies / 2 * cost[Int($1.target)] }
        for body in grammar.bodies.indices where !isPassed[body] {
            total += cost[body]
            var work = [body]
            while let next = work.popLast() {
                guard !isPassed[next] else { continue }
                isPassed[next] = true
                for index in graph.ranges[next] { work.append(Int(graph.edges[Int(index)].target)) }
            }
        }
        let widest = cost.indices.max { cost[$0] < cost[$1] } ?? 0
        if total > Self.steps {
            findings.unsafe(
                "the rule '\(name(widest))' can begin in so many ways that llama-server hangs on it",
                at: Int(grammar.bodies[widest].offset), hint: "put what its alternatives have in common into one")
        }
        let deepest = depth.indices.max { depth[$0] < depth[$1] } ?? 0
        if depth[deepest] > Self.depth {
            findings.unsafe(
                "a way of \(depth[deepest]) rules that begin with each other: llama-server crashes on it",
                at: Int(grammar.bodies[deepest].offset))
        }
    }

    /// Left recursion that the engine does not see, behind something that can be empty though it has no empty alternative.
    private mutating func checkHidden() {
        let canBeEmpty = GrammarProperty(of: grammar) { [grammar] in grammar.isNothing($0) }.holds
        let graph = GrammarGraph(of: grammar, canBeSkipped: canBeEmpty)
        let component = graph.components()
        var isReported = Set<Int32>()
        for body in grammar.bodies.indices {
            for index in graph.ranges[body] {
                let edge = graph.edges[Int(index)]
                let number = component[body]
                guard component[Int(edge.target)] == number, !edge.isLast, isReported.insert(number).inserted else {
                    continue
                }
                report(
                    "the rule '\(name(Int(edge.target)))' can begin with itself, behind something that can be empty: llama-server hangs on this",
                    in: body, at: offset(of: Int(edge.element)),
                    hint: #"write a repetition instead: sum ::= term ("+" term)*"#)
            }
        }
        for loop in graph.loops where findings.takesWarnings {
            findings.warn(
                "what is repeated here can be empty: the same text can be read in many ways, and some builds of llama-server hang",
                at: offset(of: loop), hint: "let the repeated part be at least one character long")
        }
    }
}
