import LocalCodeCore
import Testing

/// The ends of long values are noted while a text is validated; what is found with the notes must be what is there.
@Suite struct JSONMarksTests {
    /// Every value below the view, by its path.
    private func values(_ view: JSONView) -> [JSONView] {
        var all: [JSONView] = []
        var open = [view]
        while let view = open.popLast() {
            all.append(view)
            open += view.elements
            open += view.members.map(\.value)
        }
        return all
    }

    @Test(arguments: [0, 100, 240, 248, 252, 253, 254, 255, 256, 257, 300, 5000])
    func findsValuesOfEveryLength(_ length: Int) throws {
        let word = String(repeating: "x", count: length)
        let source =
            #"{"s":"\#(word)","a":["\#(word)",[1],"\n\#(word)]",{"o":"\#(word)","n":2}],"e":[],"t":{"u":["\#(word)"]},"z":3}"#
        let body = try view(source)
        #expect(body.members.map { $0.key.string } == ["s", "a", "e", "t", "z"])
        #expect(body["s"]?.string == word)
        let list = try #require(body["a"].map { Array($0.elements) })
        #expect(list.count == 4)
        #expect(list[0].string == word)
        #expect(list[1].source == "[1]")
        #expect(list[2].string == "\n\(word)]")
        #expect(list[3]["o"]?.string == word)
        #expect(list[3]["n"]?.int == 2)
        #expect(body["t"]?["u"]?.elements.map(\.string) == [word])
        #expect(body["z"]?.int == 3)
        for value in values(body) {
            #expect(try JSONView(validating: Array(value.text)).range == 0..<value.range.count)
        }
        let edited = try JSONView(validating: body.editing([.set("z", Array("4".utf8)), .remove("a")]))
        #expect(edited.members.map { $0.key.string } == ["s", "e", "t", "z"])
        #expect(edited["t"]?["u"]?.elements.map(\.string) == [word])
    }

    /// More long values inside each other than are noted: the ends of the innermost are found by scanning.
    @Test func findsValuesBeyondTheLastNote() throws {
        let depth = (1 << 16) + 600
        let nested = [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth)
        let document = try JSONView(
            validating: [0x5B] + nested + Array(",7,".utf8) + nested + [0x5D], limits: JSONLimits(depth: .max))
        let parts = Array(document.elements)
        #expect(parts.map(\.range.count) == [2 * depth, 1, 2 * depth])

        var inner = try #require(parts.first)
        let outer = inner.range
        var level = 0
        while let next = inner.elements.first(where: { _ in true }) {
            level += 1
            guard next.range == outer.lowerBound + level..<outer.upperBound - level else { break }
            inner = next
        }
        #expect(level == depth - 1)
        #expect(inner.source == "[]")
    }
}
