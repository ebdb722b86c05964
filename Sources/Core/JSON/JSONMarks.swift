/// Where the long values of a text end, noted while it was validated: walking over a conversation then jumps from message to
/// message instead of reading it again. Small values are not worth a note, and the number of notes is limited: without a note
/// a value's end is found by scanning.
final class JSONMarks: Sendable {
    /// Shorter values are scanned faster than looked up.
    static let shortest = 256
    /// A text of nothing but brackets must not take more memory than a conversation.
    static let limit = 1 << 16

    private let entries: [Entry]

    private struct Entry {
        let start: UInt32
        /// While the value is open: the index of the value around it.
        var end: UInt32
    }

    private init(_ entries: [Entry]) { self.entries = entries }

    /// Behind the value that starts at this offset; nil if it was not noted.
    @inline(__always)
    func end(ofValueAt start: Int) -> Int? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].start < start { low = middle + 1 } else { high = middle }
        }
        return low < entries.count && entries[low].start == start ? Int(entries[low].end) : nil
    }

    /// Takes the notes. Containers are noted when they open, so that the notes are in order, and struck out if they turn out
    /// short: nothing in a short container is long, so its note is then the last one.
    struct Builder {
        private var entries: [Entry] = []
        private var open: UInt32 = .max
        /// Open containers that came when there was no more room.
        private var unnoted = 0
        private let room: Int

        /// - Parameter length: the text's. The notes count in 32 bits; a text too long for that has none.
        init(length: Int) { room = length <= UInt32.max ? JSONMarks.limit : 0 }

        @inline(__always)
        mutating func openContainer(at start: Int) {
            guard unnoted == 0, entries.count < room else {
                unnoted += 1
                return
            }
            entries.append(Entry(start: UInt32(truncatingIfNeeded: start), end: open))
            open = UInt32(truncatingIfNeeded: entries.count - 1)
        }

        @inline(__always)
        mutating func closeContainer(at end: Int) {
            guard unnoted == 0 else {
                unnoted -= 1
                return
            }
            let index = Int(open)
            open = entries[index].end
            if end - Int(entries[index].start) < JSONMarks.shortest {
                entries.removeLast()
            } else {
                entries[index].end = UInt32(truncatingIfNeeded: end)
            }
        }

        @inline(__always)
        mutating func string(from start: Int, to end: Int) {
            guard end - start >= JSONMarks.shortest, entries.count < room else { return }
            entries.append(Entry(start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end)))
        }

        /// The notes of a text that turned out valid; nil if there are none.
        func finish() -> JSONMarks? { entries.isEmpty ? nil : JSONMarks(entries) }
    }
}
