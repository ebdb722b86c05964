import Testing

@testable import LocalCodeCore

@Suite struct TextCallParserTests {
    /// What came of a text that arrives in pieces.
    private func parsed(_ pieces: [some Collection<UInt8>], isCut: Bool, readsJSON: Bool = true)
        -> (text: String, calls: [TextCallRow.Call])
    {
        var parser = TextCallParser(OfferedToolsSample.tools, readsJSON: readsJSON)
        var text: [UInt8] = []
        var calls: [TextCallRow.Call] = []
        for event in pieces.flatMap({ parser.push($0) }) + parser.finish(isCut: isCut) {
            switch event {
            case .text(let bytes):
                #expect(!bytes.isEmpty)
                text += bytes
            case .calls(let found): calls += found.map { .init($0.name, $0.arguments) }
            }
        }
        #expect(parser.isIdle || text.isEmpty || !calls.isEmpty)
        return (String(decoding: text, as: UTF8.self), calls)
    }

    @Test func tableIsLargeEnough() { #expect(TextCallTable.rows.count >= 60) }

    @Test(arguments: TextCallTable.rows) func readsInOnePiece(_ row: TextCallRow) {
        let (text, calls) = parsed([Array(row.written.utf8)], isCut: row.isCut)
        #expect(text == row.text)
        #expect(calls == row.calls)
    }

    @Test(arguments: TextCallTable.rows) func readsTheSameWhereverItIsCut(_ row: TextCallRow) {
        let bytes = Array(row.written.utf8)
        let others = bytes.indices.filter { place in
            parsed([bytes[..<place], bytes[place...]], isCut: row.isCut) != (row.text, row.calls)
        }
        #expect(others == [])
        let (text, calls) = parsed(bytes.map { [$0] }, isCut: row.isCut)
        #expect(text == row.text && calls == row.calls, "byte by byte")
    }

    /// However a call breaks off, nothing of what was written is lost, and nothing half is called.
    @Test(arguments: TextCallTable.rows) func nothingIsSwallowed(_ row: TextCallRow) {
        let bytes = Array(row.written.utf8)
        for place in bytes.indices {
            let (text, calls) = parsed([bytes[..<place]], isCut: true)
            if calls.isEmpty { #expect(text.utf8.elementsEqual(String(decoding: bytes[..<place], as: UTF8.self).utf8)) }
            #expect(row.calls.starts(with: calls) || row.calls.isEmpty && calls.count == 1, "at \(place)")
        }
    }

    /// Text goes on with the very piece that it came in.
    @Test func textIsNotHeld() {
        var parser = TextCallParser(OfferedToolsSample.tools)
        let prose =
            "The `<tool_call>` of a <tool_call> in [TOOL_CALLS] form: a<b, f[0], <function=x> and {\"name\": 1}."
        var isHeld = 0
        for byte in prose.utf8 {
            _ = parser.push([byte])
            if !parser.isIdle { isHeld += 1 }
        }
        _ = parser.push("\n".utf8)
        #expect(parser.isIdle)
        // The markers themselves, and the word behind each.
        #expect(isHeld < 50)
    }

    @Test func anAnswerInJSONIsTextWhereJSONWasAskedFor() {
        let text = #"{"name": "read", "arguments": {"filePath": "a"}}"#
        #expect(parsed([Array(text.utf8)], isCut: false, readsJSON: false).text == text)
        #expect(parsed([Array(text.utf8)], isCut: false).calls.count == 1)
    }

    /// What is made to waste time does not get it: plenty of beginnings, and of ends.
    @Test(arguments: [
        #"<tool_call>{"name":"read","arguments":"#, "<function=read><parameter=a>", "[TOOL_CALLS]read[ARGS]{",
        "<tool_call>", #"[TOOL_CALLS][{"name":"read""#, "</tool_call>", "`", "```\n", "<", "[", "\n", "</parameter>",
    ]) func hostileTextsPass(_ part: String) {
        let text = String(repeating: part, count: 50_000 / part.utf8.count)
        let bytes = Array(text.utf8)
        let pieces = stride(from: 0, to: bytes.count, by: 4096).map { bytes[$0..<min($0 + 4096, bytes.count)] }
        #expect((parsed(pieces, isCut: true).text == text) == true)
        for beginning in [#"<tool_call>{"name":"read","arguments":"#, "<function=read><parameter=filePath>"] {
            let (rest, calls) = parsed([Array(beginning.utf8) + bytes], isCut: false)
            #expect((rest.utf8.count + calls.count > 0) == true)
        }
    }
}
