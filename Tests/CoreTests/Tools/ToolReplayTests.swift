import Testing

@testable import LocalCodeCore

/// The model's own text comes back into the conversation.
@Suite struct ToolReplayTests {
    private let memory = ToolMemory()
    private let written = #"{"b": 1.0, "a":"x\u0041"}"#

    private func prepare(_ text: String, _ repairs: ToolRepairs = .all, isEngine: Bool = true) throws
        -> ToolRequest.Prepared
    {
        let chat = try ChatRequest(JSONView(validating: Array(text.utf8)), kind: .chat)
        return try ToolRequest.prepare(chat, repairs: repairs, memory: memory, isEngine: isEngine)
    }

    private func request(
        _ arguments: String, id: String = "c", name: String = "f", content: String = "null", model: String = "m"
    ) -> String {
        let call: JSONValue = [
            "id": .string(id), "type": "function",
            "function": ["name": .string(name), "arguments": .string(arguments)],
        ]
        return
            #"{"model":"\#(model)","messages":[{"role":"assistant","content":\#(content),"tool_calls":[\#(call)]},{"role":"tool","tool_call_id":"c","content":""}]}"#
    }

    private func remember(content: String = "", text: String? = nil) {
        memory.remember(
            ToolMemory.Answer(
                model: "m", calls: [ToolMemory.Call(id: "c", name: "f", arguments: written)], content: content,
                text: text))
    }

    private func string(_ prepared: ToolRequest.Prepared) -> String {
        String(decoding: prepared.chat.body.document, as: UTF8.self)
    }

    @Test func equalArgumentsGetTheirSpellingBack() throws {
        remember()
        let prepared = try prepare(request(#"{"a":"xA","b":1}"#))
        #expect(string(prepared) == request(written))
        #expect(prepared.notes == ["1 tool calls put back as the model wrote them"])
        #expect(prepared.replayed.isEmpty)
        #expect(try prepare(request(written)).notes.isEmpty)
    }

    @Test func whatTheClientChangedStaysChanged() throws {
        remember()
        #expect(try prepare(request(#"{"a":"xA","b":2}"#)).notes.isEmpty)
        #expect(try prepare(request(#"{"a":"xA","b":1}"#, name: "g")).notes.isEmpty)
        #expect(try prepare(request(#"{"a":"xA","b":1}"#, id: "d")).notes.isEmpty)
        #expect(try prepare(request(#"{"a":"xA","b":1}"#), isEngine: false).notes.isEmpty)
        #expect(try prepare(request(#"{"a":"xA","b":1}"#), ToolRepairs.all.subtracting(.raw)).notes.isEmpty)
    }

    /// Arguments that are no JSON are nothing to put back: an engine answers 500 for them.
    @Test func malformedArgumentsAreNotPutBack() throws {
        memory.remember(
            ToolMemory.Answer(
                model: "m", calls: [ToolMemory.Call(id: "c", name: "f", arguments: "{'a':1}")], content: ""))
        #expect(string(try prepare(request("{'a':1}"))) == request(#"{"a":1}"#))
    }

    @Test func anAnswerWhoseCallsWereTextIsThatTextAgain() throws {
        remember(content: "Look: \n", text: "Look: <tool_call>{\"name\"…</tool_call>\n")
        let prepared = try prepare(request(#"{"a":"xA","b":1.0}"#, content: #""Look:""#))
        #expect(
            string(prepared)
                == #"{"model":"m","messages":[{"role":"assistant","content":"Look: <tool_call>{\"name\"…</tool_call>\n"},{"role":"tool","tool_call_id":"c","content":""}]}"#
        )
        #expect(prepared.replayed == ["c"])
        #expect(prepared.notes == ["1 tool calls put back as text"])

        memory.forget(prepared.replayed)
        #expect(try prepare(request(#"{"a":"xA","b":1.0}"#, content: #""Look:""#)).notes.isEmpty)
    }

    @Test func textStaysAwayWhereAnythingDiffers() throws {
        remember(content: "Look:", text: "raw")
        for other in [
            request(written, content: #""Hm:""#), request(written, content: "null"),
            request(written, content: #""Look:""#, model: "n"), request(#"{"a":1}"#, content: #""Look:""#),
            request(written, name: "g", content: #""Look:""#),
        ] { #expect(try prepare(other).replayed.isEmpty, "\(other)") }
        #expect(try prepare(request(written, content: #""Look:""#)).replayed == ["c"])
        #expect(try prepare(request(written, content: #""Look:""#), .history).replayed.isEmpty)
    }
}
