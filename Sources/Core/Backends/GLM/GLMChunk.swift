/// What stands where in one chunk of a stream, found in one pass and without a tree.
struct GLMChunk {
    private(set) var object: JSONView?
    private(set) var choices: JSONView?
    private(set) var usage: JSONView?
    private(set) var choice: JSONView?
    private(set) var delta: JSONView?
    private(set) var finishReason: JSONView?
    private(set) var content: JSONView?
    private(set) var reasoning: JSONView?
    private(set) var toolCalls: JSONView?
    private(set) var role: JSONView?
    /// Whether the chunk reports an error.
    private(set) var failed = false
    /// Whether the delta holds something else.
    private(set) var hasOther = false
    /// The bytes to leave out for the delta to be without its role.
    private var roleMember: Range<Int>?
    private let view: JSONView

    init(_ view: JSONView) {
        self.view = view
        for (key, value) in view.members {
            // By length first: most keys are told apart by it.
            switch key.range.count - 2 {
            case 6 where key.equals("object"): object = value
            case 7 where key.equals("choices"): choices = value
            case 7 where key.equals("success"): failed = failed || value.bool == false
            case 5 where key.equals("usage"): usage = value.isNull ? nil : value
            case 5 where key.equals("error"): failed = failed || !value.isNull
            default: break
            }
        }
        guard let choices else { return }
        var elements = choices.elements.makeIterator()
        choice = elements.next()
        guard let choice else { return }
        for (key, value) in choice.members {
            switch key.range.count - 2 {
            case 5 where key.equals("delta"): delta = value
            case 13 where key.equals("finish_reason"): finishReason = value
            default: break
            }
        }
        if let delta { scan(delta) }
    }

    private mutating func scan(_ delta: JSONView) {
        var previousEnd: Int?
        var roleStart: Int?
        for (key, value) in delta.members {
            if let start = roleStart {
                roleMember = start..<key.range.lowerBound
                roleStart = nil
            }
            switch key.range.count - 2 {
            case 4 where key.equals("role"):
                role = value
                if let previousEnd {
                    roleMember = previousEnd..<value.range.upperBound
                } else {
                    roleMember = key.range.lowerBound..<value.range.upperBound
                    roleStart = key.range.lowerBound
                }
            case 7 where key.equals("content"): content = value
            case 17 where key.equals("reasoning_content"): reasoning = value
            case 10 where key.equals("tool_calls"): toolCalls = value.isNull ? nil : value
            default: hasOther = true
            }
            previousEnd = value.range.upperBound
        }
    }

    /// Whether this is one choice with text and reasoning, or nothing: no end, no usage, no tool calls.
    var isText: Bool {
        isOneChoice && toolCalls == nil && content?.kind ?? .string == .string && reasoning?.kind ?? .string == .string
    }

    /// The call's index, if this is one choice with more of the arguments of one call and nothing else.
    var continuedCall: Int? {
        guard isOneChoice, content == nil, reasoning == nil, let toolCalls else { return nil }
        var pieces = toolCalls.elements.makeIterator()
        guard let piece = pieces.next(), pieces.next() == nil else { return nil }
        var index: Int?
        for (key, value) in piece.members {
            if key.equals("index") {
                index = value.int
            } else {
                guard key.equals("function"), Self.isArguments(value) else { return nil }
            }
        }
        return index
    }

    private var isOneChoice: Bool {
        guard let choices, let choice, choice.range.upperBound + 1 == choices.range.upperBound else { return false }
        return delta?.kind == .object && usage == nil && finishReason?.isNull ?? true && !hasOther
    }

    private static func isArguments(_ function: JSONView) -> Bool {
        var members = function.members.makeIterator()
        guard let (key, value) = members.next(), key.equals("arguments"), value.kind == .string else { return false }
        return members.next() == nil
    }

    /// The chunk's text as an event, with the smallest change that makes it OpenAI's: `object` and `finish_reason` are
    /// there, and the role is in the first delta and in no other. Nil where that is not enough.
    func event(isFirst: Bool) -> [UInt8]? {
        guard let choice, let delta, object?.equals("chat.completion.chunk") ?? true else { return nil }
        if isFirst, role?.equals("assistant") != true { return nil }
        let text = view.document
        var event: [UInt8] = []
        event.reserveCapacity(text.count + 96)
        event.append(contentsOf: Self.start)
        var copied = 0
        if object == nil {
            copied = view.range.lowerBound + 1
            event.append(contentsOf: text[..<copied])
            event.append(contentsOf: Self.objectMember)
        }
        if finishReason == nil {
            let place = choice.range.lowerBound + 1
            event.append(contentsOf: text[copied..<place])
            event.append(contentsOf: Self.finishMember)
            copied = place
        }
        if !isFirst, let roleMember, roleMember.lowerBound >= delta.range.lowerBound {
            event.append(contentsOf: text[copied..<roleMember.lowerBound])
            copied = roleMember.upperBound
        }
        event.append(contentsOf: text[copied...])
        event.append(contentsOf: Self.end)
        return event
    }

    private static let start = Array("data: ".utf8)
    private static let end = Array("\n\n".utf8)
    private static let objectMember = Array("\"object\":\"chat.completion.chunk\",".utf8)
    private static let finishMember = Array("\"finish_reason\":null,".utf8)
}
