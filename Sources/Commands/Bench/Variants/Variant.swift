import LocalCodeCore

/// One of the set-ups that a benchmark compares: a model entry that differs from the others in what is measured.
struct Variant: Sendable, Equatable {
    /// Its row in the report.
    var name: String
    var entry: ModelEntry
}

/// What one question cost one of them.
struct VariantSample: Sendable, Equatable {
    var round: Int
    var group: String
    var variant: String
    /// Tokens of the answer, and the time they took by the engine's clock.
    var generated = 0
    var decodeSeconds = 0.0
    /// The same of the prompt.
    var read = 0
    var prefillSeconds = 0.0
    /// To the first token, by ours.
    var firstToken = 0.0
    /// Tokens that were guessed, and those of them that were right.
    var drafted = 0
    var accepted = 0
    /// Bytes of the engine's process afterwards.
    var memory: Int?
    var text = ""

    /// Shorter answers tell nothing of the speed.
    static let fewest = 8

    /// Tokens a second.
    var decodeSpeed: Double? {
        generated >= Self.fewest && decodeSeconds > 0 ? Double(generated) / decodeSeconds : nil
    }

    var prefillSpeed: Double? { read > 0 && prefillSeconds > 0 ? Double(read) / prefillSeconds : nil }

    init(round: Int, group: String, variant: String) {
        self.round = round
        self.group = group
        self.variant = variant
    }

    init(_ answer: EngineAnswer, round: Int, group: String, variant: String, memory: Int?) {
        self.init(round: round, group: group, variant: variant)
        generated = answer.generated ?? 0
        decodeSeconds = answer.decodeSeconds ?? 0
        read = answer.evaluated ?? 0
        prefillSeconds = answer.prefillSeconds ?? 0
        firstToken = Double(answer.firstToken ?? answer.total) / 1e6
        drafted = answer.drafted
        accepted = answer.accepted
        self.memory = memory
        text = answer.text
    }
}
