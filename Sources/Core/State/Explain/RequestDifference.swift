/// One thing that a request says otherwise than an earlier one, and that a prompt made from it therefore does, too.
public struct RequestDifference: Sendable, Equatable {
    /// What happened.
    public enum Kind: String, Sendable, CaseIterable {
        case parameterChanged = "parameter-changed"
        case toolAdded = "tool-added"
        case toolRemoved = "tool-removed"
        case toolChanged = "tool-changed"
        /// The same tools in another order.
        case toolsReordered = "tools-reordered"
        /// One of the system or developer messages in front.
        case systemChanged = "system-changed"
        case messageChanged = "message-changed"
        /// A message stands where the earlier request had another, which comes behind it.
        case messageAdded = "message-added"
        /// The earlier request had a message here that is left out.
        case messageRemoved = "message-removed"
        /// An assistant's message came back without what the model thought.
        case reasoningDropped = "reasoning-dropped"
        /// The prompt of a text completion.
        case promptChanged = "prompt-changed"
    }

    /// What it happened to.
    public enum Place: Sendable, Equatable {
        /// A field of the request.
        case parameter(String)
        /// A tool; counted from 0 in the request that has it, the later one if both do.
        case tool(index: Int, name: String)
        /// A message; counted from 0 in the later request, in the earlier one for a message that was left out.
        case message(index: Int, role: String)
        case prompt
    }

    public let kind: Kind
    public let place: Place
    /// Inside the tool, message or parameter: `function.parameters.required[2]`; empty where it is meant as a whole. Arguments
    /// of tool calls are looked into as the JSON they are.
    public let path: String
    /// The two texts at that path; nil for tools in another order.
    public let text: TextDifference?
    /// Why, where it is a known habit of clients.
    public let cause: KnownCause?

    public init(
        _ kind: Kind, _ place: Place, path: String = "", text: TextDifference?, cause: KnownCause? = nil
    ) {
        self.kind = kind
        self.place = place
        self.path = path
        self.text = text
        self.cause = cause
    }

    init(_ kind: Kind, _ place: Place, _ difference: ValueDifference) {
        let text = difference.text
        let cause = text.flatMap {
            KnownCause.find(earlier: difference.earlier?.string, later: difference.later?.string, $0)
        }
        self.init(kind, place, path: difference.path, text: text, cause: cause)
    }
}
