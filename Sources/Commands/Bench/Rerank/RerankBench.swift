import LocalCodeCore
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// `localcode bench rerank`: how long a search takes before a model is asked, and how well questions are answered.
struct RerankBench: Sendable {
    private let invocation: Invocation
    private let questions: SearchQuestions?
    private let ripgrep: String?
    private var context: Context { invocation.context }
    private var rounds: Int { invocation.integer("rounds") ?? 7 }

    /// What is looked for where only the time counts: words that are in every file, and some that are in none.
    private static let question = "where is the state of each request kept until its answer has been sent to the client"
    /// What the search is held to, in milliseconds.
    private static let (firstGoal, nextGoal) = (1_500.0, 100.0)

    init(_ invocation: Invocation) throws {
        self.invocation = invocation
        questions = try invocation["questions"].map { name in
            try SearchQuestions(try ChatFile.text(name, in: invocation.context.workingDirectory).text, named: name)
        }
        let name = invocation["rg"] ?? "rg"
        ripgrep = name == "none" ? nil : findProgram(name, environment: invocation.context.environment)
        if ripgrep == nil, name != "none", name != "rg" { throw Failure("there is no program \(name)") }
    }

    func run() async throws -> BenchReport {
        let interruption = try Interruption.arm()
        defer { interruption.disarm() }
        return try await withTemporaryDirectory(context.environment) { directory in
            let root = try tree(in: directory)
            let progress = ProgressLine(context.error, steps: rounds + 1 + (questions?.all.count ?? 0))
            defer { progress.end() }
            var report = try await speed(root, directory, progress)
            if let questions { report.sections.append(try await recall(questions, root, directory, progress)) }
            return report
        }
    }

    private func tree(in directory: String) throws -> String {
        if let path = invocation.operands.first {
            let absolute = ChatFile.absolute(path, in: context.workingDirectory)
            guard Directories.isDirectory(absolute) else { throw Failure("there is no directory \(path)") }
            return Directories.resolved(absolute)
        }
        let root = "\(directory)/tree"
        try makeDirectory(root)
        try SourceTreeMaker(lines: invocation.integer("lines") ?? 100_000).make(in: root)
        return root
    }

    // MARK: Speed

    private func speed(_ root: String, _ directory: String, _ progress: ProgressLine) async throws -> BenchReport {
        var times = (walk: [Double](), first: [Double](), next: [Double](), ripgrep: [Double](), start: [Double]())
        var size = (files: 0, lines: 0, chunks: 0)
        // The first round fills the page cache.
        for round in 0...rounds {
            try Interruption.check()
            progress.step("searching")
            let store = SearchIndexStore(cache: "\(directory)/cache\(round)")
            let walk = try Self.timed { _ = try files(root) }
            let first = try Self.timed { size = try search(root, store) }
            let next = try Self.timed { _ = try search(root, store) }
            let (listing, start) = try await ripgrepTimes(root)
            guard round > 0 else { continue }
            times.walk.append(walk)
            times.first.append(first)
            times.next.append(next)
            if let listing, let start {
                times.ripgrep.append(listing)
                times.start.append(start)
            }
        }
        let ripgrep = Self.median(times.ripgrep)
        return BenchReport(
            targets: [BenchReport.judged, "ripgrep"],
            notes: [
                "\(grouped(size.files)) files, \(grouped(size.lines)) lines in \(grouped(size.chunks)) chunks; medians of "
                    + "\(HumanText.count(rounds, "round")), files in the page cache",
                ripgrep == nil
                    ? "ripgrep was not found, or is left out"
                    : "ripgrep: rg --files --hidden, with the start of its process, which takes "
                        + "\(BenchReport.text(Self.median(times.start) ?? 0)) ms",
            ],
            sections: [
                .init(
                    title: "Time of a search before reranking", unit: .milliseconds,
                    rows: [
                        .init(name: "walk alone", values: [Self.median(times.walk), ripgrep]),
                        .init(
                            name: "first search", values: [Self.median(times.first), nil],
                            goal: .below(Self.firstGoal)),
                        .init(
                            name: "next search", values: [Self.median(times.next), nil], goal: .below(Self.nextGoal)),
                    ])
            ])
    }

    private func files(_ root: String) throws -> [SourceFile] {
        try reporting { try SourceWalk(root: root, environment: context.environment).files() }
    }

    /// All that a search does before a model is asked.
    private func search(_ root: String, _ store: SearchIndexStore) throws -> (files: Int, lines: Int, chunks: Int) {
        try reporting {
            let index = try SearchTree(at: root).index(store, environment: context.environment).index
            var search = LexicalSearch(Self.question)
            search.add(index)
            for hit in search.best(50) { _ = SourceText.lines(hit.lines, of: "\(root)/\(hit.path)") }
            return (index.fileCount, index.lineCount, index.chunkCount)
        }
    }

    /// How long ripgrep takes for the names of all files, and for nothing.
    private func ripgrepTimes(_ root: String) async throws -> (listing: Double?, start: Double?) {
        guard let ripgrep else { return (nil, nil) }
        func time(_ arguments: [String]) async throws -> Double? {
            let start = SystemTime.monotonic()
            let result = try await Subprocess.run(
                .path(FilePath(ripgrep)), arguments: Arguments(arguments), input: .none, output: .discarded,
                error: .discarded)
            return result.terminationStatus.isSuccess ? (SystemTime.monotonic() - start) * 1_000 : nil
        }
        return (try await time(["--no-config", "--files", "--hidden", root]), try await time(["--version"]))
    }

    // MARK: Recall

    private func recall(
        _ questions: SearchQuestions, _ root: String, _ directory: String, _ progress: ProgressLine
    ) async throws -> BenchReport.Section {
        let store = SearchIndexStore(cache: "\(directory)/cache0")
        let search = SourceSearch(paths: [root], types: FileTypes([]), store: store, context: context)
        let client = try RerankClient(
            ChatEndpoint(invocation), model: invocation.typed("model"), environment: context.environment)
        var (words, reranked) = (SearchRecall(), SearchRecall())
        var isReranking = true
        for question in questions.all {
            try Interruption.check()
            progress.step(question.text)
            let places = try search.places(for: question.text, limit: invocation.integer("candidates") ?? 50)
            let paths = places.map { $0.path(below: root) }
            words.add(rank: question.rank(in: paths))
            guard isReranking else { continue }
            guard !places.isEmpty else {
                reranked.add(rank: nil)
                continue
            }
            do {
                let ranking = try await client.rank(question.text, places.map(\.document), top: 10)
                reranked.add(rank: question.rank(in: ranking.map { paths[$0.index] }))
            } catch let missing as RerankClient.NoReranker {
                if invocation["url"] != nil { throw missing.failure }
                isReranking = false
            }
        }
        return Self.section(words, isReranking ? reranked : nil)
    }

    private static func section(_ words: SearchRecall, _ reranked: SearchRecall?) -> BenchReport.Section {
        .init(
            title: "Questions answered, of \(words.questions)", unit: .percent,
            rows: [
                .init(name: "by words, among ten", values: [words.atTen, nil]),
                .init(name: "by words, first", values: [words.atOne, nil]),
            ]
                + (reranked.map { reranked in
                    [
                        .init(name: "reranked, among ten", values: [reranked.atTen, nil]),
                        .init(name: "reranked, first", values: [reranked.atOne, nil]),
                    ]
                } ?? []))
    }

    // MARK: Helpers

    private func reporting<Result>(_ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let error as SearchError {
            throw Failure(error.description, hint: error.hint)
        }
    }

    /// Milliseconds.
    private static func timed(_ work: () throws -> Void) rethrows -> Double {
        let start = SystemTime.monotonic()
        try work()
        return (SystemTime.monotonic() - start) * 1_000
    }

    private static func median(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }
}

extension RerankPlace {
    /// The file's path below a directory; of a document, nothing.
    fileprivate func path(below root: String) -> String {
        guard case .file(let path, _) = origin, path.hasPrefix("\(root)/") else { return "" }
        return String(path.dropFirst(root.utf8.count + 1))
    }
}
