import Synchronization

/// Counts what requests cost, for each model and kind of request, since the program started. Never waits.
public final class Metrics: Sendable {
    /// What is counted apart.
    public struct Label: Sendable, Hashable, Comparable {
        public let model: String
        public let kind: RequestKind

        public static func < (left: Label, right: Label) -> Bool {
            (left.model, left.kind.rawValue) < (right.model, right.kind.rawValue)
        }
    }

    private let counts = Mutex<[Label: RequestFigures]>([:])

    /// A client can ask for any number of models: behind so many they are counted together.
    private static let modelLimit = 100
    private static let nameLimit = 128
    static let otherModels = "(other)"

    public init() {}

    /// Counts a request at its end.
    /// - Parameters:
    ///   - model: the configured name of the model that answered, or else the one that was asked for.
    ///   - failed: whether the client got an error in the place of an answer or inside of it. A client that has left is none.
    ///   - isAfterRestore: whether it began on a state that came from the disk: the draft's own state does not come with it.
    public func count(
        _ kind: RequestKind, model: String, usage: Usage = Usage(), failed: Bool = false, isAfterRestore: Bool = false
    ) {
        let name = String(model.prefix(Self.nameLimit))
        counts.withLock { counts in
            let isKnown = counts.contains { $0.key.model == name }
            let mayAdd = isKnown || Set(counts.keys.map(\.model)).count < Self.modelLimit
            let label = Label(model: mayAdd ? name : Self.otherModels, kind: kind)
            counts[label, default: RequestFigures()].add(usage, failed: failed, isAfterRestore: isAfterRestore)
        }
    }

    /// What was counted so far.
    public var figures: [Label: RequestFigures] { counts.withLock { $0 } }
}

/// Sums over requests.
public struct RequestFigures: Sendable, Equatable {
    public internal(set) var requests = 0
    public internal(set) var errors = 0
    /// Tokens of prompts, and those of them that did not have to be read.
    public internal(set) var prompt = 0
    public internal(set) var cached = 0
    /// Tokens that were written.
    public internal(set) var completion = 0
    /// What reading and writing took by the engine's own clock, and the tokens that this clock is about.
    public internal(set) var promptSeconds = 0.0
    public internal(set) var decodeSeconds = 0.0
    public internal(set) var timed = 0
    /// Tokens that speculation guessed, and those that were right.
    public internal(set) var drafts = DraftFigures()
    /// Those of `drafts` that were guessed in answers which began on a state from the disk.
    public internal(set) var draftsAfterRestore = DraftFigures()

    public init() {}

    /// Decode speed, tokens a second.
    public var tokensPerSecond: Double? { decodeSeconds > 0 && timed > 0 ? Double(timed) / decodeSeconds : nil }

    mutating func add(_ usage: Usage, failed: Bool = false, isAfterRestore: Bool = false) {
        requests = requests.addingClamped(1)
        if failed { errors = errors.addingClamped(1) }
        prompt = prompt.addingClamped(usage.prompt ?? 0)
        cached = cached.addingClamped(usage.cached ?? 0)
        completion = completion.addingClamped(usage.completion ?? 0)
        if let seconds = usage.promptSeconds, seconds.isFinite, seconds > 0 { promptSeconds += seconds }
        if let seconds = usage.decodeSeconds, seconds.isFinite, seconds > 0 {
            decodeSeconds += seconds
            timed = timed.addingClamped(usage.completion ?? 0)
        }
        drafts.add(usage)
        if isAfterRestore { draftsAfterRestore.add(usage) }
    }

    /// The sums of both.
    mutating func add(_ other: RequestFigures) {
        requests = requests.addingClamped(other.requests)
        errors = errors.addingClamped(other.errors)
        prompt = prompt.addingClamped(other.prompt)
        cached = cached.addingClamped(other.cached)
        completion = completion.addingClamped(other.completion)
        promptSeconds += other.promptSeconds
        decodeSeconds += other.decodeSeconds
        timed = timed.addingClamped(other.timed)
        drafts.add(other.drafts)
        draftsAfterRestore.add(other.draftsAfterRestore)
    }
}

/// How many tokens were guessed ahead, and how many of them were right.
public struct DraftFigures: Sendable, Equatable {
    public internal(set) var drafted = 0
    public internal(set) var accepted = 0

    /// The part that was right; nil where nothing was guessed.
    public var acceptance: Double? { drafted > 0 ? Double(accepted) / Double(drafted) : nil }

    mutating func add(_ usage: Usage) {
        let drafted = max(0, usage.drafted ?? 0)
        self.drafted = self.drafted.addingClamped(drafted)
        accepted = accepted.addingClamped(min(drafted, usage.accepted ?? 0))
    }

    mutating func add(_ other: DraftFigures) {
        drafted = drafted.addingClamped(other.drafted)
        accepted = accepted.addingClamped(other.accepted)
    }
}

extension Int {
    /// The sum with what an upstream says: it may say anything, so that less than nothing counts as nothing, and what does
    /// not fit as the most there is.
    fileprivate func addingClamped(_ more: Int) -> Int {
        let (sum, isTooLarge) = addingReportingOverflow(Swift.max(0, more))
        return isTooLarge ? .max : sum
    }
}
