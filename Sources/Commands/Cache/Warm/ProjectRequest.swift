import LocalCodeCore

/// The system prompt and tools that a new session in a project begins with, as a chat request without a message.
///
/// OpenCode's own prompt and tools change with its version, its agents and its plugins; they are therefore taken from a
/// request that it has sent, and only what belongs to the project is exchanged: the lines of `<env>` and the project's
/// instructions (https://github.com/anomalyco/opencode, packages/opencode/src/session/system.ts and instruction.ts).
struct ProjectRequest {
    let project: Project
    /// `Mon Nov 23 2026`
    let date: String
    /// `linux`, `darwin`
    let platform: String

    /// The request for a session like another one.
    /// - Parameter template: a chat request of OpenCode's.
    /// - Returns: nil where the template's system prompt is not of the form that is known.
    func body(like template: ChatRequest) -> JSONValue? {
        guard template.kind == .chat else { return nil }
        let system = template.messages.prefix { $0.role == "system" || $0.role == "developer" }.map(\.view)
        guard !system.isEmpty else { return nil }
        var isFound = false
        let changed = system.map { message -> JSONValue in
            var message = JSONValue(message)
            if let text = message["content"]?.string, let new = prompt(like: text) {
                message["content"] = .string(new)
                isFound = true
            }
            return message
        }
        guard isFound else { return nil }
        var body = JSONValue(template.body)
        body["messages"] = .array(changed)
        return body
    }

    /// The request without a template: all that a project says, and nothing of what an agent adds to it.
    var body: JSONValue {
        let text = (environment + instructions).joined(separator: "\n")
        return ["messages": [["role": "system", "content": .string(text)]]]
    }

    // MARK: - The prompt

    /// A system prompt with what belongs to its project exchanged; nil where it has no `<env>` with a directory.
    func prompt(like text: String) -> String? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let start = lines.firstIndex(of: "<env>"), let end = lines[start...].firstIndex(of: "</env>"),
            let directory = Self.value(of: Self.directory, in: lines[start..<end])
        else { return nil }
        let worktree = Self.value(of: Self.worktree, in: lines[start..<end]) ?? directory
        var kept: [String] = []
        var place: Int?
        var isLeftOut = false
        for (index, line) in lines.enumerated() {
            if line.hasPrefix(Self.heading) {
                isLeftOut = Self.isProjectFile(String(line.dropFirst(Self.heading.count)), directory, worktree)
            } else if Self.endsInstructions(line) {
                isLeftOut = false
            }
            if isLeftOut {
                place = place ?? kept.count
            } else {
                kept.append((start...end).contains(index) || line.hasPrefix(Self.date) ? exchanged(line) : line)
            }
        }
        kept.insert(contentsOf: instructions, at: place ?? Self.usualPlace(kept))
        return kept.joined(separator: "\n")
    }

    private static let heading = "Instructions from: "
    private static let directory = "Working directory: "
    private static let worktree = "Workspace root folder: "
    private static let date = "Today's date: "

    private static func value(of label: String, in lines: ArraySlice<String>) -> String? {
        lines.lazy.compactMap { line in
            let line = line.drop { $0 == " " }
            return line.hasPrefix(label) ? String(line.dropFirst(label.count)) : nil
        }.first
    }

    private func exchanged(_ line: String) -> String {
        let indent = line.prefix { $0 == " " }
        let labels = [
            (Self.directory, project.directory), (Self.worktree, project.worktree),
            ("Is directory a git repo: ", project.isGit ? "yes" : "no"), ("Platform: ", platform), (Self.date, date),
        ]
        for (label, value) in labels where line.dropFirst(indent.count).hasPrefix(label) {
            return "\(indent)\(label)\(value)"
        }
        return line
    }

    /// Where the instructions of a project stand in a prompt that has none: OpenCode 1 puts them behind `<env>` and in front
    /// of servers and skills, OpenCode 2 in front of the date, which is not in its `<env>`.
    private static func usualPlace(_ lines: [String]) -> Int {
        if let date = lines.firstIndex(where: { $0.hasPrefix(date) }) { return date }
        let end = lines.firstIndex(of: "</env>") ?? 0
        return lines[end...].firstIndex { line in sections.contains(where: line.hasPrefix) } ?? lines.count
    }

    private static func endsInstructions(_ line: String) -> Bool {
        line == "<env>" || line.hasPrefix(date) || sections.contains(where: line.hasPrefix)
    }

    /// What begins a part of the prompt that stands behind the instructions.
    private static let sections = [
        "<mcp_instructions>", "Skills provide specialized instructions", "No skills are currently available",
    ]

    /// Whether a file of instructions is the project's: from its directory up to the top of its repository. Others, such as
    /// the user's own, stay.
    private static func isProjectFile(_ path: String, _ directory: String, _ worktree: String) -> Bool {
        guard let slash = path.lastIndex(of: "/"), Project.names.contains(where: { path.hasSuffix("/\($0)") }) else {
            return false
        }
        func isWithin(_ inner: String, _ outer: String) -> Bool {
            inner == outer || inner.hasPrefix(outer == "/" ? "/" : "\(outer)/")
        }
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        return isWithin(directory, folder) && isWithin(folder, worktree)
    }

    private var instructions: [String] {
        project.instructions.flatMap { file in
            ["\(Self.heading)\(file.path)"]
                + file.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
    }

    private var environment: [String] {
        [
            "Here is some useful information about the environment you are running in:", "<env>",
            "  \(Self.directory)\(project.directory)", "  \(Self.worktree)\(project.worktree)",
            "  Is directory a git repo: \(project.isGit ? "yes" : "no")", "  Platform: \(platform)",
            "  \(Self.date)\(date)", "</env>",
        ]
    }
}
