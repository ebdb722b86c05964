/// A base in the store, and when conversations began with it.
public struct BaseUse: Sendable, Equatable {
    public var id: Int64
    /// The directory of the project; nil where that is not known.
    public var project: String?
    /// Seconds since 1970, ascending: of the last conversations.
    public var starts: [Double]

    public init(id: Int64, project: String? = nil, starts: [Double]) {
        self.id = id
        self.project = project
        self.starts = starts
    }
}

/// The base that the next new conversation probably begins with.
public struct ExpectedBase: Sendable, Equatable {
    public var base: BaseUse
    /// Conversations that began with it within the last week, and those of them at about this time of day.
    public var recent: Int
    public var atThisTime: Int
}

extension Retention {
    /// What the next new conversation probably begins with: each conversation of the last week speaks for its base, a recent
    /// one louder than an old one, and one at this time of day louder than one at another.
    /// - Returns: nil where no base has two conversations within a week.
    public static func expectedBase(_ bases: [BaseUse], now: Double) -> ExpectedBase? {
        var best: (expected: ExpectedBase, score: Double)?
        for base in bases {
            let ages = base.starts.map { max(0, now - $0) }.filter { $0 <= week }
            guard ages.count > 1 else { continue }
            let score = ages.reduce(0) { $0 + (isAtThisTime($1) ? 1 : otherTime) / (1 + $1 / day) }
            if let best, (best.score, best.expected.base.id) >= (score, base.id) { continue }
            let expected = ExpectedBase(base: base, recent: ages.count, atThisTime: ages.count(where: isAtThisTime))
            best = (expected, score)
        }
        return best?.expected
    }

    /// Whether a time so long ago was at about the same time of day.
    private static func isAtThisTime(_ age: Double) -> Bool {
        let rest = age.truncatingRemainder(dividingBy: day)
        return min(rest, day - rest) <= aboutNow
    }

    private static let day = 86_400.0
    private static let week = 7 * day
    /// Seconds before and behind the same time of another day that count as that time.
    private static let aboutNow = 2 * 3_600.0
    /// What a conversation at another time of day counts.
    private static let otherTime = 0.25
}
