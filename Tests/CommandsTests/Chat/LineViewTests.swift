import Testing

@testable import Commands

@Suite("Line view")
struct LineViewTests {
    /// A terminal that understands what the view writes.
    private struct Screen {
        let width: Int
        var rows: [[Character]] = [[]]
        var row = 0
        var column = 0

        mutating func write(_ text: String) {
            var rest = text.unicodeScalars[...]
            while let scalar = rest.popFirst() {
                switch scalar {
                case "\r": column = 0
                case "\n":
                    row += 1
                    while rows.count <= row { rows.append([]) }
                case "\u{1B}":
                    rest = rest.dropFirst()
                    let digits = rest.prefix { ("0"..."9").contains(Character($0)) }
                    rest = rest.dropFirst(digits.count)
                    let count = Int(String(digits)) ?? 1
                    switch rest.popFirst() {
                    case "A": row = max(0, row - count)
                    case "C": column = min(width - 1, column + count)
                    case "J":
                        rows.removeSubrange((row + 1)...)
                        rows[row].removeSubrange(min(column, rows[row].count)...)
                    case let other: Issue.record("unexpected sequence \(String(describing: other))")
                    }
                default: put(Character(scalar))
                }
            }
        }

        private mutating func put(_ character: Character) {
            let columns = TerminalText.width(character)
            #expect(column + columns <= width, "written over the edge")
            // The second half of a wide character is a cell of its own.
            for cell in [character] + [Character](repeating: "\u{0}", count: max(0, columns - 1)) where columns > 0 {
                if rows[row].count > column { rows[row][column] = cell } else { rows[row].append(cell) }
                column += 1
            }
        }

        var text: [String] { rows.map { String($0.filter { $0 != "\u{0}" }) } }
    }

    private func drawn(_ steps: [(String, String)], width: Int, height: Int = 24) -> Screen {
        var screen = Screen(width: width)
        var view = LineView(prompt: "> ", continuation: "  ")
        for (before, after) in steps {
            screen.write(view.draw(before: before, after: after, width: width, height: height))
        }
        return screen
    }

    @Test("The cursor stands between the halves")
    func cursor() {
        let screen = drawn([("ab", "cd")], width: 20)
        #expect(screen.text == ["> abcd"])
        #expect((screen.row, screen.column) == (0, 4))
    }

    @Test("Text is wrapped at the edge, and a full row is followed by the cursor's")
    func wrapping() {
        let full = drawn([("12345678", "")], width: 10)
        #expect(full.text == ["> 12345678", ""])
        #expect((full.row, full.column) == (1, 0))
        let longer = drawn([("12345678", "90")], width: 10)
        #expect(longer.text == ["> 12345678", "90"])
        #expect((longer.row, longer.column) == (1, 0))
    }

    @Test("A wide character is not cut in two")
    func wideCharacters() {
        let screen = drawn([("漢字漢字漢", "")], width: 9)
        #expect(screen.text == ["> 漢字漢", "字漢"])
        #expect((screen.row, screen.column) == (1, 4))
    }

    @Test("Line breaks begin rows behind the continuation mark")
    func lineBreaks() {
        let screen = drawn([("a\nb", "c\nd")], width: 20)
        #expect(screen.text == ["> a", "  bc", "  d"])
        #expect((screen.row, screen.column) == (1, 3))
    }

    @Test("What was drawn before is gone, however many rows it had")
    func redrawing() {
        let screen = drawn(
            [("123456789012345678901234567890", ""), ("12", "3"), ("1\n2\n3", ""), ("", "x")], width: 10)
        #expect(screen.text == ["> x"])
        #expect((screen.row, screen.column) == (0, 2))
    }

    @Test("Of a text taller than the screen, the part around the cursor is drawn")
    func tallText() {
        let lines = (1...9).map(String.init).joined(separator: "\n")
        let bottom = drawn([(lines, "")], width: 20, height: 3)
        #expect(bottom.text == ["  7", "  8", "  9"])
        let top = drawn([(lines, ""), ("1", "\n2\n3\n4\n5")], width: 20, height: 3)
        #expect(top.text == ["> 1", "  2", "  3"])
        #expect((top.row, top.column) == (0, 3))
    }

    @Test("Tabs and control characters take the room they are shown with")
    func invisibleCharacters() {
        let screen = drawn([("a\tb\u{7}", "")], width: 20)
        #expect(screen.text == ["> a    b^G"])
        #expect(screen.column == 10)
    }

    @Test("A finished line is drawn whole and left behind")
    func finishing() {
        var screen = Screen(width: 20)
        var view = LineView(prompt: "> ")
        screen.write(view.draw(before: "a", after: "b", width: 20, height: 24))
        screen.write(view.finish(text: "ab", width: 20, height: 24))
        screen.write(view.draw(before: "next", after: "", width: 20, height: 24))
        #expect(screen.text == ["> ab", "> next"])
    }
}

@Suite("Terminal text")
struct TerminalTextTests {
    @Test(arguments: [
        ("plain\ttext\n", "plain\ttext\n"),
        ("\u{1B}[31mred\u{1B}[0m", "^[[31mred^[[0m"),
        ("a\r\nb\rc", "a\nbc"),
        ("\u{7}\u{8}\u{7F}\u{9B}2J", "^G^H^?<9B>2J"),
        ("x\u{202E}y", "x<U+202E>y"),
        ("größe 漢字 👩‍🚀 e\u{301}", "größe 漢字 👩‍🚀 e\u{301}"),
    ])
    func neutralized(_ text: String, _ expected: String) {
        #expect(TerminalText.neutralized(text) == expected)
    }

    @Test(arguments: [
        ("abc", 3), ("größe", 5), ("漢字", 4), ("ﾊﾝ", 2), ("Ａ", 2), ("한글", 4), ("e\u{301}", 1), ("👩‍🚀", 2), ("🇩🇪", 2),
        ("❤\u{FE0F}", 2),
        ("✂", 1), ("\u{200B}", 0), ("…", 1),
    ])
    func widths(_ text: String, _ expected: Int) {
        #expect(TerminalText.width(text) == expected)
    }
}
