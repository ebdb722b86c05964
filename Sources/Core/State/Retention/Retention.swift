/// Chooses the states that must go. Pure: the same input gives the same answer on every machine.
public enum Retention {
    /// Which items to remove so that the rest is within the limits, in the order of removal: first what is past its time to
    /// live, the longest unused in front, then what the policy holds to be worth least, and at last what is pinned for a time.
    ///
    /// A pinned item is never among them, but it counts: where pinned items alone are beyond a limit, all others go. O(n log n).
    /// - Parameters:
    ///   - limits: To make room for a file of n bytes before it is written, ask with n bytes and one entry less.
    ///   - now: Seconds since 1970.
    public static func victims(
        _ items: [RetentionItem], limits: RetentionLimits, policy: EvictionPolicy, now: Double
    ) -> [Int64] {
        var bytes = items.reduce(0) { $0.saturatingAdd($1.bytes) }
        var count = items.count
        var victims: [Int64] = []
        func remove(_ item: RetentionItem) {
            victims.append(item.id)
            bytes -= min(bytes, item.bytes)
            count -= 1
        }

        var candidates = items.filter { !$0.isPinned }
        if let timeToLive = limits.timeToLive {
            candidates.filter { now - $0.used > timeToLive }.sorted(by: isUsedEarlier).forEach(remove)
            candidates.removeAll { now - $0.used > timeToLive }
        }
        guard bytes > limits.bytes || count > limits.entries else { return victims }
        for item in order(candidates, limits: limits, policy: policy, now: now) {
            guard bytes > limits.bytes || count > limits.entries else { break }
            remove(item)
        }
        return victims
    }

    /// In the order in which they go when room is needed, pinned ones left out.
    static func order(
        _ items: [RetentionItem], limits: RetentionLimits, policy: EvictionPolicy, now: Double
    ) -> [RetentionItem] {
        let items = items.filter { !$0.isPinned }
        let late = pinned(items, limit: limits.bytes / pinnedPart, now: now)
        let order = order(items, policy, now)
        return order.filter { !late.contains($0.id) } + order.filter { late.contains($0.id) }
    }

    /// Worth least first.
    private static func order(_ items: [RetentionItem], _ policy: EvictionPolicy, _ now: Double) -> [RetentionItem] {
        switch policy {
        case .lru: items.sorted(by: isUsedEarlier)
        case .adaptive:
            items.map { (item: $0, worth: worth(of: $0, now: now)) }
                .sorted { $0.worth == $1.worth ? isUsedEarlier($0.item, $1.item) : $0.worth < $1.worth }
                .map(\.item)
        }
    }

    private static func isUsedEarlier(_ a: RetentionItem, _ b: RetentionItem) -> Bool {
        (a.used, a.created, a.id) < (b.used, b.created, b.id)
    }
}

extension Retention {
    /// Seconds within which it does not matter which of two states was used last.
    static let recency = 60.0
    /// Bytes a second of a state's way to and from an ordinary SSD: a first guess is enough, because it is the same for all.
    static let writeRate = 0.75e9
    static let readRate = 1.5e9

    /// What an item is expected to save for each of its bytes; only comparisons between items mean something.
    ///
    /// The measure is that of GreedyDual*, frequency × cost ÷ size to the power of 1/β (S. Jin, A. Bestavros, "GreedyDual* Web
    /// Caching Algorithm: Exploiting the Two Sources of Temporal Locality in Web Request Streams", Computer Communications
    /// 24(2), 2001), which is GreedyDual-Size-Frequency where β is 1 (L. Cherkasova, HP Labs report HPL-98-69R1, 1998). β is 2
    /// here: conversations that were just used come back far more often than others, so a fourfold value outweighs no more
    /// than twice the time without a use. Cost is what missing the item costs: its prefill and writing it again, less what
    /// restoring it takes. GreedyDual ages by a clock that moves with each eviction and has to be kept; here the time since
    /// the last use divides, as in hyperbolic caching (A. Blankstein, S. Sen, M. Freedman, USENIX ATC 2017), so that the
    /// items alone decide.
    public static func worth(of item: RetentionItem, now: Double) -> Double {
        let bytes = Double(item.bytes)
        let cost = max(0, item.prefillSeconds + bytes / writeRate - bytes / readRate)
        let age = now > item.used ? now - item.used : 0
        return ((Double(item.hits) + 1) * cost / max(1, bytes)).squareRoot() / (age + recency)
    }
}

extension Int {
    /// The sum, or the largest number where it does not fit.
    fileprivate func saturatingAdd(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
