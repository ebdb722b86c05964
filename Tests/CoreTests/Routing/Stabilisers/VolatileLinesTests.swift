import LocalCodeCore
import Testing

@Suite("Stabilisers: volatile lines")
struct VolatileLinesTests {
    private let turns = StabilisedTurns(.volatileLines)

    private func system(_ day: String) -> String {
        Said.system(
            #"You help.\n<env>\n  Working directory: /p\n  Platform: linux\n  Today's date: \#(day)\n</env>\nBe \u00e9l\/egant."#
        )
    }

    private func reminder(_ lines: String) -> String { #"\n\n<system-reminder>\n\#(lines)\n</system-reminder>"# }

    @Test("the date goes from the system prompt behind the user's message, and everything else keeps its bytes")
    func before() throws {
        let sent = try turns.send([system("Mon Nov 23 2026"), Said.user(#"Hi \/ \u00e9"#)])
        #expect(
            sent.messages == [
                Said.system(
                    #"You help.\n<env>\n  Working directory: /p\n  Platform: linux\n</env>\nBe \u00e9l\/egant."#),
                Said.user(#"Hi \/ \u00e9"# + reminder("Today's date: Mon Nov 23 2026")),
            ])
        #expect(sent.applied == ["volatile-lines"])
    }

    @Test("at midnight the new date stands behind the newest message, and what was sent before stays as it was")
    func midnight() throws {
        let (monday, tuesday) = ("Mon Nov 23 2026", "Tue Nov 24 2026")
        let first = [system(monday), Said.user("one")]
        let second = [system(monday), Said.user("one"), Said.assistant("1"), Said.user("two")]
        let third = [system(tuesday)] + second.dropFirst() + [Said.assistant("2"), Said.user("three")]
        let fourth = third + [Said.assistant("3"), Said.user("four")]
        let sent = try [first, second, third, fourth].map { try turns.send($0) }
        for (earlier, later) in zip(sent, sent.dropFirst()) {
            #expect(Array(later.messages.prefix(earlier.messages.count)) == earlier.messages)
            #expect(later.chain.sharedCount(with: earlier.chain) == earlier.chain.boundaries.count)
        }
        #expect(sent[1].messages[3] == Said.user("two"))
        #expect(sent[2].messages[5] == Said.user("three" + reminder("Today's date: \(tuesday)")))
        #expect(sent[3].messages[7] == Said.user("four"))
        #expect(try StabilisedTurns.sharedPlain(second, third) == 0)
    }

    @Test("two sessions of different days share what they begin with")
    func sessions() throws {
        var other = turns
        other.conversation = "ses_2"
        let head = #"You are an AI agent.\n<env>\nCurrent conversation session ID: "#
        let first = try turns.send([Said.system(head + #"ses_1\nPlatform: linux\n</env>"#), Said.user("a")])
        let second = try other.send([Said.system(head + #"ses_2\nPlatform: linux\n</env>"#), Said.user("b")])
        #expect(first.chain.base == second.chain.base)
        #expect(
            second.messages[1] == Said.user("b" + reminder("Current conversation session ID: ses_2")))
    }

    @Test("a date that changes in a loop of tool calls waits for the user's next message")
    func loop() throws {
        let (monday, tuesday) = ("Mon Nov 23 2026", "Tue Nov 24 2026")
        let first = try turns.send([system(monday), Said.user("go")])
        let looped = [Said.user("go"), Said.call("c1"), Said.result("c1")]
        let second = try turns.send([system(tuesday)] + looped)
        #expect(second.messages[1] == first.messages[1] && second.chain.base == first.chain.base)
        let third = try turns.send([system(tuesday)] + looped + [Said.assistant("ok"), Said.user("on")])
        #expect(Array(third.messages.prefix(4)) == second.messages)
        #expect(third.messages[5] == Said.user("on" + reminder("Today's date: \(tuesday)")))
    }

    @Test("a client whose last message is never the user's is told all the same")
    func closing() throws {
        let closing = Said.assistant("Go on.")
        let first = try turns.send([system("Mon"), Said.user("a"), closing])
        let second = try turns.send([system("Tue"), Said.user("a"), Said.assistant("x"), Said.user("b"), closing])
        #expect(first.messages[1] == Said.user("a" + reminder("Today's date: Mon")))
        #expect(second.messages[3] == Said.user("b" + reminder("Today's date: Tue")))
    }

    @Test("the same request once more is the same, and one that was sent again on the next day gets the new date")
    func again() throws {
        let first = try turns.send([system("Mon"), Said.user("a")])
        #expect(try turns.send([system("Mon"), Said.user("a")]).body == first.body)
        let later = try turns.send([system("Tue"), Said.user("a")])
        #expect(later.messages[1] == Said.user("a" + reminder("Today's date: Tue")))
    }

    @Test("a conversation that nobody remembers becomes what it was before")
    func restart() throws {
        let second = [system("Mon"), Said.user("a"), Said.assistant("x"), Said.user("b")]
        _ = try turns.send(Array(second.prefix(2)))
        let known = try turns.send(second)
        let fresh = try StabilisedTurns(.volatileLines).send(second)
        #expect(fresh.body == known.body)
    }

    @Test("what is told again after a compaction is the newest")
    func compaction() throws {
        _ = try turns.send([system("Mon"), Said.user("a")])
        _ = try turns.send([system("Tue"), Said.user("a"), Said.assistant("x"), Said.user("b")])
        let compacted = [
            system("Tue"), Said.user("What did we do so far?"), Said.assistant("We did."), Said.user("Continue"),
        ]
        let sent = try turns.send(compacted)
        #expect(sent.messages[1] == Said.user("What did we do so far?" + reminder("Today's date: Tue")))
        #expect(sent.messages[3] == Said.user("Continue"))
    }

    @Test("a user who goes back and says something else is told anew from there")
    func undo() throws {
        _ = try turns.send([system("Mon"), Said.user("a")])
        _ = try turns.send([system("Tue"), Said.user("a"), Said.assistant("x"), Said.user("b")])
        let sent = try turns.send([system("Tue"), Said.user("a"), Said.assistant("x"), Said.user("c")])
        #expect(sent.messages[1] == Said.user("a" + reminder("Today's date: Mon")))
        #expect(sent.messages[3] == Said.user("c" + reminder("Today's date: Tue")))
    }

    @Test("sub-agents that go by their parent's name have a memory of their own")
    func subagents() throws {
        _ = try turns.send([system("Mon"), Said.user("a")])
        let main = [system("Tue"), Said.user("a"), Said.assistant("x"), Said.user("b")]
        let before = try turns.send(main)
        _ = try turns.send([system("Tue"), Said.user("explore")])
        #expect(try turns.send(main).body == before.body)
    }

    @Test("Claude Code's git status goes as a whole, from the part it is in")
    func gitStatus() throws {
        let status =
            #"gitStatus: This is the git status.\n\nCurrent branch: main\n\nStatus:\n M a.swift\n\nRecent commits:\n1a2b fix"#
        let blocks = #"[{"type":"text","text":"You are."},{"type":"text","text":"Env.\n\#(status)\n# Rules\nNone"}]"#
        let sent = try turns.send([
            #"{"role":"system","content":\#(blocks)}"#, Said.user(parts: "Hi", "there"),
        ])
        #expect(
            sent.messages == [
                #"{"role":"system","content":[{"type":"text","text":"You are."},{"type":"text","text":"Env.\n# Rules\nNone"}]}"#,
                Said.user(parts: "Hi", "there", #"<system-reminder>\n\#(status)\n</system-reminder>"#),
            ])
    }

    @Test(
        "lines that stay",
        arguments: [
            "Never write Today's date: into a file.", "Todays date: Mon", "The current time zone is UTC.",
            "Date: Mon", #"\u003cenv\u003e"#, "", #"\n\n"#,
        ])
    func staying(text: String) throws {
        let body = #"{"messages":[\#(Said.system(text)),\#(Said.user("a"))]}"#
        #expect(try turns.send(body).body == body)
    }

    @Test(
        "lines that go, however their client spells line breaks and list marks",
        arguments: [
            (#"A\nCurrent time: 12:00\nB"#, #"A\nB"#, "Current time: 12:00"),
            (#"A\r\n- Current Date: Mon\r\nB"#, #"A\r\nB"#, "- Current Date: Mon"),
            (#"A\u000a# Today's date is Mon\u000AB"#, #"A\u000aB"#, "# Today's date is Mon"),
            (#"The current date and time is now"#, "", "The current date and time is now"),
            (#"A\\\nToday's date: \"Mon\"\n"#, #"A\\\n"#, #"Today's date: \"Mon\""#),
        ])
    func going(before: String, after: String, line: String) throws {
        let sent = try turns.send([Said.system(before), Said.user("a")])
        #expect(sent.messages == [Said.system(after), Said.user("a" + reminder(line))])
    }

    @Test("a state that is made ahead begins as the conversation will")
    func ahead() throws {
        func ahead(_ messages: String..., enabled: Set<String> = ["volatile-lines"]) throws -> PrefixChain {
            let chat = try StabilisedTurns.request(#"{"messages":[\#(messages.joined(separator: ","))]}"#)
            return PrefixChain(try Stabilisers.beginning(chat, enabled: enabled), fingerprint: SHA256.digest([]))
        }
        let sent = try turns.send([system("Mon"), Said.user("a")])
        #expect(try ahead(system("Tue")).base == sent.chain.base)
        #expect(try ahead(system("Mon"), Said.user("a")) == sent.chain)
        #expect(try ahead(system("Tue"), enabled: []).base != sent.chain.base)
        let header = Said.system(#"x-anthropic-billing-header: cch=1;\nYou are."#)
        #expect(try ahead(header, enabled: []) == ahead(Said.system("You are.")))
    }

    @Test("where there is no message of the user nothing moves")
    func nowhere() throws {
        let body = #"{"messages":[\#(system("Mon")),\#(Said.assistant("a"))]}"#
        #expect(try turns.send(body).body == body)
        let empty = #"{"messages":[\#(system("Mon")),{"role":"user","content":null}]}"#
        #expect(try turns.send(empty).body == empty)
    }

    @Test("only the newest of a line that changes with every turn is looked for, and the number of them has a limit")
    func limit() throws {
        var messages: [String] = []
        var last: StabilisedTurns.Sent?
        var breaks = 0
        for turn in 0..<260 {
            messages.append(Said.user("turn \(turn)"))
            let sent = try turns.send([Said.system("Current time: \(turn)")] + messages)
            #expect(sent.messages.last?.contains("Current time: \(turn)") ?? false || turn == 256)
            if let last, Array(sent.messages.prefix(last.messages.count)) != last.messages { breaks += 1 }
            last = sent
            messages.append(Said.assistant("ok"))
        }
        #expect(breaks == 1)
    }
}
