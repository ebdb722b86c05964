import LocalCodeCore
import Testing

@testable import Commands

@Suite("Bench: figures")
struct FigureReportTests {
    private static func figure(
        _ group: String, _ row: String, _ quantity: Quantity, _ value: Double, _ margin: Double? = nil
    ) -> Figure {
        Figure(
            group: group, row: row, quantity: quantity,
            estimate: Estimate(value, interval: margin.map { value - $0...value + $0 }, count: margin == nil ? 1 : 4))
    }

    private let report = FigureReport(
        bench: "spec", notes: ["2 × Some CPU"], groupTitle: "TASK", rowTitle: "SET-UP",
        quantities: [.decode, .gain, .acceptance, .firstToken],
        figures: [
            figure("edit", "none", .decode, 60, 1.5), figure("edit", "none", .gain, 1),
            figure("edit", "none", .firstToken, 1_200),
            figure("edit", "ngram-mod", .decode, 120, 2), figure("edit", "ngram-mod", .gain, 2, 0.04),
            figure("edit", "ngram-mod", .acceptance, 87.5), figure("edit", "ngram-mod", .firstToken, 1_210),
            figure("prose, \"long\"", "none", .decode, 61), figure("prose, \"long\"", "none", .gain, 1),
        ], conclusion: ["recommended: ngram-mod"])

    @Test("the table has a bar for the first quantity, and says what was not measured")
    func table() {
        #expect(
            report.text(width: .max, hasColor: false) == """
                2 × Some CPU

                TASK           SET-UP     TOKENS/S     ±                        TIMES     ±  ACCEPTED  FIRST TOKEN
                edit           none             60  1.50  ██████████               1×               –     1,200 ms
                               ngram-mod       120     2  ████████████████████     2×  0.04    87.5 %     1,210 ms
                prose, "long"  none             61        ████████████████████     1×               –            –

                recommended: ngram-mod

                """)
    }

    @Test("on a narrow terminal the bars go first, and never the names and the main figures")
    func narrow() {
        let text = report.text(width: 60, hasColor: false)
        #expect(!text.contains("█"))
        #expect(text.contains("SET-UP     TOKENS/S"))
        #expect(text.contains("TIMES"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 60 })
    }

    @Test(
        "bars are as long as the value's part",
        arguments: [(0, ""), (10, "██████████"), (5, "█████"), (0.01, "▏"), (1.5, "█▌"), (-1, ""), (.nan, "")])
    func bars(value: Double, bar: String) { #expect(FigureReport.bar(value, of: 10, width: 10) == bar) }

    @Test("JSON is read back as it was")
    func json() throws {
        let read = try FigureReport(reading: report.json.bytes, named: "old.json")
        #expect(read.bench == "spec")
        #expect(read.figures == report.figures)
        #expect(read.notes == report.notes)
    }

    @Test(
        "what is no report is refused with the file's name",
        arguments: [
            "", "[]", #"{"bench":"spec"}"#, #"{"bench":"spec","figures":3}"#,
            #"{"bench":"spec","figures":[{"group":"a","row":"b","quantity":"weight","value":1}]}"#,
            #"{"bench":"spec","figures":[{"group":"a","row":"b","quantity":"gain","value":1,"low":3,"high":2}]}"#,
            #"{"bench":"spec","figures":[7]}"#,
        ])
    func unreadable(text: String) {
        let failure = #expect(throws: Failure.self) { try FigureReport(reading: Array(text.utf8), named: "old.json") }
        #expect(failure?.message.hasPrefix("old.json ") == true)
    }

    @Test("CSV has one line a figure, with quotes where they are needed")
    func csv() {
        let lines = report.csv.split(separator: "\n")
        #expect(lines.count == 1 + report.figures.count)
        #expect(lines[0] == "bench,group,row,quantity,unit,value,low,high,samples")
        #expect(lines[1] == "spec,edit,none,decode,tokens/s,60,58.5,61.5,4")
        #expect(lines[2] == "spec,edit,none,gain,times,1,,,1")
        #expect(lines.last == #"spec,"prose, ""long""",none,gain,times,1,,,1"#)
    }

    private var old: FigureReport {
        var old = report
        old.figures = [
            Self.figure("edit", "none", .decode, 59, 1.5), Self.figure("edit", "ngram-mod", .decode, 100, 5),
            Self.figure("edit", "none", .firstToken, 1_150), Self.figure("edit", "ngram-mod", .firstToken, 1_000),
            Self.figure("edit", "gone", .decode, 10, 1),
        ]
        return old
    }

    @Test("only what differs for certain is called a change")
    func comparison() throws {
        let comparison = try FigureComparison(report, to: old)
        let certain = comparison.changes.filter(\.isCertain)
        #expect(certain.map(\.new.row) == ["ngram-mod", "ngram-mod"])
        #expect(certain.map(\.new.quantity) == [.decode, .firstToken])
        #expect(certain.map(\.isBetter) == [true, false], "more tokens are better, more milliseconds are not")
        #expect(comparison.onlyNew == 5)
        #expect(comparison.onlyOld == 1)
        let silent = Context.Stream(isTerminal: false, hasColor: false, width: 80) { _ in }
        #expect(
            comparison.text(on: silent) == """
                WHERE            WHAT              OLD       NEW   CHANGE
                edit, ngram-mod  tokens/s          100       120  +20.0 %  better
                edit, ngram-mod  first token  1,000 ms  1,210 ms  +21.0 %  worse

                compared with the old run: 2 figures did not change for certain, 5 new, 1 missing

                """)
        let json = try JSONView(validating: comparison.json.bytes)
        #expect(json.elements.first { $0["row"]?.string == "ngram-mod" }?["ratio"]?.double == 1.2)
    }

    @Test("reports of two benchmarks are not compared")
    func otherBench() {
        var other = old
        other.bench = "flash"
        #expect(throws: Failure.self) { try FigureComparison(report, to: other) }
    }
}
