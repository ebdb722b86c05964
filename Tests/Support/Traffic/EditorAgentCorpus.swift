import LocalCodeCore

/// What Cline, Roo Code and Zed send.
enum EditorAgentCorpus {
    static func cases(_ random: inout TrafficRandom) -> [TrafficCase] {
        cline(&random) + roo(&random) + zed(&random)
    }

    private static func cline(_ random: inout TrafficRandom) -> [TrafficCase] {
        var cases: [TrafficCase] = []
        for hasTools in [true, false] {
            let task = "\(1_764_000_000_000 + random.below(1_000_000))"
            let headers: HTTPHeaders = [
                "User-Agent": "Cline/3.40.1", "HTTP-Referer": "https://cline.bot", "X-Title": "Cline",
                "X-CLIENT-TYPE": "VSCode Extension", "X-Task-ID": task,
            ]
            let path = "/home/ada/ledger"
            let system = Wire.system(
                """
                You are Cline, a highly skilled software engineer. \(random.paragraph(600))

                SYSTEM INFORMATION

                Operating System: Linux 6.12
                Default Shell: /bin/bash
                Home Directory: /home/ada
                Current Working Directory: \(path)
                """)
            func details(_ mode: String) -> JSONValue {
                Wire.text(
                    """
                    <environment_details>
                    # Visual Studio Code Visible Files
                    src/parser.py

                    # Current Time
                    11/23/2026, 9:14:02 PM (Europe/Berlin, UTC+1:00)

                    # Current Mode
                    \(mode) MODE
                    </environment_details>
                    """)
            }
            func request(_ name: String, _ kind: RequestKind, _ messages: [JSONValue]) -> TrafficCase {
                var body: JSONValue = [
                    "model": "main", "messages": .array([system] + messages), "temperature": 0, "stream": true,
                    "stream_options": ["include_usage": true],
                ]
                if hasTools {
                    body["tools"] = .array(
                        ["read_file", "write_to_file", "execute_command", "attempt_completion"].map {
                            Wire.function($0, "One of Cline's tools.", ["path"])
                        })
                }
                return TrafficCase(
                    "Cline\(hasTools ? "" : ", tools in words"): \(name)", .cline, kind, headers: headers, body: body,
                    conversation: task, project: path)
            }
            let first = Wire.user([Wire.text("<task>\n\(random.wish())\n</task>"), details("ACT")])
            cases.append(request("first turn", .turn, [first]))
            let answer = Wire.assistant("<read_file><path>src/parser.py</path></read_file>")
            let result = Wire.user([Wire.text("[read_file] Result:"), Wire.text(random.code(2000)), details("ACT")])
            cases.append(request("in the tool loop", .turn, [first, answer, result]))
            let plan = Wire.user([Wire.text("<task>\n\(random.wish())\n</task>"), details("PLAN")])
            cases.append(request("plan", .plan, [plan]))
        }
        return cases
    }

    private static func roo(_ random: inout TrafficRandom) -> [TrafficCase] {
        var cases: [TrafficCase] = []
        for path in ["/home/ada/ledger", "c:/Users/li/shop"] {
            let headers: HTTPHeaders = [
                "User-Agent": "RooCode/3.36.2", "HTTP-Referer": "https://github.com/RooVetGit/Roo-Cline",
                "X-Title": "Roo Code",
            ]
            func request(_ name: String, _ kind: RequestKind, _ slug: String, _ messages: [JSONValue]) -> TrafficCase {
                let details = """
                    <environment_details>
                    # VSCode Open Tabs
                    src/parser.py

                    # Current Time
                    Current time in ISO 8601 UTC format: 2026-11-23T20:14:02Z

                    # Current Cost
                    $0.00

                    # Current Mode
                    <slug>\(slug)</slug>
                    <name>Mode</name>
                    </environment_details>
                    """
                let system = Wire.system(
                    """
                    You are Roo, a knowledgeable engineer who plans and builds. \(random.paragraph(500))

                    SYSTEM INFORMATION

                    Operating System: Linux 6.12
                    Home Directory: /home/ada
                    Current Workspace Directory: \(path)
                    """)
                let body: JSONValue = [
                    "model": "main", "temperature": 0,
                    "messages": .array(
                        [system] + messages + [Wire.user([Wire.text(random.wish()), Wire.text(details)])]),
                    "stream": true, "stream_options": ["include_usage": true],
                    "tools": [
                        Wire.function("apply_diff", "Changes a file.", ["path", "diff"]),
                        Wire.function("read_file", "Reads a file.", ["path"]),
                    ],
                    "tool_choice": "auto", "parallel_tool_calls": false,
                ]
                return TrafficCase(
                    "Roo: \(name)", .roo, kind, headers: headers, body: body, project: path)
            }
            cases.append(request("first turn", .turn, "code", []))
            let earlier =
                [Wire.user(random.wish())]
                + Wire.calls([Wire.call(random.callID(), "read_file", #"{"path":"a"}"#)], results: [random.code(3000)])
            cases.append(request("later turn", .turn, "code", earlier))
            cases.append(request("architect", .plan, "architect", []))
        }
        return cases
    }

    private static func zed(_ random: inout TrafficRandom) -> [TrafficCase] {
        let headers: HTTPHeaders = ["User-Agent": "Zed/0.214.3 (linux; x86_64)"]
        func request(
            _ name: String, _ kind: RequestKind, _ messages: [JSONValue], hasTools: Bool = false
        ) -> TrafficCase {
            var body: JSONValue = [
                "model": "main", "messages": .array(messages), "stream": true, "max_completion_tokens": 8192,
                "temperature": 1, "parallel_tool_calls": false,
            ]
            if hasTools {
                body["tools"] = .array(
                    ["read_file", "edit_file", "terminal"].map { Wire.function($0, "A tool of Zed's.", ["path"]) })
            }
            return TrafficCase("Zed: \(name)", .zed, kind, headers: headers, body: body)
        }
        let system = Wire.system(
            "You are a highly skilled software engineer with extensive knowledge in many programming languages.\n"
                + random.paragraph(300))
        let talk = [Wire.user(random.wish()), Wire.assistant("Done.")]
        return [
            request("first turn", .turn, [system, Wire.user(random.wish())], hasTools: true),
            request("later turn", .turn, [system] + talk + [Wire.user(random.wish())], hasTools: true),
            request("chat", .chat, [Wire.user("What is a phantom type?")]),
            request(
                "title", .title,
                talk + [Wire.user("Generate a concise 3-7 word title for this conversation, omitting punctuation.")]),
            request(
                "commit", .commit,
                [
                    Wire.user(
                        "You are an expert at writing Git commits. Write a short clear message for this change.\n\n"
                            + random.diff())
                ]),
        ]
    }
}
