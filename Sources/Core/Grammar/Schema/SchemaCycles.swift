/// Looks for schemas that lead back to themselves without going into the value, and for long chains of such steps: whoever
/// follows them would not come to an end, or run out of stack.
enum SchemaCycles {
    static func check(_ nodes: [SchemaNode]) throws(SchemaError) {
        /// How many steps lead on from a node at most; -1 while it is being looked at.
        var depths: [Int?] = Array(repeating: nil, count: nodes.count)
        for start in nodes.indices where depths[start] == nil {
            var open: [(node: Int, children: [Int])] = [(start, nodes[start].inPlace)]
            depths[start] = -1
            while let top = open.indices.last {
                let node = open[top].node
                guard let child = open[top].children.popLast() else {
                    let below = nodes[node].inPlace.map { depths[$0] ?? 0 }.max() ?? -1
                    depths[node] = below + 1
                    guard below < SchemaReader.depthLimit else {
                        throw SchemaError(
                            path: nodes[node].path,
                            reason: "more than \(SchemaReader.depthLimit) schemas for one value lie inside each other")
                    }
                    open.removeLast()
                    continue
                }
                switch depths[child] {
                case nil:
                    depths[child] = -1
                    open.append((child, nodes[child].inPlace))
                case -1:
                    throw SchemaError(path: nodes[child].path, reason: "the schema refers to itself without end")
                default: break
                }
            }
        }
    }
}
