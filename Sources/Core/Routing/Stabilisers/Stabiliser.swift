/// A change of requests that keeps the beginning of a conversation the same from turn to turn where its client does not, so that
/// what an engine has read of it can be used again. Each is a function of a request and of what is remembered of its conversation.
public enum Stabiliser: String, Sendable, CaseIterable {
    /// Takes out the line with which Claude Code begins its system prompt, another one in each request.
    case billingHeader = "billing-header"
    /// Puts tools into the order of the conversation's first request.
    case toolOrder = "tool-order"
    /// Puts the reminders back that a client takes out of earlier messages of the user.
    case reminders
    /// Moves date, time, session and git status from the system prompt to the newest message of the user.
    case volatileLines = "volatile-lines"
    /// Puts back what the model thought where a client leaves it out.
    case reasoning

    /// Whether it is on without being asked for: it cannot change what a request means. The others change what the model
    /// gets to read, to the better as a rule.
    public var isAlwaysOn: Bool {
        switch self {
        case .billingHeader, .toolOrder: true
        case .reminders, .volatileLines, .reasoning: false
        }
    }

    /// What it does, as the rest of a sentence that begins with its name.
    public var explanation: String {
        switch self {
        case .billingHeader: "drops the client's billing line from the system prompt"
        case .toolOrder: "keeps the tools in the order of the conversation's first request"
        case .reminders: "puts reminders back into the messages they were in"
        case .volatileLines:
            "moves date, time, session id and git status from the system prompt to the newest message of the user"
        case .reasoning: "puts back what the model thought where the client leaves it out"
        }
    }
}
