/// How often conversations came back that had lost their slots: what the worth of keeping the next one is judged by.
public struct ReturnRates: Sendable, Equatable {
    /// Conversations of one group. Older ones count less and less, so these are no whole numbers.
    public struct Count: Sendable, Equatable {
        /// Those that lost their slot.
        public var left = 0.0
        /// Those of them that went on later.
        public var returned = 0.0

        public init(left: Double = 0, returned: Double = 0) {
            self.left = left.isFinite ? max(0, left) : 0
            self.returned = returned.isFinite ? max(0, returned) : 0
        }
    }

    /// By the name of the group.
    public internal(set) var counts: [String: Count]

    public init(_ counts: [String: Count] = [:]) { self.counts = counts }

    /// A conversation lost its slot.
    public mutating func leave(_ origin: StateOrigin) {
        for group in origin.groups { counts[group] = (counts[group] ?? Count()).afterLeaving }
    }

    /// One that had lost its slot goes on.
    public mutating func comeBack(_ origin: StateOrigin) {
        for group in origin.groups { counts[group] = (counts[group] ?? Count()).afterComingBack }
    }

    /// The part of conversations like this one that come back, from 0 to 1.
    ///
    /// Each group's own share counts as much as it has conversations, and what is known of the rest of the next wider one counts
    /// as `caution` conversations beside them (the mean of a beta distribution with that prior); where nothing wider is known,
    /// that half of them come back.
    public func share(of origin: StateOrigin) -> Double {
        let groups = origin.groups.map { counts[$0] ?? Count() }
        var share = Self.guess
        for (index, count) in groups.enumerated() {
            // What the narrower one has counts there, and only once.
            let narrower = index + 1 < groups.count ? groups[index + 1] : Count()
            let left = max(0, count.left - narrower.left)
            let returned = min(left, max(0, count.returned - narrower.returned))
            share = (returned + Self.caution * share) / (left + Self.caution)
        }
        return share
    }

    /// What is known of the narrowest group that anything is known of; nil: nothing at all.
    public func evidence(for origin: StateOrigin) -> Count? {
        origin.groups.reversed().lazy.compactMap { counts[$0] }.first { $0.left > 0 }
    }

    static let guess = 0.5
    static let caution = 2.0
    /// The last so many conversations of a group have most of the say.
    static let memory = 64.0
}

extension ReturnRates.Count {
    /// With one more that lost its slot.
    var afterLeaving: Self {
        let keep = 1 - 1 / ReturnRates.memory
        return Self(left: left * keep + 1, returned: returned * keep)
    }

    /// With one of those that had lost their slots back.
    var afterComingBack: Self { Self(left: left, returned: returned + 1) }
}
