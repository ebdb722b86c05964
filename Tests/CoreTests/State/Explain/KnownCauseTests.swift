import LocalCodeCore
import Testing

@Suite("Explain: known causes")
struct KnownCauseTests {
    private func cause(_ earlier: String, _ later: String, role: String = "system") throws -> KnownCause? {
        func request(_ text: String) throws -> ChatRequest {
            let body: JSONValue = ["messages": [["role": .string(role), "content": .string(text)]]]
            return try ChatRequest(JSONView(validating: body.bytes), kind: .chat)
        }
        return RequestComparison(earlier: try request(earlier), later: try request(later)).differences.first?.cause
    }

    @Test(
        "the line that differs tells",
        arguments: [
            ("<env>\n  Today's date: Mon Nov 23 2026", "<env>\n  Today's date: Mon Nov 30 2026", KnownCause.date),
            ("Current conversation session ID: ses_1", "Current conversation session ID: ses_2", .sessionID),
            ("<env>\n  Working directory: /home/a", "<env>\n  Working directory: /home/b", .directory),
            ("You are powered by the model named a.", "You are powered by the model named b.", .modelName),
            ("x-anthropic-billing-header: cch=1;", "x-anthropic-billing-header: cch=2;", .billingHeader),
            ("# Current Time\nx", "# Current Time zone\nx", .time), ("gitStatus: a", "gitStatus: b", .gitStatus),
        ])
    func line(earlier: String, later: String, expected: KnownCause) throws {
        #expect(try cause(earlier, later) == expected)
    }

    @Test("the section that it is in tells")
    func section() throws {
        let prompt = "You help.\n<env>\n  Working directory: /p\n</env>\nInstructions from: /p/AGENTS.md\n# Rules\n"
        #expect(try cause(prompt + "Be brief.", prompt + "Be long.") == .instructions)
        #expect(try cause(prompt + "x\n<available_skills>\n  a", prompt + "x\n<available_skills>\n  b") == .skills)
        let status = "You are.\ngitStatus: This is it.\n\nStatus:\n M "
        #expect(try cause(status + "a.swift", status + "b.swift") == .gitStatus)
        #expect(try cause(status + "a\n# Rules\nBrief", status + "a\n# Rules\nLong") == nil)
    }

    @Test("texts that begin other tasks tell")
    func task() throws {
        #expect(try cause("You are opencode", "You are a title generator. You output ONLY") == .otherTask)
        #expect(try cause("hello", "What did we do so far?", role: "user") == .compaction)
        #expect(try cause("100 lines", "[Old tool result content cleared]", role: "tool") == .pruning)
        #expect(try cause("go\n<system-reminder>\nplan", "go", role: "user") == .reminder)
    }

    @Test("what is not known is not guessed")
    func unknown() throws {
        #expect(try cause("You are brief.", "You are kind.") == nil)
        #expect(try cause("<env>\nPlatform: linux", "<env>\nPlatform: darwin") == nil)
        #expect(try cause("You are a title generator. A", "You are a title generator. B") == nil)
    }

    @Test("explanations are sentences without a full stop")
    func explanations() {
        for cause in KnownCause.allCases {
            #expect(!cause.explanation.isEmpty && !cause.explanation.hasSuffix("."))
        }
    }
}
