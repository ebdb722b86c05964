import Testing

@testable import LocalCodeCore

@Suite("Search: chunks")
struct SourceChunkTests {
    private func chunks(_ text: String, isMarkup: Bool = false) -> [SourceChunk] {
        SourceChunk.chunks(of: Array(text.utf8), isMarkup: isMarkup)
    }

    /// A function of so many lines under a comment.
    private func function(_ head: String, lines: Int, end: String = "}\n\n") -> String {
        "// About it.\n\(head)\n" + String(repeating: "    work()\n", count: lines - 3) + end
    }

    @Test(
        "a definition begins a chunk, with the comment above it",
        arguments: [
            "func go(_ x: Int) -> Int {", "public static func go() {", "def go(x):", "fn go(x: u8) {",
            "pub(crate) fn go() {",
            "class Go {", "struct Go", "int go(int x) {", "export default function go() {", "function go() {",
            "const go = (x) => {", "impl Go for It {", "private(set) class Go {", "func (s *T) Go() error {",
        ])
    func definitions(head: String) {
        let text = "import a\nimport b\nimport c\nimport d\nimport e\n\n" + function(head, lines: 10)
        let found = chunks(text)
        #expect(found.map(\.lines) == [1...5, 7...16])
        #expect(found.last?.definitions.count == 1)
    }

    @Test(
        "statements begin none",
        arguments: ["if (x) {", "for (;;) {", "return go(x)", "while (go()) {", "switch (x) {"])
    func statements(line: String) {
        let text = String(repeating: "x = 1;\n", count: 8) + "\(line)\n" + String(repeating: "y = 2;\n", count: 8)
        #expect(chunks(text).map(\.lines) == [1...17])
    }

    @Test("headings cut Markdown, and only there is # a heading")
    func markdown() {
        let section = "# A\n\none\ntwo\nthree\n\n"
        #expect(chunks(section + section, isMarkup: true).map(\.lines) == [1...5, 7...11])
        #expect(chunks(section + section).map(\.lines) == [1...11])
    }

    @Test("short members stay together, long ones stand alone")
    func members() {
        let member = "    func a() {\n        work()\n    }\n\n"
        #expect(chunks("struct A {\n" + String(repeating: member, count: 8) + "}\n").map(\.lines.count) == [12, 11, 9])
    }

    @Test("every line that is not blank is in one chunk, and no chunk is too long")
    func whole() {
        var text = ""
        for index in 0..<500 {
            text += index % 7 == 3 ? "\n" : "\(String(repeating: " ", count: index % 9))line \(index)\n"
        }
        text += String(repeating: "x", count: 20_000) + "\nlast"
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var next = 1
        for chunk in chunks(text) {
            let between = lines[(next - 1)..<(chunk.lines.lowerBound - 1)]
            #expect(between.joined().isEmpty)
            #expect(chunk.lines.count <= SourceChunk.longest)
            #expect(chunk.lines.count == 1 || chunk.bytes.count <= SourceChunk.mostBytes)
            let own = lines[(chunk.lines.lowerBound - 1)...(chunk.lines.upperBound - 1)].joined(separator: "\n")
            #expect(Array(own.utf8) == Array(Array(text.utf8)[chunk.bytes]))
            next = chunk.lines.upperBound + 1
        }
        #expect(next == lines.count + 1)
    }

    @Test("nothing comes of nothing", arguments: ["", "\n", "  \n\t\n\r\n"])
    func empty(text: String) { #expect(chunks(text).isEmpty) }
}
