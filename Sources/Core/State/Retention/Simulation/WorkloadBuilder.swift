/// Plays the slots of an engine over a trace and writes down what the store is asked.
struct WorkloadBuilder {
    let costs: SimulationCosts
    private(set) var workload = RetentionWorkload(states: [], events: [])
    private var slots: [Slot]
    private var chains = ChainTable()
    /// State of a node in the table.
    private var stateOfNode: [Int: Int] = [:]
    /// Nodes of each state, from the start of the prompt.
    private var chainOfState: [[Int]] = []
    private var isBase: [Bool] = []
    /// States that were offered and not replaced, by the first node of their chains.
    private var offered: [Int: Set<Int>] = [:]
    /// Conversations that began with a node: two are enough to know.
    private var conversations: [Int: Set<Int>] = [:]

    private struct Slot {
        var content: [TraceSegment] = []
        var chain: [Int] = []
        var used = -Double.infinity
        /// Holds what was never offered.
        var isUnsaved = false
    }

    init(costs: SimulationCosts) {
        self.costs = costs
        slots = Array(repeating: Slot(), count: max(1, costs.slots))
    }

    mutating func restart(at time: Double) {
        saveIdle(before: time)
        slots = Array(repeating: Slot(), count: slots.count)
    }

    mutating func serve(_ request: TraceRequest) {
        saveIdle(before: request.time)
        let shared = slots.map { sharedCount($0.content, request.prompt) }
        let index = placement(request, shared)
        let continues = shared[index] > request.leadingCount
        let resident = request.prompt.prefix(shared[index]).reduce(0) { $0 + $1.tokens }
        let chain = chains.chain(of: request.prompt)
        count(request, resident: resident)
        lookUp(chain, resident: resident, at: request.time)
        if !continues, slots[index].isUnsaved { offer(slots[index].chain, at: request.time) }
        let content = request.prompt + [request.answer]
        slots[index] = Slot(
            content: content, chain: chains.chain(of: content), used: request.time,
            // Nobody goes on with a title.
            isUnsaved: request.kind != .title)
        if !continues, let base = chain.first, isShared(base, by: chain) {
            offer([base], at: request.time, isBase: true)
        }
    }

    /// The slot with the conversation, else one that the same instant does not use, the one unused longest.
    private func placement(_ request: TraceRequest, _ shared: [Int]) -> Int {
        let indices = Array(slots.indices)
        if let best = indices.max(by: { (shared[$0], $1) < (shared[$1], $0) }), shared[best] > request.leadingCount {
            return best
        }
        return indices.min { (slots[$0].used, $0) < (slots[$1].used, $1) } ?? 0
    }

    private func sharedCount(_ a: [TraceSegment], _ b: [TraceSegment]) -> Int {
        zip(a, b).prefix { $0 == $1 }.count
    }

    private mutating func count(_ request: TraceRequest, resident: Int) {
        workload.totals.requests += 1
        workload.totals.promptTokens += request.tokens
        workload.totals.residentTokens += resident
        workload.totals.prefillSeconds += costs.prefillSeconds(resident..<request.tokens)
    }

    private mutating func lookUp(_ chain: [Int], resident: Int, at time: Double) {
        var uses: [RetentionWorkload.Use] = []
        for state in (chain.first.flatMap { offered[$0] } ?? []).sorted() {
            let depth = zip(chain, chainOfState[state]).prefix { $0 == $1 }.count
            let tokens = depth == 0 ? 0 : chains.tokens(of: chain[depth - 1])
            guard tokens > resident else { continue }
            let seconds =
                costs.prefillSeconds(resident..<tokens)
                - costs.restoreSeconds(bytes: workload.states[state].bytes)
            guard seconds > 0 else { continue }
            uses.append(RetentionWorkload.Use(state: state, tokens: tokens - resident, seconds: seconds))
        }
        if !uses.isEmpty { workload.events.append(.init(time: time, .lookup(uses))) }
    }

    private mutating func saveIdle(before time: Double) {
        guard let idle = costs.idleSave else { return }
        let due = slots.indices.filter { slots[$0].isUnsaved && slots[$0].used + idle <= time }
        for index in due.sorted(by: { slots[$0].used < slots[$1].used }) {
            offer(slots[index].chain, at: slots[index].used + idle)
            slots[index].isUnsaved = false
        }
    }

    /// Whether another conversation began with this node before.
    private mutating func isShared(_ base: Int, by chain: [Int]) -> Bool {
        var known = conversations[base] ?? []
        if known.count < 2 {
            known.insert(chain.count > 1 ? chain[1] : -1)
            conversations[base] = known
        }
        return known.count > 1
    }

    private mutating func offer(_ chain: [Int], at time: Double, isBase base: Bool = false) {
        guard let first = chain.first, let last = chain.last else { return }
        let tokens = chains.tokens(of: last)
        guard tokens >= costs.leastTokens else { return }
        let state: Int
        if let known = stateOfNode[last] {
            state = known
        } else {
            state = workload.states.count
            stateOfNode[last] = state
            workload.states.append(
                .init(
                    tokens: tokens, bytes: costs.bytes(tokens: tokens),
                    prefillSeconds: costs.prefillSeconds(0..<tokens)))
            chainOfState.append(chain)
            isBase.append(base)
        }
        let replaced = (offered[first] ?? []).filter {
            $0 != state && !isBase[$0] && chain.starts(with: chainOfState[$0])
        }
        offered[first, default: []].subtract(replaced)
        offered[first, default: []].insert(state)
        workload.events.append(.init(time: time, .offer(state: state, replaces: replaced.sorted())))
    }
}

/// Numbers for the beginnings of prompts: equal beginnings have equal numbers. Leading segments count as one, as in a
/// request's key.
private struct ChainTable {
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
