import LocalCodeCore
import Testing

@Suite("Classify: kinds")
struct KindTests {
    private let turn = Sample.tools("bash", "edit", "task")

    @Test("a turn of OpenCode, with all that is known about it")
    func openCodeTurn() throws {
        let body = Sample.body(system: .string(Sample.openCode1), Sample.message("user", "hello"), tools: turn)
        let found = try Sample.classify(body, Sample.agent1)
        #expect(found.client == .openCode1)
        #expect(found.kind == .turn)
        #expect(found.conversation == "ses_1")
        #expect(found.parent == nil)
        #expect(found.project == "/home/me/shop")
        #expect(found.evidence.map(\.about) == ["client", "kind", "conversation", "project"])
        #expect(found.evidence.first?.rule == "user-agent")
    }

    @Test("OpenCode's jobs", arguments: ["title", "context"])
    func jobs(_ job: String) throws {
        let prompt =
            job == "title"
            ? "You are a title generator. You output ONLY a thread title." : "You are a context summarization agent."
        let body = Sample.body(system: .string(prompt), Sample.message("user", "Generate a title:\n"))
        let found = try Sample.classify(body, Sample.agent1)
        #expect(found.kind == (job == "title" ? .title : .compaction))
        // With tools, it is a turn of an agent that somebody gave such a prompt.
        let agent = Sample.body(system: .string(prompt), Sample.message("user", "hello"), tools: turn)
        #expect(try Sample.classify(agent, Sample.agent1).kind == .turn)
        // From the user, it is what the user says.
        let chat = Sample.body(system: "You help.", Sample.message("user", .string(prompt)))
        #expect(try Sample.classify(chat, Sample.agent1).kind == .chat)
        let later = Sample.body(system: Sample.parts("You help.", prompt), Sample.message("user", "x"))
        #expect(try Sample.classify(later).kind == .chat)
        let first = Sample.body(Sample.message("user", .string(prompt)))
        #expect(try Sample.classify(first).kind == .chat)
    }

    @Test("no tools and an empty list of tools are the same")
    func emptyTools() throws {
        let body = Sample.body(
            system: "You are a title generator. You output ONLY a thread title.", Sample.message("user", "x"), tools: []
        )
        #expect(try Sample.classify(body).kind == .title)
    }

    @Test("a conversation in which tools were called is an agent's, whether it has tools or not")
    func calls() throws {
        let result: JSONValue = ["role": "tool", "tool_call_id": "c", "content": "file"]
        let body = Sample.body(
            system: .string(Sample.openCode2), Sample.message("user", "go on"), Sample.message("assistant", ""), result,
            tools: [])
        #expect(try Sample.classify(body, Sample.agent2).kind == .turn)
        let chat = Sample.body(
            system: "You help.", Sample.message("user", "x"), Sample.message("assistant", "y"),
            Sample.message("system", "z"),
            Sample.message("user", "z"))
        #expect(try Sample.classify(chat).kind == .chat)
    }

    @Test("version 2 has its conversation summarized with the tools that it has")
    func compaction2() throws {
        func kind(_ text: String, _ headers: HTTPHeaders, then: JSONValue...) throws -> RequestKind {
            var body = Sample.body(
                system: .string(headers == Sample.agent1 ? Sample.openCode1 : Sample.openCode2),
                Sample.message("user", "fix it"), Sample.message("assistant", "done"),
                Sample.message("user", .string(text)), tools: turn)
            body["messages"] = .array((body["messages"]?.array ?? []) + then)
            return try Sample.classify(body, headers).kind
        }
        let text = "You MUST summarize the conversation above into a structured summary\n## Objective"
        #expect(try kind(text, Sample.agent2) == .compaction)
        #expect(try kind("Update the existing checkpoint in the conversation above.", Sample.agent2) == .compaction)
        let retry = "x\nThe previous response did not fill in the required summary template."
        #expect(try kind(retry, Sample.agent2) == .compaction)
        // Version 1 has another way, so that somebody has written this; and what was answered is no request for it.
        #expect(try kind(text, Sample.agent1) == .turn)
        #expect(try kind(text, Sample.agent2, then: Sample.message("assistant", "so be it")) == .turn)
        #expect(try kind("Please: " + text, Sample.agent2) == .turn)
    }

    @Test("planning is told by the reminder in the newest message of the user")
    func plan() throws {
        let reminder = "<system-reminder>\n# Plan Mode - System Reminder\n\nCRITICAL: Plan mode ACTIVE"
        let call: JSONValue = [
            "role": "assistant", "content": "", "tool_calls": [["id": "c", "function": ["name": "read"]]],
        ]
        let result: JSONValue = ["role": "tool", "tool_call_id": "c", "content": "file"]
        let planned = Sample.message("user", Sample.parts("fix it", reminder))
        #expect(try kind(planned) == .plan)
        #expect(try kind(planned, call, result) == .plan)
        #expect(try kind(Sample.message("user", .string("fix it\n\n" + reminder + "\n"))) == .plan)
        #expect(try kind(planned, Sample.message("assistant", "a plan"), Sample.message("user", "go")) == .turn)
        let switched = Sample.parts("go", "<system-reminder>\nYour operational mode has changed from plan to build.")
        #expect(try kind(planned, Sample.message("user", switched)) == .turn)

        func kind(_ messages: JSONValue...) throws -> RequestKind {
            var body = Sample.body(system: .string(Sample.openCode1), tools: turn)
            body["messages"] = .array((body["messages"]?.array ?? []) + messages)
            return try Sample.classify(body, Sample.agent1).kind
        }
    }

    @Test("sub-agents have a parent", arguments: ["x-parent-session-id", "x-opencode-parent-session-id"])
    func subagent(_ field: String) throws {
        var headers = Sample.agent1
        headers[field] = "ses_0"
        let body = Sample.body(system: .string(Sample.openCode1), Sample.message("user", "look"), tools: turn)
        let found = try Sample.classify(body, headers)
        #expect(found.kind == .subagent)
        #expect(found.parent == "ses_0")
        let explore = Sample.body(
            system: .string("You are a file search specialist. You excel.\n\(Sample.env)"),
            Sample.message("user", "look"),
            tools: turn)
        #expect(try Sample.classify(explore, headers).kind == .explore)
        // A sub-agent may be compacted like any other.
        let compaction = Sample.body(
            system: "You are a context summarization agent.", Sample.message("user", "Here is the conversation so far:")
        )
        #expect(try Sample.classify(compaction, headers).kind == .compaction)
    }

    @Test(
        "bodies without messages are told by their fields",
        arguments: [
            (#"{"input":"a"}"#, RequestKind.embedding), (#"{"query":"a","documents":["b"]}"#, .rerank),
            (#"{"input_prefix":"","input_suffix":"b","prompt":""}"#, .fim), (#"{"prompt":"a","suffix":"b"}"#, .fim),
            (#"{"prompt":"a","suffix":""}"#, .completion), (#"{"prompt":"a","suffix":null}"#, .completion),
            (#"{"prompt":"<|fim_prefix|>a<|fim_suffix|>b<|fim_middle|>"}"#, .fim), (#"{"prompt":"a"}"#, .completion),
            (#"{}"#, .chat),
        ])
    func shapes(body: String, kind: RequestKind) throws {
        #expect(try Sample.classify(JSONValue(parsing: Array(body.utf8))).kind == kind)
    }

    @Test("pictures, forms, commit messages and summaries")
    func others() throws {
        let picture: JSONValue = [
            ["type": "text", "text": "what is this?"],
            ["type": "image_url", "image_url": ["url": "data:image/png;base64,AAAA"]],
        ]
        #expect(try Sample.classify(Sample.body(Sample.message("user", picture))).kind == .vision)
        #expect(try Sample.classify(Sample.body(Sample.message("user", picture), tools: turn)).kind == .turn)
        let form: JSONValue = ["type": "json_schema", "json_schema": ["schema": ["type": "object"]]]
        let extraction = Sample.body(Sample.message("user", "x"), more: [("response_format", form)])
        #expect(try Sample.classify(extraction).kind == .structured)
        let text = Sample.body(Sample.message("user", "x"), more: [("response_format", ["type": "text"])])
        #expect(try Sample.classify(text).kind == .chat)
        let diff = "Write a commit message for these changes:\ndiff --git a/x b/x\n@@ -1 +1 @@\n-a\n+b"
        #expect(try Sample.classify(Sample.body(Sample.message("user", .string(diff)))).kind == .commit)
        let question = Sample.body(Sample.message("user", "How do I write a commit message?"))
        #expect(try Sample.classify(question).kind == .chat)
        let aider = Sample.body(
            system: """
                You are an expert software engineer that generates concise, one-line Git commit messages based on the \
                provided diffs.
                """, Sample.message("user", "diff"))
        let commit = try Sample.classify(aider, ["User-Agent": "litellm/1.80"])
        #expect(commit.client == .aider)
        #expect(commit.kind == .commit)
        let summary = Sample.body(
            system: "*Briefly* summarize this partial conversation about programming.",
            Sample.message("user", "# USER\nx"))
        #expect(try Sample.classify(summary).kind == .summary)
    }
}
