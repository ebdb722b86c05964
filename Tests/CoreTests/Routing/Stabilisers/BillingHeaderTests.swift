import LocalCodeCore
import Testing

@Suite("Stabilisers: billing header")
struct BillingHeaderTests {
    private let turns = StabilisedTurns()

    private func header(_ nonce: Int) -> String {
        "x-anthropic-billing-header: cc_version=2.1.15.a1b; cc_entrypoint=cli; cch=\(nonce);"
    }

    private func blocks(_ texts: String...) -> String {
        let list = texts.map { #"{"type":"text","text":"\#($0)","cache_control":{"type":"ephemeral"}}"# }
        return #"{"role":"system","content":[\#(list.joined(separator: ", "))]}"#
    }

    @Test("a part of its own is dropped, and the others keep their bytes")
    func part() throws {
        let sent = try turns.send([blocks(header(1), #"You \u0061re."#, "Env"), Said.user("a")])
        #expect(
            sent.messages == [
                blocks(#"You \u0061re."#, "Env").replacing(", {", with: ",{"), Said.user("a"),
            ])
        #expect(sent.applied == ["billing-header"])
    }

    @Test("as the first line of a text it goes with the line breaks behind it")
    func line() throws {
        for text in [header(1) + #"\nYou are."#, header(1) + #"\n\nYou are."#, header(1) + "You are."] {
            #expect(
                try turns.send([Said.system(text), Said.user("a")]).messages[0] == Said.system("You are."), "\(text)")
        }
        let sent = try turns.send([Said.system(header(1) + " You are Claude; code=1"), Said.user("a")])
        #expect(sent.messages[0] == Said.system(" You are Claude; code=1"))
        #expect(
            try turns.send([blocks(header(1) + #"\nYou are."#), Said.user("a")]).messages[0] == blocks("You are."))
    }

    @Test("a system message of nothing else goes as a whole")
    func message() throws {
        for head in [Said.system(header(1)), blocks(header(1))] {
            let sent = try turns.send([head, Said.system("You are."), Said.user("a")])
            #expect(sent.messages == [Said.system("You are."), Said.user("a")])
        }
        let alone = #"{"messages":[\#(Said.system(header(1)))]}"#
        #expect(try turns.send(alone).body == alone)
    }

    @Test("two requests with different headers share all that follows")
    func shared() throws {
        let first = [blocks(header(1), "You are."), Said.user("a")]
        let second = [blocks(header(2), "You are."), Said.user("a"), Said.assistant("x"), Said.user("b")]
        let (one, two) = (try turns.send(first), try turns.send(second))
        #expect(Array(two.messages.prefix(2)) == one.messages)
        #expect(two.chain.sharedCount(with: one.chain) == 2)
        #expect(try StabilisedTurns.sharedPlain(first, second) == 0)
    }

    @Test(
        "what only looks like it stays",
        arguments: [
            Said.system("Never send x-anthropic-billing-header: a=1;"), Said.system("x-anthropic-billing: a=1;"),
            Said.user("x-anthropic-billing-header: a=1;"),
        ])
    func untouched(message: String) throws {
        let body = #"{"messages":[\#(message),\#(Said.user("a"))]}"#
        #expect(try turns.send(body).body == body)
    }
}
