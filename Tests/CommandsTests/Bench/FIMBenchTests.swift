import LocalCodeCore
import Testing

@testable import Commands

@Suite("bench fim")
struct FIMBenchTests {
    @Test("what is added is held against the goal")
    func report() throws {
        func samples(_ microseconds: UInt64) -> LatencySamples {
            var samples = LatencySamples()
            for _ in 0..<10 { samples.record(nanoseconds: microseconds * 1_000) }
            return samples
        }
        let report = FIMBench.report([samples(2_000), samples(2_400)], notes: [])
        let row = try #require(report.sections.first?.rows.first)
        #expect(row.name == "p50")
        #expect(abs(try #require(row.values.last ?? nil) - 400) < 10)
        #expect(report.isMet(row) == true)
        let slow = FIMBench.report([samples(2_000), samples(3_500)], notes: [])
        #expect(slow.isMet(try #require(slow.sections.first?.rows.first)) == false)
    }

    @Test("each request has one letter more")
    func typing() throws {
        let (first, second) = (FIMBench.body(typed: 3, prefix: 1_000), FIMBench.body(typed: 4, prefix: 1_000))
        let (shorter, longer) = (
            try #require(first["input_prefix"]?.string), try #require(second["input_prefix"]?.string)
        )
        #expect(longer.hasPrefix(shorter))
        #expect(longer.utf8.count == shorter.utf8.count + 1)
        #expect((900...1_010).contains(shorter.utf8.count))
        #expect(first["n_predict"]?.int == 1)
    }
}
