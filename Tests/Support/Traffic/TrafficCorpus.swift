import LocalCodeCore

/// Requests in the forms of the clients that are known, each with what it is: what recognition is judged by. They are the same
/// in every run, and know nothing of how requests are recognised.
public enum TrafficCorpus {
    /// All of them.
    public static let all: [TrafficCase] = {
        var random = TrafficRandom(seed: 2026)
        return OpenCode1Corpus.cases(&random) + OpenCode2Corpus.cases(&random) + ClaudeCodeCorpus.cases(&random)
            + EditorAgentCorpus.cases(&random) + PairProgrammerCorpus.cases(&random) + FillInCorpus.cases(&random)
            + LibraryCorpus.cases(&random) + HintedCorpus.cases(&random) + AdversarialCorpus.cases(&random)
    }()
}
