import Synchronization

/// What stabilisers did to conversations, so that they do the same again, and what models thought. It lasts as long as the
/// process: a conversation that is not known any more is read again once.
///
/// Bounded in conversations and in bytes; what was used longest ago goes first.
public final class StabiliserMemory: Sendable {
    /// A conversation: a client's name for it, and the text that it begins with. Sub-agents of some clients go by the name
    /// of the conversation that started them.
    struct Key: Hashable {
        let conversation: String?
        /// Of the user's first message.
        let beginning: Int?

        init(conversation: String?, _ chat: ChatRequest) {
            self.conversation = conversation
            beginning = chat.messages.first { $0.role == "user" }.map(\.textHash)
        }
    }

    private struct Held {
        var conversation: StabilisedConversation
        var used: UInt64
    }

    private struct State {
        var held: [Key: Held] = [:]
        var bytes = 0
        var clock: UInt64 = 0
        var reasoning: ReasoningMemory
    }

    private let state: Mutex<State>
    private let entryLimit: Int
    private let byteLimit: Int

    /// An empty memory.
    /// - Parameters:
    ///   - conversations: the most to hold.
    ///   - bytes: about the most memory to take for them, and as much again for what models thought.
    public init(conversations: Int = 1024, bytes: Int = 16 << 20) {
        entryLimit = conversations
        byteLimit = bytes
        state = Mutex(State(reasoning: ReasoningMemory(bytes: bytes)))
    }

    /// The number of conversations held.
    public var count: Int { state.withLock { $0.held.count } }

    /// About how much memory they take.
    public var bytes: Int { state.withLock { $0.bytes } }

    /// What is known of a conversation. It counts as used.
    func conversation(_ key: Key) -> StabilisedConversation {
        state.withLock { state in
            state.clock += 1
            state.held[key]?.used = state.clock
            return state.held[key]?.conversation ?? StabilisedConversation()
        }
    }

    /// Remembers a conversation in the place of what was known of it. One larger than the whole memory is forgotten.
    func keep(_ conversation: StabilisedConversation, _ key: Key) {
        let cost = conversation.cost
        state.withLock { state in
            Self.remove(key, from: &state)
            guard cost <= byteLimit, entryLimit > 0 else { return }
            if state.held.count >= entryLimit || state.bytes + cost > byteLimit { makeRoom(for: cost, in: &state) }
            state.clock += 1
            state.held[key] = Held(conversation: conversation, used: state.clock)
            state.bytes += cost
        }
    }

    /// What a model thought when it gave an answer.
    func reasoning(_ key: ReasoningMemory.Key) -> String? { state.withLock { $0.reasoning.lookup(key) } }

    func insert(_ entry: ReasoningMemory.Entry?) {
        guard let entry else { return }
        state.withLock { $0.reasoning.insert(entry) }
    }

    /// Looking for the oldest takes a walk over all: an eighth goes at once.
    private func makeRoom(for cost: Int, in state: inout State) {
        for key in state.held.sorted(by: { $0.value.used < $1.value.used }).map(\.key) {
            let isEnough =
                state.held.count <= entryLimit - max(1, entryLimit / 8)
                && state.bytes + cost <= byteLimit - byteLimit / 8
            if isEnough { return }
            Self.remove(key, from: &state)
        }
    }

    private static func remove(_ key: Key, from state: inout State) {
        guard let gone = state.held.removeValue(forKey: key) else { return }
        state.bytes -= gone.conversation.cost
    }
}
