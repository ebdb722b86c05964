import LocalCodeCore

/// What Claude Code sends, in Anthropic's form and as converters make OpenAI's of it.
enum ClaudeCodeCorpus {
    static func cases(_ random: inout TrafficRandom) -> [TrafficCase] {
        var cases: [TrafficCase] = []
        for path in ["/home/ada/ledger", "/Users/li/Code/shop"] {
            let session = random.uuid()
            var messages = [Wire.user(random.wish())]
            cases += both("first turn", .turn, path, session, messages, &random)
            messages += Wire.calls(
                [Wire.call(random.callID(), "Read", #"{"file_path":"a.py"}"#)], results: [random.code(3000)])
            cases += both("in the tool loop", .turn, path, session, messages, &random)
            messages += [Wire.assistant("Done."), Wire.user(random.wish())]
            cases += both("second turn", .turn, path, session, messages, &random)
            messages.append(Wire.assistant("Done."))
            let compaction =
                messages + [
                    Wire.user(
                        "Your task is to create a detailed summary of the conversation so far, with every file and decision."
                    )
                ]
            cases += both("compaction", .compaction, path, session, compaction, &random)
            cases.append(title(session, &random))
        }
        return cases
    }

    private static func headers(_ session: String) -> HTTPHeaders {
        [
            "User-Agent": "claude-cli/2.1.14 (external, cli)", "x-app": "cli", "anthropic-version": "2023-06-01",
            "anthropic-beta": "claude-code-20250219,interleaved-thinking-2025-05-14",
        ]
    }

    private static func metadata(_ session: String, _ random: inout TrafficRandom) -> JSONValue {
        ["user_id": .string("user_\(random.hex(64))_account__session_\(session)")]
    }

    private static func blocks(_ path: String, _ random: inout TrafficRandom) -> JSONValue {
        .array([
            Wire.text("x-anthropic-billing-header: cc_version=2.1.14; cc_entrypoint=cli; cch=\(random.hex(5));"),
            Wire.text("You are Claude Code, Anthropic's official CLI for Claude."),
            Wire.text(
                """
                You help with software engineering. Be short, and keep to what was asked.
                \(random.paragraph(400))

                # Environment
                Here is useful information about the environment you are running in:
                <env>
                Working directory: \(path)
                Is directory a git repo: Yes
                Platform: linux
                Today's date: 2026-11-23
                </env>

                gitStatus: This is the git status at the start of the conversation.
                Current branch: main
                """),
        ])
    }

    private static let names = ["Task", "Bash", "Glob", "Grep", "Read", "Edit", "Write", "WebFetch", "TodoWrite"]

    /// The same request to `/v1/messages` and, by way of a converter, to `/v1/chat/completions`.
    private static func both(
        _ name: String, _ kind: RequestKind, _ path: String, _ session: String, _ messages: [JSONValue],
        _ random: inout TrafficRandom
    ) -> [TrafficCase] {
        let system = blocks(path, &random)
        let shared: JSONValue = ["model": "claude-sonnet-4-5", "max_tokens": 32_000, "temperature": 1, "stream": true]
        var anthropic = shared
        anthropic["system"] = system
        anthropic["messages"] = .array(messages.map(block))
        anthropic["tools"] = .array(
            names.map {
                ["name": .string($0), "description": "One of the tools.", "input_schema": ["type": "object"]]
            })
        anthropic["metadata"] = metadata(session, &random)
        var converted = shared
        converted["messages"] = .array([["role": "system", "content": system]] + messages)
        converted["tools"] = .array(names.map { Wire.function($0, "One of the tools.", ["input"]) })
        converted["metadata"] = anthropic["metadata"]
        return [("Anthropic's form", anthropic), ("converted", converted)].map { form, body in
            TrafficCase(
                "Claude Code, \(form): \(name)", .claudeCode, kind, headers: headers(session), body: body,
                conversation: session, project: path)
        }
    }

    /// A message in Anthropic's form.
    private static func block(_ message: JSONValue) -> JSONValue {
        if let calls = message["tool_calls"]?.array {
            return [
                "role": "assistant",
                "content": .array(
                    calls.map {
                        [
                            "type": "tool_use", "id": $0["id"] ?? .null, "name": $0["function"]?["name"] ?? .null,
                            "input": ["file_path": "a.py"],
                        ]
                    }),
            ]
        }
        guard message["role"]?.string == "tool" else { return message }
        let result: JSONValue = [
            "type": "tool_result", "tool_use_id": message["tool_call_id"] ?? .null,
            "content": message["content"] ?? .null,
        ]
        return ["role": "user", "content": [result]]
    }

    /// A small job, which goes to the small model's alias.
    private static func title(_ session: String, _ random: inout TrafficRandom) -> TrafficCase {
        let body: JSONValue = [
            "model": "claude-haiku-4-5", "max_tokens": 512, "temperature": 0, "stream": true,
            "system": [
                Wire.text("x-anthropic-billing-header: cc_version=2.1.14; cc_entrypoint=cli; cch=\(random.hex(5));"),
                Wire.text("You are Claude Code, Anthropic's official CLI for Claude."),
                Wire.text(
                    "Generate a concise, sentence-case title (3-7 words) that captures the main topic of this session."),
            ],
            "messages": [Wire.user(random.wish())], "tools": [], "metadata": metadata(session, &random),
        ]
        return TrafficCase(
            "Claude Code: title", .claudeCode, .title, headers: headers(session), body: body, conversation: session)
    }
}
