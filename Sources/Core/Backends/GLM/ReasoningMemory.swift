/// Reasoning of answers that went by, to be put back where a client leaves it out when it sends the conversation again.
///
/// Bounded in entries and in bytes; what was used longest ago goes first.
public struct ReasoningMemory: Sendable {
    /// What an answer is found by: the id of one of its tool calls, or its text and the message it replied to. (The text
    /// alone would not do: "Done." is said in many conversations, and each has its own thoughts.)
    public struct Key: Sendable, Hashable {
        private let digest: Digest

        /// The answer that made this tool call.
        public init(toolCall id: String) { digest = SHA256.digest(Array("call\0\(id)".utf8)) }

        /// The answer with this text to this turn. Space around the text does not count: clients trim it.
        public init(text: String, answering turn: Turn) {
            digest = SHA256.digest(Array("text\0".utf8) + turn.digest.bytes + Array(text.trimmed.utf8))
        }
    }

    /// The message that an answer replies to.
    public struct Turn: Sendable, Hashable {
        fileprivate let digest: Digest

        /// A turn is told from others by everything in it but its reasoning, as it is sent to the gateway.
        public init(_ message: JSONValue) {
            var message = message
            message["reasoning_content"] = nil
            digest = SHA256.digest(message.bytes)
        }
    }

    /// An answer's reasoning under all its keys.
    public struct Entry: Sendable, Equatable {
        /// What to find it by.
        public let keys: [Key]
        /// The reasoning, unmodified.
        public let reasoning: String

        /// An entry with at least one key and some reasoning; nil where there is nothing to remember.
        public init?(keys: [Key], reasoning: String) {
            guard !keys.isEmpty, !reasoning.isEmpty else { return nil }
            self.keys = keys
            self.reasoning = reasoning
        }

        fileprivate var cost: Int { reasoning.utf8.count + keys.count * 64 + 64 }
    }

    private struct Held {
        let entry: Entry
        var used: UInt64
    }

    private let entryLimit: Int
    private let byteLimit: Int
    private var held: [Int: Held] = [:]
    private var places: [Key: Int] = [:]
    private var nextPlace = 0
    private var clock: UInt64 = 0

    /// An empty memory.
    /// - Parameters:
    ///   - entries: the most answers to hold.
    ///   - bytes: about the most memory to take.
    public init(entries: Int = 4096, bytes: Int = 16 << 20) {
        entryLimit = entries
        byteLimit = bytes
    }

    /// The number of answers held.
    public var count: Int { held.count }

    /// About how much memory they take.
    public private(set) var bytes = 0

    /// Remembers an answer's reasoning in the place of what was known under any of its keys. An entry larger than the
    /// whole memory is not taken.
    public mutating func insert(_ entry: Entry) {
        for key in entry.keys { if let place = places[key] { remove(place) } }
        guard entry.cost <= byteLimit, entryLimit > 0 else { return }
        while held.count >= entryLimit || bytes + entry.cost > byteLimit {
            guard let oldest = held.min(by: { $0.value.used < $1.value.used }) else { break }
            remove(oldest.key)
        }
        let place = nextPlace
        nextPlace += 1
        clock += 1
        held[place] = Held(entry: entry, used: clock)
        for key in entry.keys { places[key] = place }
        bytes += entry.cost
    }

    /// The reasoning under a key. It counts as used.
    public mutating func lookup(_ key: Key) -> String? {
        guard let place = places[key] else { return nil }
        clock += 1
        held[place]?.used = clock
        return held[place]?.entry.reasoning
    }

    /// The keys of an answer; the ids of its calls first.
    static func keys(toolCalls ids: [String], text: String, answering turn: @autoclosure () -> Turn?) -> [Key] {
        var keys = ids.map { Key(toolCall: $0) }
        if !text.trimmed.isEmpty, let turn = turn() { keys.append(Key(text: text, answering: turn)) }
        return keys
    }

    private mutating func remove(_ place: Int) {
        guard let gone = held.removeValue(forKey: place) else { return }
        for key in gone.entry.keys where places[key] == place { places[key] = nil }
        bytes -= gone.entry.cost
    }
}

extension String {
    /// Without white space at either end.
    fileprivate var trimmed: Substring {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
