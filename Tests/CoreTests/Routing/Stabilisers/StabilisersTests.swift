import LocalCodeCore
import Testing

@Suite("Stabilisers")
struct StabilisersTests {
    private static let everything = Set(Stabiliser.allCases.map(\.rawValue))

    private func chat(_ body: String, _ kind: ChatRequest.Kind = .chat) throws -> ChatRequest {
        try ChatRequest(JSONView(validating: Array(body.utf8)), kind: kind)
    }

    @Test("a request that needs nothing stays the very same, byte for byte")
    func untouched() throws {
        let body =
            #" { "messages" : [ {"content":"You \u0061re.","role":"system"}, {"role":"user","content":"a\/b"} ] , "x":1e0 } "#
        var turns = StabilisedTurns()
        turns.enabled = Self.everything
        let sent = try turns.send(body)
        #expect(sent.body == body && sent.applied.isEmpty)
        #expect(turns.memory.count == 0)
    }

    @Test("requests that are no chat are left alone")
    func kinds() throws {
        let memory = StabiliserMemory()
        for (body, kind) in [
            (#"{"prompt":"Today's date: Mon"}"#, ChatRequest.Kind.completion),
            (#"{"input_prefix":"Today's date: Mon","input_suffix":""}"#, .infill),
        ] {
            let (made, applied) = try Stabilisers.apply(
                chat(body, kind), request: RequestClass(kind: .completion), enabled: Self.everything, memory: memory)
            #expect(made.body.document == Array(body.utf8) && applied.isEmpty)
        }
        #expect(memory.count == 0)
    }

    @Test("without being asked for, only those work that cannot change what a request means")
    func alwaysOn() throws {
        #expect(Stabiliser.allCases.filter(\.isAlwaysOn) == [.billingHeader, .toolOrder])
        let body = #"{"messages":[\#(Said.system("Today's date: Mon")),\#(Said.user("a"))]}"#
        #expect(try StabilisedTurns().send(body).body == body)
    }

    @Test("each says what it does")
    func explanations() {
        for stabiliser in Stabiliser.allCases {
            #expect(!stabiliser.explanation.isEmpty && !stabiliser.explanation.hasSuffix("."))
        }
    }

    @Test("conversations without a name are told apart by what they begin with")
    func nameless() throws {
        var turns = StabilisedTurns(.volatileLines)
        turns.conversation = nil
        let first = try turns.send([Said.system("Today's date: Mon"), Said.user("a")])
        let other = try turns.send([Said.system("Today's date: Tue"), Said.user("b")])
        #expect(other.messages[1].contains("Tue"))
        let later = try turns.send([
            Said.system("Today's date: Tue"), Said.user("a"), Said.assistant("x"), Said.user("c"),
        ])
        #expect(Array(later.messages.prefix(2)) == first.messages)
    }

    @Test("the memory has a limit in conversations and in bytes, and what was used longest ago goes first")
    func bounded() throws {
        let memory = StabiliserMemory(conversations: 8, bytes: 1 << 20)
        var turns = StabilisedTurns(.volatileLines, memory: memory)
        func send(_ name: Int, _ day: String) throws -> StabilisedTurns.Sent {
            turns.conversation = "\(name)"
            return try turns.send([
                Said.system("Today's date: \(day)"), Said.user("a"), Said.assistant("x"), Said.user("b"),
            ])
        }
        for name in 0..<8 { _ = try send(name, "Mon") }
        #expect(memory.count == 8)
        _ = try send(0, "Mon")
        for name in 8..<15 { _ = try send(name, "Mon") }
        #expect(memory.count <= 8)
        #expect(try send(0, "Tue").messages[3].contains("Tue"))
        #expect(try !send(1, "Tue").messages[3].contains("Tue"), "it was not forgotten")

        let small = StabiliserMemory(conversations: 100, bytes: 10_000)
        let tools = #"[{"type":"function","function":{"name":"\#(String(repeating: "n", count: 3000))"}}]"#
        for name in 0..<10 {
            var turns = StabilisedTurns(memory: small)
            turns.conversation = "\(name)"
            _ = try turns.send([Said.user("a")], tools: tools)
            #expect(small.bytes <= 10_000)
        }
        #expect(small.count > 0)
    }

    @Test("hostile requests take time in proportion to their length, and stay requests")
    func hostile() throws {
        var turns = StabilisedTurns()
        turns.enabled = Self.everything
        let reminder = Said.user(parts: "a", "<system-reminder>x</system-reminder>")
        let many = Array(repeating: reminder, count: 20_000)
        #expect(
            try turns.send([Said.system(#"\ud800\nToday's date: \ud800\n\u000"# + "a")] + many).messages.count == 20_001
        )
        let lines = String(repeating: #"Today's date: Mon\n"#, count: 50_000)
        let sent = try turns.send([Said.system(lines), Said.user("b")])
        #expect(sent.messages[0] == Said.system(""))
        let deep = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
        let body =
            #"{"messages":[{"role":"system","content":[\#(deep),{"text":7}]},{"role":"user","content":[1,null,{"text":{}}]}],"tools":[\#(deep)]}"#
        #expect(try turns.send(body).body == body)
    }
}
