import Testing

@testable import Commands

@Suite("Line editor")
struct LineEditorTests {
    /// Feeds bytes as a terminal sends them.
    private func type(_ bytes: String, into editor: inout LineEditor) -> [LineEditor.Action] {
        var decoder = KeyDecoder()
        return bytes.utf8.compactMap { decoder.feed($0) }.map { editor.feed($0) }
    }

    /// What was typed, and the text around the cursor (`|`) afterwards.
    @Test(arguments: [
        ("abc", "abc|"),
        ("abc\u{1B}[D", "ab|c"),
        ("abc\u{1B}OD\u{1B}OD", "a|bc"),
        ("abc\u{2}\u{2}\u{6}", "ab|c"),
        ("abc\u{1B}[DX", "abX|c"),
        ("abc\u{1}X", "X|abc"),
        ("abc\u{1B}[HX\u{1B}[FY", "XabcY|"),
        ("abc\u{1B}[1~X\u{1B}[4~Y", "XabcY|"),
        ("abc\u{1B}[7~X\u{1B}[8~Y", "XabcY|"),
        ("abc\u{1}\u{5}X", "abcX|"),
        ("abc\u{7F}", "ab|"),
        ("abc\u{8}\u{8}\u{8}\u{8}", "|"),
        ("abc\u{1}\u{1B}[3~", "|bc"),
        ("abc\u{1}\u{4}", "|bc"),
        ("one two\u{17}", "one |"),
        ("one two  \u{17}", "one |"),
        ("a/b.c d\u{17}\u{17}", "|"),
        ("one two\u{1B}b", "one |two"),
        ("one two\u{1B}b\u{1B}b\u{1B}b", "|one two"),
        ("a/b.c\u{1B}b\u{1B}b", "a/|b.c"),
        ("one two\u{1}\u{1B}f", "one| two"),
        ("one two\u{1}\u{1B}[1;5C", "one| two"),
        ("one two\u{1B}[1;5D", "one |two"),
        ("one two\u{1B}\u{7F}", "one |"),
        ("one two\u{1}\u{1B}d", "| two"),
        ("one two\u{1B}b\u{B}", "one |"),
        ("one two\u{1B}b\u{15}", "|two"),
        ("one two\u{1B}b\u{B}\u{1}\u{19}", "two|one "),
        ("one two\u{17}\u{19}\u{19}", "one twotwo|"),
        ("ab\u{14}", "ba|"),
        ("abc\u{1}\u{6}\u{14}", "ba|c"),
        ("a\u{14}", "|a"),
        ("a\u{1B}\rb", "a\nb|"),
        ("a\u{1B}\rb\u{1}X", "a\nX|b"),
        ("ab\u{1B}\rcd\u{1B}[A", "ab|\ncd"),
        ("ab\u{1B}\rcdef\u{1B}[A", "ab|\ncdef"),
        ("abc\u{1B}\rd\u{1B}[A", "a|bc\nd"),
        ("abc\u{1B}\rd\u{1B}[A\u{1B}[B", "abc\nd|"),
        ("a\u{1B}\rb\u{10}\u{B}", "a|b"),
        ("a\u{1B}\rbc\u{15}", "a\n|"),
        ("\u{1B}[200~x\r\ny\rz\u{1B}[201~!", "x\ny\nz!|"),
        ("a\u{1B}[D\u{1B}[200~1\n\u{1B}[31m\u{7}2\t3\u{1B}[201~", "1\n[31m2\t3|a"),
        ("\u{1B}[200~\u{1B}[201\u{1B}[201~", "[201|"),
        ("größe 漢字\u{1B}[D\u{7F}", "größe |字"),
        ("e\u{301}x\u{1B}[D\u{7F}", "|x"),
        ("👩‍🚀🇩🇪\u{7F}", "👩‍🚀|"),
        ("a\u{1B}[5~\u{1B}[15~\u{1B}[Z\u{1B}x\u{0}b", "ab|"),
        ("a\u{1B}\u{1B}[Db", "b|a"),
    ])
    func keys(_ typed: String, _ expected: String) {
        var editor = LineEditor()
        _ = type(typed, into: &editor)
        #expect("\(editor.before)|\(editor.after)" == expected)
    }

    @Test("Each key asks for what it needs")
    func actions() {
        var editor = LineEditor()
        #expect(type("\u{7F}\u{1B}[D\u{1B}[C\u{1B}[A\u{B}\u{19}\u{0}", into: &editor).allSatisfy { $0 == .none })
        #expect(type("a", into: &editor) == [.redraw])
        #expect(type("\u{C}", into: &editor) == [.clearScreen])
        #expect(type("\u{1A}", into: &editor) == [.suspend])
        #expect(type("\u{4}", into: &editor) == [.none])
        #expect(type("\u{3}", into: &editor) == [.interrupt])
        #expect(type("b\r", into: &editor) == [.redraw, .submit("ab")])
        var empty = LineEditor()
        #expect(type("\u{4}", into: &empty) == [.endOfInput])
        #expect(type("\n", into: &empty) == [.submit("")])
    }

    @Test("History is browsed without losing the line being typed")
    func history() {
        var editor = LineEditor(history: ["one", "two\nlines"])
        #expect(type("draft\u{1B}[A", into: &editor).last == .redraw)
        #expect(editor.text == "two\nlines")
        // Up moves within the entry of several lines before it leaves it.
        _ = type("\u{1B}[A", into: &editor)
        #expect(editor.before == "two")
        _ = type("\u{10}", into: &editor)
        #expect(editor.text == "one")
        #expect(type("\u{10}", into: &editor) == [.none])
        _ = type("\u{E}\u{E}", into: &editor)
        #expect(editor.text == "draft")
        #expect(type("\u{E}", into: &editor) == [.none])
        _ = type("\u{10}\u{10}!\r", into: &editor)
        #expect(editor.text == "two!\nlines")
    }
}

@Suite("Key decoder")
struct KeyDecoderTests {
    private func keys(_ bytes: [UInt8]) -> [Key] {
        var decoder = KeyDecoder()
        return bytes.compactMap { decoder.feed($0) }
    }

    @Test("Broken UTF-8 is no character, and what follows it is not lost")
    func brokenText() {
        #expect(keys([0xC3, 0x28]) == [.character("(")])
        #expect(keys([0xFF, 0x61]) == [.other, .character("a")])
        #expect(keys([0xE2, 0x82, 0x1B, 0x5B, 0x41]) == [.up])
        #expect(keys([0xED, 0xA0, 0x80, 0x61]) == [.other, .character("a")])
        // U+009B would be a control sequence introducer.
        #expect(keys([0xC2, 0x9B, 0x61]) == [.other, .character("a")])
    }

    @Test("A sequence without an end is given up")
    func endlessSequence() {
        let garbage = [UInt8](repeating: 0x31, count: 40)
        #expect(keys([0x1B, 0x5B] + garbage + [0x0D]).last == .enter)
    }

    @Test("A paste beyond the limit is cut, and still ends")
    func longPaste() throws {
        let start = Array("\u{1B}[200~".utf8)
        let end = Array("\u{1B}[201~".utf8)
        let typed = keys(start + [UInt8](repeating: 0x61, count: KeyDecoder.pasteLimit + 100) + end + [0x62])
        try #require(typed.count == 2)
        guard case .paste(let text) = typed[0] else { return #expect(Bool(false), "\(typed[0])") }
        #expect(text.utf8.count == KeyDecoder.pasteLimit)
        #expect(typed[1] == .character("b"))
    }
}
