/// Chooses how a model speculates by what was measured: pure functions over records.
///
/// Each start of the engine tries what has not been measured enough yet, the configured set-up first and none second; then
/// the fastest one is used. While an engine runs, it is started anew only for something that is clearly faster, or for none
/// where most guesses are wrong.
public enum SpeculationGovernor {
    /// Speaks for an engine that goes on as it is, or for another start.
    public enum Verdict: Sendable, Equatable {
        case keep
        /// What it should be started with instead, and why.
        case change(to: ModelEntry.Speculation, why: String)
    }

    /// Tokens that a set-up must have written before it is compared.
    static let enoughTokens = 1500.0
    /// Guesses that must have been seen before they are judged.
    static let enoughDrafts = 500.0
    /// With fewer guesses right than this, not speculating is tried, whatever else is known.
    static let leastAcceptance = 0.15
    /// What is this much faster is better at a start, and this much faster is worth a start.
    static let margin = 1.03
    static let marginToRestart = 1.10

    /// The set-ups that an entry allows: the configured one, none, and each of the configured kinds by itself. Where none is
    /// configured, the n-gram kinds that the engine offers: they need nothing but the text.
    public static func candidates(for entry: ModelEntry, offered: [String]) -> [ModelEntry.Speculation] {
        let configured = entry.speculation.simplified
        var all: [ModelEntry.Speculation] = []
        func add(_ setup: ModelEntry.Speculation) {
            let setup = setup.simplified
            if !all.contains(where: { $0.key == setup.key }) { all.append(setup) }
        }
        add(configured)
        add(.none)
        for kind in configured.kinds {
            var alone = configured
            alone.kinds = [kind]
            add(alone)
        }
        if configured.kinds.isEmpty {
            for kind in ngramKinds where offered.contains(kind) {
                var setup = configured
                setup.kinds = [kind]
                add(setup)
            }
        }
        return all
    }

    /// The kinds that need neither a draft model nor a file.
    private static let ngramKinds = ["ngram-mod", "ngram-simple", "ngram-map-k", "ngram-map-k4v"]

    /// What to start the engine with.
    /// - Parameters:
    ///   - candidates: not empty.
    ///   - records: by the key of a set-up.
    public static func choose(
        _ candidates: [ModelEntry.Speculation], _ records: [String: SpeculationRecord]
    ) -> ModelEntry.Speculation {
        let open = candidates.filter { !isMeasured($0, records) && !isRefuted($0, records) }
        if let first = open.first { return first }
        return best(candidates, records) ?? candidates.first { $0.kinds.isEmpty } ?? candidates.first ?? .none
    }

    /// What to do with an engine that runs with one of the candidates.
    public static func verdict(
        _ current: ModelEntry.Speculation, _ candidates: [ModelEntry.Speculation],
        _ records: [String: SpeculationRecord]
    ) -> Verdict {
        let current = current.simplified
        if isRefuted(current, records), candidates.contains(where: \.kinds.isEmpty) {
            let other = isMeasured(.none, records) ? best(candidates, records) ?? .none : .none
            guard other.key != current.key else { return .keep }
            let share = percent(records[current.key]?.all.acceptance ?? 0)
            return .change(to: other, why: "only \(share) % of the guesses of \(current.label) are right")
        }
        guard let speed = speed(current, records), let best = best(candidates, records), best.key != current.key,
            let other = self.speed(best, records), other > speed * marginToRestart
        else { return .keep }
        return .change(
            to: best, why: "\(best.label) writes \(rounded(other)) tokens/s, \(current.label) \(rounded(speed))")
    }

    /// The fastest of those that are measured; the earlier one where the difference is small.
    private static func best(
        _ candidates: [ModelEntry.Speculation], _ records: [String: SpeculationRecord]
    ) -> ModelEntry.Speculation? {
        var best: (setup: ModelEntry.Speculation, speed: Double)?
        for candidate in candidates {
            guard let speed = speed(candidate, records) else { continue }
            if best.map({ speed > $0.speed * margin }) ?? true { best = (candidate, speed) }
        }
        return best?.setup
    }

    private static func speed(_ setup: ModelEntry.Speculation, _ records: [String: SpeculationRecord]) -> Double? {
        isMeasured(setup, records) ? records[setup.key]?.all.tokensPerSecond : nil
    }

    private static func isMeasured(_ setup: ModelEntry.Speculation, _ records: [String: SpeculationRecord]) -> Bool {
        (records[setup.key]?.all.tokens ?? 0) >= enoughTokens
    }

    /// Whether so many guesses are wrong that it cannot pay.
    private static func isRefuted(_ setup: ModelEntry.Speculation, _ records: [String: SpeculationRecord]) -> Bool {
        guard let all = records[setup.key]?.all, all.drafted >= enoughDrafts, let acceptance = all.acceptance else {
            return false
        }
        return acceptance < leastAcceptance
    }

    private static func percent(_ part: Double) -> Int { Int((min(max(part, 0), 1) * 100).rounded()) }

    private static func rounded(_ speed: Double) -> String { CacheReceipt.decimal(speed, 1) }
}

extension ModelEntry.Speculation {
    /// No speculation.
    public static let none = ModelEntry.Speculation()

    /// The same without what makes no difference: `none` among the kinds, a draft that nobody uses. A draft without a kind is
    /// what llama-server calls draft-simple.
    var simplified: ModelEntry.Speculation {
        var setup = self
        setup.kinds.removeAll { $0 == "none" }
        if setup.kinds.isEmpty, draft != nil, kinds.isEmpty { setup.kinds = ["draft-simple"] }
        guard !setup.kinds.isEmpty else { return .none }
        let drafts = setup.kinds.contains { $0.hasPrefix("draft-") }
        let ngrams = setup.kinds.contains { $0.hasPrefix("ngram-") }
        if !drafts {
            (setup.draft, setup.draftMax, setup.draftMin) = (nil, nil, nil)
            (setup.draftProbability, setup.draftGPULayers) = (nil, nil)
        }
        if !ngrams { (setup.ngramMatch, setup.ngramMax, setup.ngramMin, setup.ngramHits) = (nil, nil, nil, nil) }
        return setup
    }

    /// A name that two set-ups share only when they are the same.
    public var key: String {
        let setup = simplified
        guard !setup.kinds.isEmpty else { return "none" }
        func part(_ name: String, _ value: (some CustomStringConvertible)?) -> String? { value.map { "\(name)=\($0)" } }
        let parts = [
            part("max", setup.draftMax), part("min", setup.draftMin), part("p", setup.draftProbability),
            part("gpu", setup.draftGPULayers), part("n", setup.ngramMatch), part("m", setup.ngramMax),
            part("least", setup.ngramMin), part("hits", setup.ngramHits), part("draft", setup.draft),
        ]
        return ([setup.kinds.joined(separator: ",")] + parts.compactMap { $0 }).joined(separator: " ")
    }

    /// For a person: `none`, `ngram-mod`, `draft-simple (small.gguf)`.
    public var label: String {
        let setup = simplified
        guard !setup.kinds.isEmpty else { return "none" }
        let file = setup.draft.flatMap { $0.split(separator: "/").last }.map { " (\($0))" } ?? ""
        return setup.kinds.joined(separator: ", ") + file
    }
}
