/// Numbers for the beginnings of prompts: equal beginnings have equal numbers. Leading segments count as one, as in a
/// request's key.
struct ChainTable {
    private struct Step: Hashable {
        var parent: Int
        var segments: [TraceSegment]
    }

    private var nodes: [Step: Int] = [:]
    private var tokens: [Int] = []

    /// Tokens from the start of the prompt to the end of this node.
    func tokens(of node: Int) -> Int { tokens[node] }

    mutating func chain(of prompt: [TraceSegment]) -> [Int] {
        let leading = prompt.prefix { $0.role.isLeading }
        var chain: [Int] = []
        if !leading.isEmpty { chain.append(node(Step(parent: -1, segments: Array(leading)))) }
        for segment in prompt.dropFirst(leading.count) {
            chain.append(node(Step(parent: chain.last ?? -1, segments: [segment])))
        }
        return chain
    }

    private mutating func node(_ step: Step) -> Int {
        if let known = nodes[step] { return known }
        let before = step.parent < 0 ? 0 : tokens[step.parent]
        nodes[step] = tokens.count
        tokens.append(before + step.segments.reduce(0) { $0 + $1.tokens })
        return tokens.count - 1
    }
}
