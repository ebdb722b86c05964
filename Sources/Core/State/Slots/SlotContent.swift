/// What a slot holds.
public struct SlotContent: Sendable, Equatable {
    /// The boundaries inside, with the tokens up to them where they are known.
    public var boundaries: [StateBoundary]
    /// How many of the boundaries are those of the last request; the rest is its answer.
    public var requestCount: Int
    /// All tokens in the slot.
    public var tokens: Int
    /// Whether the store has it, or something that holds all of it.
    public var isStored: Bool
    /// Whether anybody will come back to it: not to a title.
    public var isReusable: Bool
    /// The client's name for the conversation.
    public var session: String?
    /// When it was used last, seconds of a clock that only goes forward.
    public var used: Double
    public var model: String
    /// The beginning of the first user message.
    public var title: String
    /// The state in the store that this one grew from.
    public var storedEntry: Int64?
    /// What tells whether the conversation comes back; nil where nobody asks: a title, or nothing but a base.
    public var origin: StateOrigin?

    /// How many boundaries it has in common with a request, from the first on.
    public func sharedCount(with chain: PrefixChain) -> Int {
        zip(boundaries, chain.boundaries).prefix { $0.digest == $1.digest }.count
    }

    /// Tokens up to the boundary at this index.
    public func tokens(upTo index: Int) -> TokenCount { TokenCount(upTo: index, in: boundaries, total: tokens) }

    /// Whether a request with this chain goes on with this conversation, rather than only beginning like it.
    public func isContinued(by chain: PrefixChain, session: String?) -> Bool {
        let shared = sharedCount(with: chain)
        return shared >= requestCount || (shared > 1 && session != nil && session == self.session)
    }
}

/// A number of tokens at the beginning of a prompt.
public struct TokenCount: Sendable, Equatable {
    /// As many as there are, or about as many.
    public let count: Int
    /// No fewer than these, by the engine's own count.
    public let floor: Int

    public init(_ count: Int, floor: Int) {
        self.count = count
        self.floor = min(floor, count)
    }

    /// Tokens up to a boundary: as the engine told, or by length between the nearest boundaries of which it did.
    /// - Parameter total: all tokens, of which the last boundary is the end.
    public init(upTo index: Int, in boundaries: [StateBoundary], total: Int) {
        guard boundaries.indices.contains(index) else {
            self.init(0, floor: 0)
            return
        }
        if let known = boundaries[index].tokens {
            self.init(known, floor: known)
            return
        }
        let below = boundaries[..<index].last { $0.tokens != nil }
        let low = (bytes: below?.bytes ?? 0, tokens: below?.tokens ?? 0)
        let above = boundaries[(index + 1)...].first { $0.tokens != nil }
        let high = (bytes: above?.bytes ?? boundaries[boundaries.count - 1].bytes, tokens: above?.tokens ?? total)
        let part = Double(boundaries[index].bytes - low.bytes) / Double(max(1, high.bytes - low.bytes))
        self.init(low.tokens + Int(Double(max(0, high.tokens - low.tokens)) * part), floor: low.tokens)
    }
}
