import Synchronization

/// Answers with tool calls as the model gave them, to be put back where a client sends them again in another spelling.
///
/// Bounded in answers and in bytes; what was used longest ago goes first.
public final class ToolMemory: Sendable {
    /// A tool call as it went to the client.
    public struct Call: Sendable, Equatable {
        public let id: String
        public let name: String
        /// The arguments' text.
        public let arguments: String
        /// Whether they are a JSON object that every engine reads: half a surrogate pair is none.
        let isObject: Bool

        public init(id: String, name: String, arguments: String) {
            self.id = id
            self.name = name
            self.arguments = arguments
            isObject =
                !arguments.contains("\\ud") && (try? JSONView(validating: Array(arguments.utf8)))?.kind == .object
        }
    }

    /// An answer with at least one call.
    public struct Answer: Sendable, Equatable {
        /// The model as the client named it: what one model wrote is nothing to show another.
        public let model: String?
        /// The calls in order.
        public let calls: [Call]
        /// The `content` that went to the client, empty if there was none.
        public let content: String
        /// The `content` as the model wrote it, where the calls were found in it.
        public let text: String?

        public init(model: String?, calls: [Call], content: String, text: String? = nil) {
            self.model = model
            self.calls = calls
            self.content = content
            self.text = text
        }

        fileprivate var cost: Int {
            let texts = content.utf8.count + (text?.utf8.count ?? 0)
            return calls.reduce(texts + 128) {
                $0 + $1.id.utf8.count * 2 + $1.name.utf8.count + $1.arguments.utf8.count + 128
            }
        }
    }

    private struct Held {
        let answer: Answer
        var used: UInt64
    }

    private struct State {
        var held: [UInt64: Held] = [:]
        /// The answer that each call's id belongs to.
        var places: [String: UInt64] = [:]
        var bytes = 0
        /// How many of them were written as text.
        var texts = 0
        var clock: UInt64 = 0
    }

    private let state = Mutex(State())
    private let entryLimit: Int
    private let byteLimit: Int
    /// Tool lists that were looked at before.
    let lists = ToolLists()

    /// An empty memory.
    /// - Parameters:
    ///   - entries: the most answers to hold.
    ///   - bytes: about the most memory to take.
    public init(entries: Int = 4096, bytes: Int = 32 << 20) {
        entryLimit = entries
        byteLimit = bytes
    }

    /// The number of answers held.
    public var count: Int { state.withLock { $0.held.count } }

    /// About how much memory they take.
    public var bytes: Int { state.withLock { $0.bytes } }

    /// Whether any of them was written as text.
    var hasTexts: Bool { state.withLock { $0.texts > 0 } }

    /// Remembers an answer in the place of what was known under any of its calls' ids. One without calls, and one larger
    /// than the whole memory, is not taken.
    public func remember(_ answer: Answer) {
        let cost = answer.cost
        guard !answer.calls.isEmpty, cost <= byteLimit, entryLimit > 0 else { return }
        state.withLock { state in
            for call in answer.calls { if let place = state.places[call.id] { Self.remove(place, from: &state) } }
            if state.held.count >= entryLimit || state.bytes + cost > byteLimit { makeRoom(for: cost, in: &state) }
            state.clock += 1
            state.held[state.clock] = Held(answer: answer, used: state.clock)
            for call in answer.calls { state.places[call.id] = state.clock }
            state.bytes += cost
            if answer.text != nil { state.texts += 1 }
        }
    }

    /// The answer that a call belongs to. It counts as used.
    public func answer(withCall id: String) -> Answer? {
        state.withLock { state in
            guard let place = state.places[id] else { return nil }
            state.clock += 1
            state.held[place]?.used = state.clock
            return state.held[place]?.answer
        }
    }

    /// The call of this id. Its answer counts as used.
    func call(_ id: String) -> Call? { answer(withCall: id)?.calls.first { $0.id == id } }

    /// Forgets the answers that these calls belong to: an engine did not take their text.
    public func forget(_ ids: some Sequence<String>) {
        state.withLock { state in
            for id in ids { if let place = state.places[id] { Self.remove(place, from: &state) } }
        }
    }

    /// Looking for the oldest takes a walk over all: an eighth goes at once.
    private func makeRoom(for cost: Int, in state: inout State) {
        let oldest = state.held.sorted { $0.value.used < $1.value.used }.map(\.key)
        for place in oldest {
            let isEnough =
                state.held.count <= entryLimit - max(1, entryLimit / 8)
                && state.bytes + cost <= byteLimit - byteLimit / 8
            if isEnough { return }
            Self.remove(place, from: &state)
        }
    }

    private static func remove(_ place: UInt64, from state: inout State) {
        guard let gone = state.held.removeValue(forKey: place) else { return }
        for call in gone.answer.calls where state.places[call.id] == place { state.places[call.id] = nil }
        state.bytes -= gone.answer.cost
        if gone.answer.text != nil { state.texts -= 1 }
    }
}
