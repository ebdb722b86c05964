/// Under which name a client's requests belong together.
enum ConversationName {
    /// The conversation's, and where it stands. OpenCode's two lines, those that follow them, Cline, Claude Code; and
    /// what OpenAI's API has for prompts that begin alike.
    static func conversation(_ outline: RequestOutline, _ headers: HTTPHeaders) -> (name: String, place: String)? {
        let fields = [
            "x-localcode-session", "x-opencode-session-id", "x-session-affinity", "x-session-id", "x-opencode-session",
            "x-task-id", "x-roo-task-id", "x-claude-code-session-id",
        ]
        if let found = first(of: fields, headers) { return found }
        if let user = outline.fields["metadata"]?["user_id"]?.string, let name = session(inUser: user) {
            return (cut(name), "metadata.user_id")
        }
        for field in ["prompt_cache_key", "promptCacheKey"] {
            if let name = outline.fields[field]?.string, !name.isEmpty { return (cut(name), field) }
        }
        return nil
    }

    /// The one that this conversation was started from.
    static func parent(_ headers: HTTPHeaders) -> (name: String, place: String)? {
        first(of: ["x-localcode-parent", "x-opencode-parent-session-id", "x-parent-session-id"], headers)
    }

    private static func first(of fields: [String], _ headers: HTTPHeaders) -> (name: String, place: String)? {
        for field in fields {
            if let value = headers[field], !value.isEmpty { return (cut(value), field) }
        }
        return nil
    }

    /// Claude Code has `user_…_account_…_session_<uuid>`, or a JSON object with a `session_id`.
    private static func session(inUser user: String) -> String? {
        guard user.utf8.count <= RequestOutline.headLength else { return nil }
        if user.utf8.first == Byte.openBrace {
            return (try? JSONView(validating: Array(user.utf8)))?["session_id"]?.string
        }
        let mark = "_session_"
        guard let place = user.firstRange(of: mark) else { return nil }
        let name = user[place.upperBound...]
        return name.isEmpty ? nil : String(name)
    }

    private static func cut(_ name: String) -> String { name.cut(to: RequestClass.nameLimit) }
}
