import LocalCodeCore

/// One run of `localcode rerank`.
struct RerankRun {
    private let invocation: Invocation
    private var context: Context { invocation.context }
    private let question: String
    private let top: Int

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        question = invocation.operands.first ?? ""
        top = invocation.integer("top") ?? 10
        guard LexicalSearch(question).hasWords else {
            throw UsageError("there is no word in the question", hint: "ask in words: \"where are retries limited\"")
        }
    }

    func run() async throws {
        let paths = invocation.operands.count > 1 ? Array(invocation.operands.dropFirst()) : ["."]
        let places: [RerankPlace]
        if paths.contains("-") {
            guard paths.count == 1 else { throw UsageError("'-' stands alone: documents or files, not both") }
            guard invocation.all("type").isEmpty else { throw UsageError("documents have no --type") }
            places = try documents()
        } else {
            places = try found(in: paths)
        }
        guard !places.isEmpty else { return try report(RerankReport(places: [])) }
        try report(await ranked(places))
    }

    // MARK: Candidates

    private var isLexical: Bool { invocation.isOn("lexical") }

    /// How many places are looked at closely.
    private var limit: Int { isLexical ? top : max(top, invocation.integer("candidates") ?? 50) }

    private func found(in paths: [String]) throws -> [RerankPlace] {
        let search = SourceSearch(
            paths: paths, types: FileTypes(invocation.all("type")), store: store, context: context)
        return try search.places(for: question, limit: limit)
    }

    private func documents() throws -> [RerankPlace] {
        let bytes = try context.readInput(RerankDocuments.limit + 1)
        return try RerankDocuments(bytes).places(for: question, limit: limit, onlyMatches: isLexical)
    }

    private var store: SearchIndexStore { SearchIndexStore(cache: CacheStore.directory(invocation)) }

    // MARK: Order

    private func ranked(_ places: [RerankPlace]) async throws -> RerankReport {
        guard !isLexical else { return RerankReport(places: Array(places.prefix(top))) }
        let endpoint = ChatEndpoint(invocation)
        let client = try RerankClient(endpoint, model: invocation.typed("model"), environment: context.environment)
        let progress = ProgressLine(context.error, steps: 1)
        defer { progress.end() }
        progress.step("ranking \(HumanText.count(places.count, "place"))")
        do {
            let ranking = try await progress.ticking { [question, top] in
                try await client.rank(question, places.map(\.document), top: top)
            }
            let ranked = ranking.prefix(top).map { index, score in
                var place = places[index]
                place.score = score
                return place
            }
            return RerankReport(places: ranked)
        } catch let missing as RerankClient.NoReranker {
            progress.end()
            guard !endpoint.isNamed else { throw missing.failure }
            try context.error.write("localcode: note: \(missing.failure.message), so the words alone decide\n")
            return RerankReport(places: Array(places.filter { $0.words > 0 }.prefix(top)))
        }
    }

    // MARK: Output

    private func report(_ report: RerankReport) throws {
        let output = context.output
        if invocation.isOn("json") {
            try output.write(report.json)
        } else if invocation.isOn("list") {
            try output.write(report.list)
        } else {
            try output.write(report.text(lines: invocation.integer("lines") ?? 10, on: output))
        }
        if report.places.isEmpty {
            throw Failure("nothing has a word of the question", hint: "ask in other words, as the code might have them")
        }
    }
}
