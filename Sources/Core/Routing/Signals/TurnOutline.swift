/// The last user turn of a conversation and what follows it, found in one walk over the messages.
struct TurnOutline {
    /// The content of the last message that is the user's own.
    private(set) var turn: JSONView?
    /// Calls of tools since then.
    private(set) var calls = 0
    /// Pictures in the whole conversation, and their bytes in the body.
    private(set) var images = 0
    private(set) var imageBytes = 0
    /// How often each tool failed in a row since then.
    private var failures: [(tool: String, count: Int)] = []
    /// The newest calls, by their ids.
    private var pending: [(id: JSONView, name: JSONView)] = []

    /// Calls of one message that are told apart, and tools.
    private static let limit = 16

    init(_ messages: JSONView) {
        var rest = messages.elements.makeIterator()
        var tail = rest
        while let message = rest.next() {
            var role: JSONView?
            var content: JSONView?
            for (key, value) in message.members {
                if key.equals("role") { role = value } else if key.equals("content") { content = value }
            }
            guard let content else { continue }
            if content.kind == .array { countImages(content) }
            if role?.equals("user") ?? false, !Self.isFromElsewhere(content) {
                turn = content
                tail = rest
            }
        }
        while let message = tail.next() { read(message) }
    }

    /// The tool that failed most often in a row, if that is at least twice.
    var failing: (tool: String, count: Int)? {
        failures.filter { $0.count >= 2 }.max { $0.count < $1.count }
    }

    /// Messages in the user's name that the user has not written.
    private static func isFromElsewhere(_ content: JSONView) -> Bool {
        if content.kind == .string { return content.text.dropFirst().starts(with: "<system-update>".utf8) }
        return RequestOutline.isFromTools(content)
    }

    private mutating func countImages(_ content: JSONView) {
        for part in content.elements where part.isImagePart {
            images += 1
            imageBytes += part.range.count
        }
    }

    /// A message behind the user's last one.
    private mutating func read(_ message: JSONView) {
        var content: JSONView?
        var toolCalls: JSONView?
        var id: JSONView?
        for (key, value) in message.members {
            if key.equals("content") {
                content = value
            } else if key.equals("tool_calls") {
                toolCalls = value
            } else if key.equals("tool_call_id") {
                id = value
            }
        }
        if let toolCalls, toolCalls.kind == .array {
            for call in toolCalls.elements { add(id: call["id"], name: call["function"]?["name"]) }
        }
        if let id {
            settle(id, isFailure: content.map(Self.isFailure) ?? false)
        } else if let content, content.kind == .array {
            readParts(content)
        }
    }

    /// Anthropic's calls and results are parts.
    private mutating func readParts(_ content: JSONView) {
        for part in content.elements where part.kind == .object {
            guard let type = part["type"] else { continue }
            if type.equals("tool_use") {
                add(id: part["id"], name: part["name"])
            } else if type.equals("tool_result") {
                settle(
                    part["tool_use_id"],
                    isFailure: part["is_error"]?.bool ?? false || part["content"].map(Self.isFailure) ?? false)
            }
        }
    }

    private mutating func add(id: JSONView?, name: JSONView?) {
        calls += 1
        guard let id, let name else { return }
        if pending.count == Self.limit { pending.removeFirst() }
        pending.append((id, name))
    }

    private mutating func settle(_ id: JSONView?, isFailure: Bool) {
        guard let id, let call = pending.last(where: { $0.id.text == id.text }) else { return }
        let index = failures.firstIndex { call.name.equals($0.tool) }
        if let index {
            failures[index].count = isFailure ? failures[index].count + 1 : 0
        } else if isFailure, failures.count < Self.limit, let tool = call.name.string(prefix: RequestClass.nameLimit) {
            failures.append((tool.text, 1))
        }
    }

    /// Whether what a tool gave back says that it failed: the answers of tools have no field for that.
    private static func isFailure(_ content: JSONView) -> Bool {
        var isFailure = false
        RequestOutline.eachText(content) { text in
            let inside = text.text.dropFirst().dropLast().prefix(64)
            let head = inside.drop { byte in byte == Byte.space || opening.contains(byte) }
            isFailure = beginnings.contains { beginning in
                head.starts(with: beginning.utf8) { $0 == $1 || $0 &- 0x41 < 26 && $0 | 0x20 == $1 }
            }
            return false
        }
        return isFailure
    }

    /// What may stand before the words: brackets, the quotes of JSON in a text.
    private static let opening: [UInt8] = Array("[<{\\\"".utf8)
    private static let beginnings = [
        "error", "failed", "failure", "exception", "traceback", "fatal", "invalid", "could not ", "cannot ", "can't ",
        "no such file", "file not found", "permission denied", "oldstring ", "tool_use_error", "unknown tool",
        "the arguments provided to the tool are invalid", "command failed", "command not found", "panic:",
    ]
}
