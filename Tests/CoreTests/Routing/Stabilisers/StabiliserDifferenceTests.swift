import LocalCodeCore
import Testing

@Suite("Stabilisers: what would have helped")
struct StabiliserDifferenceTests {
    private func helpful(_ earlier: String, _ later: String, tools: (String, String)? = nil) throws -> Stabiliser? {
        func request(_ messages: String, _ tools: String?) throws -> ChatRequest {
            try StabilisedTurns.request(#"{"messages":[\#(messages)],"tools":\#(tools ?? "[]")}"#)
        }
        let comparison = RequestComparison(
            earlier: try request(earlier, tools?.0), later: try request(later, tools?.1))
        return comparison.differences.first.flatMap { comparison.stabiliser(against: $0) }
    }

    @Test(
        "lines of the system prompt",
        arguments: [
            (#"Today's date: Mon"#, #"Today's date: Tue"#, Stabiliser.volatileLines),
            (
                #"<env>\nCurrent conversation session ID: 1"#, #"<env>\nCurrent conversation session ID: 2"#,
                .volatileLines
            ),
            (#"gitStatus: x\nStatus:\n M a"#, #"gitStatus: x\nStatus:\n M b"#, .volatileLines),
            (#"x-anthropic-billing-header: cch=1;"#, #"x-anthropic-billing-header: cch=2;"#, .billingHeader),
            ("You code.", "You paint.", nil), (#"  Working directory: /a"#, #"  Working directory: /b"#, nil),
        ])
    func system(earlier: String, later: String, expected: Stabiliser?) throws {
        let question = "," + Said.user("a")
        #expect(try helpful(Said.system(earlier) + question, Said.system(later) + question) == expected)
        // What it names does help.
        guard let expected else { return }
        let turns = StabilisedTurns(expected)
        let first = try turns.send([Said.system(earlier), Said.user("a")])
        let second = try turns.send([Said.system(later), Said.user("a")])
        #expect(first.chain.base == second.chain.base)
    }

    @Test("the same lines in a message of the user are nothing that could be moved")
    func user() throws {
        #expect(try helpful(Said.user("Current time: 1"), Said.user("Current time: 2")) == nil)
    }

    @Test("a reminder helps where it was a part of its own and is gone")
    func reminders() throws {
        let with = Said.user(parts: "a", "<system-reminder>x</system-reminder>")
        #expect(try helpful(with, Said.user("a") + "," + Said.assistant("x")) == .reminders)
        #expect(try helpful(Said.user("a"), with) == nil)
        #expect(try helpful(Said.user("a<system-reminder>x"), Said.user("a")) == nil)
    }

    @Test("the order of tools helps where nothing else about them has changed")
    func tools() throws {
        func tool(_ name: String, _ about: String) -> String {
            #"{"type":"function","function":{"name":"\#(name)","description":"\#(about)"}}"#
        }
        let (read, bash) = (tool("read", "Reads."), tool("bash", "Runs."))
        let user = Said.user("a")
        #expect(try helpful(user, user, tools: ("[\(read),\(bash)]", "[\(bash),\(read)]")) == .toolOrder)
        #expect(
            try helpful(user, user, tools: ("[\(read),\(bash)]", "[\(bash),\(tool("read", "Looks."))]")) == nil)
    }

    @Test("reasoning that was left out")
    func reasoning() throws {
        let thought = #"{"role":"assistant","content":"x","reasoning_content":"So."}"#
        #expect(try helpful("\(Said.user("a")),\(thought)", "\(Said.user("a")),\(Said.assistant("x"))") == .reasoning)
    }
}
