import Testing

@testable import LocalCodeCore

@Suite struct CacheReceiptTests {
    @Test func theHeaderTellsAllThatIsKnown() {
        var receipt = CacheReceipt(source: .restored, slot: 1, expected: TokenCount(4010, floor: 4010))
        receipt.actual = 4006
        receipt.restoreMilliseconds = 12.34
        receipt.savedSeconds = 13.0999
        #expect(receipt.header == "restored; expected=4010; actual=4006; restore_ms=12.3; saved_s=13.100")
        #expect(receipt.summary == "restored 4006 of 4010 in 12.3 ms, slot 1")
    }

    @Test func moreThanWasExpectedIsNoPartOfIt() {
        var receipt = CacheReceipt(source: .resident, slot: 0, expected: TokenCount(0, floor: 0))
        receipt.actual = 7
        #expect(receipt.summary == "resident 7 (expected 0), slot 0")
    }

    @Test func whatIsNotKnownIsLeftOut() {
        #expect(CacheReceipt(source: .cold).header == "cold")
        #expect(CacheReceipt(source: .cold, slot: 0).summary == "cold, slot 0")
    }

    @Test(arguments: [(4010, 4006, false), (4010, 3000, true), (100, 40, false), (100, 20, true), (0, 0, false)])
    func farLessThanThereWasIsAMiss(floor: Int, actual: Int, isMiss: Bool) {
        var receipt = CacheReceipt(source: .restored, expected: TokenCount(floor + 500, floor: floor))
        receipt.actual = actual
        #expect(receipt.isMiss == isMiss)
    }

    @Test func withoutTheEnginesWordNothingIsAMiss() {
        #expect(!CacheReceipt(source: .restored, expected: TokenCount(500, floor: 500)).isMiss)
    }
}

@Suite struct EngineCostsTests {
    @Test func theFirstMeasurementCountsAndLaterOnesPullAtIt() {
        var costs = EngineCosts()
        costs.observe(prefill: 1000, seconds: 1)
        #expect(costs.prefillSeconds(500) == 0.5)
        costs.observe(prefill: 2000, seconds: 1)
        #expect(costs.prefill == 1250)
    }

    @Test func shortPromptsSayNothing() {
        var costs = EngineCosts()
        costs.observe(prefill: 3, seconds: 1)
        #expect(costs.prefill == nil)
    }

    @Test func nonsenseIsNotTaken() {
        var costs = EngineCosts()
        costs.observe(prefill: 1000, seconds: 0)
        costs.observe(prefill: 1000, seconds: -1)
        costs.observe(save: 0, tokens: 0, seconds: 1)
        #expect(costs == EngineCosts())
    }

    @Test func keepingPaysWhereReadingIsSlow() {
        var costs = EngineCosts()
        costs.observe(save: 2_000_000, tokens: 1000, seconds: 0.01)
        costs.observe(restore: 2_000_000, seconds: 0.01)
        costs.observe(prefill: 1000, seconds: 1)
        #expect(costs.isWorthSaving(tokens: 1000))
        #expect(!costs.isWorthSaving(tokens: 31))
        var fast = EngineCosts()
        fast.observe(save: 2_000_000, tokens: 1000, seconds: 1)
        fast.observe(prefill: 1_000_000, seconds: 1)
        #expect(!fast.isWorthSaving(tokens: 1000))
    }
}
