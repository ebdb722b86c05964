/// Plays the slots of an engine over a trace and writes down what the store is asked.
struct WorkloadBuilder {
    let costs: SimulationCosts
    /// Whether only what is likely to come back is offered.
    let isSelective: Bool
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
    /// When which conversations began with a node.
    private var conversations: [Int: [Int: Double]] = [:]
    private var departures = SimulatedDepartures()

    private struct Slot {
        var content: [TraceSegment] = []
        var chain: [Int] = []
        /// How many of the chain are the request's, without the answer.
        var requestCount = 0
        var used = -Double.infinity
        /// Holds what was never offered.
        var isUnsaved = false
        /// Nil: nobody goes on with it.
        var origin: StateOrigin?
    }

    init(costs: SimulationCosts, isSelective: Bool) {
        self.costs = costs
        self.isSelective = isSelective
        slots = Array(repeating: Slot(), count: max(1, costs.slots))
    }

    mutating func restart(at time: Double) {
        saveIdle(before: time)
        for slot in slots { depart(slot) }
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
        if !continues {
            if slots[index].isUnsaved { offer(slots[index], at: request.time) }
            depart(slots[index])
        }
        departures.comeBack(chain)
        let content = request.prompt + [request.answer]
        slots[index] = Slot(
            content: content, chain: chains.chain(of: content), requestCount: chain.count, used: request.time,
            isUnsaved: request.kind != .title, origin: origin(of: request))
        if !continues, let base = chain.first, isShared(base, by: chain, at: request.time) {
            offer([base], at: request.time, isBase: true)
        }
    }

    private func origin(of request: TraceRequest) -> StateOrigin? {
        // Nobody goes on with a title.
        guard request.kind != .title else { return nil }
        let isFirst = request.prompt.count - request.leadingCount <= 1
        return StateOrigin(
            kind: request.kind.request, stage: request.callsTools ? .calling : isFirst ? .opened : .continued,
            project: request.project)
    }

    private mutating func depart(_ slot: Slot) {
        guard let origin = slot.origin else { return }
        departures.leave(slot.chain.prefix(slot.requestCount), origin)
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
            offer(slots[index], at: slots[index].used + idle)
            slots[index].isUnsaved = false
        }
    }

    /// Whether another conversation began with this node before.
    private mutating func isShared(_ base: Int, by chain: [Int], at time: Double) -> Bool {
        let conversation = chain.count > 1 ? chain[1] : -1
        if conversations[base]?[conversation] == nil { conversations[base, default: [:]][conversation] = time }
        return (conversations[base]?.count ?? 0) > 1
    }

    /// What the store is asked, with the times at which conversations began with its bases.
    var result: RetentionWorkload {
        guard isSelective else { return workload }
        var workload = workload
        for state in workload.states.indices where isBase[state] {
            workload.states[state].starts = (conversations[chainOfState[state][0]] ?? [:]).values.sorted()
        }
        return workload
    }

    private mutating func offer(_ slot: Slot, at time: Double) {
        if isSelective {
            guard let origin = slot.origin, let last = slot.chain.last else { return }
            let tokens = chains.tokens(of: last)
            let bytes = costs.bytes(tokens: tokens)
            let admission = Retention.admits(
                origin, prefill: costs.prefillSeconds(0..<tokens), restore: costs.restoreSeconds(bytes: bytes),
                save: Double(bytes) / costs.writeRate, rates: departures.rates)
            guard admission.isAdmitted else { return drop(slot.chain, at: time) }
        }
        offer(slot.chain, at: time)
    }

    /// What was kept of a conversation goes with it.
    private mutating func drop(_ chain: [Int], at time: Double) {
        let gone = earlier(of: chain)
        guard let first = chain.first, !gone.isEmpty else { return }
        offered[first]?.subtract(gone)
        workload.events.append(.init(time: time, .drop(gone.sorted())))
    }

    /// States of the conversation that were offered, without the base.
    private func earlier(of chain: [Int]) -> Set<Int> {
        (chain.first.flatMap { offered[$0] } ?? []).filter { !isBase[$0] && chain.starts(with: chainOfState[$0]) }
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
        let replaced = earlier(of: chain).subtracting([state])
        offered[first, default: []].subtract(replaced)
        offered[first, default: []].insert(state)
        workload.events.append(.init(time: time, .offer(state: state, replaces: replaced.sorted())))
    }
}
