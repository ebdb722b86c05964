import LocalCodeCore

extension Command {
    static let cacheWarm = Command(
        name: "warm",
        summary: "Make states before they are needed",
        details: """
            Reads prompts on the engine and saves the states, so that a session starts at once. REQUEST is a file with the \
            body of a chat request (- is standard input), or the directory of a project. The exit status is 0 only when each \
            state is in the store and was verified: its file is whole, and the engine has read it again.

            Of a project the state is that of its system prompt and tools, which every new session starts from. OpenCode's \
            own prompt and its tools depend on its version, agents, plugins and servers; they are taken from the newest \
            request with tools that 'localcode serve' has seen of it, or from --template. What belongs to the project is \
            put in: its directory, whether it is a git repository, today's date, and AGENTS.md, or else CLAUDE.md or \
            CONTEXT.md, from the directory up to the top of the repository. So the state holds for this day, this model and \
            the agent of that request. Not covered are files and URLs in the 'instructions' of opencode.json, servers and \
            skills that the other project does not have, and other agents. Without any request of OpenCode the state has the \
            project's instructions only; a note says so.

            A running 'localcode serve' does the work. Without one, name a llama-server with --engine, and with --slot-dir \
            the directory it was given as --slot-save-path.
            """,
        operands: [
            Operand("REQUEST", "file with a chat request, or a project's directory", repeats: true, completion: .file)
        ],
        options: [
            Option(
                "last", value: "N", kind: .integer(1...1000), help: "also the last N sessions that were seen",
                details: "The newest request of each session, as far as the journal of the last requests goes back."),
            Option(
                "template", value: "FILE", completion: .file,
                help: "request of OpenCode's to take its prompt and tools from"),
            .json,
        ] + Option.reachingEngine,
        examples: [
            Example("localcode cache warm .", "make the first answer in this project fast"),
            Example("localcode cache warm --last 3", "bring back yesterday's sessions, before the day starts"),
            Example("localcode cache warm request.json", "make the state of a request"),
        ],
        run: { try await CacheWarm(invocation: $0).run() })

    static let cacheWhy = Command(
        name: "why",
        summary: "Explain why a request was not served from the cache",
        details: """
            Holds a request against the nearest earlier one and shows what differs first: a parameter that the chat template \
            sees, a tool, the system prompt or a message, with the place inside it, the first characters that differ, and \
            where clients are known to do that, the reason. Everything behind the first difference had to be read again; \
            what that cost is shown in tokens and seconds.

            The nearest earlier request is the one with the longest beginning in common, or, where none has any, the one that \
            looks most alike. 'localcode serve' keeps the last requests in a journal for this, with their bodies.
            """,
        operands: [
            Operand(
                "REQUEST", "its number, the beginning of its key, or a file; the last one without it", completion: .file
            )
        ],
        options: [.json, .cacheDirectory],
        examples: [
            Example("localcode cache why", "explain the last request"),
            Example("localcode cache why 41", "explain request 41"),
            Example("localcode cache why ./request.json", "see what a request could go on from"),
        ],
        run: { try CacheWhy(invocation: $0).run() })
}
