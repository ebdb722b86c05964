import LocalCodeCore

/// The keys of a model's entry in localcode.yaml that say how tokens are guessed ahead, with their values as YAML.
struct SpeculationKeys: Sendable, Equatable {
    /// In the order they are written; nil: the key is not there.
    let values: [(key: String, value: String?)]

    init(_ speculation: ModelEntry.Speculation) {
        let kinds = speculation.kinds.map(YAMLText.scalar)
        func number(_ value: Int?) -> String? { value.map { "\($0)" } }
        values = [
            ("speculation", kinds.isEmpty ? nil : kinds.count == 1 ? kinds[0] : "[\(kinds.joined(separator: ", "))]"),
            ("draft", speculation.draft.map(YAMLText.scalar)),
            ("draft-max", number(speculation.draftMax)), ("draft-min", number(speculation.draftMin)),
            ("draft-p-min", speculation.draftProbability.map { "\($0)" }),
            ("draft-gpu-layers", speculation.draftGPULayers.map(YAMLText.scalar)),
            ("ngram-match", number(speculation.ngramMatch)), ("ngram-max", number(speculation.ngramMax)),
            ("ngram-min", number(speculation.ngramMin)), ("ngram-hits", number(speculation.ngramHits)),
        ]
    }

    /// The names, for finding them in a file.
    static let names = SpeculationKeys(ModelEntry.Speculation()).values.map(\.key)

    /// What has to change in a file that says `old` for it to say this.
    func changes(from old: SpeculationKeys) -> [(key: String, value: String?)] {
        zip(values, old.values).filter { $0.value != $1.value }.map(\.0)
    }

    /// Lines to write by hand.
    var lines: String { values.compactMap { key, value in value.map { "\(key): \($0)" } }.joined(separator: "\n") }

    static func == (left: SpeculationKeys, right: SpeculationKeys) -> Bool {
        left.values.elementsEqual(right.values) { $0.key == $1.key && $0.value == $1.value }
    }
}
