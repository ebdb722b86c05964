/// One thing that an answer brings.
enum ChatPiece: Sendable, Equatable {
    case text(String)
    /// What the model thinks before and between what it says.
    case reasoning(String)
    /// A part of a tool call; the arguments of one index add up.
    case toolCall(index: Int, name: String?, arguments: String)
    /// The reason why the model stopped: `stop`, `length`, `tool_calls`.
    case finish(String)
    case usage(ChatUsage)
    /// The server gives up.
    case error(ChatServerError)
}

/// What an answer cost, as far as the server tells.
struct ChatUsage: Sendable, Equatable {
    /// Tokens of the prompt.
    var prompt: Int
    /// Those of them that did not have to be read again.
    var cached: Int?
    /// Tokens of the answer.
    var completion: Int
}

/// An error object of a server.
struct ChatServerError: Sendable, Equatable {
    var message: String
    var type: String?
    var code: String?
}

/// A tool call with all its parts.
struct ChatToolCall: Sendable, Equatable {
    var name = ""
    var arguments = ""
}

/// An answer, as far as it has come.
struct ChatReply: Sendable, Equatable {
    private(set) var text = ""
    private(set) var reasoning = ""
    /// By their index; some servers count from 1 or leave gaps.
    private(set) var toolCalls: [Int: ChatToolCall] = [:]
    private(set) var finish: String?
    private(set) var usage: ChatUsage?

    /// Takes what has come.
    mutating func add(_ piece: ChatPiece) {
        switch piece {
        case .text(let more): text += more
        case .reasoning(let more): reasoning += more
        case .toolCall(let index, let name, let arguments):
            toolCalls[index, default: ChatToolCall()].name += name ?? ""
            toolCalls[index, default: ChatToolCall()].arguments += arguments
        case .finish(let reason): finish = reason
        case .usage(let usage): self.usage = usage
        case .error: break
        }
    }
}
