extension RequestClass {
    /// Looks at a request. The body may be of any endpoint: its fields tell which. What a user said outright counts more
    /// than what the tables find (`ClientRules`, `KindRules`); what neither tells stays unknown.
    ///
    /// It takes one walk over the body's messages, some hundred bytes of a few of them, and a search through the system
    /// prompt.
    public init(headers: HTTPHeaders, body: JSONView) {
        let outline = RequestOutline(body)
        var evidence: [Evidence] = []
        let hints = RoutingHints(outline, headers, evidence: &evidence)
        let client = Self.client(hints, outline, headers, &evidence)
        let kind = Self.kind(hints, client, outline, headers, &evidence)
        let conversation = ConversationName.conversation(outline, headers)
        let parent = ConversationName.parent(headers)
        if let conversation {
            evidence.append(Evidence(about: "conversation", rule: conversation.place, text: conversation.name))
        }
        if let parent { evidence.append(Evidence(about: "parent", rule: parent.place, text: parent.name)) }
        let project = ProjectDirectory.find(outline, client: client)
        if let project { evidence.append(Evidence(about: "project", rule: "working directory", text: project)) }
        self.init(
            client: client, conversation: conversation?.name, parent: parent?.name, kind: kind, project: project,
            hints: hints, evidence: evidence.map(\.short))
    }

    /// Unicode scalars of a name that are kept.
    static let nameLimit = 128

    private static func client(
        _ hints: RoutingHints, _ outline: RequestOutline, _ headers: HTTPHeaders, _ evidence: inout [Evidence]
    ) -> RequestClient {
        if let client = hints.client { return client }
        for rule in ClientRules.all {
            guard let text = rule.evidence(outline, headers) else { continue }
            evidence.append(Evidence(about: "client", rule: rule.name, text: text))
            return rule.value
        }
        return .unknown
    }

    private static func kind(
        _ hints: RoutingHints, _ client: RequestClient, _ outline: RequestOutline, _ headers: HTTPHeaders,
        _ evidence: inout [Evidence]
    ) -> RequestKind {
        if let kind = hints.kind { return kind }
        let rules = outline.fields["messages"] == nil ? KindRules.shapes : KindRules.chats
        for rule in rules {
            guard let text = rule.evidence(outline, headers, client: client) else { continue }
            evidence.append(Evidence(about: "kind", rule: rule.name, text: text))
            return rule.value
        }
        return .chat
    }
}

extension RequestClass.Evidence {
    /// With no more of its text than fits a line.
    fileprivate var short: Self {
        let cut = text.cut(to: 80)
        let line = cut.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return Self(about: about, rule: rule, text: cut.utf8.count < text.utf8.count ? line + "…" : line)
    }
}

extension String {
    /// At most so many Unicode scalars of its beginning: a character may be of any length.
    func cut(to limit: Int) -> String {
        utf8.count <= limit ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(limit)))
    }
}
