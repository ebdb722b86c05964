import LocalCodeCore

/// Requests that say outright what they are, whatever they look like.
enum HintedCorpus {
    static func cases(_ random: inout TrafficRandom) -> [TrafficCase] {
        headers(&random) + bodies(&random)
    }

    private static func openCode(_ random: inout TrafficRandom) -> OpenCode1Session {
        var talk = OpenCode1Session(OpenCode1Project(path: "/home/ada/ledger"), &random)
        talk.say(random.wish())
        return talk
    }

    /// Names that agents of OpenCode have, and what they are for.
    private static let agents: [(String, RequestKind)] = [
        ("build", .turn), ("plan", .plan), ("title", .title), ("compaction", .compaction), ("summary", .summary),
        ("general", .subagent), ("explore", .explore),
    ]

    private static func headers(_ random: inout TrafficRandom) -> [TrafficCase] {
        var cases: [TrafficCase] = []
        for kind in [RequestKind.title, .summary, .compaction, .commit, .explore, .structured, .fim] {
            var request = openCode(&random).turn().with(header: "x-localcode-kind", kind.rawValue)
            request.kind = kind
            cases.append(request.named("hint: header kind \(kind.rawValue)"))
        }
        for (agent, kind) in agents {
            var request = openCode(&random).turn().with(header: "x-localcode-agent", agent)
            request.kind = kind
            cases.append(request.named("hint: header agent \(agent)"))
        }
        for client in [RequestClient.openCode1, .aider, .zed, .cline] {
            let body: JSONValue = ["model": "main", "messages": [Wire.user(random.wish())]]
            cases.append(
                TrafficCase(
                    "hint: header client \(client.rawValue)", client, .chat,
                    headers: ["User-Agent": "curl/8.14.1", "x-localcode-client": client.rawValue], body: body))
        }
        let body: JSONValue = ["model": "main", "messages": [Wire.user(random.wish())]]
        cases.append(
            TrafficCase(
                "hint: header session", .unknown, .chat,
                headers: ["x-localcode-session": "talk-1", "x-localcode-kind": "chat"], body: body,
                conversation: "talk-1"))
        cases.append(
            TrafficCase(
                "hint: header session and parent", .unknown, .subagent,
                headers: [
                    "x-localcode-session": "talk-2", "x-localcode-parent": "talk-1", "x-localcode-agent": "general",
                ], body: body, conversation: "talk-2", parent: "talk-1"))
        return cases
    }

    private static func bodies(_ random: inout TrafficRandom) -> [TrafficCase] {
        var cases: [TrafficCase] = []
        for (agent, kind) in agents {
            // What OpenCode has under `agent.NAME.options` stands in the body as it is.
            var request = openCode(&random).turn().with("localcode_kind", .string(kind.rawValue))
            request.kind = kind
            cases.append(request.named("hint: body localcode_kind \(kind.rawValue)"))
            request = openCode(&random).turn().with("localcode", ["agent": .string(agent)])
            request.kind = kind
            cases.append(request.named("hint: body agent \(agent)"))
        }
        var request = openCode(&random).turn().with("x_localcode", "title")
        request.kind = .title
        cases.append(request.named("hint: body x_localcode title"))
        request = openCode(&random).title().with("x_localcode", "main")
        cases.append(request.named("hint: body x_localcode main of a title"))
        request = openCode(&random).turn().with("x_localcode", "main")
        cases.append(request.named("hint: body x_localcode main"))
        request = openCode(&random).turn().with("localcode", ["kind": "commit", "client": "aider"])
        (request.kind, request.client) = (.commit, .aider)
        cases.append(request.named("hint: body kind and client"))
        // The header counts more than what a file configured once and for all.
        request = openCode(&random).turn().with("localcode_kind", "title").with(header: "x-localcode-kind", "explore")
        request.kind = .explore
        cases.append(request.named("hint: header before body"))
        return cases
    }
}
