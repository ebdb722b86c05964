/// The chunks that were seen last, in the order in which they came.
///
/// An engine reads a prompt from the first byte that differs, and chunks stand in front of everything else. So a chunk that is
/// there keeps its place, a new one goes to the end, and when there are too many, several old ones go at once: then nothing
/// moves for a while.
public struct FIMRing: Sendable, Equatable {
    /// The oldest first.
    public private(set) var chunks: [FIMChunk] = []
    /// The most chunks.
    public let count: Int
    /// The most bytes of all chunks.
    public let bytes: Int

    public init(count: Int = 16, bytes: Int = 64 << 10) {
        self.count = max(0, count)
        self.bytes = max(0, bytes)
    }

    /// How much is in it, bytes.
    public var size: Int { chunks.reduce(0) { $0 + $1.size } }

    /// Takes in a chunk, unless its text is there already or it alone is too large.
    public mutating func add(_ chunk: FIMChunk) {
        let text = Array(chunk.text.utf8)
        guard !text.allSatisfy({ $0 <= Byte.space }), chunk.size <= bytes, count > 0 else { return }
        guard !chunks.contains(where: { Array($0.text.utf8).has(text) }) else { return }
        // What a longer text says as well goes, and the longer one takes the place of the first of them.
        let first = chunks.firstIndex { text.has(Array($0.text.utf8)) }
        chunks.removeAll { text.has(Array($0.text.utf8)) }
        chunks.insert(chunk, at: first ?? chunks.count)
        if chunks.count > count || size > bytes { thinOut() }
    }

    public mutating func add(_ chunks: some Sequence<FIMChunk>) { for chunk in chunks { add(chunk) } }

    /// Lets the oldest go until a quarter is free, but for the last one.
    private mutating func thinOut() {
        var (left, bytesLeft) = (chunks.count, size)
        for chunk in chunks where left > max(1, count - count / 4) || bytesLeft > bytes - bytes / 4 {
            guard left > 1 else { break }
            left -= 1
            bytesLeft -= chunk.size
        }
        chunks.removeFirst(chunks.count - left)
    }
}

extension [UInt8] {
    /// Whether other bytes stand somewhere in these.
    func has(_ other: [UInt8]) -> Bool {
        guard let first = other.first else { return true }
        guard count >= other.count else { return false }
        return withUnsafeBytes { bytes in
            other.withUnsafeBytes { other in
                var start = 0
                let last = bytes.count - other.count
                while start <= last {
                    if bytes[start] == first, bytes[start..<start + other.count].elementsEqual(other) { return true }
                    start += 1
                }
                return false
            }
        }
    }
}
