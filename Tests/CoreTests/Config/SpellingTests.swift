import Testing

@testable import LocalCodeCore

@Suite("Configuration: misspelt words")
struct SpellingTests {
    private let names = ["port", "host", "model", "cache-dir", "log-format", "log-content", "temperature"]

    @Test(
        "finds what was meant",
        arguments: [
            ("prot", "port"), ("hots", "host"), ("modell", "model"), ("cachedir", "cache-dir"),
            ("log-fromat", "log-format"),
            ("temp", "temperature"), ("PORT", "port"), ("cache", "cache-dir"),
        ])
    func near(word: String, meant: String) { #expect(Spelling.nearest(to: word, among: names) == meant) }

    @Test("leaves alone what is far", arguments: ["", "x", "verbose", "pt", "lo"])
    func far(word: String) { #expect(Spelling.nearest(to: word, among: names) == nil) }

    @Test("the nearest one wins, the first of equals")
    func order() {
        #expect(Spelling.nearest(to: "log-conten", among: names) == "log-content")
        #expect(Spelling.nearest(to: "pork", among: ["port", "park"]) == "port")
    }

    @Test(
        "distance",
        arguments: [("", "abc", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3), ("ca", "abc", 3)])
    func distance(left: String, right: String, distance: Int) {
        #expect(Spelling.distance(Array(left), Array(right)) == distance)
        #expect(Spelling.distance(Array(right), Array(left)) == distance)
    }
}
