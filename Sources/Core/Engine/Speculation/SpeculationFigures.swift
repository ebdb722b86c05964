/// What an engine did with one way to speculate, as far as requests measured it. What is long ago counts less and less.
public struct SpeculationFigures: Sendable, Equatable {
    /// Tokens that were written, and the seconds that took.
    public internal(set) var tokens = 0.0
    public internal(set) var seconds = 0.0
    /// Tokens that were guessed, and those that were right.
    public internal(set) var drafted = 0.0
    public internal(set) var accepted = 0.0

    /// Behind so many tokens a measurement counts half.
    static let halfLife = 20_000.0
    /// Answers of fewer tokens say more about starting than about speed.
    static let leastTokens = 16

    public init() {}

    /// Decode speed, tokens a second.
    public var tokensPerSecond: Double? { tokens > 0 && seconds > 0 ? tokens / seconds : nil }

    /// The part of the guesses that was right.
    public var acceptance: Double? { drafted > 0 ? accepted / drafted : nil }

    /// Takes what an answer cost.
    /// - Returns: whether it said anything.
    @discardableResult public mutating func add(_ usage: Usage) -> Bool {
        guard let completion = usage.completion, Self.leastTokens...1 << 30 ~= completion,
            let time = usage.decodeSeconds,
            time.isFinite, time > 0
        else { return false }
        let new = Double(completion)
        let weight = Self.weight(behind: new)
        tokens = tokens * weight + new
        seconds = seconds * weight + time
        let guesses = max(0, min(usage.drafted ?? 0, 1 << 30))
        drafted = drafted * weight + Double(guesses)
        accepted = accepted * weight + Double(max(0, min(guesses, usage.accepted ?? 0)))
        return true
    }

    /// 2^(-tokens/halfLife), without a library of functions: halving as often as it goes, and the rest in a straight line.
    private static func weight(behind tokens: Double) -> Double {
        var weight = 1.0
        var rest = tokens / halfLife
        while rest >= 1, weight > 1e-9 {
            weight /= 2
            rest -= 1
        }
        return weight * (1 - min(rest, 1) / 2)
    }

    /// The sums of both.
    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.tokens += right.tokens
        sum.seconds += right.seconds
        sum.drafted += right.drafted
        sum.accepted += right.accepted
        return sum
    }
}

/// What is known of one way to speculate with one model.
public struct SpeculationRecord: Sendable, Equatable {
    /// Answers whose slot had the draft's own state, as far as there is one.
    public internal(set) var figures = SpeculationFigures()
    /// Answers that began on a state from the disk, which does not have it.
    public internal(set) var afterRestore = SpeculationFigures()
    /// Tokens that were counted in all.
    public internal(set) var counted = 0
    /// Seconds since 1970.
    public internal(set) var updated = 0.0

    public init() {}

    /// Both together: what a user gets.
    public var all: SpeculationFigures { figures + afterRestore }

    /// Takes what an answer cost.
    /// - Returns: whether it said anything.
    @discardableResult mutating func add(_ usage: Usage, isAfterRestore: Bool, now: Double) -> Bool {
        guard isAfterRestore ? afterRestore.add(usage) : figures.add(usage) else { return false }
        let (sum, isTooLarge) = counted.addingReportingOverflow(usage.completion ?? 0)
        counted = isTooLarge ? .max : sum
        updated = now
        return true
    }
}

extension SpeculationRecord {
    var json: JSONValue {
        [
            "counted": .number(counted), "updated": .number(updated), "fresh": Self.json(figures),
            "after_restore": Self.json(afterRestore),
        ]
    }

    /// Nil for what is none.
    init?(json: JSONValue) {
        guard let counted = json["counted"]?.int, counted >= 0, let updated = json["updated"]?.double,
            let figures = Self.figures(json["fresh"]), let afterRestore = Self.figures(json["after_restore"])
        else { return nil }
        self.init()
        self.counted = counted
        self.updated = updated
        self.figures = figures
        self.afterRestore = afterRestore
    }

    private static func json(_ figures: SpeculationFigures) -> JSONValue {
        [
            "tokens": .number(figures.tokens), "seconds": .number(figures.seconds),
            "drafted": .number(figures.drafted), "accepted": .number(figures.accepted),
        ]
    }

    private static func figures(_ json: JSONValue?) -> SpeculationFigures? {
        func number(_ name: String) -> Double? { json?[name]?.double.flatMap { $0 >= 0 ? $0 : nil } }
        guard let tokens = number("tokens"), let seconds = number("seconds"), let drafted = number("drafted"),
            let accepted = number("accepted")
        else { return nil }
        var figures = SpeculationFigures()
        (figures.tokens, figures.seconds, figures.drafted, figures.accepted) = (tokens, seconds, drafted, accepted)
        return figures
    }
}
