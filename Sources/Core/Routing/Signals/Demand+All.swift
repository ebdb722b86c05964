extension Demand {
    /// What a request wants of its model, the strongest first. Each of the small sums below says what counts how much.
    public static func all(of signals: ContentSignals, _ request: RequestClass) -> [Demand] {
        let demands = [
            coder(signals, request), general(signals, request), vision(signals, request), small(signals, request),
            reasoning(signals, request), longContext(signals),
        ]
        return demands.filter { $0.score >= least }.enumerated()
            .sorted { ($0.element.score, $1.offset) > ($1.element.score, $0.offset) }.map(\.element)
    }

    /// Below that, it is not worth a word.
    private static let least = 0.1

    private init(_ kind: Kind, _ causes: [(Double, [String])]) {
        let causes = causes.filter { $0.0 > 0 }
        let score = causes.reduce(0) { $0 + $1.0 }
        self.init(kind, score: min(1, (score * 100).rounded() / 100), words: causes.flatMap(\.1))
    }

    private static func coder(_ signals: ContentSignals, _ request: RequestClass) -> Demand {
        let isAgent = [.turn, .plan, .subagent].contains(request.kind)
        return Demand(
            .coder,
            [
                ([.fim, .commit].contains(request.kind) ? 0.8 : 0, [request.kind.rawValue]),
                (isAgent ? 0.3 : 0, [count(signals.tools, "tool")]),
                (signals.codeShare >= 0.1 ? 0.2 + 0.4 * signals.codeShare : 0, ["\(percent(signals.codeShare)) code"]),
                (signals.languages.isEmpty ? 0 : 0.3, signals.languages),
                (signals.hasDiff ? 0.3 : 0, ["a diff"]),
                (signals.hasStackTrace ? 0.3 : 0, ["a stack trace"]),
                (0.1 * Double(signals.codeWords.count), signals.codeWords),
                (signals.toolDepth > 0 ? 0.1 : 0, [count(signals.toolDepth, "call")]),
            ])
    }

    private static func general(_ signals: ContentSignals, _ request: RequestClass) -> Demand {
        let isAboutCode =
            signals.codeShare >= 0.1 || !signals.languages.isEmpty || signals.hasDiff || signals.hasStackTrace
            || signals.codeWords.count > 1
        let isChat = [.chat, .completion, .summary].contains(request.kind)
        return Demand(
            .general,
            [
                (isChat && !isAboutCode ? 0.6 : 0, [request.kind.rawValue]),
                (!isAboutCode && signals.length > 0 ? 0.2 : 0, ["no code"]),
                (signals.textLanguage.map { $0 != "en" } ?? false ? 0.1 : 0, signals.textLanguage.map { [$0] } ?? []),
            ])
    }

    private static func vision(_ signals: ContentSignals, _ request: RequestClass) -> Demand {
        Demand(.vision, [(signals.images > 0 || request.kind == .vision ? 1 : 0, [count(signals.images, "picture")])])
    }

    private static func small(_ signals: ContentSignals, _ request: RequestClass) -> Demand {
        let isShort = signals.length > 0 && signals.length < 200 && signals.tools == 0
        let isPlain = signals.codeShare < 0.1 && !signals.hasStackTrace && signals.reasoningWords.isEmpty
        return Demand(
            .small,
            [
                ([.title, .summary].contains(request.kind) ? 0.9 : 0, [request.kind.rawValue]),
                (request.kind == .commit ? 0.6 : 0, [request.kind.rawValue]),
                (request.kind == .chat && isShort && isPlain ? 0.4 : 0, ["short"]),
                (request.kind == .chat && isShort && isPlain && signals.isQuestion == true ? 0.1 : 0, ["a question"]),
            ])
    }

    private static func reasoning(_ signals: ContentSignals, _ request: RequestClass) -> Demand {
        let isJob = [.title, .summary, .commit, .fim].contains(request.kind)
        guard !isJob else { return Demand(.reasoning, score: 0, words: []) }
        return Demand(
            .reasoning,
            [
                (request.kind == .plan ? 0.6 : 0, ["plan"]),
                (0.2 * Double(signals.reasoningWords.count), signals.reasoningWords),
                (signals.hasStackTrace ? 0.2 : 0, ["a stack trace"]),
                (
                    signals.failures.map { min(0.6, 0.2 * Double($0.count)) } ?? 0,
                    signals.failures.map { ["\($0.tool) failed \($0.count) times"] } ?? []
                ),
                (signals.toolDepth > 20 ? 0.1 : 0, [count(signals.toolDepth, "call")]),
            ])
    }

    private static func longContext(_ signals: ContentSignals) -> Demand {
        let tokens = Double(signals.contextTokens)
        // From 16,000 tokens, which any engine has, to 128,000, which few have.
        return Demand(.longContext, [(max(0, (tokens - 16_000) / 112_000), ["\(signals.contextTokens) tokens"])])
    }

    private static func count(_ number: Int, _ thing: String) -> String {
        "\(number) \(thing)\(number == 1 ? "" : "s")"
    }

    private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}
