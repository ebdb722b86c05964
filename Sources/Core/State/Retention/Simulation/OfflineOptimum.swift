/// What the best choice of states could have saved, if the future had been known.
///
/// With one size and one cost for all, Belady's rule (drop what is needed last) gives that figure. States differ in size and
/// in what they save, and several can serve one request, each differently well; finding the best choice then is NP-hard. So
/// it is enclosed from both sides, as in D. Berger, N. Beckmann and M. Harchol-Balter, "Practical Bounds on Optimal Caching
/// with Variable Object Sizes", POMACS 2(2), 2018 (there called PFOO-L and PFOO-U).
public struct OfflineOptimum: Sendable, Equatable {
    /// A choice that can be made, so the optimum saves at least as much: the best of a greedy plan and of the policies.
    public var feasible: RetentionOutcome
    /// Seconds that no choice can exceed.
    public var bound: Double
}

extension RetentionWorkload {
    /// Encloses the optimum for a budget in bytes.
    public func offlineOptimum(budget: Int) -> OfflineOptimum {
        let holds = holds
        var candidates = EvictionPolicy.allCases.map { outcome(of: $0, budget: budget) }
        for order in [Hold.isDenser, Hold.isWorthMore] {
            candidates.append(OfflinePlan(self, budget: budget, holds: holds.sorted(by: order)).outcome)
        }
        let best = candidates.max { $0.secondsSaved < $1.secondsSaved } ?? RetentionOutcome()
        return OfflineOptimum(
            feasible: best, bound: max(best.secondsSaved, Self.bound(holds, budget: budget, events: events.count)))
    }

    /// Keeping a state from one event to a request that it would help.
    struct Hold: Sendable {
        /// Of the request, among the events.
        var lookup: Int
        var use: Use
        /// Keeping it for this request takes keeping it from this event on: the offer, and for the bound the last event
        /// before that could have used it.
        var offer: Int
        var last: Int
        var bytes: Int

        /// Seconds for a byte kept over one event.
        var density: Double { use.seconds / (Double(max(1, bytes)) * Double(lookup - last)) }

        static func isDenser(_ a: Hold, _ b: Hold) -> Bool {
            a.density == b.density ? (a.lookup, a.use.state) < (b.lookup, b.use.state) : a.density > b.density
        }
        static func isWorthMore(_ a: Hold, _ b: Hold) -> Bool {
            a.use.seconds == b.use.seconds
                ? (a.lookup, a.use.state) < (b.lookup, b.use.state) : a.use.seconds > b.use.seconds
        }
    }

    var holds: [Hold] {
        var holds: [Hold] = []
        var offer = [Int?](repeating: nil, count: states.count)
        var last = [Int](repeating: 0, count: states.count)
        for (index, event) in events.enumerated() {
            switch event.action {
            case .offer(let state, let replaces):
                offer[state] = index
                last[state] = index
                for replaced in replaces { offer[replaced] = nil }
            // Who knows the future need not heed that.
            case .drop: break
            case .lookup(let uses):
                for use in uses {
                    guard let start = offer[use.state] else { continue }
                    holds.append(
                        Hold(
                            lookup: index, use: use, offer: start, last: last[use.state],
                            bytes: states[use.state].bytes))
                    last[use.state] = index
                }
            }
        }
        return holds
    }

    /// Each request takes at most one state, which must have been kept since the last event that could have used it. These
    /// spans of one state do not overlap, and at no moment more than the budget is kept: so the kept bytes, summed over all
    /// events, are at most budget × events. Dropping every other condition, and letting requests be helped in parts, leaves
    /// a knapsack with choices, which is solved by taking the densest improvements first.
    static func bound(_ holds: [Hold], budget: Int, events: Int) -> Double {
        var improvements: [(seconds: Double, cost: Double)] = []
        var index = 0
        while index < holds.count {
            let end = holds[index...].firstIndex { $0.lookup != holds[index].lookup } ?? holds.count
            improvements += hull(
                holds[index..<end].filter { $0.bytes <= budget }
                    .map { ($0.use.seconds, Double($0.bytes) * Double($0.lookup - $0.last)) })
            index = end
        }
        improvements.sort { $0.seconds * $1.cost > $1.seconds * $0.cost }
        var room = Double(budget) * Double(max(0, events - 1))
        var total = 0.0
        for (seconds, cost) in improvements {
            guard cost > room else {
                room -= cost
                total += seconds
                continue
            }
            return total + seconds * (room / cost)
        }
        return total
    }

    /// The upper hull of points over their costs, from nothing on, as steps.
    static func hull(_ points: [(seconds: Double, cost: Double)]) -> [(seconds: Double, cost: Double)] {
        var hull: [(seconds: Double, cost: Double)] = [(0, 0)]
        for point in points.sorted(by: { ($0.cost, -$0.seconds) < ($1.cost, -$1.seconds) })
        where point.seconds > (hull.last?.seconds ?? 0) {
            while hull.count > 1 {
                let a = hull[hull.count - 2]
                let b = hull[hull.count - 1]
                let bends =
                    (b.seconds - a.seconds) * (point.cost - a.cost) > (point.seconds - a.seconds) * (b.cost - a.cost)
                if bends { break }
                hull.removeLast()
            }
            hull.append(point)
        }
        return zip(hull, hull.dropFirst()).map { ($1.seconds - $0.seconds, $1.cost - $0.cost) }
    }
}

/// A plan made with the future in sight: the holds are taken in the order given, each as long as there is room for it all the
/// way.
struct OfflinePlan {
    private let workload: RetentionWorkload
    private let budget: Int
    /// Bytes kept behind each event.
    private var kept: [Int]
    /// The spans in which a state is kept, by state.
    private var spans: [Int: [Range<Int>]] = [:]

    init(_ workload: RetentionWorkload, budget: Int, holds: [RetentionWorkload.Hold]) {
        self.workload = workload
        self.budget = budget
        kept = [Int](repeating: 0, count: workload.events.count)
        var helped: [Int: Double] = [:]
        for hold in holds where hold.use.seconds > helped[hold.lookup] ?? 0 {
            if take(hold) { helped[hold.lookup] = hold.use.seconds }
        }
    }

    private mutating func take(_ hold: RetentionWorkload.Hold) -> Bool {
        let own = spans[hold.use.state] ?? []
        let missing = (hold.offer..<hold.lookup).filter { step in !own.contains { $0.contains(step) } }
        guard missing.allSatisfy({ kept[$0] + hold.bytes <= budget }) else { return false }
        for step in missing { kept[step] += hold.bytes }
        spans[hold.use.state] =
            own.filter { !(hold.offer..<hold.lookup).overlaps($0) } + [
                own.filter { (hold.offer..<hold.lookup).overlaps($0) }.reduce(hold.offer..<hold.lookup) {
                    min($0.lowerBound, $1.lowerBound)..<max($0.upperBound, $1.upperBound)
                }
            ]
        return true
    }

    var outcome: RetentionOutcome {
        var outcome = RetentionOutcome()
        for (index, event) in workload.events.enumerated() {
            switch event.action {
            case .drop: break
            case .lookup(let uses):
                outcome.lookups += 1
                if let use = RetentionWorkload.best(of: uses, where: { isKept($0, behind: index - 1) }) {
                    outcome.record(use)
                }
            case .offer(let state, _):
                if isKept(state, behind: index), index == 0 || !isKept(state, behind: index - 1) {
                    outcome.bytesWritten += workload.states[state].bytes
                }
            }
        }
        outcome.peakBytes = kept.max() ?? 0
        return outcome
    }

    private func isKept(_ state: Int, behind event: Int) -> Bool {
        spans[state]?.contains { $0.contains(event) } ?? false
    }
}
