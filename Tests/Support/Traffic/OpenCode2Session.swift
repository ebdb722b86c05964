import LocalCodeCore

/// A session of OpenCode 2: what was said in it, and the requests it makes of that. Its system message stays as it was when the
/// session began; what changes later is told in the messages.
struct OpenCode2Session: Sendable {
    enum Agent: Sendable, Equatable {
        case build, general, explore
        var kind: RequestKind {
            switch self {
            case .build: .turn
            case .general: .subagent
            case .explore: .explore
            }
        }
    }

    let path: String
    let id: String
    let parent: String?
    let agent: Agent
    /// 2.0.0 to about 2.0.25: the session's name is in the system message.
    let isEarly: Bool
    let instructions: String?
    var client = "cli"
    private(set) var messages: [JSONValue] = []

    private static let base = """
        You are an AI agent running in OpenCode, a coding agent harness.

        Work until what was asked for is done. Say what you do in few words.
        """

    init(
        _ path: String, agent: Agent = .build, isEarly: Bool, parent: String? = nil, instructions: String? = nil,
        _ random: inout TrafficRandom
    ) {
        self.path = path
        self.agent = agent
        self.isEarly = isEarly
        self.parent = parent
        self.instructions = instructions
        id = random.session()
    }

    mutating func say(_ text: String) { messages.append(Wire.user(text)) }
    mutating func say(parts: [JSONValue]) { messages.append(Wire.user(parts)) }
    mutating func hear(_ text: String) { messages.append(Wire.assistant(text)) }

    mutating func use(_ random: inout TrafficRandom, _ name: String, _ arguments: String, _ result: String) {
        var made = Wire.calls([Wire.call(random.callID(), name, arguments)], results: [result])
        made[0]["content"] = .null
        messages += made
    }

    /// The date, AGENTS.md or the tools changed: the newest message of the user's tells it.
    mutating func update(_ text: String) {
        say("<system-update>\n\(text)\n</system-update>")
    }

    mutating func compact(_ summary: String) {
        messages = [
            Wire.user(
                "<conversation-checkpoint>\nThe following is a summary and serialized record of earlier conversation.\n"
                    + "\(summary)\n</conversation-checkpoint>")
        ]
    }

    private var system: String {
        let environment = """
            <env>
            \(isEarly ? "Current conversation session ID: \(id)\n" : "")Working directory: \(path)
            Workspace root folder: \(path)
            Is directory a git repo: yes
            Platform: linux
            </env>
            """
        let model = "# Your Model\nName: GLM (local)\nProvider ID: localcode\nModel ID: main"
        let date = "Today's date: Mon Nov 23 2026"
        let skills = "# Skills\n- release: how a release is made"
        let prompt = agent == .explore ? "You are a file search specialist. Search, read, and report." : Self.base
        var parts = [prompt, model]
        if isEarly { parts += [environment, date] }
        parts.append(skills)
        if let instructions { parts.append("Instructions from: \(path)/AGENTS.md\n\(instructions)") }
        if !isEarly { parts += [date, environment] }
        return parts.joined(separator: "\n")
    }

    private var tools: JSONValue {
        let names =
            switch agent {
            case .build:
                [
                    "edit", "execute", "glob", "grep", "question", "read", "shell", "skill", "subagent", "webfetch",
                    "websearch", "write",
                ]
            case .general: ["edit", "glob", "grep", "read", "shell", "skill", "webfetch", "write"]
            case .explore: ["glob", "grep", "read", "webfetch", "websearch"]
            }
        return .array(
            names.map { name in
                var tool = Wire.function(name, "The tool \(name) does what its name says.", ["path", "input"])
                tool["function"]?["strict"] = false
                return tool
            })
    }

    func turn() -> TrafficCase {
        request("OpenCode 2: \(agent.kind.rawValue)", agent.kind, [Wire.system(system)] + messages)
    }

    /// A compaction goes on with the conversation.
    func compaction(_ instruction: String, isRetry: Bool = false) -> TrafficCase {
        let retry = isRetry ? "\n\nThe previous response did not fill in the required summary template." : ""
        let last = Wire.user("\(instruction)\n\n## Objective\n## Details\n## Next steps\(retry)")
        return request("OpenCode 2: compaction", .compaction, [Wire.system(system)] + messages + [last])
    }

    static let summarize =
        "You MUST summarize the conversation above into a structured summary that another agent can go on with."
    static let checkpoint = "Update the existing checkpoint in the conversation above with what happened since."

    func title(_ text: String) -> TrafficCase {
        let system = Wire.system("You are a title generator. You output ONLY a thread title. One line, no quotes.")
        var request = request("OpenCode 2: title", .title, [system, Wire.user(text)], hasTools: false)
        request.body["max_completion_tokens"] = nil
        request.project = nil
        return request
    }

    private func request(
        _ name: String, _ kind: RequestKind, _ messages: [JSONValue], hasTools: Bool = true
    ) -> TrafficCase {
        var body: JSONValue = ["model": "main", "messages": .array(messages)]
        if hasTools { body["tools"] = tools }
        body["stream"] = true
        body["stream_options"] = ["include_usage": true]
        body["max_completion_tokens"] = 8192
        body["store"] = false
        var headers: HTTPHeaders = [
            "User-Agent": "opencode/latest/2.0.\(isEarly ? 9 : 29)/\(client)", "x-opencode-session-id": id,
            "x-session-affinity": id, "X-Session-Id": id, "x-opencode-session": id,
            "x-opencode-project": "4b825dc642cb6eb9a060e54bf8d69288fbee4904", "x-opencode-client": client,
        ]
        if let parent {
            headers.add("x-opencode-parent-session-id", parent)
            headers.add("x-parent-session-id", parent)
        }
        return TrafficCase(
            name, .openCode2, kind, headers: headers, body: body, conversation: id, parent: parent, project: path)
    }
}
