import LocalCodeCore

/// A session of OpenCode 1.18: what was said in it, and the requests it makes of that.
public struct OpenCode1Session: Sendable {
    /// Who speaks in it.
    public enum Agent: Sendable, Equatable {
        case build, plan, general, explore
        /// One of the user's own: its prompt and the tools it may use.
        case custom(String, [String])
        /// A turn of it is one of these.
        var kind: RequestKind {
            switch self {
            case .plan: .plan
            case .general: .subagent
            case .explore: .explore
            default: .turn
            }
        }
    }

    private enum Entry: Sendable {
        /// What the user wrote, in parts: reminders are added to the last one of these only.
        case user([JSONValue])
        case other(JSONValue)
    }

    public var project: OpenCode1Project
    public let id: String
    public let parent: String?
    public var agent: Agent { didSet { wasPlan = wasPlan || oldValue == .plan } }
    /// Later versions send one more name of the session.
    public var version = "1.18.18"
    /// Members of the body between its model and its messages, in this order.
    public var options: [(String, JSONValue)] = [("max_tokens", 8192)]
    /// The last message is the assistant's: it may take no more steps.
    public var isOutOfSteps = false
    private var history: [Entry] = []
    private var wasPlan = false

    init(_ project: OpenCode1Project, agent: Agent = .build, parent: String? = nil, _ random: inout TrafficRandom) {
        self.project = project
        self.agent = agent
        self.parent = parent
        id = random.session()
    }

    mutating func say(_ texts: String...) { history.append(.user(texts.map(Wire.text))) }

    mutating func say(parts: [JSONValue]) { history.append(.user(parts)) }

    mutating func hear(_ text: String, reasoning: String? = nil) {
        var message = Wire.assistant(text)
        if let reasoning { message["reasoning_content"] = .string(reasoning) }
        history.append(.other(message))
    }

    /// Calls of tools and their results; more than one are called at the same time.
    mutating func use(_ random: inout TrafficRandom, _ calls: [(name: String, arguments: String, result: String)]) {
        let messages = Wire.calls(
            calls.map { Wire.call(random.callID(), $0.name, $0.arguments) }, results: calls.map(\.result))
        history += messages.map { .other($0) }
    }

    /// A tool gave a picture, which goes into a message of the user's.
    mutating func attachMedia() {
        history.append(.other(Wire.user([Wire.text("Attached media from tool result:"), Wire.picture])))
    }

    /// The characters of what was said.
    var length: Int { messages.reduce(0) { $0 + $1.bytes.count } }

    /// The next step of its agent.
    public func turn() -> TrafficCase {
        let prompt: String? =
            switch agent {
            case .explore: OpenCode1Prompts.explore
            case .custom(let prompt, _): prompt
            default: nil
            }
        let tools =
            switch agent {
            case .build, .plan: OpenCode1Prompts.mainTools
            case .general: OpenCode1Prompts.generalTools
            case .explore: OpenCode1Prompts.exploreTools
            case .custom(_, let tools): tools
            }
        let system = Wire.system(OpenCode1Prompts.system(project, prompt: prompt))
        let last = isOutOfSteps ? [Wire.assistant(OpenCode1Prompts.maximumSteps)] : []
        var request = request(agent.kind, [system] + messages + last)
        request.project = project.path
        request.body["tools"] = OpenCode1Prompts.tools(tools, project, mayDelegate: agent != .plan)
        return streamed(request.named("OpenCode 1: \(agent.kind.rawValue)"))
    }

    /// The title, which is asked for together with the first turn.
    public func title() -> TrafficCase {
        var first: JSONValue = Wire.user("")
        if let user = history.first(where: { if case .user = $0 { true } else { false } }) { first = message(user) }
        let begin = Wire.user("Generate a title for this conversation:\n")
        let messages = [Wire.system(OpenCode1Prompts.title), begin, first]
        return streamed(request(.title, messages).named("OpenCode 1: title"))
    }

    /// The summary that is to replace the conversation.
    public func compaction(
        prompt: String? = nil, prior: String? = nil
    ) -> TrafficCase {
        var transcript = ""
        for message in messages {
            let text = message["content"]?.string ?? message["content"]?[0]?["text"]?.string ?? ""
            let cut = String(text.prefix(2000))
            switch message["role"]?.string {
            case "user": transcript += "[User]: \(cut)\n"
            case "tool": transcript += "[Tool result]: \(cut)\n"
            default:
                if !cut.isEmpty { transcript += "[Assistant]: \(cut)\n" }
                for call in message["tool_calls"]?.array ?? [] {
                    transcript += "[Assistant tool call]: \(call["function"]?["name"]?.string ?? "")\n"
                }
            }
        }
        let before = prior.map { "<prior-summary>\n\($0)\n</prior-summary>\n\n" } ?? ""
        let text =
            "Here is the conversation so far:\n\n<conversation>\n\(transcript)</conversation>\n\n\(before)"
            + OpenCode1Prompts.summaryTemplate
        let system = Wire.system(prompt ?? OpenCode1Prompts.compaction)
        return streamed(request(.compaction, [system, Wire.user(text)]).named("OpenCode 1: compaction"))
    }

    /// What a summary makes of the history; the last messages stay.
    public mutating func compact(_ summary: String, keeping kept: Int = 0) {
        let tail = history.suffix(kept)
        history = [.user([Wire.text("What did we do so far?")]), .other(Wire.assistant(summary))]
        history += tail + [.user([Wire.text(OpenCode1Prompts.afterCompaction)])]
    }

    private func request(_ kind: RequestKind, _ messages: [JSONValue]) -> TrafficCase {
        var body: JSONValue = ["model": .string(project.model)]
        for (name, value) in options { body[name] = value }
        body["messages"] = .array(messages)
        var headers: HTTPHeaders = [
            "User-Agent": "opencode/\(version) ai-sdk/provider-utils/4.0.23 runtime/bun/1.3.1",
            "x-session-affinity": id, "X-Session-Id": id,
        ]
        if let parent { headers.add("x-parent-session-id", parent) }
        if version != "1.18.18" {
            headers.add("x-opencode-session-id", id)
            if let parent { headers.add("x-opencode-parent-session-id", parent) }
        }
        return TrafficCase("", .openCode1, kind, headers: headers, body: body, conversation: id, parent: parent)
    }

    private func streamed(_ request: TrafficCase) -> TrafficCase {
        request.with("stream", true).with("stream_options", ["include_usage": true])
    }

    private var messages: [JSONValue] {
        let last = history.lastIndex { if case .user = $0 { true } else { false } }
        return history.enumerated().map { index, entry in
            guard case .user(let parts) = entry, index == last else { return message(entry) }
            return message(.user(parts + reminder.map { [Wire.text($0)] }.joined()))
        }
    }

    private var reminder: [String] {
        if agent == .plan { return [OpenCode1Prompts.planReminder] }
        return wasPlan ? [OpenCode1Prompts.buildSwitch] : []
    }

    private func message(_ entry: Entry) -> JSONValue {
        switch entry {
        case .other(let message): message
        case .user(let parts) where parts.count == 1 && parts[0]["text"] != nil:
            Wire.user(parts[0]["text"]?.string ?? "")
        case .user(let parts): Wire.user(parts)
        }
    }
}
