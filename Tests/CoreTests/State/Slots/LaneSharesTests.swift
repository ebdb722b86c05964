import Testing

@testable import LocalCodeCore

@Suite struct LaneSharesTests {
    @Test func backgroundHasHalfOfTheSlots() {
        let shares = LaneShares()
        #expect(shares.admits(.background, slots: 2, busy: [:]))
        #expect(!shares.admits(.background, slots: 2, busy: [.background: 1]))
        #expect(shares.admits(.background, slots: 4, busy: [.background: 1]))
        #expect(shares.admits(.main, slots: 2, busy: [.background: 1]))
    }

    @Test func aSingleSlotIsForAll() {
        let shares = LaneShares(limits: [.main: LaneLimits(reserved: 1), .background: LaneLimits(most: 0)])
        for lane in RequestLane.allCases { #expect(shares.admits(lane, slots: 1, busy: [:])) }
    }

    @Test func whatIsReservedIsLeftFree() {
        let shares = LaneShares(limits: [.main: LaneLimits(reserved: 1)])
        #expect(shares.admits(.subagent, slots: 2, busy: [:]))
        #expect(!shares.admits(.subagent, slots: 2, busy: [.subagent: 1]))
        // The reservation is for slots, not for ever: who has it does not get it twice.
        #expect(shares.admits(.subagent, slots: 2, busy: [.main: 1]))
        #expect(shares.admits(.main, slots: 2, busy: [.subagent: 1]))
    }

    @Test func reservationsLeaveOneSlotToAll() {
        let shares = LaneShares(limits: [.main: LaneLimits(reserved: 8)])
        #expect(shares.admits(.background, slots: 4, busy: [:]))
        #expect(!shares.admits(.background, slots: 4, busy: [.background: 1]))
    }

    @Test func twoReservationsForOneSlotBlockNobody() {
        let shares = LaneShares(limits: [.main: LaneLimits(reserved: 1), .subagent: LaneLimits(reserved: 1)])
        #expect(shares.admits(.main, slots: 2, busy: [:]))
        #expect(shares.admits(.subagent, slots: 2, busy: [.main: 1]))
        #expect(shares.admits(.main, slots: 2, busy: [.subagent: 1]))
        #expect(shares.admits(.background, slots: 2, busy: [:]))
        #expect(!shares.admits(.background, slots: 2, busy: [.main: 1]))
    }

    @Test func whoWaitedTooLongWaitsForNoReservation() {
        let shares = LaneShares(limits: [.main: LaneLimits(reserved: 2)])
        #expect(!shares.admits(.background, slots: 2, busy: [.main: 1]))
        #expect(shares.admits(.background, slots: 2, busy: [.main: 1], isOverdue: true))
        #expect(!shares.admits(.background, slots: 2, busy: [.main: 2], isOverdue: true))
        #expect(!shares.admits(.background, slots: 2, busy: [.background: 1], isOverdue: true), "its own limit holds")
    }

    @Test func aLaneIsCapped() {
        let shares = LaneShares(limits: [.subagent: LaneLimits(most: 2)])
        #expect(shares.admits(.subagent, slots: 4, busy: [.subagent: 1]))
        #expect(!shares.admits(.subagent, slots: 4, busy: [.subagent: 2]))
    }
}
