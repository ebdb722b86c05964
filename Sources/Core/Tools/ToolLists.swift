import Synchronization

/// What became of the last few tool lists: a session sends the same one with every request, and looking at it takes longer
/// than comparing it.
final class ToolLists: Sendable {
    /// What became of a list.
    struct Verdict: Sendable {
        /// The list to send; nil where it stays as it is.
        let changed: [UInt8]?
        let notes: [String]
    }

    private struct Held {
        let list: [UInt8]
        let verdict: Verdict
    }

    /// The newest last.
    private let held = Mutex<[Held]>([])
    private static let limit = 16
    /// Longer lists are looked at each time.
    private static let longest = 1 << 20

    /// What became of this list: what was found out before, or what `judge` says now.
    func verdict(on list: ArraySlice<UInt8>, _ judge: () -> Verdict) -> Verdict {
        let known = held.withLock { held in
            held.last { Self.isEqual(list, $0.list) }?.verdict
        }
        if let known { return known }
        let verdict = judge()
        guard list.count <= Self.longest else { return verdict }
        let copy = Array(list)
        held.withLock { held in
            if held.count >= Self.limit { held.removeFirst() }
            held.append(Held(list: copy, verdict: verdict))
        }
        return verdict
    }

    /// Eight bytes at a time: this is done for every request.
    private static func isEqual(_ left: ArraySlice<UInt8>, _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                var place = 0
                while place + 8 <= left.count {
                    let one = left.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                    guard one == right.loadUnaligned(fromByteOffset: place, as: UInt64.self) else { return false }
                    place += 8
                }
                return left[place...].elementsEqual(right[place...])
            }
        }
    }
}
