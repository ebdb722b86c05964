import LocalCodeCore

/// What libraries, scripts and people with curl send.
enum LibraryCorpus {
    private static let libraries: [(name: String, client: RequestClient, headers: HTTPHeaders)] = [
        (
            "OpenAI for Python", .sdk,
            [
                "User-Agent": "OpenAI/Python 2.8.0", "X-Stainless-Lang": "python",
                "X-Stainless-Package-Version": "2.8.0",
            ]
        ),
        (
            "OpenAI for Node", .sdk,
            ["User-Agent": "OpenAI/JS 6.9.1", "X-Stainless-Lang": "js", "X-Stainless-Runtime": "node"]
        ),
        (
            "Vercel's SDK", .sdk,
            ["User-Agent": "ai-sdk/openai-compatible/2.0.41 ai-sdk/provider-utils/4.0.23 runtime/node/24"]
        ),
        ("LiteLLM", .sdk, ["User-Agent": "litellm/1.80.0"]),
        ("curl", .sdk, ["User-Agent": "curl/8.14.1", "Accept": "*/*"]),
        ("nobody known", .unknown, ["User-Agent": "house-robot/0.3"]),
        ("nobody at all", .unknown, [:]),
    ]

    static func cases(_ random: inout TrafficRandom) -> [TrafficCase] {
        var cases: [TrafficCase] = []
        for (name, client, headers) in libraries {
            func one(_ what: String, _ kind: RequestKind, _ body: JSONValue) {
                cases.append(TrafficCase("\(name): \(what)", client, kind, headers: headers, body: body))
            }
            one("chat", .chat, ["model": "main", "messages": [Wire.user("What does a parser do?")]])
            one(
                "chat with a system prompt", .chat,
                [
                    "model": "main", "stream": true, "temperature": 0.7,
                    "messages": [
                        Wire.system("You answer questions about \(random.file())."), Wire.user(random.wish()),
                        Wire.assistant("Done."), Wire.user("Thanks. And now?"),
                    ],
                ])
            one(
                "tools", .turn,
                [
                    "model": "main", "messages": [Wire.user("What is the weather in Ulm?")],
                    "tools": [Wire.function("weather", "The weather of a place.", ["place"])], "tool_choice": "auto",
                ])
            one(
                "extraction", .structured,
                [
                    "model": "main",
                    "messages": [Wire.system("Extract what is asked for."), Wire.user(random.paragraph(300))],
                    "response_format": [
                        "type": "json_schema",
                        "json_schema": [
                            "name": "facts", "strict": true,
                            "schema": ["type": "object", "properties": ["subject": ["type": "string"]]],
                        ],
                    ],
                ])
            one(
                "picture", .vision,
                ["model": "main", "messages": [Wire.user([Wire.text("What is on this picture?"), Wire.picture])]])
        }
        let (name, client, headers) = libraries[4]
        func structured(_ what: String, _ members: JSONValue) {
            var body: JSONValue = ["model": "main", "messages": [Wire.user("List three colours.")]]
            for (member, value) in members.object ?? [:] { body[member] = value }
            cases.append(TrafficCase("\(name): \(what)", client, .structured, headers: headers, body: body))
        }
        structured("JSON of any shape", ["response_format": ["type": "json_object"]])
        structured("grammar", ["grammar": "root ::= \"red\" | \"blue\""])
        structured("schema of llama-server", ["json_schema": ["type": "array", "items": ["type": "string"]]])
        return cases + commits(&random)
    }

    private static func commits(_ random: inout TrafficRandom) -> [TrafficCase] {
        ["OpenAI/JS 6.9.1", "house-robot/0.3"].enumerated().map { index, userAgent in
            TrafficCase(
                "commit message of an extension", index == 0 ? .sdk : .unknown, .commit,
                headers: ["User-Agent": userAgent],
                body: [
                    "model": "main",
                    "messages": [
                        Wire.system(
                            "You are an assistant that writes a git commit message for a change. Give the message only."
                        ),
                        Wire.user("Write a commit message for this diff:\n\n\(random.diff())"),
                    ],
                ])
        }
    }
}
