import LocalCodeCore
import Testing

@Suite("Explain: two requests")
struct RequestComparisonTests {
    private let system = #"{"role":"system","content":"You help.\nToday's date: Mon Nov 23 2026\nBe brief."}"#
    private let read = #"{"type":"function","function":{"name":"read","description":"Reads.","parameters":{"a":1}}}"#
    private let bash = #"{"type":"function","function":{"name":"bash","description":"Runs.","parameters":{"a":[1,2]}}}"#
    private let edit = #"{"type":"function","function":{"name":"edit","description":"Edits."}}"#

    private func user(_ text: String) -> String { #"{"role":"user","content":"\#(text)"}"# }

    private func body(_ messages: [String], tools: [String]? = nil, _ rest: String = "") -> String {
        let list = tools.map { #","tools":[\#($0.joined(separator: ","))]"# } ?? ""
        return #"{"model":"m","messages":[\#(messages.joined(separator: ","))]\#(list)\#(rest)}"#
    }

    private func request(_ body: String) throws -> ChatRequest {
        try ChatRequest(JSONView(validating: Array(body.utf8)), kind: .chat)
    }

    private func compare(_ earlier: String, _ later: String, answer: String? = nil) throws -> RequestComparison {
        RequestComparison(
            earlier: try request(earlier), answer: try answer.map { try JSONView(validating: Array($0.utf8)) },
            later: try request(later))
    }

    private func only(_ comparison: RequestComparison) throws -> RequestDifference {
        #expect(comparison.differences.count == 1, "\(comparison.differences)")
        return try #require(comparison.differences.first)
    }

    // MARK: - No difference

    @Test("a request that goes on is no difference, nor is one that ends sooner")
    func extends() throws {
        let turns = [system, user("a"), #"{"role":"assistant","content":"b"}"#, user("c")]
        let longer = try compare(body(Array(turns.prefix(2))), body(turns))
        #expect(longer.differences.isEmpty)
        #expect((longer.sharedMessages, longer.earlierMessages, longer.laterMessages) == (2, 2, 4))
        let shorter = try compare(body(turns), body(Array(turns.prefix(2))))
        #expect(shorter.differences.isEmpty && shorter.sharedMessages == 2)
    }

    @Test("spelling is no difference: order of members, escapes, numbers, spaces, null")
    func spelling() throws {
        let earlier = body(
            [#"{"role":"user","content":"\u0041"}"#], tools: [bash], #","temperature":1,"tool_choice":null"#)
        let later = #"""
            { "tools": [{"function":{"parameters":{"a":[1.0, 2]},"description":"Runs.","name":"bash"},"type":"function"}],
              "messages": [{"content":"A","role":"user"}], "temperature": 0 }
            """#
        #expect(try compare(earlier, later).differences.isEmpty)
    }

    @Test(
        "an assistant's message is the same in all the spellings that clients send it back in",
        arguments: [
            (#""content":null"#, #""content":"""#), (#""content":"""#, ""),
            (#""content":"x","tool_calls":[]"#, #""content":"x""#),
            (#""content":"x","reasoning_content":"""#, #""content":"x""#),
            (
                #""tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{ \"a\": 1 }"}}]"#,
                #""content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1.0}"}}]"#
            ),
        ])
    func assistant(first: String, second: String) throws {
        func message(_ members: String) -> String {
            #"{"role":"assistant"\#(members.isEmpty ? "" : ",")\#(members)}"#
        }
        #expect(try compare(body([message(first)]), body([message(second)])).differences.isEmpty)
        #expect(try compare(body([message(second)]), body([message(first)])).differences.isEmpty)
    }

    // MARK: - Parameters and tools

    @Test("parameters that templates see are compared, others are not")
    func parameters() throws {
        let earlier = body([user("a")], #","temperature":0,"chat_template_kwargs":{"clear_thinking":false}"#)
        let later = body([user("a")], #","temperature":1,"chat_template_kwargs":{"clear_thinking":true}"#)
        let difference = try only(try compare(earlier, later))
        #expect(difference.kind == .parameterChanged && difference.place == .parameter("chat_template_kwargs"))
        #expect(difference.path == "clear_thinking")
        #expect((difference.text?.earlier, difference.text?.later) == ("false", "true"))
        let added = try only(try compare(body([user("a")]), body([user("a")], #","tool_choice":"required""#)))
        #expect(added.place == .parameter("tool_choice") && added.text?.earlier == nil)
    }

    @Test("tools that came, went, and changed are listed with their names, before the messages")
    func tools() throws {
        let changed = bash.replacing("Runs.", with: "Runs it.")
        let comparison = try compare(
            body([user("a")], tools: [bash, read]), body([user("b")], tools: [changed, edit]))
        #expect(comparison.differences.map(\.kind) == [.toolChanged, .toolAdded, .toolRemoved, .messageChanged])
        #expect(
            comparison.differences.map(\.place) == [
                .tool(index: 0, name: "bash"), .tool(index: 1, name: "edit"), .tool(index: 1, name: "read"),
                .message(index: 0, role: "user"),
            ])
        let first = try #require(comparison.differences.first)
        #expect(first.path == "function.description")
        #expect((first.text?.context, first.text?.earlier, first.text?.later) == ("Runs", ".", " it."))
    }

    @Test("a path leads to the place inside a schema")
    func schema() throws {
        let difference = try only(
            try compare(
                body([user("a")], tools: [bash]), body([user("a")], tools: [bash.replacing("[1,2]", with: "[1,3]")])))
        #expect(difference.path == "function.parameters.a[1]")
        #expect((difference.text?.earlier, difference.text?.later) == ("2", "3"))
    }

    @Test("the same tools in another order")
    func reordered() throws {
        let difference = try only(
            try compare(body([user("a")], tools: [read, bash, edit]), body([user("a")], tools: [read, edit, bash])))
        #expect(difference.kind == .toolsReordered && difference.place == .tool(index: 1, name: "edit"))
        #expect((difference.text?.earlier, difference.text?.later) == ("bash", "edit"))
    }

    @Test("all tools gone")
    func noTools() throws {
        let comparison = try compare(body([user("a")], tools: [read, bash]), body([user("a")]))
        #expect(comparison.differences.map(\.kind) == [.toolRemoved, .toolRemoved])
    }

    @Test("the list of differences is bounded")
    func bounded() throws {
        let many = (0..<100).map { #"{"type":"function","function":{"name":"t\#($0)"}}"# }
        #expect(
            try compare(body([user("a")]), body([user("a")], tools: many)).differences.count == RequestComparison.limit)
    }

    // MARK: - System and messages

    @Test("the system prompt's change is found with its cause")
    func date() throws {
        let difference = try only(
            try compare(
                body([system, user("a")]), body([system.replacing("Mon Nov 23", with: "Tue Nov 24"), user("a")])))
        #expect(difference.kind == .systemChanged && difference.place == .message(index: 0, role: "system"))
        #expect(difference.path == "content" && difference.cause == .date)
        #expect((difference.text?.line, difference.text?.column) == (2, 15))
        #expect(difference.text?.later?.hasPrefix("Tue Nov 24 2026\nBe brief.") == true)
    }

    @Test("a system prompt that came or went")
    func systemAppears() throws {
        let came = try only(try compare(body([user("a")]), body([system, user("a")])))
        #expect(came.kind == .systemChanged && came.place == .message(index: 0, role: "system"))
        #expect(came.text?.earlier == nil && came.text?.later?.hasPrefix("You help.") == true)
        let went = try only(try compare(body([system, user("a")]), body([user("a")])))
        #expect(went.kind == .systemChanged && went.text?.later == nil)
    }

    @Test("only the first message that differs counts")
    func firstMessage() throws {
        let comparison = try compare(
            body([system, user("same"), user("old one"), user("x")]),
            body([system, user("same"), user("old two"), user("y")]))
        let difference = try only(comparison)
        #expect(difference.kind == .messageChanged && difference.place == .message(index: 2, role: "user"))
        #expect((difference.text?.context, difference.text?.earlier, difference.text?.later) == ("old ", "one", "two"))
        #expect(comparison.sharedMessages == 2)
    }

    @Test("a message that was left out, and one that was put in")
    func moved() throws {
        let (a, b, c) = (user("a"), user("b"), user("c"))
        let removed = try only(try compare(body([a, b, c]), body([a, c])))
        #expect(removed.kind == .messageRemoved && removed.place == .message(index: 1, role: "user"))
        #expect((removed.text?.earlier, removed.text?.later) == ("b", nil))
        let added = try only(try compare(body([a, c]), body([a, b, c])))
        #expect(added.kind == .messageAdded && added.place == .message(index: 1, role: "user"))
        #expect((added.text?.earlier, added.text?.later) == (nil, "b"))
    }

    @Test("another role in the same place")
    func role() throws {
        let difference = try only(
            try compare(body([user("a"), user("b")]), body([user("a"), #"{"role":"tool","content":"r"}"#])))
        #expect(difference.kind == .messageChanged && difference.path == "role")
        #expect((difference.text?.earlier, difference.text?.later) == ("user: b", "tool: r"))
    }

    @Test("reasoning that did not come back, whatever else changed")
    func reasoning() throws {
        let full = #"{"role":"assistant","content":"x","reasoning_content":"I think."}"#
        for later in [
            #"{"role":"assistant","content":"x"}"#, #"{"role":"assistant","content":"y","reasoning_content":null}"#,
        ] {
            let difference = try only(
                try compare(body([user("a"), full, user("b")]), body([user("a"), later, user("b")])))
            #expect(difference.kind == .reasoningDropped && difference.path == "reasoning_content")
            #expect((difference.text?.earlier, difference.text?.later) == ("I think.", nil))
        }
    }

    @Test("the answer is held against the message that came back")
    func answer() throws {
        let earlier = body([user("a")])
        let answer = #"{"role":"assistant","content":"x","reasoning_content":"hm"}"#
        #expect(try compare(earlier, body([user("a"), answer, user("b")]), answer: answer).differences.isEmpty)
        let later = body([user("a"), #"{"role":"assistant","content":"x"}"#, user("b")])
        #expect(try only(try compare(earlier, later, answer: answer)).kind == .reasoningDropped)
        #expect(try compare(earlier, later).differences.isEmpty)
    }

    @Test("arguments of a tool call are looked into")
    func arguments() throws {
        func call(_ arguments: String) -> String {
            #"{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"\#(arguments)"}}]}"#
        }
        let difference = try only(
            try compare(body([call(#"{\"file\":\"a.c\"}"#)]), body([call(#"{\"file\": \"a.h\"}"#)])))
        #expect(difference.path == "tool_calls[0].function.arguments.file")
        #expect((difference.text?.context, difference.text?.earlier, difference.text?.later) == ("a.", "c", "h"))
    }

    @Test("a part of a message that came back without its reminder")
    func reminder() throws {
        let earlier = body([
            #"{"role":"user","content":[{"type":"text","text":"go"},{"type":"text","text":"<system-reminder>plan"}]}"#
        ])
        for later in [user("go"), #"{"role":"user","content":[{"type":"text","text":"go"}]}"#] {
            let difference = try only(try compare(earlier, body([later])))
            #expect(difference.kind == .messageChanged && difference.path == "content[1]")
            #expect(difference.text?.earlier?.hasSuffix("plan") == true && difference.text?.later == nil)
            #expect(difference.cause == .reminder)
            #expect(try only(try compare(body([later]), earlier)).text?.earlier == nil)
        }
    }

    @Test("text completions are compared by their prompts")
    func completion() throws {
        func completion(_ prompt: String) throws -> ChatRequest {
            try ChatRequest(JSONView(validating: Array(#"{"prompt":"\#(prompt)"}"#.utf8)), kind: .completion)
        }
        let extended = RequestComparison(earlier: try completion("a b"), later: try completion("a b c"))
        #expect(extended.differences.isEmpty)
        let changed = try only(RequestComparison(earlier: try completion("a b"), later: try completion("a c")))
        #expect(changed.kind == .promptChanged && changed.text?.later == "c")
    }
}
