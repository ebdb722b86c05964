extension RoutingHints {
    /// What header fields, fields of the body and the model's name say. A field that says what nobody understands is
    /// noted and counts for nothing, except for privacy, which it then asks for.
    init(_ outline: RequestOutline, _ headers: HTTPHeaders, evidence: inout [RequestClass.Evidence]) {
        self.init()
        if let model = outline.fields["model"]?.string { takeAlias(model, &evidence) }
        for name in ["x_localcode", "localcode_kind"] {
            guard let field = outline.fields[name] else { continue }
            take(word: field.string ?? "", from: name, &evidence)
        }
        for name in Self.names {
            guard let value = outline.fields["localcode"]?[name], !value.isNull else { continue }
            take(name, value.string ?? "", from: "localcode.\(name)", &evidence)
        }
        // A header is for one request; a body's field may be for all of an agent's.
        for name in Self.names {
            guard let value = headers["x-localcode-\(name)"], !value.isEmpty else { continue }
            take(name, value, from: "x-localcode-\(name)", &evidence)
        }
    }

    private static let names = ["agent", "kind", "client", "model", "lane", "privacy"]

    private mutating func take(
        _ name: String, _ value: String, from field: String, _ evidence: inout [RequestClass.Evidence]
    ) {
        var isKnown = true
        switch name {
        case "agent":
            agent = value.cut(to: RequestClass.nameLimit)
            if let kind = RequestKind(agent: value) { self.kind = kind }
        case "kind":
            let kind = RequestKind(rawValue: value.lowercased()) ?? RequestKind(agent: value)
            if let kind { self.kind = kind }
            isKnown = kind != nil
        case "client":
            let client = RequestClient(named: value)
            if let client { self.client = client }
            isKnown = client != nil
        case "model": model = value.cut(to: RequestClass.nameLimit)
        case "lane":
            let lane = RequestLane(rawValue: value.lowercased())
            if let lane { self.lane = lane }
            isKnown = lane != nil
        default:
            // What is not understood must not let anything out.
            isKnown = ["local-only", "any"].contains(value.lowercased())
            isLocalOnly = isLocalOnly || value.lowercased() != "any"
        }
        evidence.append(.init(about: isKnown ? "hint" : RequestClass.unknownHint, rule: field, text: value))
    }

    /// One word that may be a kind, an agent or a lane.
    private mutating func take(word: String, from field: String, _ evidence: inout [RequestClass.Evidence]) {
        let name = word.lowercased()
        var isKnown = true
        if let kind = RequestKind(rawValue: name) ?? RequestKind(agent: name) {
            self.kind = kind
            if RequestKind(agent: name) != nil { agent = name }
        } else if let lane = RequestLane(rawValue: name) {
            self.lane = lane
        } else {
            isKnown = false
        }
        evidence.append(.init(about: isKnown ? "hint" : RequestClass.unknownHint, rule: field, text: word))
    }

    /// Whoever gives each job a model's name of its own says with it what the job is: `localcode/title`.
    private mutating func takeAlias(_ model: String, _ evidence: inout [RequestClass.Evidence]) {
        guard model.utf8.count <= RequestClass.nameLimit, let name = model.split(separator: "/").last,
            let kind = RequestKind(rawValue: String(name)), Self.aliases.contains(kind)
        else { return }
        self.kind = kind
        evidence.append(.init(about: "hint", rule: "model", text: model))
    }

    /// Kinds that no model is called by.
    private static let aliases: Set<RequestKind> = [.title, .summary, .compaction, .plan, .subagent, .explore, .commit]
}

extension RequestKind {
    /// What an agent of OpenCode's does, by its name.
    init?(agent: String) {
        switch agent.lowercased() {
        case "build": self = .turn
        case "plan": self = .plan
        case "title": self = .title
        case "summary": self = .summary
        case "compaction": self = .compaction
        case "general": self = .subagent
        case "explore": self = .explore
        default: return nil
        }
    }
}

extension RequestClient {
    /// The client by the names that people write: `opencode-1` and `opencode-v1`, `claude` and `claude-code`, …
    public init?(named name: String) {
        let name = String(name.lowercased().map { $0 == "_" || $0 == " " || $0 == "." ? "-" : $0 })
        switch name {
        case "opencode", "opencode-v1", "opencode1": self = .openCode1
        case "opencode-v2", "opencode2": self = .openCode2
        case "claude": self = .claudeCode
        case "roo-code", "roocode": self = .roo
        case "llamavim": self = .llamaVim
        case "llamavscode": self = .llamaVSCode
        case "continue-dev": self = .continueDev
        default: self.init(rawValue: name)
        }
    }
}
