/// What left a state behind, as far as that tells whether anybody comes back to it.
public struct StateOrigin: Sendable, Hashable {
    /// What the conversation's last request was for.
    public var kind: RequestKind
    public var stage: Stage
    /// The program that sent it; nil where that is not known.
    public var client: String?
    /// The directory that the client works in; nil where it does not tell.
    public var project: String?

    /// How far a conversation is.
    public enum Stage: String, Sendable, CaseIterable {
        /// Its first request was answered.
        case opened
        /// The last answer calls tools, whose results are still to come.
        case calling
        /// A later request was answered, and no tool is called.
        case continued
    }

    public init(kind: RequestKind, stage: Stage, client: String? = nil, project: String? = nil) {
        self.kind = kind
        self.stage = stage
        self.client = client?.isEmpty == true ? nil : client
        self.project = project?.isEmpty == true ? nil : project
    }

    /// The groups it belongs to, the widest first: all of its kind and stage, its client's, its project's.
    var groups: [String] {
        var groups = ["\(kind.rawValue)/\(stage.rawValue)"]
        if let client { groups.append("\(groups[0])/\(client)") }
        if project != nil { groups.append(text) }
        return groups
    }
}

extension StateOrigin {
    /// As it stands in files and in the index: `turn/calling/opencode-1//home/me/x`.
    public var text: String { "\(kind.rawValue)/\(stage.rawValue)/\(client ?? "")/\(project ?? "")" }

    /// Nil for a text that is no origin.
    public init?(text: String) {
        let parts = text.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, let kind = RequestKind(rawValue: parts[0]), let stage = Stage(rawValue: parts[1])
        else { return nil }
        self.init(kind: kind, stage: stage, client: parts[2], project: parts[3])
    }
}
