/// What has been seen of an answer so far: enough for the log and for the next decision, never the whole text.
public struct ChatAnswer: Sendable, Equatable {
    /// A tool call, as far as it came.
    public struct ToolCall: Sendable, Equatable {
        /// The function's name.
        public var name = ""
        /// The beginning of its arguments.
        public var arguments = Preview()
    }

    /// Something worth a log line while the answer is still coming.
    public enum Event: Sendable, Equatable {
        case toolCall(ToolCall)
        case toolCallComplete(name: String)
    }

    /// The model that the upstream names.
    public var model: String?
    public var content = Preview()
    public var reasoning = Preview()
    /// Tool calls by their `index`.
    public private(set) var toolCalls: [ToolCall] = []
    public var finishReason: String?
    public var usage = Usage()
    /// The message of an error event.
    public var error: String?
    /// Whether anything of the answer itself has come, as opposed to its frame.
    public private(set) var hasStarted = false

    private var announced = 0
    private var isCurrentAnnounced = false
    private let previewLimit: Int

    /// - Parameter previewLimit: characters to keep of each text.
    public init(previewLimit: Int = 150) { self.previewLimit = previewLimit }

    /// Takes one chunk of a stream, or a whole answer.
    /// - Returns: what happened with tool calls.
    public mutating func observe(_ chunk: JSONView) -> [Event] {
        var events: [Event] = []
        for (key, value) in chunk.members {
            if key.equals("choices") {
                if let choice = value.elements.first(where: { _ in true }) { observe(choice: choice, &events) }
            } else if key.equals("model"), model == nil {
                model = value.string
            } else if key.equals("usage"), value.kind == .object {
                usage.read(usage: value)
            } else if key.equals("timings"), value.kind == .object {
                usage.read(timings: value)
            } else if key.equals("error"), value.kind == .object {
                error = value["message"]?.string ?? String(decoding: value.text.prefix(200), as: UTF8.self)
            }
        }
        return events
    }

    private mutating func observe(choice: JSONView, _ events: inout [Event]) {
        for (key, value) in choice.members {
            if key.equals("delta") || key.equals("message") {
                observe(message: value, &events)
            } else if key.equals("text") {
                add(value, to: \.content)
            } else if key.equals("finish_reason"), let reason = value.string {
                finishReason = reason
                closeToolCall(&events)
            }
        }
    }

    private mutating func observe(message: JSONView, _ events: inout [Event]) {
        for (key, value) in message.members {
            if key.equals("content") {
                add(value, to: \.content)
            } else if key.equals("reasoning_content") || key.equals("reasoning") {
                add(value, to: \.reasoning)
            } else if key.equals("tool_calls"), value.kind == .array {
                var position = 0
                for call in value.elements {
                    observe(call: call, index: call["index"]?.int ?? position, &events)
                    position += 1
                }
            }
        }
    }

    private mutating func add(_ value: JSONView, to text: WritableKeyPath<ChatAnswer, Preview>) {
        guard value.kind == .string, value.range.count > 2 else { return }
        hasStarted = true
        self[keyPath: text].append(value, limit: previewLimit)
    }

    private mutating func observe(call: JSONView, index: Int, _ events: inout [Event]) {
        hasStarted = true
        if index >= toolCalls.count {
            closeToolCall(&events)
            guard toolCalls.count < 128 else { return }
            toolCalls.append(ToolCall())
        }
        let current = toolCalls.count - 1
        let function = call["function"]
        if let name = function?["name"]?.string, !name.isEmpty { toolCalls[current].name = name }
        if let arguments = function?["arguments"] {
            toolCalls[current].arguments.append(arguments, limit: previewLimit)
        }
        if !isCurrentAnnounced, toolCalls[current].arguments.isCut { announce(&events) }
    }

    private mutating func announce(_ events: inout [Event]) {
        guard let call = toolCalls.last else { return }
        events.append(.toolCall(call))
        isCurrentAnnounced = true
    }

    private mutating func closeToolCall(_ events: inout [Event]) {
        guard toolCalls.count > announced, let call = toolCalls.last else { return }
        if !isCurrentAnnounced { announce(&events) }
        events.append(.toolCallComplete(name: call.name))
        announced = toolCalls.count
        isCurrentAnnounced = false
    }
}

/// Token counts, as far as the upstream tells them.
public struct Usage: Sendable, Equatable {
    /// All tokens of the prompt, those from the cache included.
    public var prompt: Int?
    /// Tokens that the model wrote.
    public var completion: Int?
    /// Tokens of the prompt that did not have to be read again.
    public var cached: Int?
    /// Decode speed by the engine's own clock, tokens a second.
    public var tokensPerSecond: Double?

    public init() {}

    mutating func read(usage: JSONView) {
        prompt = usage["prompt_tokens"]?.int ?? prompt
        completion = usage["completion_tokens"]?.int ?? completion
        cached = usage["prompt_tokens_details"]?["cached_tokens"]?.int ?? cached
    }

    /// llama-server's `timings`: `prompt_n` counts only what was read, `cache_n` what was not.
    mutating func read(timings: JSONView) {
        cached = timings["cache_n"]?.int ?? cached
        if let read = timings["prompt_n"]?.int { prompt = read + (cached ?? 0) }
        completion = timings["predicted_n"]?.int ?? completion
        tokensPerSecond = timings["predicted_per_second"]?.double ?? tokensPerSecond
    }
}

/// The beginning of a text that may be long, and how long it was.
public struct Preview: Sendable, Equatable {
    /// At most `limit` characters from the beginning.
    public private(set) var text = ""
    /// Whether there was more.
    public private(set) var isCut = false
    /// Characters in `text`, which takes a walk over it to count.
    private var count = 0

    public init() {}

    public init(_ text: String, limit: Int) { append(text, limit: limit) }

    /// Appends the characters that still fit.
    public mutating func append(_ more: some StringProtocol, limit: Int) {
        guard !isCut, !more.isEmpty else { return }
        let head = more.prefix(limit - count)
        text += head
        count += head.count
        isCut = head.endIndex != more.endIndex
    }

    mutating func append(_ value: JSONView, limit: Int) {
        guard !isCut, let more = value.string(prefix: limit * 12) else { return }
        append(more.text, limit: limit)
        isCut = isCut || more.isCut
    }
}

extension JSONView {
    /// A string's beginning, without decoding what is behind it: about `length` bytes.
    func string(prefix length: Int) -> (text: String, isCut: Bool)? {
        guard kind == .string, range.count > length + 2 else { return string.map { ($0, false) } }
        let inside = text.dropFirst().dropLast()
        let limit = inside.startIndex + length
        var cut = inside.startIndex
        while cut < limit {
            let next = cut + Self.characterLength(inside[cut...])
            if next > limit { break }
            cut = next
        }
        let piece = [UInt8(ascii: "\"")] + inside[..<cut] + [UInt8(ascii: "\"")]
        return (try? JSONView(validating: piece))?.string.map { ($0, true) }
    }

    /// How many bytes of a string's inside belong together: an escape (a surrogate pair is two), or a UTF-8 sequence.
    private static func characterLength(_ bytes: ArraySlice<UInt8>) -> Int {
        let start = bytes.startIndex
        guard bytes[start] == UInt8(ascii: "\\") else {
            return 1 + bytes.dropFirst().prefix(3).prefix { $0 & 0xC0 == 0x80 }.count
        }
        guard bytes[start + 1] == UInt8(ascii: "u") else { return 2 }
        let isHighHalf = bytes[start + 2] | 0x20 == UInt8(ascii: "d") && "89abAB".utf8.contains(bytes[start + 3])
        let hasSecond =
            bytes.count >= 12 && bytes[start + 6] == UInt8(ascii: "\\") && bytes[start + 7] == UInt8(ascii: "u")
        return isHighHalf && hasSecond ? 12 : 6
    }
}
