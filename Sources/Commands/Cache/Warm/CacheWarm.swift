import LocalCodeCore

/// The work of `cache warm`.
struct CacheWarm {
    let invocation: Invocation
    private var context: Context { invocation.context }

    /// What came of one of them.
    private struct Result {
        let source: WarmSource
        var answer: JSONValue?
        var problem: String?

        var isDone: Bool { problem == nil }
    }

    func run() async throws {
        guard !invocation.operands.isEmpty || invocation["last"] != nil else {
            throw UsageError(
                "nothing to warm", hint: "name a request, a project's directory, or a number of sessions with --last")
        }
        let sources = try sources()
        for note in sources.compactMap(\.note) { try context.error.write("localcode: note: \(note)\n") }
        let service = try await StateService.find(invocation)
        let results = try await service.closing { try await warm(sources, with: service) }
        try report(results)
        let failed = results.count { !$0.isDone }
        guard failed == 0 else {
            throw Failure("\(failed) of \(HumanText.count(results.count, "state")) could not be made ready")
        }
    }

    // MARK: - What to warm

    private func sources() throws -> [WarmSource] {
        let store = try CacheStore.openIfThere(invocation)
        let records = try CacheStore.reporting { try store?.requests(limit: .max) ?? [] }
        var sources: [WarmSource] = []
        var templates: [ChatRequest]?
        for operand in invocation.operands {
            if operand != "-", Project.isDirectory(CacheStore.absolute(operand, context)) {
                let known = try templates ?? self.templates(records)
                templates = known
                sources.append(try .project(operand, like: known, context, now: SystemTime.wall()))
            } else {
                sources.append(try .file(operand, context))
            }
        }
        if let count = invocation.integer("last") {
            let sessions = RecentSessions.last(count, in: records)
            guard !sessions.isEmpty else {
                throw Failure("no sessions are known yet", hint: "'localcode serve' keeps the last requests")
            }
            sources += sessions.map { record in
                let name = record.session ?? String(record.conversation.hex.prefix(KeyPrefix.shown))
                return WarmSource(name: name, body: record.body)
            }
        }
        return sources
    }

    /// Requests that a project's may be like: the named one, or those of the journal.
    private func templates(_ records: [RequestRecord]) throws -> [ChatRequest] {
        if let name = invocation["template"] {
            let template = try RequestFile.read(name, context)
            let project = Project(directory: "/", worktree: "/", isGit: false, instructions: [])
            guard ProjectRequest(project: project, date: "", platform: "").body(like: template) != nil else {
                throw Failure(
                    "\(name) is no request of OpenCode: its system message has no <env> with a working directory")
            }
            return [template]
        }
        // A request with tools is a session's own; one without may be for a title.
        let requests = records.compactMap { try? ChatRequest(journal: $0.body) }
        return requests.filter { $0.tools != nil } + requests.filter { $0.tools == nil }
    }

    // MARK: - Warming

    private func warm(_ sources: [WarmSource], with service: StateService) async throws -> [Result] {
        let progress = ProgressLine(context.error, steps: sources.count)
        defer { progress.end() }
        var results: [Result] = []
        for source in sources {
            progress.step(source.name)
            var result = Result(source: source)
            do {
                let answer = try await progress.ticking { try await service.warm(source.body) }
                result.answer = answer
                result.problem = answer["verified"]?.bool == true ? nil : "it was saved and could not be verified"
            } catch let failure as Failure {
                result.problem = failure.message + (failure.hint.map { " (\($0))" } ?? "")
            }
            results.append(result)
        }
        return results
    }

    private func report(_ results: [Result]) throws {
        if invocation.isOn("json") {
            return try context.output.write(PrettyJSON.text(.array(results.map(Self.json))))
        }
        let done = results.filter(\.isDone)
        if !done.isEmpty {
            var table = TextTable([
                .init(title: "KEY"), .init(title: "TOKENS", isNumber: true), .init(title: "SIZE", isNumber: true),
                .init(title: "TIME", isNumber: true), .init(title: "STATE"), .init(title: "SOURCE", least: 16),
            ])
            for result in done {
                let answer = result.answer ?? .null
                table.add([
                    String((answer["key"]?.string ?? "").prefix(KeyPrefix.shown)), "\(answer["tokens"]?.int ?? 0)",
                    ByteCount(bytes: answer["bytes"]?.int ?? 0).description,
                    HumanText.seconds(answer["seconds"]?.double ?? 0),
                    answer["was_there"]?.bool == true ? "was there" : "new", result.source.name,
                ])
            }
            try context.output.write(table.text(on: context.output))
        }
        for result in results {
            guard let problem = result.problem else { continue }
            try context.error.write("localcode: \(TerminalText.neutralized(result.source.name)): \(problem)\n")
        }
    }

    private static func json(_ result: Result) -> JSONValue {
        var json: JSONObject = ["source": .string(result.source.name), "done": .bool(result.isDone)]
        json["problem"] = result.problem.map { .string($0) } ?? .null
        for (key, value) in result.answer?.object ?? JSONObject() { json[key] = value }
        return .object(json)
    }
}
