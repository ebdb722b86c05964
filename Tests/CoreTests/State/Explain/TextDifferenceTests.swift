import LocalCodeCore
import Testing

@Suite("Explain: where two texts differ")
struct TextDifferenceTests {
    @Test("equal texts do not differ, and nothing does not differ from nothing")
    func equal() {
        #expect(TextDifference(earlier: "abc", later: "abc") == nil)
        #expect(TextDifference(earlier: "", later: "") == nil)
        #expect(TextDifference(earlier: nil, later: nil) == nil)
    }

    @Test("tells line and column, and both sides")
    func place() throws {
        let text = try #require(TextDifference(earlier: "one\ntwo three", later: "one\ntwo four"))
        #expect((text.offset, text.line, text.column) == (8, 2, 5))
        #expect((text.context, text.earlier, text.later) == ("one\ntwo ", "three", "four"))
    }

    @Test("a text that ends has an empty side, one that is missing none")
    func ends() throws {
        let longer = try #require(TextDifference(earlier: "ab", later: "abc"))
        #expect((longer.offset, longer.earlier, longer.later) == (2, "", "c"))
        let gone = try #require(TextDifference(earlier: "ab", later: nil))
        #expect((gone.offset, gone.line, gone.column) == (0, 1, 1))
        #expect(gone.earlier == "ab" && gone.later == nil)
        #expect(TextDifference(earlier: nil, later: "") != nil)
    }

    @Test(
        "characters are not cut, even where their first bytes are the same",
        arguments: [
            ("caf\u{E9}!", "caf\u{E8}!", 3), ("e", "e\u{301}", 0), ("xe\u{301}", "xe\u{300}", 1),
            ("\u{1F469}\u{200D}\u{1F467}", "\u{1F469}\u{200D}\u{1F466}", 0),
            ("a\u{1F1E9}\u{1F1EA}", "a\u{1F1E9}\u{1F1EB}", 1),
        ])
    func characters(earlier: String, later: String, offset: Int) throws {
        let text = try #require(TextDifference(earlier: earlier, later: later))
        #expect(text.offset == offset)
        #expect(text.earlier == String(earlier.dropFirst(offset)))
        #expect(text.later == String(later.dropFirst(offset)))
    }

    @Test("long texts are shown in part")
    func long() throws {
        let start = String(repeating: "s", count: 500)
        let text = try #require(
            TextDifference(earlier: start + String(repeating: "a", count: 500), later: start + "b"))
        #expect(text.context == String(repeating: "s", count: TextDifference.contextLimit))
        #expect(text.earlier == String(repeating: "a", count: TextDifference.excerptLimit))
        #expect(text.offset == 500)
    }
}
