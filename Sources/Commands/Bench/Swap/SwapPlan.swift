import LocalCodeCore

/// What `bench swap` measures.
struct SwapPlan: Sendable, Equatable {
    /// Tokens of the conversation that each model holds.
    var prompt = 1_024
    /// How often each model comes back, and how often everything is started.
    var rounds = 5

    static let models = ["one", "two"]
    /// Both together do not fit, whatever they really take.
    private static let memory = 1 << 40
    static let budget = memory + memory / 2

    /// Tokens of context. A conversation grows with each turn, and texts can come out longer than the vocabulary promised.
    var context: Int { (prompt * 5 / 4 + (rounds + 2) * 64 + 1_024 + 1_023) / 1_024 * 1_024 }

    /// What a progress bar counts.
    var steps: Int { 1 + 4 * (rounds + 1) }

    /// The engine's flags follow from this, by hand and in LocalCode.
    func entry(_ model: BenchModel, name: String) -> ModelEntry {
        var entry = ModelEntry(name: name, source: model.entry.source).withTemplateBesideModel
        entry.context = context
        entry.slots = 1
        return entry
    }

    /// A localcode.yaml with the model under two names.
    func configuration(_ model: BenchModel) -> String {
        let source: String
        switch model.entry.source {
        case .file(let path): source = "path: \(YAMLText.scalar(path))"
        case .huggingFace(let name): source = "hf: \(YAMLText.scalar(name))"
        }
        let lines = Self.models.flatMap { name in
            ["  \(name):", "    \(source)", "    context: \(context)", "    slots: 1", "    memory: \(Self.memory)"]
        }
        return (["models:"] + lines).map { $0 + "\n" }.joined()
    }
}
