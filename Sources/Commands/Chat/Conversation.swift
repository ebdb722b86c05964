import LocalCodeCore

/// What was said, as it goes to the server. Messages are only ever added at the end, so that each request begins with the
/// bytes of the one before it and the engine finds its KV state again.
struct Conversation: Sendable, Equatable {
    /// The system message's text.
    private(set) var system: String?
    private(set) var messages: [JSONValue] = []

    init(system: String? = nil) { self.system = system }

    /// All messages of a request.
    var wire: [JSONValue] {
        let head: [JSONValue] = system.map { [["role": "system", "content": .string($0)]] } ?? []
        return head + messages
    }

    /// Adds a question and what came of it. Nothing is kept of a question without an answer: many chat templates refuse two
    /// user messages in a row.
    /// - Returns: whether it was kept.
    mutating func add(_ question: JSONValue, _ reply: ChatReply) -> Bool {
        guard !reply.text.isEmpty else { return false }
        var answer = JSONObject()
        answer["role"] = "assistant"
        // Templates of reasoning models want it back, and the KV state holds it.
        if !reply.reasoning.isEmpty { answer["reasoning_content"] = .string(reply.reasoning) }
        answer["content"] = .string(reply.text)
        messages += [question, .object(answer)]
        return true
    }

    /// Replaces the system message; the engine reads the conversation again.
    mutating func setSystem(_ text: String) { system = text }

    /// Forgets all but the system message.
    mutating func reset() { messages = [] }

    // MARK: Transcripts

    /// The conversation as a JSON document: `{"model": …, "messages": […]}`.
    func json(model: String?) -> String {
        var document = JSONObject()
        if let model { document["model"] = .string(model) }
        document["messages"] = .array(wire)
        return String(decoding: JSONValue.object(document).bytes, as: UTF8.self) + "\n"
    }

    /// The conversation to read.
    var markdown: String {
        wire.map { message in
            let title = message["role"]?.string.map { $0.prefix(1).uppercased() + $0.dropFirst() } ?? ""
            return "## \(title)\n\n\(Self.text(message["content"]))\n"
        }.joined(separator: "\n")
    }

    private static func text(_ content: JSONValue?) -> String {
        guard let parts = content?.array else { return content?.string ?? "" }
        return parts.map { $0["text"]?.string ?? "(picture)" }.joined(separator: "\n\n")
    }
}
