import LocalCodeCore
import Support
import Testing

/// A day of three projects on one engine with two slots: through a plain proxy, and through LocalCode with a small model, routing
/// and lanes. The figures are printed.
@Suite(.serialized, .timeLimit(.minutes(10))) struct DayTraceTests {
    /// `1,2,3`: these days, and what else they can go through for comparison.
    private static let asked = TestPlaces.environment("LOCALCODE_TEST_DAYS")
    private static let seeds = (asked ?? "1").split(separator: ",").compactMap { UInt64($0) }

    @Test func thereIsADay() { #expect(!Self.seeds.isEmpty, "LOCALCODE_TEST_DAYS is \(Self.asked ?? "")") }

    @Test(arguments: seeds) func aDayTakesAThirdOfThePrefillAndNoAnswerIsAnother(seed: UInt64) async throws {
        let day = DayTrace(seed: seed, sittings: 2)
        // An engine has one thread: two days can go on at the same time.
        async let plainDays = Self.run(day, [.plainProxy] + (Self.asked == nil ? [] : [.scaledMemory(kibibytes: 160)]))
        let days = try await Self.run(
            day,
            [.localCode]
                + (Self.asked == nil ? [] : [.stabilised, .scaledMemory(kibibytes: 96), .llamaServer(mebibytes: 8192)]))
        let (routed, plain) = (days[0].run, try await plainDays[0].run)
        print(Self.table("Day \(seed), \(day.requests.count) requests", try await plainDays + days))

        let ratio = Double(plain.readTokens) / Double(routed.readTokens)
        #expect(ratio >= 3, "\(plain.readTokens) of \(plain.promptTokens) tokens were read, then \(routed.readTokens)")
        let titles = try await DaySetUp.small(day.requests.filter { $0.kind == .title })
        var named = titles.answers[...]
        for (index, request) in routed.requests.enumerated() {
            let answer = routed.answers[index]
            let isTitle = request.kind == .title
            #expect(answer.model == (isTitle ? "small" : "main"), "\(request.name)")
            let same = try #require(isTitle ? named.popFirst() : plain.answers[index])
            #expect(answer.isSame(as: same), "request \(index), \(request.name): \(answer), not \(same)")
        }
    }

    private typealias Day = (setUp: DaySetUp, run: DayRun)

    private static func run(_ day: DayTrace, _ setUps: [DaySetUp]) async throws -> [Day] {
        var days: [Day] = []
        for setUp in setUps { days.append((setUp, try await setUp.run(day.waves))) }
        return days
    }

    /// How many tokens were read, how much of all prompts that is, and how many times as many as with LocalCode.
    private static func table(_ title: String, _ days: [Day]) -> String {
        let own = days.first { $0.setUp == .localCode }?.run.readTokens ?? 0
        let rows = days.map { setUp, run in
            let share = 100 * run.readTokens / run.promptTokens
            let times = Double((100 * run.readTokens + own / 2) / own) / 100
            return "| \(setUp.name) | \(run.readTokens) | \(share) % | \(times) |"
        }
        let head = "| \(title) | tokens read | of \(days.first?.run.promptTokens ?? 0) | times LocalCode's |"
        return ([head, "|---|---|---|---|"] + rows).joined(separator: "\n")
    }

    /// What a day of somebody who works with OpenCode has in it, and the same in every run.
    @Test func theDayHasEverything() {
        let day = DayTrace(seed: 1, sittings: 2)
        let requests = day.requests
        #expect((150...400).contains(requests.count))
        let kinds: Set<RequestKind> = [.turn, .plan, .title, .compaction, .subagent, .explore]
        #expect(Set(requests.map(\.kind)) == kinds)
        #expect(Set(requests.compactMap(\.project)).count == 3)
        #expect(day.waves.contains { wave in wave.contains { $0.kind == .title } && wave.count > 1 })
        let dates = requests.compactMap { $0.body["messages"]?[0]?["content"]?.string?.contains("Nov 24") }
        #expect(dates.contains(true) && dates.first == false)
        #expect(DayTrace(seed: 1, sittings: 2).requests.map(\.body) == requests.map(\.body))
    }
}
