import LocalCodeCore
import Testing

@Suite("Stabilisers: reasoning")
struct DroppedReasoningTests {
    private let turns = StabilisedTurns(.reasoning)
    private let head = [Said.system("You are."), Said.user("a")]

    private func answer(_ sent: StabilisedTurns.Sent, _ message: JSONValue, enabled: Set<String>? = nil) {
        Stabilisers.remember(message, to: sent.chat, enabled: enabled ?? turns.enabled, memory: turns.memory)
    }

    private func thought(_ message: String, _ reasoning: String) -> String {
        message.dropLast() + #","reasoning_content":"\#(reasoning)"}"#
    }

    @Test("an answer gets back what was thought, found by its text and what it replied to")
    func text() throws {
        let first = try turns.send(head)
        answer(first, ["role": "assistant", "content": "Yes. ", "reasoning_content": "I \"think\" so."])
        let sent = try turns.send(head + [Said.assistant("Yes."), Said.user("b")])
        #expect(sent.messages[2] == thought(Said.assistant("Yes."), #"I \"think\" so."#))
        #expect(sent.applied == ["reasoning"])
        let whole = try turns.send(
            head + [thought(Said.assistant("Yes."), #"I \"think\" so."#), Said.user("b")])
        #expect(whole.applied.isEmpty && whole.chain == sent.chain)
        let elsewhere = [Said.system("You are."), Said.user("other"), Said.assistant("Yes."), Said.user("b")]
        #expect(try turns.send(elsewhere).messages == elsewhere)
    }

    @Test("a call of a tool is found by its id")
    func call() throws {
        let first = try turns.send(head)
        answer(
            first,
            [
                "role": "assistant", "reasoning_content": "Look first.",
                "tool_calls": [["id": "c1", "type": "function"]],
            ])
        let second = try turns.send(head + [Said.call("c1"), Said.result("c1")])
        #expect(second.messages[2] == thought(Said.call("c1"), "Look first."))
        let third = try turns.send(head + [Said.call("c1"), Said.result("c1"), Said.assistant("x"), Said.user("b")])
        #expect(Array(third.messages.prefix(4)) == second.messages)
        #expect(third.chain.sharedCount(with: second.chain) == second.chain.boundaries.count)
    }

    @Test(
        "what a client sends itself, under whatever name, is not touched", arguments: ["reasoning", "reasoning_text"])
    func own(field: String) throws {
        let first = try turns.send(head)
        answer(first, ["role": "assistant", "content": "Yes.", "reasoning_content": "So."])
        let message = #"{"role":"assistant","content":"Yes.","\#(field)":"Mine."}"#
        #expect(try turns.send(head + [message, Said.user("b")]).messages[2] == message)
    }

    @Test("nothing is remembered, and nothing put back, unless it is asked for")
    func off() throws {
        let first = try turns.send(head)
        let message: JSONValue = ["role": "assistant", "content": "Yes.", "reasoning_content": "So."]
        answer(first, message, enabled: [])
        let later = head + [Said.assistant("Yes."), Said.user("b")]
        #expect(try turns.send(later).messages == later)
        answer(first, message)
        #expect(try StabilisedTurns(memory: turns.memory).send(later).messages == later)
    }
}
