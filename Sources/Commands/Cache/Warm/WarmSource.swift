import LocalCodeCore

/// Something whose state is to be in the store.
struct WarmSource: Sendable {
    /// What the user knows it by.
    var name: String
    /// The body of a chat request.
    var body: [UInt8]
    /// What the user should know about it.
    var note: String?
}

extension WarmSource {
    /// A chat request in a file.
    static func file(_ name: String, _ context: Context) throws -> WarmSource {
        let request = try RequestFile.read(name, context)
        guard request.kind == .chat else { throw Failure("\(name) is no chat request: it has no 'messages'") }
        return WarmSource(name: name == "-" ? "standard input" : name, body: Array(request.body.text))
    }

    /// A new session in a project.
    /// - Parameter templates: requests to take an agent's prompt and tools from, the newest first.
    static func project(_ name: String, like templates: [ChatRequest], _ context: Context, now: Double) throws
        -> WarmSource
    {
        let request = ProjectRequest(
            project: try Project.read(CacheStore.absolute(name, context)), date: DateText.text(now), platform: platform)
        for template in templates {
            if let body = request.body(like: template) { return WarmSource(name: name, body: body.bytes) }
        }
        let what = request.project.instructions.isEmpty ? "the directory's name and date" : "its AGENTS.md"
        return WarmSource(
            name: name, body: request.body.bytes,
            note: "\(name): no request of OpenCode is known to take its prompt and tools from, so this state has only "
                + "\(what); send one through 'localcode serve', or name one with --template, and warm again")
    }

    #if os(macOS)
        private static let platform = "darwin"
    #else
        private static let platform = "linux"
    #endif
}

/// The sessions of the journal.
enum RecentSessions {
    /// The newest request of each of the newest sessions, the newest session last. Of a session that asked for a title or a
    /// summary beside, the longest conversation counts.
    /// - Parameter records: the newest first.
    static func last(_ count: Int, in records: [RequestRecord]) -> [RequestRecord] {
        var order: [String] = []
        var sessions: [String: [RequestRecord]] = [:]
        for record in records {
            let session = record.session ?? record.conversation.hex
            if sessions[session] == nil { order.append(session) }
            // The first of a conversation is its newest.
            if sessions[session]?.contains(where: { $0.conversation == record.conversation }) != true {
                sessions[session, default: []].append(record)
            }
        }
        return order.prefix(max(0, count)).compactMap { session in
            sessions[session]?.max { $0.boundaries.count < $1.boundaries.count }
        }.reversed()
    }
}
