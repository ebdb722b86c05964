import Testing

@testable import Commands

@Suite("Bench: estimates")
struct EstimateTests {
    @Test("a mean has Student's interval")
    func mean() throws {
        let estimate = try #require(Estimate(meanOf: [9, 10, 11]))
        #expect(estimate.value == 10)
        #expect(estimate.count == 3)
        // 4.303 × 1 / √3
        #expect(abs(try #require(estimate.margin) - 2.484) < 0.001)
        #expect(estimate.interval?.contains(12) == true)
        #expect(estimate.interval?.contains(12.5) == false)
    }

    @Test("one sample has no interval, and none has no mean")
    func few() {
        #expect(Estimate(meanOf: [7])?.interval == nil)
        #expect(Estimate(meanOf: []) == nil)
    }

    @Test("a ratio is taken pair by pair: what slowed both of a pair down is no uncertainty")
    func ratio() throws {
        let estimate = try #require(Estimate(ratiosOf: [(10, 20), (40, 80), (1_000, 2_000)]))
        #expect(abs(estimate.value - 2) < 1e-9)
        #expect(try #require(estimate.margin) < 1e-9)
    }

    @Test("half and double make one, and the interval holds both directions")
    func logarithms() throws {
        let estimate = try #require(Estimate(ratiosOf: [(10, 20), (20, 10), (0, 5)]))
        #expect(abs(estimate.value - 1) < 1e-9)
        #expect(estimate.count == 2, "a pair without a ratio does not count")
        let interval = try #require(estimate.interval)
        #expect(abs(interval.lowerBound * interval.upperBound - 1) < 1e-9)
    }

    @Test("quantiles", arguments: [(1, 12.706), (4, 2.776), (30, 2.042), (31, 2.0395), (60, 2.0003), (120, 1.9799)])
    func quantiles(freedom: Int, expected: Double) {
        #expect(abs(Estimate.studentQuantile(freedom) - expected) < 0.004)
    }

    @Test("two differ for certain when their intervals do not touch")
    func apart() {
        let one = Estimate(10, interval: 9...11)
        #expect(one.isApart(from: Estimate(12, interval: 11.5...12.5)) == true)
        #expect(one.isApart(from: Estimate(12, interval: 10.5...13.5)) == false)
        #expect(one.isApart(from: Estimate(12)) == nil)
    }
}
