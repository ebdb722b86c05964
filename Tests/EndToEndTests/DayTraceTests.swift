import LocalCodeCore
import Support
import Testing

/// A day of three projects through a plain llama-server, and through LocalCode with a small model, routing and lanes.
@Suite(.serialized, .timeLimit(.minutes(8))) struct DayTraceTests {
    private static let day = DayTrace(seed: 24, sittings: 2)

    /// One thread and no flash attention: `StateRig` says why. Small pieces are faster with a tiny model.
    private static let models = """
          main:
            path: "{tiny}"
            {same}
            context: 32768
            slots: 2
          small:
            path: "{tinytwin}"
            {same}
            context: 8192
            slots: 1
        """.replacing("{same}", with: "threads: 1\n    flash-attention: off\n    micro-batch: 64\n    memory: 60MB")

    /// What llama-server keeps in memory of prompts that lost their slots: 4 MiB are 8,192 tokens of the tiny model, two of the
    /// day's prompts. In life they are ten times as long, and a token of a 30B model takes 96 KiB: the default of 8 GiB is two, too.
    private static let memory = ["--cache-ram", "4"]

    private func runPlain(
        _ waves: [[TrafficCase]], _ model: TinyModel, slots: Int, context: Int
    ) async throws -> DayRun {
        let flags = [
            "--parallel", "\(slots)", "--ctx-size", "\(context)", "--flash-attn", "off", "--ubatch-size", "64",
        ]
        let engine = try await TestEngine.start(flags + Self.memory, model: model)
        let run = try await DayRun.run(waves, engine.url)
        await engine.stop()
        return run
    }

    @Test func aDayTakesAThirdOfThePrefillAndNoAnswerIsAnother() async throws {
        // An engine has one thread: both days go on at the same time.
        async let oneDay = runPlain(Self.day.waves, .tiny, slots: 2, context: 32_768)
        let rig = try await EngineRig.start(models: Self.models)
        let routed = try await DayRun.run(Self.day.waves, rig.url)
        #expect(await rig.proxy.terminate() == .exited(0))
        let plain = try await oneDay
        let asked = Self.day.requests.filter { $0.kind == .title }
        let titles = try await runPlain(asked.map { [$0] }, .twin, slots: 1, context: 8192)

        let ratio = Double(plain.readTokens) / Double(routed.readTokens)
        #expect(ratio >= 3, "\(plain.readTokens) of \(plain.promptTokens) tokens were read, then \(routed.readTokens)")
        var named = titles.answers[...]
        for (index, request) in routed.requests.enumerated() {
            let answer = routed.answers[index]
            let isTitle = request.kind == .title
            #expect(answer.model == (isTitle ? "small" : "main"), "\(request.name)")
            let same = try #require(isTitle ? named.popFirst() : plain.answers[index])
            #expect(answer.isSame(as: same), "request \(index), \(request.name): \(answer), not \(same)")
        }
    }

    /// What a day of somebody who works with OpenCode has in it, and the same in every run.
    @Test func theDayHasEverything() {
        let requests = Self.day.requests
        #expect((150...300).contains(requests.count))
        let kinds: Set<RequestKind> = [.turn, .plan, .title, .compaction, .subagent, .explore]
        #expect(Set(requests.map(\.kind)) == kinds)
        #expect(Set(requests.compactMap(\.project)).count == 3)
        #expect(Self.day.waves.contains { wave in wave.contains { $0.kind == .title } && wave.count > 1 })
        let dates = requests.compactMap { $0.body["messages"]?[0]?["content"]?.string?.contains("Nov 24") }
        #expect(dates.contains(true) && dates.first == false)
        #expect(DayTrace(seed: 24, sittings: 2).requests.map(\.body) == requests.map(\.body))
    }
}
