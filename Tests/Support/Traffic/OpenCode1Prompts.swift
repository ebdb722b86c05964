import LocalCodeCore

/// A directory that OpenCode 1 is started in, and how much it has to say there.
public struct OpenCode1Project: Sendable {
    /// The directory.
    public var path: String
    /// `Mon Nov 23 2026`.
    public var date = "Mon Nov 23 2026"
    /// What AGENTS.md says; nil: there is none.
    public var instructions: String?
    /// The model's name on the wire.
    public var model = "main"
    /// About how many characters every prompt repeats: 31,700 were measured. The tools' schemas take some 3,000 in any case; below
    /// 1,000 they have one parameter each, which is the least.
    public var promptCharacters = 3000
    /// The family's prompt that the model's name selects.
    public var family = OpenCode1Prompts.standard
    /// Whether there are skills.
    public var hasSkills = false
    /// More tools, as MCP servers bring them.
    public var moreTools: [String] = []
    /// The tools that the user's configuration leaves; nil: all.
    public var onlyTools: Set<String>?

    public init(path: String) { self.path = path }
}

/// The texts of OpenCode 1.18: beginnings and marks are the program's own, what is between them is not.
public enum OpenCode1Prompts {
    public static let standard =
        "You are opencode, an interactive CLI tool that helps users with software engineering tasks."
    public static let other = "You are OpenCode, the best coding agent on the planet."

    static let planReminder = """
        <system-reminder>
        # Plan Mode - System Reminder

        CRITICAL: Plan mode ACTIVE - nothing may be changed, whatever was said before. Look, think, and propose.
        </system-reminder>
        """
    static let buildSwitch = """
        <system-reminder>
        Your operational mode has changed from plan to build.
        You may change files and run commands again.
        </system-reminder>
        """
    static let title = """
        You are a title generator. You output ONLY a thread title. Nothing else.

        Name what the person wants to find again: one line, at most fifty characters, in the language they write in.
        Keep technical words, numbers and names of files as they are. Do not answer the question.
        """
    static let compaction = """
        You are a context summarization agent. You get a transcript between a person and a coding agent and write what
        the agent must know to go on. Do not go on with it yourself, do not answer questions in it.
        """
    static let oldCompaction = """
        You are an anchored context summarization assistant. Summarize the conversation so that another agent can take
        over; keep names of files, decisions, and what is still to be done.
        """
    static let summaryTemplate = """
        Fill in this template:

        ## Objective
        What the person wants.
        ## Details
        Decisions and their reasons.
        ## Next steps
        What was about to be done.
        """
    static let explore = """
        You are a file search specialist. You find your way through code bases: by names, by patterns, by content. Give
        absolute paths, and change nothing.
        """
    static let afterCompaction = "Continue if you have next steps, or stop and ask for clarification if you are unsure."
    static let maximumSteps = """
        CRITICAL - MAXIMUM STEPS REACHED

        Tools are off now. Say what was done, what is left, and what should come next.
        """

    /// What every agent of a project is told of where it runs.
    static func environment(_ project: OpenCode1Project) -> String {
        """
        You are powered by the model named \(project.model). The exact model ID is localcode/\(project.model)
        Here is some useful information about the environment you are running in:
        <env>
          Working directory: \(project.path)
          Workspace root folder: \(project.path)
          Is directory a git repo: yes
          Platform: linux
          Today's date: \(project.date)
        </env>
        """
    }

    /// The rules of the family's prompt, of about so many characters.
    static func rules(_ characters: Int) -> String {
        var random = TrafficRandom(seed: 1)
        var text = "# Tone and style\nAnswer in few lines, without praise."
        while text.utf8.count < characters { text += "\n- " + random.sentence() }
        return text
    }

    static func system(_ project: OpenCode1Project, prompt: String?) -> String {
        var parts = [prompt ?? "\(project.family)\n\n\(rules(project.promptCharacters / 3))", environment(project)]
        if let instructions = project.instructions {
            parts.append("Instructions from: \(project.path)/AGENTS.md\n\(instructions)")
        }
        parts.append(
            project.hasSkills
                ? """
                Skills provide specialized instructions and workflows for specific tasks.
                <available_skills>
                  <skill><name>release</name><description>How a release is made</description></skill>
                </available_skills>
                """ : "No skills are currently available.")
        return parts.joined(separator: "\n")
    }

    private static let parameters: [String: [String]] = [
        "bash": ["command", "timeout", "workdir"], "edit": ["filePath", "oldString", "newString", "replaceAll"],
        "glob": ["pattern", "path"], "grep": ["pattern", "path", "include"], "question": ["questions"],
        "read": ["filePath", "offset", "limit"], "skill": ["name"],
        "task": ["description", "prompt", "subagent_type"], "todowrite": ["todos"], "webfetch": ["url", "format"],
        "write": ["filePath", "content"],
    ]

    /// Tools by their names, in order, with descriptions that come to about two thirds of a prompt's characters.
    static func tools(_ names: [String], _ project: OpenCode1Project, mayDelegate: Bool) -> JSONValue {
        var random = TrafficRandom(seed: 2)
        let length = max(20, project.promptCharacters * 2 / 3 / 11 - 250)
        var texts: [String: String] = [:]
        for name in parameters.keys.sorted() { texts[name] = String(random.paragraph(length).prefix(length)) }
        texts["task"]? +=
            "\n" + (mayDelegate ? "- general: for several steps at once\n" : "") + "- explore: to find things"
        return .array(
            (names + project.moreTools).filter { project.onlyTools?.contains($0) ?? true }.sorted().map { name in
                let all = parameters[name] ?? ["query"]
                let some = project.promptCharacters < 1000 ? Array(all.prefix(1)) : all
                var tool = Wire.function(name, texts[name] ?? "A tool of a server.", some)
                tool["function"]?["parameters"]?["$schema"] = "https://json-schema.org/draft/2020-12/schema"
                return tool
            })
    }

    static let mainTools = [
        "bash", "edit", "glob", "grep", "question", "read", "skill", "task", "todowrite", "webfetch", "write",
    ]
    static let generalTools = ["bash", "edit", "glob", "grep", "read", "skill", "webfetch", "write"]
    static let exploreTools = ["bash", "glob", "grep", "read", "webfetch"]
}
