import LocalCodeCore
import Testing

@Suite("Stabilisers: tool order")
struct ToolOrderTests {
    private let turns = StabilisedTurns()
    private let messages = [Said.system("You are."), Said.user("a")]

    private func tool(_ name: String, _ about: String = "Does it.") -> String {
        #"{"type": "function", "function": {"name": "\#(name)", "description": "\#(about)"}}"#
    }

    private func list(_ tools: String...) -> String { "[\(tools.joined(separator: ", "))]" }

    @Test("the tools of later turns stand as those of the first one")
    func order() throws {
        let first = try turns.send(messages, tools: list(tool("read"), tool("bash"), tool("edit")))
        #expect(first.applied.isEmpty)
        let more = messages + [Said.assistant("x"), Said.user("b")]
        let second = try turns.send(more, tools: list(tool("bash"), tool("edit"), tool("read")))
        #expect(second.applied == ["tool-order"])
        #expect(second.tools == first.tools)
        #expect(second.chain.sharedCount(with: first.chain) == first.chain.boundaries.count)
    }

    @Test("other tools are the client's business, and from then on theirs is the order")
    func changed() throws {
        _ = try turns.send(messages, tools: list(tool("read"), tool("bash")))
        for tools in [
            list(tool("bash"), tool("read"), tool("read")), list(tool("bash"), tool("read", "Reads.")),
            list(tool("bash")), list(tool("edit"), tool("bash"), tool("read")),
        ] {
            let sent = try turns.send(messages, tools: tools)
            #expect(sent.tools == tools && sent.applied.isEmpty)
        }
        let sent = try turns.send(messages, tools: list(tool("read"), tool("bash"), tool("edit")))
        #expect(sent.tools == list(tool("edit"), tool("bash"), tool("read")))
    }

    @Test("another conversation, and a request without tools, have nothing to do with it")
    func apart() throws {
        _ = try turns.send(messages, tools: list(tool("read"), tool("bash")))
        let swapped = list(tool("bash"), tool("read"))
        var other = turns
        other.conversation = "ses_2"
        #expect(try other.send(messages, tools: swapped).tools == swapped)
        #expect(try turns.send(messages, tools: "[]").tools == "[]")
        #expect(try turns.send(messages).tools == nil)
        #expect(try turns.send(messages, tools: swapped).tools == list(tool("read"), tool("bash")))
    }
}
