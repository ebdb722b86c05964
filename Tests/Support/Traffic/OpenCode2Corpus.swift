import LocalCodeCore

/// What OpenCode 2 sends, early and late builds: every kind.
enum OpenCode2Corpus {
    static func cases(_ random: inout TrafficRandom) -> [TrafficCase] {
        var cases: [TrafficCase] = []
        for isEarly in [true, false] {
            for path in ["/home/ada/ledger", "/Users/li/Code/shop"] {
                cases += turns(path, isEarly, &random) + children(path, isEarly, &random)
                cases += background(path, isEarly, &random)
            }
        }
        return cases
    }

    private static func turns(_ path: String, _ isEarly: Bool, _ random: inout TrafficRandom) -> [TrafficCase] {
        var cases: [TrafficCase] = []
        var talk = OpenCode2Session(
            path, isEarly: isEarly, instructions: path.hasPrefix("/home") ? random.paragraph(500) : nil, &random)
        if !isEarly { talk.client = "desktop" }
        talk.say(random.wish())
        cases.append(talk.turn().named("OpenCode 2: first turn"))
        talk.use(&random, "read", #"{"path":"a.py"}"#, random.code(600))
        cases.append(talk.turn().named("OpenCode 2: in the tool loop"))
        talk.use(
            &random, "shell", #"{"command":"make"}"#,
            #"{"error":{"type":"tool.execution","message":"exit 2"},"content":[]}"#)
        cases.append(talk.turn().named("OpenCode 2: behind a tool that failed"))
        talk.use(&random, "read", #"{"path":"b.py"}"#, random.code(40_000))
        cases.append(talk.turn().named("OpenCode 2: behind a huge result"))
        talk.hear("Done.")
        talk.update("Today's date is now: Tue Nov 24 2026")
        talk.say(random.wish())
        cases.append(talk.turn().named("OpenCode 2: behind midnight"))
        talk.hear("Done.")
        talk.say(parts: [Wire.text("And this?"), Wire.picture])
        cases.append(talk.turn().named("OpenCode 2: turn with a picture"))
        talk.compact(random.paragraph(600))
        talk.say(random.wish())
        cases.append(talk.turn().named("OpenCode 2: after compaction"))
        return cases
    }

    private static func children(_ path: String, _ isEarly: Bool, _ random: inout TrafficRandom) -> [TrafficCase] {
        var cases: [TrafficCase] = []
        let parent = random.session()
        for agent in [OpenCode2Session.Agent.general, .explore] {
            var talk = OpenCode2Session(path, agent: agent, isEarly: isEarly, parent: parent, &random)
            talk.say("Find every use of the \(random.file()) and report.")
            cases.append(talk.turn())
            talk.use(&random, "grep", #"{"path":"."}"#, random.code(500))
            cases.append(talk.turn().named("OpenCode 2: \(agent.kind.rawValue), in the tool loop"))
        }
        return cases
    }

    private static func background(_ path: String, _ isEarly: Bool, _ random: inout TrafficRandom) -> [TrafficCase] {
        var talk = OpenCode2Session(path, isEarly: isEarly, &random)
        let wish = random.wish()
        talk.say(wish)
        var cases = [talk.title(wish)]
        talk.use(&random, "read", #"{"path":"a.py"}"#, random.code(600))
        talk.hear("Done.")
        cases.append(
            talk.title("Original request:\n\(wish)\n\nRecent conversation:\n\(random.paragraph(200))")
                .named("OpenCode 2: title again"))
        cases.append(talk.compaction(OpenCode2Session.summarize))
        cases.append(
            talk.compaction(OpenCode2Session.summarize, isRetry: true).named("OpenCode 2: compaction, reminded"))
        // The tools are switched off, while the history has calls.
        cases.append(talk.turn().with("tools", []).named("OpenCode 2: tools switched off"))
        talk.compact(random.paragraph(500))
        talk.say(random.wish())
        talk.hear("Done.")
        cases.append(talk.compaction(OpenCode2Session.checkpoint).named("OpenCode 2: compaction again"))
        return cases
    }
}
