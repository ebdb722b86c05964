import LocalCodeCore
import Testing

@Suite("Classify: clients, conversations and projects")
struct ClientTests {
    @Test(
        "by what they call themselves",
        arguments: [
            ("opencode/1.18.34 ai-sdk/provider-utils/4.0.23 runtime/bun/1.3", RequestClient.openCode1),
            ("opencode/local ai-sdk/provider-utils/4.0.23", .openCode1), ("opencode/beta/2.0.3/cli", .openCode2),
            ("claude-cli/2.1.0 (external, cli)", .claudeCode), ("Cline/4.0", .cline), ("RooCode/3.30", .roo),
            ("Zed/0.210.0 (linux; x86_64)", .zed), ("OpenAI/Python 2.1.0", .sdk), ("OpenAI/JS 6.1", .sdk),
            ("litellm/1.80.0", .sdk), ("curl/8.5.0", .sdk), ("ai/6.0 ai-sdk/openai-compatible/2.0.41", .sdk),
            ("LocalCode/1.0", .localCode), ("Mozilla/5.0", .unknown), ("", .unknown),
        ])
    func names(agent: String, client: RequestClient) throws {
        let body = Sample.body(Sample.message("user", "hello"))
        #expect(try Sample.classify(body, ["User-Agent": agent]).client == client)
    }

    @Test("by their fields and prompts, where another program stands in between")
    func prompts() throws {
        func client(_ system: String, _ headers: HTTPHeaders = ["User-Agent": "python-httpx/0.28"]) throws
            -> RequestClient
        {
            try Sample.classify(Sample.body(system: .string(system), Sample.message("user", "x")), headers).client
        }
        #expect(try client(Sample.openCode1) == .openCode1)
        #expect(try client(Sample.openCode2) == .openCode2)
        #expect(try client("My own prompt.\nYou are powered by the model named m.\n\(Sample.env)") == .openCode1)
        #expect(try client("You are Claude Code, Anthropic's official CLI for Claude.") == .claudeCode)
        #expect(try client("You are Roo, a strategic leader") == .roo)
        #expect(try client("Act as an expert software developer.") == .aider)
        #expect(try client("You help.") == .sdk)
        #expect(try client("You help.", ["X-Task-ID": "t"]) == .cline)
        #expect(try client("You help.", ["HTTP-Referer": "https://github.com/RooVetGit/Roo-Cline"]) == .roo)
        #expect(try client("The prompt was: You are opencode, a tool.") == .sdk)
    }

    @Test("Claude Code through a converter: blocks, and a line of its own for each request")
    func claudeCode() throws {
        let system = Sample.parts(
            "x-anthropic-billing-header: cc_version=2.1; cch=12ab;", "You are Claude Code, Anthropic's official CLI.",
            "Summarize this coding conversation in under 50 characters.")
        let title = Sample.body(system: system, Sample.message("user", "x"))
        #expect(try Sample.classify(title).client == .claudeCode)
        #expect(try Sample.classify(title).kind == .title)
        let lines =
            "x-anthropic-billing-header: cch=1;\nYou are Claude Code, a tool.\n\nSummarize this coding conversation in under 50"
        let joined = Sample.body(system: .string(lines + " characters."), Sample.message("user", "x"))
        #expect(try Sample.classify(joined).kind == .title)
        // The same as Anthropic writes it.
        let beside: JSONValue = [
            "model": "haiku", "system": system, "messages": [Sample.message("user", Sample.parts("hello"))],
            "tools": [["name": "Bash", "input_schema": ["type": "object"]]],
            "metadata": ["user_id": "user_1_account__session_0f-1"],
        ]
        let turn = try Sample.classify(beside, ["x-app": "cli"])
        // Results of tools come in the user's name, but the reminder is in what the user wrote.
        let use: JSONValue = ["role": "assistant", "content": [["type": "tool_use", "id": "t", "name": "Read"]]]
        let result: JSONValue = [
            "role": "user", "content": [["type": "tool_result", "tool_use_id": "t", "content": "x"]],
        ]
        let planned = Sample.message("user", Sample.parts("go", "<system-reminder>\nPlan mode is active. Do not edit."))
        var plan = beside
        plan["messages"] = [planned, use, result]
        #expect(try Sample.classify(plan, ["x-app": "cli"]).kind == .plan)
        #expect(turn.client == .claudeCode)
        #expect(turn.kind == .turn)
        #expect(turn.conversation == "0f-1")
    }

    @Test("editors that fill gaps")
    func infill() throws {
        let body: JSONValue = ["input_prefix": "a", "input_suffix": "b", "t_max_predict_ms": 250]
        #expect(try Sample.classify(body, ["User-Agent": "curl/8.5.0"]).client == .llamaVim)
        #expect(try Sample.classify(body, ["User-Agent": "axios/1.7"]).client == .llamaVSCode)
    }

    @Test("the conversation's name, by the order of the fields")
    func conversation() throws {
        var headers: HTTPHeaders = [:]
        let body = Sample.body(
            Sample.message("user", "x"),
            more: [("promptCacheKey", "camel"), ("metadata", ["user_id": #"{"session_id":"meta"}"#])])
        #expect(try Sample.classify(body).conversation == "meta")
        for (field, value) in [
            ("X-Task-ID", "task"), ("X-Session-Id", "session"), ("x-session-affinity", "affinity"),
            ("x-opencode-session-id", "opencode"), ("x-localcode-session", "hint"),
        ] {
            headers[field] = value
            #expect(try Sample.classify(body, headers).conversation == value)
        }
        let key = Sample.body(
            Sample.message("user", "x"), more: [("prompt_cache_key", "k"), ("metadata", ["user_id": "me"])])
        #expect(try Sample.classify(key).conversation == "k")
        #expect(try Sample.classify(key, ["x-session-id": ""]).conversation == "k")
        let long = try Sample.classify(key, ["x-session-id": String(repeating: "é", count: 5000)])
        #expect(long.conversation?.count == 128)
    }

    @Test(
        "the project's directory, as clients write it",
        arguments: [
            ("You are Claude Code\n<env>\nWorking directory: /a b/c\nIs directory", "/a b/c"),
            ("You are Claude Code\n# Environment\n - Primary working directory: /a\n", "/a"),
            ("You are Cline\nCurrent Working Directory: /w\n", "/w"),
            ("You are Roo\nCurrent Workspace Directory: C:\\code\\shop\n", "C:\\code\\shop"),
            ("Keep to the working directory: never leave it.\nWorking directory: /x", "/x"),
            ("Working directory: unknown", nil),
        ])
    func project(system: String, path: String?) throws {
        let body = Sample.body(system: .string(system), Sample.message("user", "Working directory: /not/this"))
        #expect(try Sample.classify(body).project == path)
    }

    @Test("files of the user's do not name the project")
    func quotedProject() throws {
        let quoted = "Instructions from: /p/AGENTS.md\nWorking directory: /wrong\n"
        func project(_ system: String, _ headers: HTTPHeaders) throws -> String? {
            try Sample.classify(Sample.body(system: .string(system), Sample.message("user", "x")), headers).project
        }
        #expect(try project(Sample.openCode1 + quoted, Sample.agent1) == "/home/me/shop")
        let second = "You are an AI agent running in OpenCode\n\(quoted)\(Sample.env)"
        #expect(try project(second, Sample.agent2) == "/home/me/shop")
    }

    @Test("Roo tells in the first message where it is")
    func environmentDetails() throws {
        let details = "<environment_details>\n# Current Workspace Directory (/r/q) Files\na.txt\n</environment_details>"
        let body = Sample.body(system: "You are Roo", Sample.message("user", Sample.parts("fix", details)))
        #expect(try Sample.classify(body).project == "/r/q")
    }
}
