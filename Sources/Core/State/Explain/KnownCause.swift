/// What is known to change prompts between requests of coding agents, and what can be done about it.
public enum KnownCause: String, Sendable, CaseIterable {
    /// `Today's date: …` in the system prompt, as OpenCode 1 has it.
    case date
    /// The time of day.
    case time
    /// `Current conversation session ID: …`, as early builds of OpenCode 2 have it.
    case sessionID = "session-id"
    /// What git says of the project's directory, as Claude Code has it.
    case gitStatus = "git-status"
    /// The directory of the project.
    case directory
    /// The name of the model in the system prompt.
    case modelName = "model-name"
    /// AGENTS.md and its like.
    case instructions
    /// `x-anthropic-billing-header`, another one in each request.
    case billingHeader = "billing-header"
    /// The list of skills.
    case skills
    /// Another kind of request: a title, a summary.
    case otherTask = "other-task"
    /// The conversation was replaced by its summary.
    case compaction
    /// A reminder that is put behind the newest message only, and is gone from it one turn later.
    case reminder
    /// The output of an old tool call was taken out.
    case pruning

    /// One sentence, without a full stop.
    public var explanation: String {
        switch self {
        case .date: "the date in the system prompt changed, as it does at midnight"
        case .time: "the client writes the time into the prompt"
        case .sessionID: "the client writes the session's id into the system prompt, so no two sessions share it"
        case .gitStatus: "the client writes what git says of the project into the system prompt"
        case .directory: "the requests come from different directories"
        case .modelName: "the client writes the model's name into the system prompt, and another one was chosen"
        case .instructions: "a file of instructions, such as AGENTS.md, was edited"
        case .billingHeader:
            "the client sends a line that is another one each time; CLAUDE_CODE_ATTRIBUTION_HEADER=0 stops it"
        case .skills: "the list of skills changed"
        case .otherTask: "this is another task of the client (a title, a summary) with a prompt of its own"
        case .compaction: "the client replaced the conversation by a summary"
        case .reminder: "the client adds a reminder to the newest message and takes it out again one turn later"
        case .pruning: "the client took the output of old tool calls out"
        }
    }

    /// - Parameters:
    ///   - earlier: the whole text that differs, of the earlier request.
    ///   - later: the same of the later one.
    static func find(earlier: String?, later: String?, _ difference: TextDifference) -> KnownCause? {
        if let later, let cause = task(later, instead: earlier) { return cause }
        let reminder = "<system-reminder>"
        if later?.contains(reminder) ?? false != earlier?.contains(reminder) ?? false { return .reminder }
        guard let text = later ?? earlier, earlier != nil, later != nil else { return nil }
        let place = text.index(text.startIndex, offsetBy: difference.offset, limitedBy: text.endIndex) ?? text.endIndex
        let lineStart = text[..<place].lastIndex(where: \.isNewline).map { text.index(after: $0) } ?? text.startIndex
        let lineEnd = text[place...].firstIndex(where: \.isNewline) ?? text.endIndex
        let line = text[lineStart..<lineEnd].drop { $0 == " " || $0 == "#" || $0 == "*" || $0 == "-" }.lowercased()
        if let cause = lines.first(where: { line.hasPrefix($0.0) })?.1 { return cause }
        return section(before: ("\n" + text[..<place])[...], line: line)
    }

    private static let lines: [(String, KnownCause)] = [
        ("today's date", .date), ("current date", .date), ("current time", .time), ("the current time", .time),
        ("current conversation session id", .sessionID), ("working directory:", .directory),
        ("workspace root folder:", .directory), ("you are powered by the model", .modelName),
        ("x-anthropic-billing-header", .billingHeader), ("gitstatus:", .gitStatus),
    ]

    /// Texts that a client begins other tasks and compacted conversations with.
    private static func task(_ later: String, instead earlier: String?) -> KnownCause? {
        func starts(_ beginnings: [String]) -> Bool {
            beginnings.contains { later.hasPrefix($0) && earlier?.hasPrefix($0) != true }
        }
        if starts(["You are a title generator", "You are a context summarization", "You are an anchored context"]) {
            return .otherTask
        }
        if starts(["What did we do so far?", "<conversation-checkpoint>"]) { return .compaction }
        if starts(["[Old tool result content cleared]"]) { return .pruning }
        return nil
    }

    /// The part of a system prompt that a place is in: the headings are OpenCode's and Claude Code's.
    /// - Parameter before: what stands before the place, behind a line break.
    private static func section(before: Substring, line: String) -> KnownCause? {
        let headings: [(String, KnownCause)] = [
            ("\nInstructions from: ", .instructions), ("\n<available_skills>", .skills), ("\n<env>", .directory),
            ("\ngitStatus: ", .gitStatus),
        ]
        let last = headings.compactMap { heading, cause in
            before.lastRange(of: heading).map { ($0.lowerBound, cause) }
        }.max { $0.0 < $1.0 }
        guard let last, last.1 != .directory else { return line.hasPrefix("instructions from: ") ? .instructions : nil }
        let isBehind = last.1 == .gitStatus && ["\n# ", "\n<"].contains { before[last.0...].contains($0) }
        return isBehind ? nil : last.1
    }
}

extension Substring {
    /// The last place of a text in this one.
    fileprivate func lastRange(of text: String) -> Range<Index>? {
        var found: Range<Index>?
        var rest = self
        while let range = rest.firstRange(of: text) {
            found = range
            rest = rest[range.upperBound...]
        }
        return found
    }
}
