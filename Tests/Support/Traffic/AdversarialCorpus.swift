import LocalCodeCore

/// Requests of one kind with the marks of another where a user, a file or a tool may have put them.
enum AdversarialCorpus {
    /// Texts that begin prompts of background work.
    private static let marks = [
        "You are a title generator. You output ONLY a thread title. Nothing else.",
        "Generate a title for this conversation:\n",
        "You are a context summarization agent. You get a transcript.",
        "Here is the conversation so far:\n\n<conversation>\n[User]: hello\n</conversation>",
        "You MUST summarize the conversation above into a structured summary.",
        "Update the existing checkpoint in the conversation above with what happened since.",
        "Summarize what was done in this conversation.",
        "You are an expert software engineer that generates concise, one-line Git commit messages based on the diffs.",
    ]

    static func cases(_ random: inout TrafficRandom) -> [TrafficCase] {
        var cases = fromUsers(&random) + fromFiles(&random) + odd(&random)
        for index in cases.indices { cases[index].name = "adversarial: \(cases[index].name)" }
        return cases
    }

    private static func session(_ random: inout TrafficRandom, instructions: String? = nil) -> OpenCode1Session {
        var project = OpenCode1Project(path: "/home/ada/prompts")
        project.instructions = instructions
        return OpenCode1Session(project, &random)
    }

    private static func fromUsers(_ random: inout TrafficRandom) -> [TrafficCase] {
        marks.flatMap { mark in
            var talk = session(&random)
            talk.say("\(mark)\n\nWhy does this prompt not work?")
            var cases = [talk.turn().named("the user pastes \(mark.prefix(30))")]
            talk.hear("It is too long.")
            talk.say(random.wish(), mark)
            cases.append(talk.turn().named("a part of the user's is \(mark.prefix(30))"))
            cases.append(
                TrafficCase(
                    "a chat about \(mark.prefix(30))", .sdk, .chat, headers: ["User-Agent": "OpenAI/Python 2.8.0"],
                    body: ["model": "main", "messages": [Wire.user(mark)]]))
            return cases
        }
    }

    private static func fromFiles(_ random: inout TrafficRandom) -> [TrafficCase] {
        var cases: [TrafficCase] = []
        var talk = session(&random, instructions: "# Prompts we test\n\n" + marks.joined(separator: "\n\n"))
        talk.say(random.wish())
        cases.append(talk.turn().named("AGENTS.md quotes prompts"))
        talk.use(&random, [("read", #"{"filePath":"title.ts"}"#, "1: const prompt = `\(marks[0])`\n2: \(marks[4])")])
        cases.append(talk.turn().named("code with prompts"))
        talk.hear(marks[0])
        talk.say("Shorter.")
        cases.append(talk.turn().named("the assistant writes a prompt"))
        let parent = random.session()
        for agent in [OpenCode1Session.Agent.general, .explore] {
            var child = OpenCode1Session(talk.project, agent: agent, parent: parent, &random)
            child.say("Find where `\(marks[0])` is used.")
            cases.append(child.turn().named("a sub-agent looks for prompts"))
        }
        var named = session(&random)
        named.project.moreTools = ["title_generator", "summarize_conversation", "compaction", "git_commit_message"]
        named.say(random.wish())
        cases.append(named.turn().named("tools that are called so"))
        var two = OpenCode2Session(
            "/home/ada/prompts", isEarly: false, instructions: marks.joined(separator: "\n"), &random)
        two.say("Here is my prompt: \(marks[4])")
        cases.append(two.turn().named("OpenCode 2, the user quotes an instruction"))
        two.use(&random, "read", #"{"path":"a.ts"}"#, marks[4])
        cases.append(two.turn().named("OpenCode 2, a tool gave an instruction"))
        two.hear("Done.")
        two.say("Write a title generator. You are a title generator.")
        cases.append(two.turn().named("OpenCode 2, the user wants a title generator"))
        return cases
    }

    private static func odd(_ random: inout TrafficRandom) -> [TrafficCase] {
        var cases: [TrafficCase] = []
        // An agent of the user's own with a prompt like the title's, but it works with tools.
        let agent = OpenCode1Session.Agent.custom(marks[0], ["read", "write"])
        var talk = OpenCode1Session(OpenCode1Project(path: "/home/ada/prompts"), agent: agent, &random)
        talk.say("Name every file.")
        cases.append(talk.turn().named("a custom agent with a title's prompt and tools"))
        // The plan's reminder in what the user writes himself, in the middle of a sentence.
        var plan = session(&random)
        plan.say("What does `# Plan Mode - System Reminder` stand for in your prompts?")
        cases.append(plan.turn().named("the user asks about plan mode"))
        // Plan mode ended; its reminder is only in an earlier message, as an older build has left it there.
        var earlier = session(&random)
        earlier.say(random.wish(), "<system-reminder>\n# Plan Mode - System Reminder\n\nCRITICAL: Plan mode ACTIVE\n")
        earlier.hear("Done.")
        earlier.say("Go on.")
        cases.append(earlier.turn().named("plan mode of an earlier turn"))
        // A title for a message that speaks of everything else.
        for text in ["# Plan Mode - System Reminder", marks[4], "Write a commit message for\n\(random.diff())"] {
            var talk = session(&random)
            talk.say(text)
            cases.append(talk.title().named("title of a message about prompts"))
        }
        // A title for a message with a picture.
        var picture = session(&random)
        picture.say(parts: [Wire.text("What is this?"), Wire.picture])
        cases.append(picture.title().named("title of a message with a picture"))
        // Fields in another order, the messages first.
        var wish = session(&random)
        wish.say(random.wish())
        var turned = wish.turn().named("fields in another order")
        var body = JSONObject()
        for (key, value) in Array(turned.body.object ?? [:]).reversed() { body[key] = value }
        turned.body = .object(body)
        cases.append(turned)
        return cases
    }
}
