import LocalCodeCore

/// Requests of one client, stabilised one after the other as `serve` does it.
struct StabilisedTurns {
    var enabled: Set<String>
    var conversation: String? = "ses_1"
    let memory: StabiliserMemory

    init(_ enabled: Stabiliser..., memory: StabiliserMemory = StabiliserMemory()) {
        self.enabled = Set(enabled.map(\.rawValue))
        self.memory = memory
    }

    /// What a body becomes.
    func send(_ body: String) throws -> Sent {
        let chat = try Self.request(body)
        let request = RequestClass(conversation: conversation, kind: .turn)
        let (made, applied) = try Stabilisers.apply(chat, request: request, enabled: enabled, memory: memory)
        return Sent(chat: made, applied: applied)
    }

    /// What messages become: each an object as it is written.
    func send(_ messages: [String], tools: String? = nil) throws -> Sent {
        let list = messages.joined(separator: ",")
        return try send(#"{"model":"m","messages":[\#(list)]\#(tools.map { #","tools":\#($0)"# } ?? "")}"#)
    }

    struct Sent {
        let chat: ChatRequest
        let applied: [String]

        var body: String { String(decoding: chat.body.document, as: UTF8.self) }
        /// As they are written.
        var messages: [String] { chat.messages.map { String(decoding: $0.view.text, as: UTF8.self) } }
        var tools: String? { chat.tools.map { String(decoding: $0.text, as: UTF8.self) } }
        var chain: PrefixChain { PrefixChain(chat, fingerprint: SHA256.digest([])) }
    }

    static func request(_ body: String) throws -> ChatRequest {
        try ChatRequest(JSONView(validating: Array(body.utf8)), kind: .chat)
    }

    /// Leading boundaries that two requests share as their client sends them.
    static func sharedPlain(_ first: [String], _ second: [String]) throws -> Int {
        func chain(_ messages: [String]) throws -> PrefixChain {
            let request = try request(#"{"messages":[\#(messages.joined(separator: ","))]}"#)
            return PrefixChain(request, fingerprint: SHA256.digest([]))
        }
        return try chain(first).sharedCount(with: chain(second))
    }
}

/// Messages as they are written in JSON.
enum Said {
    static func system(_ text: String) -> String { #"{"role":"system","content":"\#(text)"}"# }
    static func user(_ text: String) -> String { #"{"role":"user","content":"\#(text)"}"# }
    static func assistant(_ text: String) -> String { #"{"role":"assistant","content":"\#(text)"}"# }
    static func call(_ id: String) -> String {
        #"{"role":"assistant","content":"","tool_calls":[{"id":"\#(id)","type":"function","function":{"name":"read","arguments":"{}"}}]}"#
    }
    static func result(_ id: String) -> String { #"{"role":"tool","tool_call_id":"\#(id)","content":"done"}"# }
    /// A message of several texts.
    static func user(parts: String...) -> String {
        let list = parts.map { #"{"type":"text","text":"\#($0)"}"# }.joined(separator: ",")
        return #"{"role":"user","content":[\#(list)]}"#
    }
}
