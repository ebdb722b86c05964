import Testing

@testable import LocalCodeCore

@Suite("Retention: bases")
struct RestoreAheadTests {
    private let day = 86_400.0
    private let hour = 3_600.0
    /// A Tuesday, nine o'clock.
    private let now = 1_800_003_600.0

    private func base(_ id: Int64, _ ages: Double...) -> BaseUse {
        BaseUse(id: id, project: "/\(id)", starts: ages.map { now - $0 }.sorted())
    }

    private func expected(_ bases: BaseUse...) -> Int64? { Retention.expectedBase(bases, now: now)?.base.id }

    @Test("the base of most conversations lately")
    func often() {
        #expect(expected() == nil)
        #expect(expected(base(1, day), base(2, day, 2 * day)) == 2)
        #expect(expected(base(1, hour, 2 * hour), base(2, hour, 2 * hour, 3 * hour)) == 2)
        #expect(expected(base(1, hour, 2 * hour), base(2, 3 * day, 3 * day, 3 * day)) == 1)
    }

    @Test("one conversation, or none within a week, is no habit")
    func rare() {
        #expect(expected(base(1, hour)) == nil)
        #expect(expected(base(1, 8 * day, 9 * day, 10 * day)) == nil)
        #expect(expected(base(1, hour, 8 * day)) == nil)
    }

    @Test("mornings are for one project, evenings for another")
    func timeOfDay() {
        let morning = base(1, day, 2 * day + hour, 3 * day - hour)
        let evening = base(2, day - 10 * hour, 2 * day - 10 * hour, 3 * day - 11 * hour)
        #expect(expected(morning, evening) == 1)
        let later = Retention.expectedBase([morning, evening], now: now + 10 * hour)
        #expect(later?.base.id == 2)
        #expect(later?.recent == 3)
        #expect(later?.atThisTime == 3)
        #expect(Retention.expectedBase([morning], now: now + 10 * hour)?.atThisTime == 0)
    }

    @Test("the order of the question is of no account, and a clock that was set back does no harm")
    func order() {
        #expect(expected(base(1, day, 2 * day), base(2, day, 2 * day)) == 2)
        #expect(expected(base(2, day, 2 * day), base(1, day, 2 * day)) == 2)
        #expect(expected(base(1, -day, -2 * day)) == 1)
    }

    @Test("a base is pinned for hours behind the last conversation that began with it, from the second one on")
    func pins() {
        #expect(Retention.pinnedUntil(starts: []) == nil)
        #expect(Retention.pinnedUntil(starts: [now]) == nil)
        #expect(Retention.pinnedUntil(starts: [now - day, now]) == now + 4 * hour)
    }
}
