import Testing

@testable import LocalCodeCore

struct StopWordsTests {
    @Test("only what may become a stop word is held back")
    func holdsBack() {
        var stops = StopWords(["END", "é!"])
        #expect(stops.push("a E") == ("a ", false))
        #expect(stops.push("N") == ("", false))
        #expect(stops.push("x é") == ("ENx ", false))
        #expect(stops.flush() == "é")
    }

    @Test("the earliest word ends the text, however it is cut")
    func anyCut() {
        let text = "one STOP two END"
        for size in 1...text.count {
            var stops = StopWords(["END", "STOP"])
            var out = ""
            var stopped = false
            var rest = text[...]
            while !rest.isEmpty, !stopped {
                let (piece, hit) = stops.push(rest.prefix(size))
                out += piece
                stopped = hit
                rest = rest.dropFirst(size)
            }
            #expect(out == "one " && stopped, "pieces of \(size)")
        }
    }

    @Test("without words nothing is held")
    func empty() {
        var stops = StopWords([""])
        #expect(stops.isEmpty)
        #expect(stops.push("abc") == ("abc", false))
    }
}
