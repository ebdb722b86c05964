import Testing

@testable import Commands

@Suite("Cache: tables")
struct TextTableTests {
    private var table: TextTable {
        var table = TextTable([
            .init(title: "KEY"), .init(title: "SIZE", isNumber: true), .init(title: "AGE", isNumber: true, rank: 1),
            .init(title: "TITLE", least: 6),
        ])
        table.add(["ab", "12 MiB", "3d", "a long title of a state"])
        table.add(["abcdef", "7 KiB", "12s", "short"])
        return table
    }

    @Test("columns are aligned, numbers to the right, and no line ends in a blank")
    func aligned() {
        #expect(
            table.text(width: .max, hasColor: false) == """
                KEY       SIZE  AGE  TITLE
                ab      12 MiB   3d  a long title of a state
                abcdef   7 KiB  12s  short

                """)
    }

    @Test("long texts are cut to fit, down to their least width")
    func cut() {
        #expect(
            table.text(width: 30, hasColor: false) == """
                KEY       SIZE  AGE  TITLE
                ab      12 MiB   3d  a long t…
                abcdef   7 KiB  12s  short

                """)
    }

    @Test("then columns are left out, those that matter least first, and others never")
    func leftOut() {
        #expect(table.text(width: 25, hasColor: false).hasPrefix("KEY       SIZE  TITLE\n"))
        let narrow = table.text(width: 5, hasColor: false)
        #expect(narrow.hasPrefix("KEY       SIZE  TITLE\n"))
        #expect(narrow.contains("a lon…"))
    }

    @Test("every width that has room for the rest is kept", arguments: 22...60)
    func fits(width: Int) {
        for line in table.text(width: width, hasColor: false).split(separator: "\n") {
            #expect(TerminalText.width(String(line)) <= width, "\(line)")
        }
    }

    @Test("what a terminal would act upon is made visible, and a row stays a line")
    func hostile() {
        var table = TextTable([.init(title: "T")])
        table.add(["a\u{1B}[31mb\nc\td"])
        #expect(table.text(width: .max, hasColor: false) == "T\na^[[31mb c d\n")
    }

    @Test("wide characters count as two columns")
    func wide() {
        var table = TextTable([.init(title: "T", least: 2), .init(title: "N")])
        table.add(["日本語", "1"])
        #expect(table.text(width: .max, hasColor: false) == "T       N\n日本語  1\n")
        #expect(TextTable.cut("日本語", to: 5) == "日本…")
        #expect(TextTable.cut("日本語", to: 4) == "日…")
    }

    @Test("the head is bold where there are colours")
    func colour() {
        #expect(table.text(width: .max, hasColor: true).hasPrefix("\u{1B}[1mKEY       SIZE  AGE  TITLE\u{1B}[0m\n"))
    }

    @Test("a stream that is no terminal gets everything")
    func streams() {
        func stream(isTerminal: Bool) -> Context.Stream {
            Context.Stream(isTerminal: isTerminal, hasColor: false, width: 30, write: { _ in })
        }
        #expect(table.text(on: stream(isTerminal: false)).contains("a long title of a state"))
        #expect(!table.text(on: stream(isTerminal: true)).contains("a long title of a state"))
    }
}

@Suite("Cache: numbers for people")
struct HumanTextTests {
    @Test(
        "ages",
        arguments: [
            (0, "0s"), (59.9, "59s"), (60, "1m"), (3599, "59m"), (3600, "1h"), (86_399, "23h"), (86_400, "1d"),
            (364 * 86_400, "364d"), (800 * 86_400, "2y"), (-5, "0s"), (.infinity, "0s"), (.nan, "0s"),
        ] as [(Double, String)])
    func age(seconds: Double, text: String) { #expect(HumanText.age(seconds) == text) }

    @Test(
        "times",
        arguments: [
            (0, "0 s"), (0.04, "0.04 s"), (0.5, "0.5 s"), (7.32, "7.3 s"), (7, "7 s"), (59.96, "1m 00s"),
            (200, "3m 20s"), (7500, "2h 05m"), (-1, "0 s"), (.nan, "0 s"),
        ] as [(Double, String)])
    func seconds(seconds: Double, text: String) { #expect(HumanText.seconds(seconds) == text) }

    @Test("counts, thousands and parts")
    func counts() {
        #expect(HumanText.count(1, "state") == "1 state")
        #expect(HumanText.count(0, "state") == "0 states")
        #expect(HumanText.count(2, "boundary", "boundaries") == "2 boundaries")
        #expect(
            [0, 999, 1000, 1_234_567, -1234].map(HumanText.grouped) == ["0", "999", "1,000", "1,234,567", "-1,234"])
        #expect(HumanText.percent(1, of: 3) == "33 %")
        #expect(HumanText.percent(1, of: 0) == "-")
    }

    @Test("the bar shows what is done, and fits")
    func bar() {
        #expect(
            ProgressLine.text(done: 1, of: 4, elapsed: 12, label: "a project", width: 79)
                == "[#####---------------] 2/4  12s  a project")
        #expect(ProgressLine.text(done: 4, of: 4, elapsed: 0, label: "", width: 79) == "[####################] 4/4  0s")
        for width in 1...60 {
            let text = ProgressLine.text(done: 0, of: 1, elapsed: 5, label: "a label that is long", width: width)
            #expect(TerminalText.width(text) <= width)
        }
    }
}
