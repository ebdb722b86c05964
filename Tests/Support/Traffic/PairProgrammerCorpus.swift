import LocalCodeCore

/// What Aider and Continue send: they describe what they want in words.
enum PairProgrammerCorpus {
    static func cases(_ random: inout TrafficRandom) -> [TrafficCase] { aider(&random) + continueDev(&random) }

    private static func aider(_ random: inout TrafficRandom) -> [TrafficCase] {
        var cases: [TrafficCase] = []
        for userAgent in ["litellm/1.80.0", "AsyncOpenAI/Python 1.109.1"] {
            func request(_ name: String, _ kind: RequestKind, _ messages: [JSONValue], stream: Bool) -> TrafficCase {
                TrafficCase(
                    "Aider: \(name)", .aider, kind, headers: ["User-Agent": userAgent],
                    body: [
                        "model": "main", "messages": .array(messages), "temperature": 0, "stream": .bool(stream),
                    ])
            }
            let system = Wire.system(
                """
                Act as an expert software developer.
                Always use best practices when coding.
                All changes to files must use this *SEARCH/REPLACE block* format. \(random.paragraph(500))
                """)
            let example = [
                Wire.user("Change the app to use a constant."),
                Wire.assistant("app.py\n<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE"),
            ]
            let map = Wire.user("Here are summaries of some files present in my git repository.\n\(random.code(1500))")
            let files = Wire.user(
                "I have *added these files to the chat* so you can go ahead and edit them.\n\n\(random.file())\n"
                    + "```\n\(random.code(2500, numbered: false))\n```")
            let start = [system] + example + [map, Wire.assistant("Ok."), files, Wire.assistant("Ok.")]
            cases.append(request("code", .chat, start + [Wire.user(random.wish())], stream: true))
            cases.append(
                request(
                    "code, later", .chat,
                    start + [Wire.user(random.wish()), Wire.assistant("Done."), Wire.user(random.wish())],
                    stream: true))
            cases.append(
                request(
                    "commit", .commit,
                    [
                        Wire.system(
                            """
                            You are an expert software engineer that generates concise, one-line Git commit messages based on \
                            the provided diffs.
                            Answer with the line only.
                            """),
                        Wire.user("# Diffs:\n\(random.diff())"),
                    ], stream: false))
            cases.append(
                request(
                    "summary", .summary,
                    [
                        Wire.system(
                            "*Briefly* summarize this partial conversation about programming.\nLess of what is old."),
                        Wire.user("# USER\n\(random.wish())\n# ASSISTANT\n\(random.paragraph(400))"),
                    ], stream: false))
        }
        return cases
    }

    private static func continueDev(_ random: inout TrafficRandom) -> [TrafficCase] {
        let headers: HTTPHeaders = ["User-Agent": "Continue/1.3.24 node-fetch"]
        func chat(_ name: String, _ kind: RequestKind, _ mode: String, tools: [String] = []) -> TrafficCase {
            var body: JSONValue = [
                "model": "main",
                "messages": [
                    Wire.system(
                        "<important_rules>\n  You are in \(mode) mode.\n\n  Answer in Markdown.\n</important_rules>"),
                    Wire.user(random.wish()),
                ],
                "max_tokens": 4096, "stream": true,
            ]
            if !tools.isEmpty {
                body["tools"] = .array(tools.map { Wire.function($0, "A tool of Continue's.", ["filepath"]) })
            }
            return TrafficCase("Continue: \(name)", .continueDev, kind, headers: headers, body: body)
        }
        let names = ["builtin_read_file", "builtin_edit_existing_file", "builtin_run_terminal_command"]
        return [
            chat("chat", .chat, "chat"),
            chat("agent", .turn, "agent", tools: names),
            chat("plan", .plan, "plan", tools: [names[0]]),
            TrafficCase(
                "Continue: autocomplete", .continueDev, .fim, headers: headers,
                body: [
                    "model": "small", "prompt": .string(random.code(700, numbered: false)),
                    "suffix": .string(random.code(300, numbered: false)), "max_tokens": 256, "temperature": 0.01,
                    "stream": true, "stop": ["\n\n"],
                ]),
        ]
    }
}
