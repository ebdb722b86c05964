import LocalCodeCore

/// What OpenCode 1 sends: every kind, in several projects.
enum OpenCode1Corpus {
    static func cases(_ random: inout TrafficRandom) -> [TrafficCase] {
        var cases: [TrafficCase] = []
        for (index, path) in ["/home/ada/ledger", "/srv/work trees/größe", "/Users/li/Code/shop"].enumerated() {
            var project = OpenCode1Project(path: path)
            if index != 0 { project.instructions = "# How we work\n\n" + random.paragraph(900) }
            if index == 1 { (project.family, project.model) = (OpenCode1Prompts.other, "qwen3-coder") }
            if index == 2 { (project.hasSkills, project.promptCharacters) = (true, 31_700) }
            if index == 2 { project.moreTools = ["browser_open", "tickets_search"] }
            let version = index == 0 ? "1.18.18" : "1.18.34"
            cases += mainTurns(project, version, &random) + children(project, version, &random)
            cases += background(project, version, &random)
        }
        return cases + oddities(&random)
    }

    private static func session(
        _ project: OpenCode1Project, _ version: String, agent: OpenCode1Session.Agent = .build,
        parent: String? = nil, _ random: inout TrafficRandom
    ) -> OpenCode1Session {
        var session = OpenCode1Session(project, agent: agent, parent: parent, &random)
        session.version = version
        return session
    }

    private static func read(_ random: inout TrafficRandom, _ length: Int) -> (String, String, String) {
        ("read", #"{"filePath":"\#(random.file())"}"#, random.code(length))
    }

    private static func mainTurns(
        _ project: OpenCode1Project, _ version: String, _ random: inout TrafficRandom
    ) -> [TrafficCase] {
        var cases: [TrafficCase] = []
        var talk = session(project, version, &random)
        talk.say(random.wish())
        cases.append(talk.turn().named("OpenCode 1: first turn"))
        talk.use(&random, [read(&random, 400), read(&random, 700)])
        cases.append(talk.turn().named("OpenCode 1: in the tool loop"))
        talk.use(&random, [read(&random, 50_000)])
        cases.append(talk.turn().named("OpenCode 1: behind a huge result"))
        talk.hear("Done.", reasoning: random.paragraph(300))
        talk.say(random.wish(), "Called the Read tool with the following input: {}", random.code(600))
        cases.append(talk.turn().named("OpenCode 1: with a file mentioned"))
        talk.hear("It is done.")
        talk.agent = .plan
        talk.say("How would you split the parser?")
        cases.append(talk.turn().named("OpenCode 1: plan"))
        talk.use(&random, [read(&random, 300)])
        cases.append(talk.turn().named("OpenCode 1: plan, in the tool loop"))
        talk.hear(random.paragraph(200))
        talk.agent = .build
        talk.say("Do it.")
        cases.append(talk.turn().named("OpenCode 1: build after plan"))
        talk.hear("Done.")
        talk.say("And the tests?")
        cases.append(talk.turn().named("OpenCode 1: a turn after build after plan"))
        talk.compact(random.paragraph(800), keeping: 2)
        cases.append(talk.turn().named("OpenCode 1: after compaction"))
        talk.agent = .plan
        cases.append(talk.turn().named("OpenCode 1: plan after compaction"))
        talk.agent = .build
        talk.say(parts: [Wire.text("What is wrong on this picture?"), Wire.picture])
        cases.append(talk.turn().named("OpenCode 1: turn with a picture"))
        talk.use(&random, [("read", #"{"filePath":"a.png"}"#, "Image read successfully")])
        talk.attachMedia()
        cases.append(talk.turn().named("OpenCode 1: a tool gave a picture"))
        talk.isOutOfSteps = true
        cases.append(talk.turn().named("OpenCode 1: out of steps"))
        return cases
    }

    private static func children(
        _ project: OpenCode1Project, _ version: String, _ random: inout TrafficRandom
    ) -> [TrafficCase] {
        let parent = random.session()
        var cases: [TrafficCase] = []
        for agent in [OpenCode1Session.Agent.general, .explore] {
            var talk = session(project, version, agent: agent, parent: parent, &random)
            talk.say("Find out where the \(random.file()) is used, and report.")
            cases.append(talk.turn())
            talk.use(&random, [("grep", #"{"pattern":"def"}"#, random.code(300))])
            cases.append(talk.turn().named("OpenCode 1: \(agent.kind.rawValue), in the tool loop"))
            talk.use(&random, [read(&random, 4000), read(&random, 200)])
            cases.append(talk.turn().named("OpenCode 1: \(agent.kind.rawValue), a step later"))
        }
        return cases
    }

    private static func background(
        _ project: OpenCode1Project, _ version: String, _ random: inout TrafficRandom
    ) -> [TrafficCase] {
        var cases: [TrafficCase] = []
        var talk = session(project, version, &random)
        talk.say(random.wish())
        cases.append(talk.title())
        talk.use(&random, [read(&random, 3000)])
        talk.hear("Done.")
        talk.say(random.wish())
        cases.append(talk.compaction())
        cases.append(talk.compaction(prior: random.paragraph(400)).named("OpenCode 1: compaction again"))
        cases.append(
            talk.compaction(prompt: OpenCode1Prompts.oldCompaction).named("OpenCode 1: compaction, older prompt"))
        var other = session(project, version, &random)
        other.say(random.wish(), "Called the Read tool with the following input: {}", random.code(900))
        cases.append(other.title().named("OpenCode 1: title of a message with files"))
        var short = session(project, version, &random)
        short.say("hi")
        cases.append(short.title().with("temperature", 0.5).named("OpenCode 1: title of nothing"))
        return cases
    }

    private static func oddities(_ random: inout TrafficRandom) -> [TrafficCase] {
        let project = OpenCode1Project(path: "/home/ada/ledger")
        var cases: [TrafficCase] = []
        let reviewer = OpenCode1Session.Agent.custom(
            "You review migrations of databases. Be strict, and quote the lines you mean.", ["bash", "glob", "read"])
        var custom = session(project, "1.18.34", agent: reviewer, &random)
        custom.say("Look at the last three.")
        cases.append(custom.turn().named("OpenCode 1: an agent of the user's own"))
        var talk = session(project, "1.18.18", &random)
        talk.say("Create or update `AGENTS.md` for this repository: what one must know to work in it.")
        cases.append(talk.turn().named("OpenCode 1: /init"))
        talk.options = [
            ("max_tokens", 32_000), ("temperature", 0.55), ("top_p", 1), ("reasoning_effort", "high"),
            ("promptCacheKey", .string(talk.id)),
        ]
        cases.append(talk.turn().named("OpenCode 1: with sampling and a cache key"))
        var review = session(project, "1.18.34", agent: .general, parent: talk.id, &random)
        review.say("You are a code reviewer. Review what is not committed, and say what breaks.\n\n\(random.diff())")
        cases.append(review.turn().named("OpenCode 1: /review"))
        let generator: JSONValue = [
            "model": "main", "max_tokens": 32_000, "temperature": 0.3, "response_format": ["type": "json_object"],
            "messages": [
                Wire.system("You are an elite AI agent architect. You write system prompts for agents, as JSON."),
                Wire.user("Create an agent for this: \"writes changelogs\". Give identifier, whenToUse, systemPrompt."),
            ],
        ]
        cases.append(
            TrafficCase(
                "OpenCode 1: agent create", .openCode1, .structured,
                headers: [
                    "User-Agent": "ai-sdk/openai-compatible/2.0.41 ai-sdk/provider-utils/4.0.23 runtime/bun/1.3.1"
                ],
                body: generator))
        var summary = talk
        summary.options = [("max_tokens", 8192)]
        var request = summary.title().named("OpenCode 1: summary")
        request.kind = .summary
        request.body["messages"] = [
            Wire.system("Summarize what was done in this conversation. Two sentences, in the first person."),
            Wire.user(random.wish()), Wire.assistant("Done."),
        ]
        cases.append(request)
        return cases
    }
}
