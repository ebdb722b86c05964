import LocalCodeCore

extension Command {
    static let benchSpec = Command(
        name: "spec",
        summary: "Find out which speculative decoding pays for a model",
        details: """
            Starts the model without speculation, with each n-gram kind that the llama-server offers, and with each draft model \
            and several draft lengths, and gives all of them the same coding tasks: edit a file, write a function, answer in \
            prose, make a tool call in JSON. In each round every set-up is started anew, so that two never share the memory and \
            none can repeat an answer. It reports decode speed, the part of the guesses that was right, the time to the first \
            token and memory, and recommends a set-up.

            Drafts are those that --draft names and the one of the model's entry; without any, models beside MODEL that have its \
            vocabulary.
            """,
        operands: [BenchModel.operand(isRequired: true)],
        options: [
            Option(
                "rounds", "r", value: "N", fallback: "4", kind: .integer(1...100), help: "how often everything is asked"
            ),
            Option("tokens", "n", value: "N", fallback: "256", kind: .integer(16...8_192), help: "longest answer"),
            Option(
                "tasks", value: "NAMES", fallback: CodingTask.Kind.allCases.map(\.rawValue).joined(separator: ","),
                help: "which tasks, with commas between"),
            Option(
                "draft", value: "FILE", repeats: true, completion: .file, help: "a draft model to measure (GGUF)"),
            Option(
                "lengths", value: "N", fallback: "4,8,16", help: "most tokens a draft guesses, with commas between"),
            Option("kinds", value: "NAMES", help: "which n-gram kinds, with commas between; none leaves them out"),
            Option("quick", "q", fallback: "false", help: "take a rough look: two rounds, half as long answers"),
            Option("apply", fallback: "false", help: "write what is recommended into localcode.yaml"),
        ] + ReportOptions.options + BenchModel.options,
        examples: [
            Example("localcode bench spec coder", "measure a model of localcode.yaml; takes ten minutes or more"),
            Example("localcode bench spec coder --apply", "and let 'serve' do what is fastest"),
            Example("localcode bench spec qwen-32b.gguf --draft qwen-0.5b.gguf", "measure files"),
        ],
        run: runBenchSpec)
}

@Sendable private func runBenchSpec(_ invocation: Invocation) async throws {
    let output = try ReportOptions(invocation, bench: "spec")
    let kinds = try CodingTask.kinds(from: invocation["tasks"] ?? "")
    let lengths = try SpeculationVariants.lengths(from: invocation["lengths"] ?? "")
    let model = try await BenchModel(invocation)
    let apply = invocation.isOn("apply") ? try speculationApply(invocation, model) : nil
    let named = invocation.all("draft").map { CacheStore.absolute($0, invocation.context) }
    let ngrams = try ngramKinds(invocation["kinds"], offered: model.capabilities.speculation)
    let variants = SpeculationVariants(
        entry: model.entry, offered: model.capabilities.speculation,
        drafts: try DraftChoice.drafts(for: model.entry, named: named), lengths: lengths, kinds: ngrams)
    let isQuick = invocation.isOn("quick")
    let tokens = invocation.integer("tokens") ?? 256
    let bench = SpeculationBench(
        model: model, variants: variants.all, kinds: kinds,
        rounds: isQuick ? min(2, invocation.integer("rounds") ?? 2) : invocation.integer("rounds") ?? 4,
        tokens: isQuick ? max(16, tokens / 2) : tokens, context: invocation.context)
    let (report, recommended) = try await bench.run()
    try output.write(report, to: invocation.context)
    guard let apply else { return }
    let hasChanged = try apply.write(recommended.entry.speculation)
    try invocation.context.error.write(
        hasChanged
            ? "localcode: \(apply.name) now says '\(recommended.name)' for \(apply.model); it counts when the model is started\n"
            : "localcode: \(apply.name) says so already\n")
}

/// What --apply needs, known before anything is measured.
private func speculationApply(_ invocation: Invocation, _ model: BenchModel) throws(UsageError) -> SpeculationApply {
    guard model.isConfigured, let file = invocation.configurationFile else {
        throw UsageError(
            "--apply needs a model that localcode.yaml names", hint: "'localcode models ls' lists them")
    }
    return SpeculationApply(
        name: file, path: CacheStore.absolute(file, invocation.context), model: model.entry.name,
        home: invocation.context.environment["HOME"])
}

/// `ngram-mod,ngram-simple`, or `none`.
private func ngramKinds(_ text: String?, offered: [String]) throws(UsageError) -> [String]? {
    guard let text else { return nil }
    let kinds = text.split(separator: ",").map(String.init).filter { $0 != "none" }
    let known = offered.filter { $0.hasPrefix("ngram-") }
    for kind in kinds where !known.isEmpty && !known.contains(kind) {
        let near = Spelling.nearest(to: kind, among: known).map { "did you mean '\($0)'?" }
        throw UsageError("this llama-server has no n-gram kind '\(kind)'", hint: near ?? known.joined(separator: ", "))
    }
    return kinds
}
