/// What an engine is told around a gap: the text before and behind the cursor and chunks of other files, each cut to what the
/// model can make use of.
public struct FIMContext: Sendable, Equatable {
    /// The end of what stands before the cursor.
    public var prefix: String
    /// The beginning of what stands behind it.
    public var suffix: String
    /// In an order that stays the same from keystroke to keystroke.
    public var chunks: [FIMChunk]

    /// How much is sent, in bytes.
    public struct Budget: Sendable, Equatable {
        /// Text before and behind the cursor together.
        public var near: Int
        /// All chunks together.
        public var chunks: Int

        /// By default so much that llama-server, which keeps three quarters of a batch of 2,048 tokens before the cursor and a
        /// quarter behind it, has nothing more to cut: its cut would move with every letter.
        public init(near: Int = 6 << 10, chunks: Int = 16 << 10) {
            self.near = max(0, near)
            self.chunks = max(0, chunks)
        }
    }

    /// Cuts and sorts.
    /// - Parameters:
    ///   - prefix: All that stands before the cursor.
    ///   - suffix: All that stands behind it.
    ///   - extra: Chunks of files that are of use now; those that the ring has keep their places, others come behind these.
    ///   - ring: Chunks that were seen before.
    public static func assemble(
        prefix: String, suffix: String, extra: [FIMChunk] = [], ring: FIMRing = FIMRing(), budget: Budget = Budget()
    ) -> FIMContext {
        let (before, behind) = (Array(prefix.utf8), Array(suffix.utf8))
        let (head, tail) = shares(before: before.count, behind: behind.count, of: budget.near)
        let (near, rest) = (Array(end(of: before, head)), Array(beginning(of: behind, tail)))
        var chosen = FIMRing(count: Int.max, bytes: budget.chunks)
        for chunk in ring.chunks + extra {
            let text = Array(chunk.text.utf8)
            if near.has(text) || rest.has(text) { continue }
            chosen.add(chunk.cut(to: budget.chunks))
        }
        return FIMContext(
            prefix: String(decoding: near, as: UTF8.self), suffix: String(decoding: rest, as: UTF8.self),
            chunks: chosen.chunks)
    }

    /// Three quarters before the cursor, one behind; what one side leaves is the other's.
    private static func shares(before: Int, behind: Int, of bytes: Int) -> (head: Int, tail: Int) {
        let (head, tail) = (bytes - bytes / 4, bytes / 4)
        if before <= head { return (before, min(behind, bytes - before)) }
        if behind <= tail { return (min(before, bytes - behind), behind) }
        return (head, tail)
    }

    /// The end of a text, from the beginning of a line. What is left out grows by an eighth of the limit at a time, so that
    /// the beginning stays where it is while one types.
    static func end(of text: [UInt8], _ limit: Int) -> ArraySlice<UInt8> {
        let excess = text.count - limit
        guard excess > 0 else { return text[...] }
        let step = max(1, limit / 8)
        let least = min(text.count, (excess + step - 1) / step * step)
        guard least < text.count else { return [] }
        // A line that takes more than half of the room is cut in its middle.
        let border = text[(least - 1)...].firstIndex(of: Byte.lineFeed)
        if let border, text.count - border > limit / 2 { return text[(border + 1)...] }
        return text[least...].drop { $0 & 0xC0 == 0x80 }
    }

    /// The beginning of a text, to the end of a line.
    static func beginning(of text: [UInt8], _ limit: Int) -> ArraySlice<UInt8> {
        guard text.count > limit else { return text[...] }
        if let border = text[..<limit].lastIndex(of: Byte.lineFeed), border >= limit / 2 { return text[...border] }
        var end = limit
        while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
        return text[..<end]
    }
}

extension FIMChunk {
    /// The same with the beginning of its text, to the end of a line, where all of it is more than that many bytes.
    public func cut(to bytes: Int) -> FIMChunk {
        guard size > bytes else { return self }
        let text = FIMContext.beginning(of: Array(text.utf8), max(0, bytes - filename.utf8.count))
        return FIMChunk(filename: filename, text: String(decoding: text, as: UTF8.self))
    }
}
