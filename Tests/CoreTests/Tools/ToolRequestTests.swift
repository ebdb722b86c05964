import Testing

@testable import LocalCodeCore

@Suite struct ToolRequestTests {
    private let memory = ToolMemory()

    private func chat(_ text: String) throws -> ChatRequest {
        try ChatRequest(JSONView(validating: Array(text.utf8)), kind: .chat)
    }

    private func prepare(_ text: String, _ repairs: ToolRepairs = .all, isEngine: Bool = true) throws
        -> (text: String, notes: [String])
    {
        let prepared = try ToolRequest.prepare(chat(text), repairs: repairs, memory: memory, isEngine: isEngine)
        return (String(decoding: prepared.chat.body.document, as: UTF8.self), prepared.notes)
    }

    /// A conversation around one call of an assistant.
    private static func history(_ call: String, content: String = "null") -> String {
        #" { "model":"m", "messages": [ {"role":"user","content":"hi"}, {"content":\#(content),"role":"assistant","tool_calls":[\#(call)] } ,{"role":"tool","tool_call_id":"c","content":"ok"}],"x": 1.0 } "#
    }

    private static func call(_ arguments: String) -> String {
        #"{ "id":"c","function":{"name" : "f","arguments":\#(arguments)}, "type":"function"}"#
    }

    // MARK: - History

    @Test(arguments: [
        (#""{\"a\":1,}""#, #""{\"a\":1}""#, "trailing commas"),
        (#""""#, #""{}""#, "there were none"), (#"" \n""#, #""{}""#, "there were none"),
        ("null", #""{}""#, "there were none"),
        (#"{"a" : [1.0]}"#, #""{\"a\" : [1.0]}""#, "an object, not a string"),
        (#""[1]""#, #""{\"raw\":[1]}""#, "quoted as raw, they are no object"),
        (#""7""#, #""{\"raw\":7}""#, "quoted as raw, they are no object"),
        ("[1]", #""{\"raw\":[1]}""#, "quoted as raw, they are no object"),
        (#""sorry""#, #""{\"raw\":\"sorry\"}""#, "quoted as raw, they are no object"),
        (#""\"{\\\"a\\\":1}\"""#, #""{\"a\":1}""#, "JSON in a string"),
        (
            #""{\"a\":\"\\ud83d\\ude00 \\ud800 \\\\ud800\"}""#, #""{\"a\":\"\\ud83d\\ude00 \\ufffd \\\\ud800\"}""#,
            "half a surrogate pair"
        ),
    ])
    func argumentsBecomeAnObjectInAString(arguments: String, repaired: String, what: String) throws {
        let before = Self.history(Self.call(arguments))
        let (text, notes) = try prepare(before, .history)
        #expect(text == Self.history(Self.call(repaired)))
        #expect(notes == ["messages[1].tool_calls[0].arguments repaired: \(what)"])
        // What was repaired needs nothing more, or each turn would read another prompt.
        #expect(try prepare(text).notes.isEmpty)
        #expect(try prepare(before, .history, isEngine: false).text == text)
        #expect(try prepare(before, ToolRepairs.all.subtracting(.history)).text == before)
    }

    @Test(arguments: [
        (
            #"{"type":"function","function":{"name":"f","arguments":"{}"}}"#,
            #"{"type":"function","function":{"name":"f","arguments":"{}"},"id":"call_1_0"}"#, ".id added"
        ),
        (
            #"{"id":null,"type":"function","function":{"name":"f","arguments":"{}"}}"#,
            #"{"id":"call_1_0","type":"function","function":{"name":"f","arguments":"{}"}}"#, ".id added"
        ),
        (
            #"{"id":7,"type":"function","function":{"name":"f","arguments":"{}"}}"#,
            #"{"id":"7","type":"function","function":{"name":"f","arguments":"{}"}}"#, ".id added"
        ),
        (
            #"{"id":"c","function":{"name":"f","arguments":"{}"}}"#,
            #"{"id":"c","function":{"name":"f","arguments":"{}"},"type":"function"}"#, ".type added"
        ),
        (
            #"{"id":"c","type":"function","function":{"name":null,"arguments":"{}"}}"#,
            #"{"id":"c","type":"function","function":{"name":"","arguments":"{}"}}"#, ".name added"
        ),
        (
            #"{"id":"c","type":"function","function":{"name":"f"}}"#,
            #"{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}"#,
            ".arguments repaired: there were none"
        ),
    ])
    func whatACallMustHaveIsAdded(call: String, repaired: String, note: String) throws {
        let (text, notes) = try prepare(Self.history(call))
        #expect(text == Self.history(repaired))
        #expect(notes == ["messages[1].tool_calls[0]" + note])
        #expect(try prepare(text).notes.isEmpty)
    }

    @Test func aResultWithoutAnIDBelongsToTheFirstCallWithoutAResult() throws {
        let calls =
            #"{"type":"function","function":{"name":"f","arguments":"{}"}},{"id":"b","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}"#
        let results =
            #"{"role":"tool","tool_call_id":"b","content":""},{"role":"tool","content":""},{"role":"tool","tool_call_id":null,"content":""},{"role":"tool","tool_call_id":null,"content":""},{"role":"tool","tool_call_id":"other","content":""}"#
        let (text, _) = try prepare(
            #"{"messages":[{"role":"assistant","content":"","tool_calls":[\#(calls)]},\#(results)]}"#)
        let messages = try JSONValue(parsing: Array(text.utf8))["messages"]?.array ?? []
        #expect(messages[0]["tool_calls"]?.array?.map { $0["id"] } == ["call_0_0", "b", "c"])
        #expect(messages.dropFirst().map { $0["tool_call_id"] } == ["b", "call_0_0", "c", nil, "other"])
    }

    /// A call of an earlier answer that got no result stays without one.
    @Test func aResultBelongsToTheLastAnswer() throws {
        func answer(_ id: String) -> String {
            #"{"role":"assistant","content":"","tool_calls":[{"id":"\#(id)","type":"function","function":{"name":"f","arguments":"{}"}}]}"#
        }
        let (text, _) = try prepare(
            #"{"messages":[\#(answer("a")),\#(answer("b")),{"role":"tool","content":""}]}"#)
        #expect(try JSONValue(parsing: Array(text.utf8))["messages"]?[2]?["tool_call_id"] == "b")
    }

    @Test func membersThatMayNotBeNullGo() throws {
        let (text, notes) = try prepare(
            #"{"messages":[{"role":"user","content":"x","name":null},{"role":"assistant","reasoning_content":null,"content":null},{"role":"assistant"},{"role":"user"}]}"#
        )
        #expect(
            text
                == #"{"messages":[{"role":"user","content":"x"},{"role":"assistant","content":null},{"role":"assistant","content":""},{"role":"user","content":""}]}"#
        )
        #expect(notes.count == 4)
    }

    @Test(arguments: [
        (#""tool_calls":"x""#, #""content":"""#, ".tool_calls removed, it is no array"),
        (#""tool_calls":[3]"#, #""content":"""#, ".tool_calls[0] removed, it is no call of a function"),
        (#""tool_calls":[{"id":"x"}]"#, #""content":"""#, ".tool_calls[0] removed, it is no call of a function"),
        (
            #""tool_calls":[null, \#(call(#""{}""#)) ]"#, #""tool_calls":[\#(call(#""{}""#))]"#,
            ".tool_calls[0] removed, it is no call of a function"
        ),
    ])
    func whatIsNoCallGoes(calls: String, left: String, note: String) throws {
        let before = #"{"messages":[{"role":"assistant",\#(calls)}]}"#
        let (text, notes) = try prepare(before)
        #expect(text == #"{"messages":[{"role":"assistant",\#(left)}]}"#)
        #expect(notes.first == "messages[0]\(note)")
        #expect(try prepare(text).notes.isEmpty)
        #expect(try prepare(before, ToolRepairs.all.subtracting(.history)).text == before)
    }

    @Test(arguments: ["user", "system", "tool"])
    func contentThatIsMissingIsAdded(role: String) throws {
        let (text, notes) = try prepare(#"{"messages":[{"role":"\#(role)"}]}"#)
        #expect(text == #"{"messages":[{"role":"\#(role)","content":""}]}"#)
        #expect(notes == ["messages[0].content added"])
    }

    @Test func contentOfAnotherKindIsRefused() throws {
        let error = #expect(throws: APIError.self) { try prepare(#"{"messages":[{"role":"user","content":3}]}"#) }
        #expect(error?.status == 400)
        #expect(error?.message == "'messages[0].content' must be a string or an array of parts")
    }

    @Test func manyRepairsAreCounted() throws {
        let calls = Array(repeating: Self.call(#""""#), count: 40).joined(separator: ",")
        let notes = try prepare(Self.history(calls)).notes
        #expect(notes.count == 7)
        #expect(notes.last == "34 more repairs")
    }

    /// What needs nothing is the very same request: not a byte is copied.
    @Test(arguments: [
        history(call(#""{\"a\":1}""#)), history(call(#""{}""#), content: #""text""#),
        #"{"messages":[{"role":"tool","content":"no call"},{"role":"user","content":[{"type":"text","text":"x"}]}],"tools":[],"tool_choice":"auto"}"#,
        #"{"messages":[{"role":"user","content":""}],"tools":[{"type":"function","function":{"name":"f","description":"","parameters":{"type":"object"}}}],"tool_choice":null}"#,
        #"{"messages":[{"role":"user","content":"","tool_calls":[]}],"tools":[],"tool_choice":7}"#,
        #"{"messages":[{"role":"user","content":"","tool_calls":null}]}"#,
    ])
    func whatNeedsNothingStaysAsItIs(text: String) throws {
        let before = try chat(text)
        let after = try ToolRequest.prepare(before, repairs: .all, memory: memory, isEngine: true)
        #expect(after.notes.isEmpty)
        #expect(
            before.body.document.withUnsafeBufferPointer { one in
                after.chat.body.document.withUnsafeBufferPointer { one.baseAddress == $0.baseAddress }
            })
    }

    // MARK: - Tools

    private static func tools(_ tools: String, _ choice: String = #""auto""#) -> String {
        #"{"tools": [\#(tools)], "tool_choice": \#(choice),"messages":[{"role":"user","content":"x"}]}"#
    }

    private static let f = #"{"type":"function", "function":{"name":"f"}}"#
    private static let g = #"{"type":"function", "function":{"name":"g"}}"#

    @Test(arguments: [
        (
            #"{"type":"function","function":{"description":null,"name":"g"}}"#,
            #"{"type":"function","function":{"name":"g"}}"#, "tool g: description removed, it is no string"
        ),
        (#"{"function":{"name":"g"}}"#, #"{"function":{"name":"g"},"type":"function"}"#, "tool g: type added"),
        (
            #"{"type":"function","name":"g","parameters":{"type":"object"}}"#,
            #"{"type":"function","function":{"name":"g","parameters":{"type":"object"}}}"#,
            "tool g: put into a function"
        ),
    ])
    func aToolThatEnginesRefuseIsCleaned(tool: String, cleaned: String, note: String) throws {
        let (text, notes) = try prepare(Self.tools("\(Self.f),\(tool)"))
        #expect(text == Self.tools("\(Self.f),\(cleaned)"))
        #expect(notes == [note])
        #expect(try prepare(Self.tools("\(Self.f),\(tool)")).text == text)
        #expect(try prepare(Self.tools(tool), isEngine: false).notes.isEmpty)
        #expect(try prepare(Self.tools(tool), ToolRepairs.all.subtracting(.schema)).notes.isEmpty)
    }

    @Test(arguments: ["null", #"{"type":"function"}"#, #"{"type":"function","function":{"description":"d"}}"#, "[]"])
    func aToolWithoutANameGoes(tool: String) throws {
        let good = #"{"type":"function","function":{"name":"f"}}"#
        let (text, notes) = try prepare(Self.tools("\(tool),\(good)"))
        #expect(text == Self.tools(good))
        #expect(notes == ["tools[0] removed, it is no function with a name"])
    }

    @Test func aToolOfAnotherKindGoes() throws {
        let (text, notes) = try prepare(Self.tools(#"{"type":"web_search"},"# + Self.f))
        #expect(text == Self.tools(Self.f))
        #expect(notes == ["tool of type web_search removed, engines know functions only"])
    }

    @Test func remarksWithinASchemaMayNotBeNull() throws {
        let parameters = #"{"type":"object","properties":{"a":{"type":"string","description":null}}}"#
        let (text, notes) = try prepare(
            Self.tools(#"{"type":"function","function":{"name":"f","parameters":\#(parameters)}}"#))
        #expect(!text.contains("description"))
        #expect(notes.count == 1)
        #expect(notes.first?.hasPrefix("tool f: parameters #/properties/a") ?? false, "\(notes)")
    }

    // MARK: - Choice

    @Test(arguments: [
        (#"{"type":"function","function":{"name":"g"}}"#, "required", [g]),
        (#"{"type":"tool","name":"f"}"#, "required", [f]),
        (
            #"{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"g"}},{"name":"f"}]}}"#,
            "auto", [f, g]
        ),
        (#"{"type":"allowed_tools","mode":"required","tools":[{"name":"g"}]}"#, "required", [g]),
        (#""any""#, "required", [f, g]), (#"{"type":"any"}"#, "required", [f, g]),
        (#"{"type":"none"}"#, "none", [f, g]),
    ])
    func aChoiceBecomesAWord(choice: String, word: String, kept: [String]) throws {
        let before = Self.tools("\(Self.f),\(Self.g)", choice)
        let (text, notes) = try prepare(before)
        #expect(text == Self.tools(kept.joined(separator: ","), "\"\(word)\""))
        #expect(notes.count == 1)
        #expect(try prepare(before, ToolRepairs.all.subtracting(.choice)).text == before)
        #expect(try prepare(before, isEngine: false).text == before)
    }

    @Test func aChoiceOfNoToolOnOfferIsRefused() throws {
        let error = try #require(throws: APIError.self) {
            try prepare(
                Self.tools(
                    #"{"type":"function","function":{"name":"read"}}"#,
                    #"{"type":"function","function":{"name":"raed"}}"#))
        }
        #expect(error.status == 400 && error.param == "tool_choice")
        #expect(
            error.message == "'tool_choice' names 'raed', which is not among the request's tools: did you mean 'read'?")
    }

    @Test func aChosenToolIsCleanedToo() throws {
        let broken = #"{"type":"function","function":{"name":"g","description":null}}"#
        let (text, notes) = try prepare(
            Self.tools("\(Self.f),\(broken)", #"{"type":"function","function":{"name":"g"}}"#))
        #expect(text == Self.tools(#"{"type":"function","function":{"name":"g"}}"#, #""required""#))
        #expect(notes.count == 2)
    }
}
