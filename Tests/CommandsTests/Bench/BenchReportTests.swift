import LocalCodeCore
import Testing

@testable import Commands

@Suite("Bench: report")
struct BenchReportTests {
    private let report = BenchReport(
        targets: ["direct", "nginx", "localcode"], notes: ["2 × Some CPU"],
        sections: [
            BenchReport.Section(
                title: "Time added to a request", unit: .microseconds,
                rows: [
                    .init(name: "60 KB, p50", values: [50, 58.25, 150.4], isAdded: true, goal: .atMost(200)),
                    .init(name: "60 KB, p99", values: [90, -3, 1_234.4], isAdded: true),
                ]),
            BenchReport.Section(
                title: "Time added to a token", unit: .microseconds,
                rows: [.init(name: "1 stream, p50", values: [20, 40, 90], isAdded: true, goal: .timesNginx(2))]),
            BenchReport.Section(title: "Nothing", unit: .megabytes, rows: []),
        ])

    @Test("the table lines up and says what is met")
    func table() {
        #expect(
            report.table == """
                2 × Some CPU

                Time added to a request, µs
                                                direct       nginx   localcode   goal
                  60 KB, p50                        50       +58.3        +150   ≤ 200 met
                  60 KB, p99                        90          −3      +1,234

                Time added to a token, µs
                                                direct       nginx   localcode   goal
                  1 stream, p50                     20         +40         +90   ≤ 2 × nginx = 80 MISSED

                """)
    }

    @Test("the JSON holds the same")
    func json() throws {
        let view = try JSONView(validating: report.json.bytes)
        let rows = view["sections"].map { Array($0.elements) }?.first?["rows"].map { Array($0.elements) }
        #expect(rows?.first?["values"]?["localcode"]?.double == 150.4)
        #expect(rows?.first?["met"]?.bool == true)
        #expect(rows?.first?["limit"]?.double == 200)
        #expect(rows?.last?["met"] == nil)
    }

    @Test("a goal that leans on nginx is not judged without it")
    func withoutNginx() {
        let row = BenchReport.Row(name: "1 stream", values: [20, 90], goal: .timesNginx(2))
        let report = BenchReport(
            targets: ["direct", "localcode"], notes: [],
            sections: [BenchReport.Section(title: "Tokens", unit: .microseconds, rows: [row])])
        #expect(report.isMet(row) == nil)
        #expect(report.table.hasSuffix("≤ 2 × nginx\n"))
    }

    @Test("goals are judged by their kind")
    func goals() {
        func isMet(_ value: Double?, _ goal: BenchReport.Goal) -> Bool? {
            report.isMet(.init(name: "", values: [nil, 10, value], goal: goal))
        }
        #expect(isMet(30, .below(30)) == false)
        #expect(isMet(30, .atMost(30)) == true)
        #expect(isMet(499, .atLeast(500)) == false)
        #expect(isMet(500, .atLeast(500)) == true)
        #expect(isMet(30.1, .timesNginx(3)) == false)
        #expect(isMet(nil, .atMost(30)) == nil)
    }

    @Test(
        "numbers keep three digits",
        arguments: [
            (0, "0"), (0.066, "0.07"), (1.5, "1.50"), (12.34, "12.3"), (99.96, "100.0"), (123.4, "123"),
            (1_234_567.8, "1,234,568"), (-4.2, "−4.20"), (9.999, "10.00"),
        ])
    func numbers(value: Double, text: String) { #expect(BenchReport.text(value) == text) }

    @Test("differences are taken percentile by percentile")
    func added() {
        var direct = LoadResult()
        var proxied = LoadResult()
        for microseconds in 1...1_000 as ClosedRange<UInt64> {
            direct.requestLatency.record(nanoseconds: microseconds * 1_000)
            proxied.requestLatency.record(nanoseconds: microseconds * 3_000)
        }
        direct.requests = 1_000
        proxied.requests = 2_000
        var results = BenchRun.Results()
        let cell = BenchRun.Cell(results: [direct, proxied], cpuNanoseconds: [nil, 500_000_000])
        results.requests = [(60_000, cell)]
        let report = BenchReport(results, targets: ["direct", "localcode"], notes: [])
        let rows = report.sections[0].rows
        #expect(rows.map(\.name) == ["60 KB, p50", "60 KB, p99"])
        #expect(rows[0].goal == .atMost(200))
        #expect(rows[1].goal == nil)
        for (row, expected) in zip(rows, [(500.0, 1_000.0), (990.0, 1_980.0)]) {
            #expect(abs((row.values[0] ?? 0) - expected.0) < 5)
            #expect(abs((row.values[1] ?? 0) - expected.1) < 10)
        }
        // 500 ms for 2,000 requests.
        #expect(report.sections[2].rows[0].values == [nil, 250])
    }
}
