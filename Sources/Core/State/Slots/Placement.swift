/// Where a request goes, and what is done there first.
public struct Placement: Sendable, Equatable {
    /// Where the beginning of its KV state comes from.
    public enum Source: Sendable, Equatable {
        /// It is in the slot.
        case resident
        /// A state of the store.
        case stored(Int64)
        /// Another slot, which keeps its own: saved there and restored here.
        case copied(from: Int)
        /// Nowhere: the prompt is read from its first token.
        case cold
    }

    public var slot: Int
    public var source: Source
    /// Tokens that need not be read.
    public var expected: TokenCount
    /// Whether what the slot holds is saved before it is overwritten.
    public var savesFirst: Bool
    /// What it is estimated to cost until the first token, and later, seconds.
    public var seconds: Double
}

/// Everything that a placement depends on.
public struct PlacementQuestion: Sendable, Equatable {
    /// A slot, as it stands.
    public struct Slot: Sendable, Equatable {
        public var id: Int
        /// Free for us to use.
        public var isFree: Bool
        /// Nil when it is empty.
        public var content: SlotContent?

        public init(id: Int, isFree: Bool, content: SlotContent?) {
            self.id = id
            self.isFree = isFree
            self.content = content
        }
    }

    /// A state of the store that begins like the request.
    public struct Stored: Sendable, Equatable {
        public var id: Int64
        /// Tokens of it that the request begins with.
        public var shared: TokenCount
        public var bytes: Int

        public init(id: Int64, shared: TokenCount, bytes: Int) {
            self.id = id
            self.shared = shared
            self.bytes = bytes
        }
    }

    public var chain: PrefixChain
    /// The client's name for the conversation.
    public var session: String?
    public var slots: [Slot]
    public var stored: [Stored]
    public var costs: EngineCosts
    /// Whether states can be saved and restored here.
    public var canSave: Bool

    public init(
        chain: PrefixChain, session: String?, slots: [Slot], stored: [Stored], costs: EngineCosts, canSave: Bool
    ) {
        self.chain = chain
        self.session = session
        self.slots = slots
        self.stored = stored
        self.costs = costs
        self.canSave = canSave
    }

    /// The cheapest way; nil when no slot is free.
    ///
    /// The price of a way is what it takes until the first token (saving what is there, restoring, reading what is missing)
    /// and what will be missing later: what is overwritten without being kept has to be read again, and what is kept has to
    /// be restored.
    public func answer() -> Placement? {
        let prompt = promptTokens
        var best: (placement: Placement, rank: Rank)?
        for slot in slots where slot.isFree {
            for way in ways(into: slot) {
                let loss = loss(in: slot, for: way.source)
                let seconds =
                    way.seconds + costs.prefillSeconds(prompt - way.expected.count) + loss.seconds
                let placement = Placement(
                    slot: slot.id, source: way.source, expected: way.expected, savesFirst: loss.saves, seconds: seconds)
                let rank = Rank(seconds: seconds, isOccupied: slot.content != nil, used: slot.content?.used ?? 0)
                if best.map({ rank < $0.rank }) ?? true { best = (placement, rank) }
            }
        }
        return best?.placement
    }

    /// What decides, in this order. Differences below a millisecond are none.
    private struct Rank: Comparable {
        let seconds: Double
        let isOccupied: Bool
        let used: Double

        static func < (left: Rank, right: Rank) -> Bool {
            if abs(left.seconds - right.seconds) > 0.001 { return left.seconds < right.seconds }
            if left.isOccupied != right.isOccupied { return !left.isOccupied }
            return left.used < right.used
        }
    }

    /// About how many tokens the request has: what is known of its beginning, and the rest by length.
    var promptTokens: Int {
        let contents = slots.compactMap(\.content)
        let known = contents.compactMap { content -> (tokens: Int, bytes: Int)? in
            let shared = content.sharedCount(with: chain)
            guard shared > 0 else { return nil }
            return (content.tokens(upTo: shared - 1).count, chain.boundaries[shared - 1].bytes)
        }
        let deepest = known.max { $0.bytes < $1.bytes } ?? (0, 0)
        let total = chain.boundaries[chain.boundaries.count - 1].bytes
        return max(
            deepest.tokens + costs.promptTokens(bytes: total - deepest.bytes), stored.map(\.shared.count).max() ?? 0)
    }

    private struct Way {
        let source: Placement.Source
        let expected: TokenCount
        /// What it costs to bring the state here.
        let seconds: Double
    }

    private func ways(into slot: Slot) -> [Way] {
        var ways = [Way(source: .cold, expected: TokenCount(0, floor: 0), seconds: 0)]
        if let shared = sharedTokens(slot.content), shared.count > 0 {
            ways.append(Way(source: .resident, expected: shared, seconds: 0))
        }
        guard canSave else { return ways }
        for state in stored where state.shared.count > 0 {
            let seconds = costs.restoreSeconds(bytes: state.bytes)
            ways.append(Way(source: .stored(state.id), expected: state.shared, seconds: seconds))
        }
        for other in slots where other.id != slot.id && other.isFree {
            guard let content = other.content, !content.isStored, let shared = sharedTokens(content), shared.count > 0
            else { continue }
            let seconds =
                costs.saveSeconds(tokens: content.tokens) + costs.restoreSeconds(tokens: content.tokens)
            ways.append(Way(source: .copied(from: other.id), expected: shared, seconds: seconds))
        }
        return ways
    }

    private func sharedTokens(_ content: SlotContent?) -> TokenCount? {
        guard let content else { return nil }
        let shared = content.sharedCount(with: chain)
        guard shared > 0 else { return nil }
        return content.tokens(upTo: shared - 1)
    }

    /// What is lost when the slot's content gives way.
    private func loss(in slot: Slot, for source: Placement.Source) -> (seconds: Double, saves: Bool) {
        guard let content = slot.content, content.isReusable else { return (0, false) }
        var kept = 0
        if source == .resident {
            if content.isContinued(by: chain, session: session) { return (0, false) }
            kept = sharedTokens(content)?.count ?? 0
        }
        let lost = content.tokens - kept
        guard lost > 0 else { return (0, false) }
        if content.isStored { return (costs.restoreSeconds(tokens: content.tokens), false) }
        guard canSave, costs.isWorthSaving(tokens: lost) else { return (costs.prefillSeconds(lost), false) }
        let tokens = content.tokens
        return (costs.saveSeconds(tokens: tokens) + costs.restoreSeconds(tokens: tokens), true)
    }
}
