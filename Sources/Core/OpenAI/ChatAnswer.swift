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
    /// Tool calls in the order in which they began.
    public private(set) var toolCalls: [ToolCall] = []
    public var finishReason: String?
    public var usage = Usage()
    /// The message of an error event.
    public var error: String?
    /// Bytes of text, thoughts and arguments, as they stand in JSON.
    public private(set) var textBytes = 0
    /// Whether anything of the answer itself has come, as opposed to its frame.
    public private(set) var hasStarted = false

    /// What is known of each tool call besides.
    private var progress: [ToolCallProgress] = []
    private let previewLimit: Int

    private struct ToolCallProgress: Sendable, Equatable {
        /// The upstream's `index`.
        let index: Int
        var isAnnounced = false
        var isClosed = false
    }

    /// Names are kept up to so many characters: a real one is far shorter.
    private static let nameLimit = 128
    /// No more tool calls than these are told apart.
    private static let callLimit = 128

    /// - Parameter previewLimit: characters to keep of each text.
    public init(previewLimit: Int = 150) { self.previewLimit = previewLimit }

    /// Takes one chunk of a stream, or a whole answer.
    /// - Returns: what happened with tool calls.
    public mutating func observe(_ chunk: JSONView) -> [Event] {
        var events: [Event] = []
        for (key, value) in chunk.members {
            if key.equals("choices") {
                if let choice = value.elements.first(where: { _ in true }) { observe(choice: choice, &events) }
            } else if key.equals("content") {
                // llama-server's own form.
                add(value, to: \.content)
            } else if key.equals("model"), model == nil {
                model = value.string.map(Self.cut)
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
                finishReason = Self.cut(reason)
                for position in toolCalls.indices { close(position, &events) }
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
        textBytes += value.range.count - 2
        self[keyPath: text].append(value, limit: previewLimit)
    }

    private mutating func observe(call: JSONView, index: Int, _ events: inout [Event]) {
        hasStarted = true
        guard let position = progress.firstIndex(where: { $0.index == index }) ?? begin(index, &events) else { return }
        let function = call["function"]
        if let name = function?["name"]?.string, !name.isEmpty { toolCalls[position].name = Self.cut(name) }
        if let arguments = function?["arguments"] {
            textBytes += max(0, arguments.range.count - 2)
            toolCalls[position].arguments.append(arguments, limit: previewLimit)
        }
        if toolCalls[position].arguments.isCut { announce(position, &events) }
    }

    /// A call ends where the next one begins. Calls that come interleaved have not got all of their arguments by then; these
    /// end with the answer.
    private mutating func begin(_ index: Int, _ events: inout [Event]) -> Int? {
        for (position, call) in toolCalls.enumerated() where call.arguments.isCut || call.arguments.isJSON {
            close(position, &events)
        }
        guard toolCalls.count < Self.callLimit else { return nil }
        toolCalls.append(ToolCall())
        progress.append(ToolCallProgress(index: index))
        return toolCalls.count - 1
    }

    private mutating func announce(_ position: Int, _ events: inout [Event]) {
        guard !progress[position].isAnnounced else { return }
        progress[position].isAnnounced = true
        events.append(.toolCall(toolCalls[position]))
    }

    private mutating func close(_ position: Int, _ events: inout [Event]) {
        guard !progress[position].isClosed else { return }
        announce(position, &events)
        progress[position].isClosed = true
        events.append(.toolCallComplete(name: toolCalls[position].name))
    }

    private static func cut(_ name: String) -> String { String(name.prefix(nameLimit)) }
}
