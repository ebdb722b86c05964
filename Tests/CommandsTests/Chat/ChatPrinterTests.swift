import Testing

@testable import Commands

@Suite("Chat printer")
struct ChatPrinterTests {
    private func print(_ pieces: [ChatPiece], terminal: Bool, color: Bool = true) -> ChatPrinter.Lines {
        var printer = ChatPrinter(
            Context.Stream(isTerminal: terminal, hasColor: terminal && color, width: 80, write: { _ in }))
        var whole = ChatPrinter.Lines()
        for lines in pieces.map({ printer.show($0) }) + [printer.end()] {
            whole.output += lines.output
            whole.error += lines.error
        }
        return whole
    }

    @Test("A pipe gets the text as it is, and no reasoning")
    func pipe() {
        let lines = print([.reasoning("hm"), .text("a\u{1B}[31m\r\nb"), .text("c"), .finish("stop")], terminal: false)
        #expect(lines == ChatPrinter.Lines(output: "a\u{1B}[31m\r\nbc"))
    }

    @Test("A terminal gets reasoning dimmed, control characters made visible, and the last line closed")
    func terminal() {
        let lines = print(
            [.reasoning("hm"), .reasoning("m\u{1B}"), .text("a\u{1B}[31m"), .finish("stop")], terminal: true)
        #expect(lines == ChatPrinter.Lines(output: "\u{1B}[2mhmm^[\u{1B}[22m\n\na^[[31m\n"))
        #expect(print([.text("a\n")], terminal: true).output == "a\n")
        #expect(print([], terminal: true).output == "")
        #expect(print([.reasoning("hm")], terminal: true).output == "\u{1B}[2mhm\u{1B}[22m\n")
        #expect(print([.reasoning("hm\n"), .text("a")], terminal: true, color: false).output == "hm\n\na\n")
    }

    @Test("Tool calls are told on standard error when they are complete")
    func toolCalls() {
        let pieces: [ChatPiece] = [
            .toolCall(index: 0, name: "add", arguments: "{"), .toolCall(index: 0, name: nil, arguments: "\u{1B}}"),
            .toolCall(index: 1, name: "sub", arguments: "{}"), .finish("tool_calls"),
        ]
        #expect(
            print(pieces, terminal: false) == ChatPrinter.Lines(error: "tool call: add({^[})\ntool call: sub({})\n"))
        #expect(
            print([.toolCall(index: 0, name: "add", arguments: "{")], terminal: false).error == "tool call: add({)\n")
    }

}
