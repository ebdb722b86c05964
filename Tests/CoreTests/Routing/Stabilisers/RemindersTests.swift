import LocalCodeCore
import Testing

@Suite("Stabilisers: reminders")
struct RemindersTests {
    private let turns = StabilisedTurns(.reminders)
    private let system = Said.system("You are opencode.")
    private let plan = #"<system-reminder>\n# Plan Mode - System Reminder\n</system-reminder>"#
    private let build = #"<system-reminder>\nYour operational mode has changed from plan to build.\n</system-reminder>"#

    @Test("a message gets back the reminder that it had when it was the newest")
    func planned() throws {
        let first = [system, Said.user(parts: "do it", plan)]
        let second = [system, Said.user("do it"), Said.assistant("planned"), Said.user(parts: "go", plan)]
        let third = [
            system, Said.user("do it"), Said.assistant("planned"), Said.user("go"), Said.assistant("ok"),
            Said.user(parts: "build it", build),
        ]
        let sent = try [first, second, third].map { try turns.send($0) }
        #expect(sent[0].messages == first && sent[0].applied.isEmpty)
        for (earlier, later) in zip(sent, sent.dropFirst()) {
            #expect(Array(later.messages.prefix(earlier.messages.count)) == earlier.messages)
            #expect(later.chain.sharedCount(with: earlier.chain) == earlier.chain.boundaries.count)
        }
        #expect(try StabilisedTurns.sharedPlain(first, second) == 1)
        #expect(sent[2].applied == ["reminders"])
    }

    @Test("it comes back to the place that it had among the parts")
    func place() throws {
        let first = Said.user(parts: "a", plan, "file 1", "file 2")
        _ = try turns.send([system, first])
        let sent = try turns.send([
            system, Said.user(parts: "a", "file 1", "file 2"), Said.assistant("x"), Said.user("b"),
        ])
        #expect(sent.messages[1] == first)
    }

    @Test("a message that has its reminder, and one with another text, stay as they are")
    func untouched() throws {
        let head = [system, Said.user("a"), Said.assistant("x")]
        let second = Said.user(parts: "b", plan)
        _ = try turns.send(head + [second])
        for message in [second, Said.user("B")] {
            let later = head + [message, Said.assistant("y"), Said.user("c")]
            #expect(try turns.send(later).messages == later)
        }
    }

    @Test("of the newest message counts what the client says now")
    func newest() throws {
        _ = try turns.send([system, Said.user(parts: "a", plan)])
        let without = [system, Said.user("a")]
        #expect(try turns.send(without).messages == without)
        let later = [system, Said.user("a"), Said.assistant("x"), Said.user("b")]
        #expect(try turns.send(later).messages == later)
    }

    @Test("a reminder in front of the text is found again, too")
    func front() throws {
        let first = Said.user(parts: plan, "a")
        _ = try turns.send([system, first])
        let sent = try turns.send([system, Said.user("a"), Said.assistant("x"), Said.user("b")])
        #expect(sent.messages[1] == first)
    }

    @Test("with lines that moved it gives the same prefix")
    func withVolatileLines() throws {
        let turns = StabilisedTurns(.reminders, .volatileLines)
        let system = Said.system(#"You help.\nToday's date: Mon"#)
        let first = try turns.send([system, Said.user(parts: "do it", plan)])
        let second = try turns.send([system, Said.user("do it"), Said.assistant("planned"), Said.user("go")])
        #expect(Array(second.messages.prefix(2)) == first.messages)
        #expect(second.applied == ["reminders", "volatile-lines"])
        #expect(
            first.messages[1]
                == Said.user(parts: "do it", plan, #"<system-reminder>\nToday's date: Mon\n</system-reminder>"#))
    }
}
