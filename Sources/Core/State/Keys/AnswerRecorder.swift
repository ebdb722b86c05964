/// Collects an answer as the client will send it back in its next request:
/// `{"role":"assistant","content":…,"reasoning_content":…,"tool_calls":[…]}`, without what is empty.
public struct AnswerRecorder: Sendable {
    private struct ToolCall: Sendable {
        var id: [UInt8] = []
        var type: [UInt8] = []
        var name: [UInt8] = []
        var arguments: [UInt8] = []
    }

    private let limit: Int
    /// What is held, counted in bytes.
    private var size = 0
    private var content: [UInt8] = []
    private var reasoning: [UInt8] = []
    private var calls: [ToolCall] = []
    /// Where the call with each of the upstream's indices stands.
    private var places: [Int: Int] = [:]

    /// What a call costs beside its texts.
    private static let callCost = 256

    /// - Parameter limit: the most bytes to hold. There is no message of a longer answer.
    public init(limit: Int = 4 << 20) { self.limit = limit }

    /// Takes a chunk of a stream, or a whole answer. Of several choices only the first counts.
    public mutating func observe(_ chunk: JSONView) {
        guard size <= limit else { return }
        for choice in chunk["choices"]?.elements ?? chunk.elements where choice["index"]?.int ?? 0 == 0 {
            if let delta = choice["delta"] { observe(delta, isWhole: false) }
            if let message = choice["message"] { observe(message, isWhole: true) }
        }
        if size > limit { (content, reasoning, calls, places) = ([], [], [], [:]) }
    }

    /// The answer as far as it came; nil if there is nothing of it, or too much.
    public var message: JSONValue? {
        guard size > 0, size <= limit else { return nil }
        var message = JSONObject()
        message["role"] = "assistant"
        if !content.isEmpty { message["content"] = Self.string(content) }
        if !reasoning.isEmpty { message["reasoning_content"] = Self.string(reasoning) }
        if !calls.isEmpty { message["tool_calls"] = .array(calls.map(Self.value)) }
        return .object(message)
    }

    private mutating func observe(_ message: JSONView, isWhole: Bool) {
        for (key, value) in message.members {
            if key.equals("content") {
                content += take(value)
            } else if key.equals("reasoning_content") {
                reasoning += take(value)
            } else if key.equals("tool_calls") {
                for call in value.elements {
                    guard size <= limit else { return }
                    observe(call: call, isWhole: isWhole)
                }
            }
        }
    }

    private mutating func observe(call: JSONView, isWhole: Bool) {
        let id = call["id"]
        let place = place(of: call["index"]?.int, isNew: isWhole || id?.kind == .string)
        if calls[place].id.isEmpty { calls[place].id = take(id) }
        if calls[place].type.isEmpty { calls[place].type = take(call["type"]) }
        let function = call["function"]
        if calls[place].name.isEmpty { calls[place].name = take(function?["name"]) }
        calls[place].arguments += take(function?["arguments"])
    }

    /// Where a call is held. Without an index, one with an id is a new one, and one without goes on with the last.
    private mutating func place(of index: Int?, isNew: Bool) -> Int {
        if let index, let place = places[index] { return place }
        if index == nil, !isNew, !calls.isEmpty { return calls.count - 1 }
        if let index { places[index] = calls.count }
        calls.append(ToolCall())
        size += Self.callCost
        return calls.count - 1
    }

    /// The text of a string, which from now on is held.
    private mutating func take(_ value: JSONView?) -> [UInt8] {
        guard let value, value.kind == .string, value.range.count > 2 else { return [] }
        size += value.range.count - 2
        guard size <= limit, let string = value.string else { return [] }
        return Array(string.utf8)
    }

    private static func value(_ call: ToolCall) -> JSONValue {
        var function = JSONObject()
        function["name"] = string(call.name)
        function["arguments"] = string(call.arguments)
        var object = JSONObject()
        if !call.id.isEmpty { object["id"] = string(call.id) }
        object["type"] = call.type.isEmpty ? "function" : string(call.type)
        object["function"] = .object(function)
        return .object(object)
    }

    private static func string(_ text: [UInt8]) -> JSONValue { .string(String(decoding: text, as: UTF8.self)) }
}
