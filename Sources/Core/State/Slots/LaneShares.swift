/// How the slots of an engine are shared out among lanes: pure.
public struct LaneShares: Sendable, Equatable {
    /// What a user says, lane by lane.
    public var limits: [RequestLane: LaneLimits]

    public init(limits: [RequestLane: LaneLimits] = [:]) { self.limits = limits }

    /// Whether a request of a lane may have one of the free slots. An engine with a single slot knows no shares: whoever
    /// comes first in the queue gets it.
    /// - Parameters:
    ///   - slots: of the engine.
    ///   - busy: those that each lane has at the moment.
    ///   - isOverdue: whether it has waited for so long that no reservation counts against it any more.
    public func admits(
        _ lane: RequestLane, slots: Int, busy: [RequestLane: Int], isOverdue: Bool = false
    ) -> Bool {
        guard slots > 1 else { return true }
        guard busy[lane, default: 0] < most(lane, slots) else { return false }
        let free = slots - busy.values.reduce(0, +)
        if isOverdue { return free > 0 }
        let promised = RequestLane.allCases.reduce(0) { sum, other in
            other == lane ? sum : sum + max(0, reserved(other, slots) - busy[other, default: 0])
        }
        // What is promised to others can be more than there is: nobody is shut out for ever by that.
        return free > min(promised, slots - 1) || busy[lane, default: 0] < reserved(lane, slots)
    }

    /// The most slots that a lane may have: half of them for what nobody waits for, so that who does finds one.
    func most(_ lane: RequestLane, _ slots: Int) -> Int {
        max(1, min(limits[lane]?.most ?? (lane == .background ? slots / 2 : slots), slots))
    }

    /// The slots that are kept free for a lane.
    func reserved(_ lane: RequestLane, _ slots: Int) -> Int { max(0, min(limits[lane]?.reserved ?? 0, slots)) }
}
